"""The `openssl` program in a folder of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mockca.pki.hierarchy import Hierarchy


class OpenSsl:
    """Runs `openssl` among files that are written here first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def certificate(self, name: str, der: bytes) -> Path:
        """Writes a certificate as PEM."""
        return self.write(name, x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))

    def hierarchy(self, hierarchy: Hierarchy) -> None:
        """Writes root.pem, issuing.pem, ocsp.pem, tsa.pem and the two authorities together as chain.pem."""
        for name in ("root", "issuing", "ocsp", "tsa"):
            self.certificate(f"{name}.pem", getattr(hierarchy, name).der)
        both = (self.folder / "root.pem").read_bytes() + (self.folder / "issuing.pem").read_bytes()
        self.write("chain.pem", both)

    def try_to(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )

    def __call__(self, *arguments: str | Path) -> str:
        """What it said, on both streams; an exit code other than 0 fails the test."""
        done = self.try_to(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr
