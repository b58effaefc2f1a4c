"""Where a certificate says that its issuer, its CRL and its OCSP responder are (RFC 5280 §4.2.1.13, §4.2.2.1)."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID


def issuer_url(certificate: x509.Certificate) -> str | None:
    """The first http URL of the issuer's certificate."""
    return _access(certificate, AuthorityInformationAccessOID.CA_ISSUERS)


def ocsp_url(certificate: x509.Certificate) -> str | None:
    """The first http URL of the OCSP responder."""
    return _access(certificate, AuthorityInformationAccessOID.OCSP)


def crl_url(certificate: x509.Certificate) -> str | None:
    """The first http URL of the full CRL."""
    return _point(certificate.extensions, ExtensionOID.CRL_DISTRIBUTION_POINTS)


def delta_url(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> str | None:
    """The first http URL of the delta CRL: freshestCRL on the CRL, else on the certificate."""
    return _point(crl.extensions, ExtensionOID.FRESHEST_CRL) or _point(
        certificate.extensions, ExtensionOID.FRESHEST_CRL
    )


def _access(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> str | None:
    try:
        value = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return None
    return next((_http(one.access_location) for one in value if one.access_method == method), None)


def _point(extensions: x509.Extensions, oid: x509.ObjectIdentifier) -> str | None:
    try:
        value = extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None
    assert isinstance(value, x509.CRLDistributionPoints | x509.FreshestCRL)  # noqa: S101 - what the OID means
    names = [name for point in value for name in point.full_name or ()]
    return next((url for url in map(_http, names) if url), None)


def _http(name: x509.GeneralName) -> str | None:
    is_url = isinstance(name, x509.UniformResourceIdentifier)
    return name.value if is_url and name.value.startswith(("http://", "https://")) else None
