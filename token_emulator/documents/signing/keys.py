"""Who signs: a key with its certificate, on a device or in memory, and how the libraries are given it.

    key = device_key(shelf, serial, pin)
    key.sign(b"...", "sha256")

The PIN is kept for as long as the key object is; each signature logs in anew, so each counts as the token's own
counter counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from token_emulator.device import Shelf
from token_emulator.documents.errors import NoCertificate, NotPlugged

HASHES: dict[str, HashAlgorithm] = {"sha1": SHA1(), "sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}  # noqa: S303
LOCAL_AS_UTC = timedelta(hours=7)
"""By how much a signing time is off when the signer's local time is written as if it were UTC."""


class SigningKey(Protocol):
    """A private key with its certificate."""

    @property
    def certificate(self) -> bytes:
        """DER."""
        ...

    def sign(self, data: bytes, digest: str, *, pss: bool = False, hashed: bool = False) -> bytes:
        """PKCS#1 v1.5, PSS with a salt of the digest's length, or ECDSA in DER; `hashed` data is the digest itself."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The key on a plugged device, reached through the PKCS#11 module."""

    shelf: Shelf
    serial: str
    pin: str = field(repr=False)
    certificate: bytes = field(repr=False)

    def sign(self, data: bytes, digest: str, *, pss: bool = False, hashed: bool = False) -> bytes:
        """As `SigningKey`. Raises NotPlugged, PinIncorrect, PinLocked, DeviceFailed."""
        if self.serial not in self.shelf.plugged():
            raise NotPlugged(self.serial)
        return self.shelf.sign(self.serial, self.pin, data, digest, pss=pss, hashed=hashed)


def device_key(shelf: Shelf, serial: str, pin: str) -> DeviceKey:
    """The key of a plugged device. Raises UnknownDevice, NotPlugged, NoCertificate; the PIN is not tried yet."""
    found = shelf.inspect(serial)
    if found.reader is None:
        raise NotPlugged(serial)
    if found.certificate is None:
        raise NoCertificate(serial)
    return DeviceKey(shelf, serial, pin, found.certificate)


@dataclass(frozen=True, slots=True)
class MemoryKey:
    """A key in memory: for test documents that need no device."""

    private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: bytes = field(repr=False)

    def sign(self, data: bytes, digest: str, *, pss: bool = False, hashed: bool = False) -> bytes:
        """As `SigningKey`."""
        algorithm = Prehashed(HASHES[digest]) if hashed else HASHES[digest]
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return self.private_key.sign(data, ec.ECDSA(algorithm))
        scheme = pss_padding(digest) if pss else padding.PKCS1v15()
        return self.private_key.sign(data, scheme, algorithm)


def pss_padding(digest: str) -> padding.PSS:
    """The padding that `pss` stands for."""
    return padding.PSS(padding.MGF1(HASHES[digest]), HASHES[digest].digest_size)


def common_name(certificate: bytes) -> str:
    """CN of a certificate's subject; empty where it has none."""
    subject = x509.load_der_x509_certificate(certificate).subject
    found = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def mailbox(certificate: bytes) -> str | None:
    """The first rfc822Name of a certificate (RFC 5280 §4.2.1.6)."""
    try:
        names = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound:
        return None
    return next(iter(names.value.get_values_for_type(x509.RFC822Name)), None)


class KeySigner(Signer):
    """What pyHanko calls a signer, on a `SigningKey`.

    The CMS gets the signer's certificate alone, as the real agent's has it, or with `chain` the issuers' too.
    """

    def __init__(
        self,
        key: SigningKey,
        chain: Iterable[bytes] = (),
        *,
        pss: bool = False,
        digest: str = "sha256",
        local_as_utc: bool = False,
        imprint: str | None = None,
    ) -> None:
        certificate = asn1_x509.Certificate.load(key.certificate)
        store = SimpleCertificateStore.from_certs([asn1_x509.Certificate.load(der) for der in chain])
        mechanism = _pss_mechanism(digest) if pss and certificate.public_key.algorithm == "rsa" else None
        super().__init__(signing_cert=certificate, cert_registry=store, signature_mechanism=mechanism)
        self._key, self._pss, self._late = key, mechanism is not None, local_as_utc
        self._imprint = imprint
        self._octets = certificate.public_key.byte_size

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Called by pyHanko with the signed attributes to sign."""
        if dry_run:
            return bytes(3 * self._octets)
        return await asyncio.to_thread(self._key.sign, data, digest_algorithm, pss=self._pss)

    async def signed_attrs(
        self,
        data_digest: bytes,
        digest_algorithm: str,
        attr_settings: PdfCMSSignedAttributes | None = None,
        *more: Any,
        **named: Any,
    ) -> Any:
        """The signed attributes, with the signing time seven hours late on request."""
        if self._late and attr_settings is not None and attr_settings.signing_time is not None:
            attr_settings = replace(attr_settings, signing_time=attr_settings.signing_time + LOCAL_AS_UTC)
        return await super().signed_attrs(data_digest, digest_algorithm, attr_settings, *more, **named)

    async def unsigned_attrs(self, digest_algorithm: str, *more: Any, **named: Any) -> Any:
        """The unsigned attributes, the timestamp over another digest on request."""
        return await super().unsigned_attrs(self._imprint or digest_algorithm, *more, **named)


def _pss_mechanism(digest: str) -> algos.SignedDigestAlgorithm:
    """RFC 4055 §3.1, with a salt of the digest's length."""
    parameters = {
        "hash_algorithm": {"algorithm": digest},
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
        "salt_length": HASHES[digest].digest_size,
    }
    return cms.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})
