"""The agent's certificate for 127.0.0.1 and localhost, and the root that a browser must trust for it.

    home/root.pem     the root: good for this machine's loopback names alone (RFC 5280 §4.2.1.10)
    home/server.pem   the agent's certificate, and the root
    home/server.key   its key

The root's key signs one certificate and is thrown away: whoever gets at the folder can make no other.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE: Final = timedelta(days=825)
"""The longest that browsers accept under a root that the user added."""
MARGIN: Final = timedelta(days=30)
NAMES: Final = ("localhost",)
ADDRESSES: Final = ("127.0.0.1", "::1")
ROOT, SERVER, KEY = "root.pem", "server.pem", "server.key"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The agent's certificate, in its folder."""

    home: Path

    @property
    def root(self) -> Path:
        """What a browser must trust; PEM."""
        return self.home / ROOT

    @property
    def server(self) -> Path:
        """Certificate and root; PEM."""
        return self.home / SERVER

    @property
    def pin(self) -> str:
        """For Chromium's `--ignore-certificate-errors-spki-list`."""
        leaf = x509.load_pem_x509_certificate(self.server.read_bytes())
        spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(spki).digest()).decode()

    def context(self) -> ssl.SSLContext:
        """For the listener."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.server, self.home / KEY)
        return context


def certificate_in(home: Path, now: datetime) -> Certificate:
    """The certificate of a folder, made anew where there is none or it ends soon. `now` is the machine's time."""
    found = Certificate(home)
    if not _is_good(found, now):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(found, now)
    return found


def _is_good(found: Certificate, now: datetime) -> bool:
    try:
        leaf = x509.load_pem_x509_certificate(found.server.read_bytes())
        found.context()
    except (OSError, ValueError):
        return False
    return found.root.exists() and leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - MARGIN


def _make(found: Certificate, now: datetime) -> None:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"mockca agent {now:%Y-%m-%d} (MÔ PHỎNG)")])
    begin, end = now - timedelta(hours=1), now + LIFE - timedelta(hours=1)
    addresses = [ipaddress.ip_address(address) for address in ADDRESSES]
    permitted = [*map(x509.DNSName, NAMES), *(x509.IPAddress(ipaddress.ip_network(one)) for one in addresses)]
    constraints = x509.NameConstraints(permitted, None)
    builder = x509.CertificateBuilder(name, name, root_key.public_key(), x509.random_serial_number(), begin, end)
    builder = builder.add_extension(x509.BasicConstraints(True, 0), True).add_extension(constraints, True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
    root = (
        builder.add_extension(_usage(signs_certificates=True), True)
        .add_extension(identifier, False)
        .sign(root_key, SHA256())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, subject, key.public_key(), x509.random_serial_number(), begin, end)
    names = [*map(x509.DNSName, NAMES), *map(x509.IPAddress, addresses)]
    leaf = (
        builder.add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(x509.SubjectAlternativeName(names), False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(_usage(signs_certificates=False), True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False)
        .sign(root_key, SHA256())
    )
    pems = [one.public_bytes(Encoding.PEM) for one in (leaf, root)]
    _write(found.home / KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(found.root, pems[1])
    _write(found.server, b"".join(pems))


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes) -> None:
    """Whole, and for the owner alone."""
    draft = path.with_name(f"{path.name}.new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - a mode
        file.write(content)
    draft.replace(path)
