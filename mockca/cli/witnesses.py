"""Independent witnesses: what OpenSSL and OpenSC say of a certificate, asked as anybody would ask them."""

from __future__ import annotations

import os
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

    def objects(self, module: str, variables: Mapping[str, str], device: str, pin: str) -> Testimony:
        """`pkcs11-tool --list-objects` on one device."""
        command = ["pkcs11-tool", "--module", module, "--token-label", device, "--login", "--pin", "env:USER_PIN"]
        command.append("--list-objects")
        output = self._run(command, environment={**variables, "USER_PIN": pin})
        kinds = [line.split(";")[0] for line in output.splitlines() if ";" in line or "Object:" in line]
        return Testimony(shlex.join(command), ", ".join(kinds), output)

    def sign(self, module: str, variables: Mapping[str, str], device: str, pin: str, data: bytes) -> Testimony:
        """A signature by the device's RSA key through PKCS#11, left in `signature.bin` beside `document.txt`."""
        (self.folder / "document.txt").write_bytes(data)
        command = ["pkcs11-tool", "--module", module, "--token-label", device, "--login", "--pin", "env:USER_PIN"]
        command += ["--sign", "--mechanism", "SHA256-RSA-PKCS"]
        command += ["--input-file", "document.txt", "--output-file", "signature.bin"]
        output = self._run(command, environment={**variables, "USER_PIN": pin})
        size = (self.folder / "signature.bin").stat().st_size
        return Testimony(shlex.join(command), f"signature.bin, {size} octets", output)

    def check(self, certificate: str) -> Testimony:
        """`openssl dgst -verify` of that signature with the certificate's key."""
        self._run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey", "-out", "public-key.pem"])
        command = ["openssl", "dgst", "-sha256", "-verify", "public-key.pem", "-signature", "signature.bin"]
        command.append("document.txt")
        output = self._run(command, check=False)
        return Testimony(shlex.join(command), output.strip(), output)

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
