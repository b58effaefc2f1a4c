"""Independent witnesses: what OpenSSL and OpenSC say of a certificate, asked as anybody would ask them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from mockca.errors import SetUpError

CLOCK_TOLERANCE = 100 * 365 * 86400
"""Seconds of clock difference that `openssl ocsp` is told to bear: it knows only the machine's clock."""
TIMEOUT = 60
SIGN = (
    *("--sign", "--mechanism", "SHA256-RSA-PKCS"),
    *("--input-file", "document.txt", "--output-file", "signature.bin"),
)


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one witness said."""

    command: str
    """The command as a person would type it, in the folder of the files."""
    said: str
    """The line that matters of its output."""
    output: str
    """All of it."""


class Witnesses:
    """Command-line tools, looking at one sandbox from outside.

    Files are put into `folder`. `now` is the sandbox's time, for tools that can be told the time.
    """

    def __init__(self, folder: Path, crt: Mapping[str, str], crl: Mapping[str, str], ocsp: str) -> None:
        for tool, package in (("openssl", "openssl"), ("pkcs11-tool", "opensc")):
            if shutil.which(tool) is None:
                raise SetUpError(f"{tool} is not on this machine. Type: sudo apt-get install {package}")
        self.folder = folder
        self._crl, self._ocsp = crl, ocsp
        folder.mkdir(parents=True, exist_ok=True)
        for role, url in crt.items():
            der = folder / f"{role}.crt"
            der.write_bytes(_download(url))
            self._run(["openssl", "x509", "-inform", "DER", "-in", der.name, "-out", f"{role}.pem"])

    def keep(self, serial: str, pem: str) -> str:
        """Write a certificate to its own file and return the file's name."""
        name = f"{serial}.pem"
        (self.folder / name).write_text(pem, "ascii")
        return name

    def verify(self, certificate: str, now: datetime) -> Testimony:
        """`openssl verify -crl_check` at the sandbox's time, against the full CRL of the moment."""
        self._fetch_crl("issuing")
        command = ["openssl", "verify", "-attime", str(int(now.timestamp())), "-crl_check"]
        command += ["-CAfile", "root.pem", "-untrusted", "issuing.pem", "-CRLfile", "issuing.crl.pem", certificate]
        output = self._run(command, check=False)
        wrong = [line for line in output.splitlines() if line.startswith("error ")]
        return Testimony(shlex.join(command), _after_colon(wrong[0]) if wrong else "OK", output)

    def ocsp(self, certificate: str) -> Testimony:
        """`openssl ocsp` by POST with a nonce."""
        command = ["openssl", "ocsp", "-issuer", "issuing.pem", "-cert", certificate, "-url", self._ocsp]
        command += ["-CAfile", "root.pem", "-no_cert_checks", "-validity_period", str(CLOCK_TOLERANCE)]
        output = self._run(command, check=False)
        said = next((_after_colon(line) for line in output.splitlines() if line.startswith(f"{certificate}:")), "?")
        reason = [_after_colon(line) for line in output.splitlines() if line.strip().startswith("Reason:")]
        return Testimony(shlex.join(command), f"{said} ({reason[0]})" if reason else said, output)

    def on_crl(self, which: str, serial: str) -> Testimony:
        """Whether `openssl crl -text` shows the serial on the `issuing` or `delta` CRL, and why."""
        self._fetch_crl(which)
        command = ["openssl", "crl", "-in", f"{which}.crl.pem", "-noout", "-text"]
        output = self._run(command)
        lines = output.splitlines()
        for number, line in enumerate(lines):
            if line.strip().lower() == f"serial number: {serial}":
                entry = _entry(lines[number + 1 :])
                reason = [entry[place + 1].strip() for place, text in enumerate(entry) if "Reason Code" in text]
                return Testimony(shlex.join(command), reason[0] if reason else "listed", output)
        return Testimony(shlex.join(command), "–", output)

    def write(self, name: str, content: bytes) -> None:
        """Put a file among the others."""
        (self.folder / name).write_bytes(content)

    def client(self, module: str, environment: Mapping[str, str], token: str, pin: str) -> TokenClient:
        """OpenSC's pkcs11-tool on one token, by its label, with this PIN."""
        return TokenClient(self, module, environment, token, pin)

    def check(self, certificate: str) -> Testimony:
        """`openssl dgst -verify` of that signature with the certificate's key."""
        self._run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey", "-out", "public-key.pem"])
        command = ["openssl", "dgst", "-sha256", "-verify", "public-key.pem", "-signature", "signature.bin"]
        command.append("document.txt")
        output = self._run(command, check=False)
        return Testimony(shlex.join(command), output.strip(), output)

    def run(self, command: Sequence[str], *, check: bool = True, environment: Mapping[str, str] | None = None) -> str:
        """Run a command in the folder and return all that it printed; SetUpError where it fails and `check`."""
        return self._run(command, check=check, environment=environment)

    def _fetch_crl(self, which: str) -> None:
        path = self.folder / f"{which}.crl"
        path.write_bytes(_download(self._crl[which]))
        self._run(["openssl", "crl", "-inform", "DER", "-in", path.name, "-out", f"{path.name}.pem"])

    def _run(self, command: Sequence[str], *, check: bool = True, environment: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
        output = done.stdout + done.stderr
        if check and done.returncode != 0:
            raise SetUpError(f"{' '.join(command)} ended with {done.returncode}: {output.strip()}")
        return output


@dataclass(frozen=True, slots=True, repr=False)
class TokenClient:
    """`pkcs11-tool` on one token. The PIN travels in the environment, never in the arguments."""

    witnesses: Witnesses
    module: str
    environment: Mapping[str, str]
    token: str
    pin: str

    def objects(self) -> Testimony:
        """`--list-objects`, logged in."""
        output, command = self._run(["--list-objects"])
        kinds = [line.split(";")[0] for line in output.splitlines() if " Object" in line]
        return Testimony(command, ", ".join(kinds), output)

    def sign(self) -> Testimony:
        """A signature of `document.txt` by the token's RSA key, left in `signature.bin`."""
        output, command = self._run(SIGN)
        size = (self.witnesses.folder / "signature.bin").stat().st_size
        return Testimony(command, f"signature.bin, {size} octets", output)

    def try_to_sign(self) -> Testimony:
        """The same where it may fail: `said` is the CKR that the token answered, or `OK`."""
        output, command = self._run(SIGN, check=False)
        answer = re.search(r"CKR_[A-Z_]+", output)
        return Testimony(command, answer.group() if answer else "OK", output)

    def _run(self, action: Sequence[str], *, check: bool = True) -> tuple[str, str]:
        command = ["pkcs11-tool", "--module", self.module, "--token-label", self.token]
        command += ["--login", "--pin", "env:USER_PIN", *action]
        environment = {**self.environment, "USER_PIN": self.pin}
        return self.witnesses.run(command, check=check, environment=environment), shlex.join(command)


def _download(url: str) -> bytes:
    answer = httpx.get(url, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.content


def _after_colon(line: str) -> str:
    return line.split(":", 1)[1].strip() if ":" in line else line.strip()


def _entry(lines: Sequence[str]) -> list[str]:
    """The lines of one entry: up to the next serial number."""
    entry = []
    for line in lines:
        if line.strip().lower().startswith(("serial number:", "signature algorithm:")):
            break
        entry.append(line)
    return entry
