"""Certificates, requests, CRLs, OCSP and time stamps in words: short enough to read beside an exchange.

Whatever foreign DER makes a parser throw becomes a sentence, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp

from conformance.events import Decoded
from conformance.publisher import timestamps

MOST_ENTRIES = 8
"""Entries of a CRL that are told one by one, besides those asked about."""
LONGEST_VALUE = 400
"""Characters of one extension's value."""
PEM = re.compile(r"-----BEGIN (CERTIFICATE|CERTIFICATE REQUEST|X509 CRL)-----.*?-----END \1-----", re.DOTALL)


def certificate(der: bytes) -> Decoded:
    """An X.509 certificate (RFC 5280 §4)."""
    return _decoded("certificate", der, lambda: _certificate(x509.load_der_x509_certificate(der)))


def crl(der: bytes, serials: Iterable[int] = ()) -> Decoded:
    """A CRL or delta CRL (RFC 5280 §5); the entries of `serials` first."""
    return _decoded("CRL", der, lambda: _crl(x509.load_der_x509_crl(der), tuple(serials)))


def ocsp_request(der: bytes) -> Decoded:
    """An OCSP request (RFC 6960 §4.1)."""
    return _decoded("OCSP request", der, lambda: _ocsp_request(ocsp.load_der_ocsp_request(der)))


def ocsp_response(der: bytes) -> Decoded:
    """An OCSP response (RFC 6960 §4.2)."""
    return _decoded("OCSP response", der, lambda: _ocsp_response(ocsp.load_der_ocsp_response(der)))


def timestamp(der: bytes) -> Decoded:
    """A time-stamp response (RFC 3161 §2.4.2)."""
    return _decoded("time-stamp response", der, lambda: _timestamp(timestamps.parse(der)))


def in_text(text: str) -> tuple[Decoded, ...]:
    """Every PEM block in the text of a body, also where JSON has escaped its lines."""
    return tuple(_pem(found[0].encode(), found[1]) for found in PEM.finditer(text.replace("\\n", "\n")))


def _pem(pem: bytes, label: str) -> Decoded:
    if label == "CERTIFICATE":
        return _decoded("certificate", pem, lambda: _certificate(x509.load_pem_x509_certificate(pem)))
    if label == "X509 CRL":
        return _decoded("CRL", pem, lambda: _crl(x509.load_pem_x509_crl(pem), ()))
    return _decoded("certificate request", pem, lambda: _request(x509.load_pem_x509_csr(pem)))


def _decoded(what: str, encoded: bytes, lines: Callable[[], Iterator[str]]) -> Decoded:
    try:
        text = "\n".join(lines())
    except Exception as error:  # what a stranger encoded may break a parser in any way
        text = f"cannot be read: {type(error).__name__}: {error}\n{len(encoded)} bytes, beginning {encoded[:32].hex()}"
    return Decoded(what=what, text=text)


def _certificate(found: x509.Certificate) -> Iterator[str]:
    yield f"subject     {found.subject.rfc4514_string()}"
    yield f"issuer      {found.issuer.rfc4514_string()}"
    yield f"serial      {found.serial_number:x}"
    yield f"valid       {_time(found.not_valid_before_utc)} to {_time(found.not_valid_after_utc)}"
    yield f"key         {_key(found.public_key())}"
    yield f"signed by   {_algorithm(found)}"
    yield from _extensions(found.extensions)
    yield f"SHA-256     {found.fingerprint(hashes.SHA256()).hex()}"


def _request(found: x509.CertificateSigningRequest) -> Iterator[str]:
    yield f"subject     {found.subject.rfc4514_string() or '(empty)'}"
    yield f"key         {_key(found.public_key())}"
    yield f"signature   {'verifies' if found.is_signature_valid else 'does not verify'}"
    yield from _extensions(found.extensions)


def _crl(found: x509.CertificateRevocationList, serials: tuple[int, ...]) -> Iterator[str]:
    yield f"issuer      {found.issuer.rfc4514_string()}"
    yield f"thisUpdate  {_time(found.last_update_utc)}"
    yield f"nextUpdate  {_time(found.next_update_utc)}"
    yield f"signed by   {_algorithm(found)}"
    yield from _extensions(found.extensions)
    yield f"entries     {len(found)}"
    for serial in serials:
        entry = found.get_revoked_certificate_by_serial_number(serial)
        yield f"  {serial:x}  not listed" if entry is None else _entry(entry)
    others = 0
    for entry in found:
        if entry.serial_number in serials:
            continue
        others += 1
        if others > MOST_ENTRIES:
            yield "  …"
            break
        yield _entry(entry)


def _entry(entry: x509.RevokedCertificate) -> str:
    details = ", ".join(_value(one) for one in entry.extensions)
    return f"  {entry.serial_number:x}  {_time(entry.revocation_date_utc)}  {details}".rstrip()


