"""The hierarchy, in the shape of the real second generation: a root, an issuing CA, OCSP and TSA signers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from mockca.errors import Malformed
from mockca.pki import certificates as profile
from mockca.pki import keys as key_pairs
from mockca.pki import names
from mockca.pki.keys import PrivateKey
from mockca.pki.names import AUTHORITY, MARK, SubjectName

VALIDITY: Final = timedelta(days=20 * 365)
"""How long every certificate of the hierarchy lasts: twenty years of 365 days, as the real root's."""

SIGNERS: Final = ("root", "issuing", "ocsp", "tsa")

_COMMON_NAMES: Final = {
    "root": f"CA gốc G2 {MARK}",
    "issuing": f"CA cơ quan Nhà nước G2 {MARK}",
    "ocsp": f"Dịch vụ OCSP {MARK}",
    "tsa": f"Dịch vụ cấp dấu thời gian {MARK}",
}
# Put together here so that the address itself stands nowhere in the project.
_REAL_HOST: Final = ["ca", "gov", "vn"]


@dataclass(frozen=True)
class Endpoints:
    """Where a sandbox publishes: every address that goes into a certificate or CRL."""

    base: str
    """The sandbox's public address without a slash at the end, e.g. `http://127.0.0.1:8400/demo`."""

    def __post_init__(self) -> None:
        """Raises Malformed unless `base` is an http(s) address in ASCII, and not the real authority's."""
        if not (self.base.isascii() and self.base.isprintable()) or " " in self.base:
            raise Malformed("public address", "not plain ASCII")
        try:
            parts = urlsplit(self.base)
            host = (parts.hostname or "").rstrip(".")
        except ValueError as error:
            raise Malformed("public address", "not a URL") from error
        if parts.scheme not in {"http", "https"} or not host:
            raise Malformed("public address", "neither http:// nor https:// and a host")
        if host.split(".")[-3:] == _REAL_HOST:
            raise Malformed("public address", "a host of the real authority")

    def _at(self, path: str) -> str:
        return f"{self.base.rstrip('/')}/pki/{path}"

    @property
    def root_crt(self) -> str:
        """The root certificate."""
        return self._at("crt/root.crt")

    @property
    def issuing_crt(self) -> str:
        """The issuing CA's certificate."""
        return self._at("crt/issuing.crt")

    @property
    def root_crl(self) -> str:
        """The root's CRL."""
        return self._at("crl/root.crl")

    @property
    def issuing_crl(self) -> str:
        """The issuing CA's full CRL."""
        return self._at("crl/issuing.crl")

    @property
    def issuing_delta(self) -> str:
        """The issuing CA's delta CRL."""
        return self._at("crl/issuing-delta.crl")

    @property
    def ocsp(self) -> str:
        """The responder."""
        return self._at("ocsp")

    @property
    def tsa(self) -> str:
        """The timestamp service."""
        return self._at("tsa")

    @property
    def cps(self) -> str:
        """The certificate policy and practice statement."""
        return self._at("policies/cp")


@dataclass(frozen=True)
class Signer:
    """A certificate with its private key, and what signing needs of them again and again."""

    certificate: x509.Certificate
    key: PrivateKey

    @cached_property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    @cached_property
    def subject(self) -> bytes:
        """The subject's DER."""
        return self.certificate.subject.public_bytes()

    @cached_property
    def key_bits(self) -> bytes:
        """The content of `subjectPublicKey`."""
        return key_pairs.key_bits(key_pairs.spki(self.key.public_key()))

    @cached_property
    def key_id(self) -> bytes:
        """SHA-1 over `key_bits`: key identifier (RFC 5280 §4.2.1.2, method 1) and OCSP responder by key."""
        return key_id(self.key_bits)

    @cached_property
    def signature_algorithm(self) -> bytes:
        """The AlgorithmIdentifier of `sign`."""
        return key_pairs.signature_algorithm_der(self.key)

    def sign(self, data: bytes | memoryview) -> bytes:
        """The signature value over `data`."""
        return key_pairs.sign(self.key, data)


@dataclass(frozen=True)
class Hierarchy:
    """Everyone who signs for the authority."""

    root: Signer
    issuing: Signer
    ocsp: Signer
    tsa: Signer


