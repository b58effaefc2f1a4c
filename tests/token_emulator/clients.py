"""Clients that know nothing of this project, each trying a PIN on the one P-256 device that is plugged in."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.token_emulator.conftest import Made, clean_environment
from token_emulator import Shelf
from token_emulator.clients import java_configuration

LETTER = b"letter"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Said:
    """What a client made of a PIN."""

    well: bool
    """Whether it signed, and the signature is right; for one that only lists, whether it found the key."""
    text: str
    """The lines that tell."""


class Client:
    """One client, at one shelf."""

    restores = False
    """Whether it can set a new PIN as the SO by itself."""

    def __init__(self, shelf: Shelf, made: Made, folder: Path) -> None:
        self.shelf, self.made, self.folder = shelf, made, folder
        self.module = str(shelf.module)
        self.environment = {
            **clean_environment(),
            **shelf.environment,
            "PKCS11_MODULE": self.module,
            "LC_ALL": "C.UTF-8",
        }
        (folder / "letter").write_bytes(LETTER)
        (folder / "digest").write_bytes(sha256(LETTER).digest())
        self.prepare()

    def prepare(self) -> None:
        """Write what it needs."""

    def attempt(self, pin: str) -> Said:
        """Try one PIN."""
        raise NotImplementedError

    def restore(self, so_pin: str, new_pin: str) -> str:
        """Set a new PIN as the SO; what it said."""
        raise NotImplementedError

    def close(self) -> None:
        """End what still runs."""

    def run(self, *command: str, **variables: str) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def signed(self, code: int, output: str) -> Said:
        """Whether the file `signature` is there and right."""
        file = self.folder / "signature"
        if code != 0 or not file.exists():
            file.unlink(missing_ok=True)
            return Said(False, telling(output))
        signature = file.read_bytes()
        file.unlink()
        return Said(self.verifies(signature), "signed")

    def verifies(self, signature: bytes) -> bool:
        """Whether a signature, in DER or as two numbers, is right."""
        key = load_der_public_key(self.made.public_key_der)
        assert isinstance(key, ec.EllipticCurvePublicKey)
        if len(signature) == 64:
            halves = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
            signature = encode_dss_signature(*halves)
        try:
            key.verify(signature, LETTER, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


class Pkcs11Tool(Client):
    restores = True

    def attempt(self, pin: str) -> Said:
        return self.signed(
            *self.run(
                "pkcs11-tool",
                "--module",
                self.module,
                "--login",
                "--pin",
                "env:PIN",
                "--sign",
                "--id",
                "01",
                *("--mechanism", "ECDSA", "--signature-format", "openssl", "-i", "digest", "-o", "signature"),
                PIN=pin,
            )
        )

    def restore(self, so_pin: str, new_pin: str) -> str:
        arguments = ("--login", "--login-type", "so", "--so-pin", "env:SO_PIN", "--init-pin", "--pin", "env:PIN")
        return self.run("pkcs11-tool", "--module", self.module, *arguments, SO_PIN=so_pin, PIN=new_pin)[1]


class P11Tool(Client):
    restores = True

    def attempt(self, pin: str) -> Said:
        key = f"pkcs11:serial={self.made.serial};id=%01;type=private"
        code, output = self.run("p11tool", "--provider", self.module, "--login", "--test-sign", key, GNUTLS_PIN=pin)
        return Said(code == 0, "signed" if code == 0 else telling(output))

    def restore(self, so_pin: str, new_pin: str) -> str:
        command = ("p11tool", "--provider", self.module, "--initialize-pin", f"pkcs11:serial={self.made.serial}")
        return self.run(*command, GNUTLS_SO_PIN=so_pin, GNUTLS_PIN=new_pin)[1]


class OpenSSLEngine(Client):
    def prepare(self) -> None:
        (self.folder / "openssl.cnf").write_text(
            "openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n"
            f"engine_id = pkcs11\nMODULE_PATH = {self.module}\ninit = 0\n"
        )

    def attempt(self, pin: str) -> Said:
        key = f"pkcs11:serial={self.made.serial};id=%01;type=private"
        return self.signed(
            *self.run(
                "openssl",
                "dgst",
                "-sha256",
                "-engine",
                "pkcs11",
                "-keyform",
                "engine",
                "-sign",
                key,
                *("-passin", "env:PIN", "-out", "signature", "letter"),
                PIN=pin,
                OPENSSL_CONF="openssl.cnf",
            )
        )


class Keytool(Client):
    """Lists only: the key's entry, which it cannot see without the PIN."""

    def prepare(self) -> None:
        (self.folder / "java.cfg").write_text(java_configuration(self.shelf.module, 0))

    def attempt(self, pin: str) -> Said:
        code, output = self.run(
            *("keytool", "-J-XX:TieredStopAtLevel=1", "-list", "-v", "-keystore", "NONE", "-storetype", "PKCS11"),
            *("-addprovider", "SunPKCS11", "-providerArg", "java.cfg", "-storepass:env", "PIN"),
            PIN=pin,
        )
        well = code == 0 and "PrivateKeyEntry" in output
        return Said(well, "PrivateKeyEntry" if well else telling(output))


class Talking(Client):
    """A program that goes on running: a PIN a line in, an answer a line out."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def prepare(self) -> None:
        self._process = subprocess.Popen(
            self.command(),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        return self._process.stdout.readline().rstrip("\n")

    def attempt(self, pin: str) -> Said:
        word, _, rest = self.ask(pin).partition(" ")
        if word != "signed":
            return Said(False, telling(f"{word} {rest}"))
        return Said(self.verifies(bytes.fromhex(rest)), word)

    def restore(self, so_pin: str, new_pin: str) -> str:
        return self.ask(f"so {so_pin} {new_pin}")

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()


class PythonPkcs11(Talking):
    restores = True

    def command(self) -> list[str]:
        return [sys.executable, str(HERE / "sign_python_pkcs11.py")]


class PyKcs11(Talking):
    restores = True

    def command(self) -> list[str]:
        return [sys.executable, str(HERE / "sign_pykcs11.py")]


class Java(Talking):
    def command(self) -> list[str]:
        (self.folder / "java.cfg").write_text(java_configuration(self.shelf.module, 0))
        return ["java", "-XX:TieredStopAtLevel=1", str(HERE / "Sign.java"), "java.cfg"]


CLIENTS: Mapping[str, type[Client]] = {
    "pkcs11-tool": Pkcs11Tool,
    "p11tool": P11Tool,
    "OpenSSL, engine pkcs11": OpenSSLEngine,
    "python-pkcs11": PythonPkcs11,
    "PyKCS11": PyKcs11,
    "Java, keytool -list": Keytool,
    "Java, Signature": Java,
}


@contextmanager
def at_work(name: str, shelf: Shelf, made: Made, folder: Path) -> Iterator[Client]:
    """The client of that name, ended afterwards."""
    client = CLIENTS[name](shelf, made, folder)
    try:
        yield client
    finally:
        client.close()


def telling(output: str) -> str:
    """The parts of what was printed that tell why: names of errors, and sentences about PINs and tries."""
    found = re.findall(
        r"CKR_[A-Z_]+|pkcs11\.exceptions\.\w+|\w*LoginException|load failed|ERR_CKR_error:[\w ]+|PKCS #11 PIN \w+"
        r"|\*\*\* .*",
        output,
    )
    parts = [text.removeprefix("*** ").removeprefix("ERR_CKR_error:") for text in found]
    return "; ".join(dict.fromkeys(parts)) or output.strip()[-300:]