def _ocsp_request(found: ocsp.OCSPRequest) -> Iterator[str]:
    yield f"serial      {found.serial_number:x}"
    yield f"issuer key  {found.issuer_key_hash.hex()} ({found.hash_algorithm.name})"
    yield from _extensions(found.extensions)


def _ocsp_response(found: ocsp.OCSPResponse) -> Iterator[str]:
    yield f"status      {found.response_status.name}"
    if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return
    name, key = found.responder_name, found.responder_key_hash or b""
    yield f"responder   {f'key {key.hex()}' if name is None else name.rfc4514_string()}"
    yield f"producedAt  {_time(found.produced_at_utc)}"
    for one in found.responses:
        yield f"serial      {one.serial_number:x}  {one.certificate_status.name}"
        if one.revocation_time_utc is not None:
            reason = "no reason" if one.revocation_reason is None else one.revocation_reason.value
            yield f"  revoked   {_time(one.revocation_time_utc)}, {reason}"
        yield f"  thisUpdate {_time(one.this_update_utc)}, nextUpdate {_time(one.next_update_utc)}"
    yield from _extensions(found.extensions)
    for signer in found.certificates:
        yield f"certificate {signer.subject.rfc4514_string()}, serial {signer.serial_number:x}"


def _timestamp(found: timestamps.Response) -> Iterator[str]:
    yield f"status      {found.status}{f', {found.failure}' if found.failure else ''}"
    if found.token is None:
        return
    token = found.token
    yield f"genTime     {_time(token.instant)}, accuracy {token.accuracy.total_seconds():g} s"
    yield f"serial      {token.serial:x}"
    yield f"policy      {token.policy}"
    yield f"imprint     {token.algorithm} {token.imprint.hex()}"
    yield f"nonce       {'none' if token.nonce is None else f'{token.nonce:x}'}"
    yield f"signed by   {token.digest}"
    for one in token.certificates:
        yield f"certificate {one.subject.rfc4514_string()}, serial {one.serial_number:x}"


def _extensions(extensions: x509.Extensions) -> Iterator[str]:
    for one in extensions:
        mark = " (critical)" if one.critical else ""
        yield f"{_name(one)}{mark}: {_value(one)}"


def _name(extension: x509.Extension[x509.ExtensionType]) -> str:
    name = extension.oid._name
    return extension.oid.dotted_string if name == "Unknown OID" else name


def _value(extension: x509.Extension[x509.ExtensionType]) -> str:
    text = _told(extension.value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"


def _told(value: x509.ExtensionType) -> str:
    match value:
        case x509.BasicConstraints():
            return f"CA {value.ca}" + ("" if value.path_length is None else f", path length {value.path_length}")
        case x509.KeyUsage():
            return ", ".join(_usages(value))
        case x509.ExtendedKeyUsage():
            return ", ".join(one._name for one in value)
        case x509.SubjectKeyIdentifier():
            return value.digest.hex()
        case x509.AuthorityKeyIdentifier():
            return (value.key_identifier or b"").hex()
        case x509.AuthorityInformationAccess():
            return ", ".join(f"{one.access_method._name} {_general(one.access_location)}" for one in value)
        case x509.CRLDistributionPoints() | x509.FreshestCRL():
            return ", ".join(_general(name) for point in value for name in point.full_name or ())
        case x509.IssuingDistributionPoint():
            return ", ".join(_general(name) for name in value.full_name or ()) or "–"
        case x509.SubjectAlternativeName() | x509.IssuerAlternativeName():
            return ", ".join(_general(name) for name in value)
        case x509.CertificatePolicies():
            return ", ".join(one.policy_identifier.dotted_string for one in value)
        case x509.CRLNumber() | x509.DeltaCRLIndicator():
            return str(value.crl_number)
        case x509.CRLReason():
            return value.reason.value
        case x509.InvalidityDate():
            return f"invalid since {_time(value.invalidity_date_utc)}"
        case x509.OCSPNonce():
            return value.nonce.hex()
        case x509.UnrecognizedExtension():
            return value.value.hex()
    return str(value)


def _usages(usage: x509.KeyUsage) -> Iterator[str]:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    for name in (*names, "key_cert_sign", "crl_sign"):
        if getattr(usage, name):
            yield name.replace("_", " ")


def _general(name: x509.GeneralName) -> str:
    value = name.value
    return value.rfc4514_string() if isinstance(value, x509.Name) else str(value)


def _key(key: object) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__


def _algorithm(signed: x509.Certificate | x509.CertificateRevocationList) -> str:
    name = signed.signature_algorithm_oid._name
    return signed.signature_algorithm_oid.dotted_string if name == "Unknown OID" else name


def _time(instant: datetime | None) -> str:
    return "–" if instant is None else f"{instant:%Y-%m-%d %H:%M:%SZ}"