def key_id(key_bits: bytes) -> bytes:
    """The key identifier that RFC 5280 §4.2.1.2 (1) describes; a name, nothing that SHA-1 has to protect."""
    return hashlib.sha1(key_bits, usedforsecurity=False).digest()


def build(
    keys: Mapping[str, PrivateKey],
    endpoints: Endpoints,
    instant: datetime,
    serial: Callable[[str], int],
) -> Hierarchy:
    """Makes the four certificates, valid from `instant`.

    `keys` has a key under each name in `SIGNERS`; `serial` gives the serial number for such a name.
    """
    subjects = {
        name: names.encode(SubjectName(common_name, (AUTHORITY,))) for name, common_name in _COMMON_NAMES.items()
    }

    def certify(name: str, by: str, extensions: bytes) -> Signer:
        spki = key_pairs.spki(keys[name].public_key())
        made = profile.assemble(
            keys[by],
            issuer=subjects[by],
            subject=subjects[name],
            serial=serial(name),
            not_before=instant,
            not_after=instant + VALIDITY,
            public_key=spki,
            extensions=extensions + profile.subject_key(key_id(key_pairs.key_bits(spki))),
        )
        return Signer(x509.load_der_x509_certificate(made), keys[name])

    ca_usage = profile.key_usage("key_cert_sign", "crl_sign")
    # The root names its own CRL, as the real first generation's did: `openssl verify -crl_check_all` checks the root
    # too, and takes a CRL with a distribution point only for certificates that name the same one.
    root = certify("root", "root", profile.authority(True) + ca_usage + profile.crl_place(endpoints.root_crl))
    issuing = certify(
        "issuing",
        "root",
        profile.authority(True, 0)
        + ca_usage
        + profile.policies(profile.ANY_POLICY)
        + profile.authority_key(root.key_id)
        + profile.information_access(endpoints.root_crt)
        + profile.crl_place(endpoints.root_crl),
    )
    service = profile.authority(False) + profile.key_usage("digital_signature") + profile.authority_key(issuing.key_id)
    # Nobody asks a responder about its own certificate: it carries no-check (RFC 6960 §4.2.2.2.1) instead.
    ocsp = certify(
        "ocsp",
        "issuing",
        service
        + profile.extended_key_usage(ExtendedKeyUsageOID.OCSP_SIGNING)
        + profile.extension(x509.OCSPNoCheck())
        + profile.information_access(endpoints.issuing_crt),
    )
    # RFC 3161 §2.3: exactly this purpose, and critical.
    tsa = certify(
        "tsa",
        "issuing",
        service
        + profile.extended_key_usage(ExtendedKeyUsageOID.TIME_STAMPING, critical=True)
        + profile.policies(profile.TIMESTAMP_POLICY, endpoints.cps)
        + profile.information_access(endpoints.issuing_crt, endpoints.ocsp)
        + profile.crl_place(endpoints.issuing_crl),
    )
    return Hierarchy(root, issuing, ocsp, tsa)


def expired(signer: Signer, issuer: Signer, ended: datetime, serial: int) -> Signer:
    """The signer with another certificate for its key that says the same, but ended at that instant, a year after it
    had begun."""
    same = signer.certificate.extensions
    made = profile.assemble(
        issuer.key,
        issuer=issuer.subject,
        subject=signer.subject,
        serial=serial,
        not_before=ended - timedelta(days=365),
        not_after=ended,
        public_key=key_pairs.spki(signer.key.public_key()),
        extensions=b"".join(profile.extension(one.value, critical=one.critical) for one in same),
    )
    return Signer(x509.load_der_x509_certificate(made), signer.key)


def restore(keys: Mapping[str, PrivateKey], certificates: Mapping[str, bytes]) -> Hierarchy:
    """The hierarchy from its keys and stored certificates (DER), each under its name in `SIGNERS`.

    Raises Malformed where one is missing, cannot be read or does not belong to its key.
    """

    def signer(name: str) -> Signer:
        try:
            key, certificate = keys[name], x509.load_der_x509_certificate(certificates[name])
            same_key = certificate.public_key() == key.public_key()
        except (KeyError, ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
            raise Malformed("hierarchy", f"no readable key and certificate for {name}") from error
        if not same_key:
            raise Malformed("hierarchy", f"key and certificate of {name} do not belong together")
        return Signer(certificate, key)

    return Hierarchy(*map(signer, SIGNERS))
