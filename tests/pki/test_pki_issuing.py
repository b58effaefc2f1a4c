"""Subscribers' certificates: the profile, read by cryptography and openssl."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ObjectIdentifier

from mockca.errors import Malformed
from mockca.pki import keys
from mockca.pki.hierarchy import Endpoints, Hierarchy
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey
from mockca.pki.names import SubjectName

from .openssl import OpenSsl

SERIAL = 0x7558_0912_3456_789A
PERSON = SubjectName("Nguyễn Thị Mẫu", ("UBND tỉnh Mẫu", "Sở Mẫu"), "Mẫu", "mau@mau.test")
FIVE_YEARS = timedelta(days=1825)


def issue(
    issuer: LeafIssuer,
    key: PrivateKey,
    begin: datetime,
    subject: SubjectName = PERSON,
    lasts: timedelta = FIVE_YEARS,
    serial: int = SERIAL,
) -> bytes:
    return issuer.issue(subject, key.public_key(), serial=serial, not_before=begin, not_after=begin + lasts)


@pytest.mark.parametrize("algorithm", list(KeyAlgorithm))
def test_a_certificate_for_each_kind_of_key_is_signed_by_the_issuing_ca(
    algorithm: KeyAlgorithm,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    either_hierarchy: Hierarchy,
    endpoints: Endpoints,
    now: datetime,
) -> None:
    key = subscriber_keys[algorithm]
    made = x509.load_der_x509_certificate(issue(LeafIssuer(either_hierarchy.issuing, endpoints), key, now))
    made.verify_directly_issued_by(either_hierarchy.issuing.certificate)
    assert made.public_key() == key.public_key()
    assert made.serial_number == SERIAL
    assert made.version is x509.Version.v3


@pytest.mark.parametrize(("algorithm", "encipherment"), [(KeyAlgorithm.RSA_2048, True), (KeyAlgorithm.P256, False)])
def test_the_profile_is_the_real_second_generations(
    algorithm: KeyAlgorithm,
    encipherment: bool,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    leaf_issuer: LeafIssuer,
    endpoints: Endpoints,
    now: datetime,
) -> None:
    key = subscriber_keys[algorithm]
    made = x509.load_der_x509_certificate(issue(leaf_issuer, key, now))
    found = {extension.value.__class__: extension for extension in made.extensions}

    constraints, usage = found[x509.BasicConstraints], found[x509.KeyUsage]
    assert {kind for kind, extension in found.items() if extension.critical} == {x509.BasicConstraints, x509.KeyUsage}
    assert constraints.value == x509.BasicConstraints(ca=False, path_length=None)
    assert usage.value == x509.KeyUsage(True, True, encipherment, encipherment, False, False, False, False, False)
    assert list(found[x509.ExtendedKeyUsage].value) == [
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ObjectIdentifier("1.3.6.1.4.1.311.20.2.2"),
    ]
    [policy] = found[x509.CertificatePolicies].value
    assert policy.policy_identifier.dotted_string.startswith("1.3.6.1.4.1.32473.")
    assert policy.policy_qualifiers == [endpoints.cps]
    issuer_key = leaf_issuer.issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert found[x509.AuthorityKeyIdentifier].value == x509.AuthorityKeyIdentifier(issuer_key.digest, None, None)
    assert found[x509.SubjectKeyIdentifier].value == x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    assert [(a.access_method, a.access_location.value) for a in found[x509.AuthorityInformationAccess].value] == [
        (AuthorityInformationAccessOID.CA_ISSUERS, endpoints.issuing_crt),
        (AuthorityInformationAccessOID.OCSP, endpoints.ocsp),
    ]
    [place] = found[x509.CRLDistributionPoints].value
    assert [name.value for name in place.full_name] == [endpoints.issuing_crl]
    assert list(found[x509.SubjectAlternativeName].value) == [x509.RFC822Name("mau@mau.test")]
    assert len(found) == 9


def test_openssl_shows_a_person_with_diacritics(
    leaf_issuer: LeafIssuer, subscriber_keys: dict[KeyAlgorithm, PrivateKey], openssl: OpenSsl, now: datetime
) -> None:
    openssl.certificate("leaf.pem", issue(leaf_issuer, subscriber_keys[KeyAlgorithm.P256], now))
    said = openssl("x509", "-in", "leaf.pem", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
    assert "Subject: C=VN,L=Mẫu,O=UBND tỉnh Mẫu,OU=Sở Mẫu,CN=Nguyễn Thị Mẫu" in said
    assert "Microsoft Smartcard Login" in said
    assert "email:mau@mau.test" in said
    assert "CPS: http://127.0.0.1:8400/demo/pki/policies/cp" in said


def test_five_years_are_1825_days_to_the_second(
    leaf_issuer: LeafIssuer, subscriber_keys: dict[KeyAlgorithm, PrivateKey], now: datetime
) -> None:
    made = x509.load_der_x509_certificate(issue(leaf_issuer, subscriber_keys[KeyAlgorithm.P256], now))
    assert made.not_valid_before_utc == now.replace(microsecond=0)
    assert made.not_valid_after_utc - made.not_valid_before_utc == FIVE_YEARS


def test_a_subscriber_without_an_address_has_no_alternative_name(
    leaf_issuer: LeafIssuer, subscriber_keys: dict[KeyAlgorithm, PrivateKey], now: datetime
) -> None:
    organisation = SubjectName("SỞ MẪU", ("UBND tỉnh Mẫu",), "Mẫu")
    key = subscriber_keys[KeyAlgorithm.RSA_3072]
    made = x509.load_der_x509_certificate(issue(leaf_issuer, key, now, organisation))
    with pytest.raises(x509.ExtensionNotFound):
        made.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_the_deltas_address_is_in_the_certificate_only_on_request(
    ec_hierarchy: Hierarchy, endpoints: Endpoints, subscriber_keys: dict[KeyAlgorithm, PrivateKey], now: datetime
) -> None:
    issuer = LeafIssuer(ec_hierarchy.issuing, endpoints, freshest=True)
    made = x509.load_der_x509_certificate(issue(issuer, subscriber_keys[KeyAlgorithm.P256], now))
    [place] = made.extensions.get_extension_for_class(x509.FreshestCRL).value
    assert place.full_name is not None
    assert [name.value for name in place.full_name] == [endpoints.issuing_delta]
    assert len(made.extensions) == 10


@pytest.mark.parametrize(
    ("starts", "lasts"),
    [
        (timedelta(seconds=-1), FIVE_YEARS),
        (timedelta(), timedelta()),
        (timedelta(), timedelta(seconds=-1)),
        (timedelta(), timedelta(days=7301)),
        (timedelta(days=7300), FIVE_YEARS),
    ],
)
def test_a_validity_that_leaves_the_cas_own_is_malformed(
    leaf_issuer: LeafIssuer,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    now: datetime,
    starts: timedelta,
    lasts: timedelta,
) -> None:
    with pytest.raises(Malformed, match="validity"):
        issue(leaf_issuer, subscriber_keys[KeyAlgorithm.P256], now + starts, lasts=lasts)


def test_a_key_on_a_foreign_curve_and_a_bad_address_are_malformed(
    leaf_issuer: LeafIssuer, subscriber_keys: dict[KeyAlgorithm, PrivateKey], now: datetime
) -> None:
    with pytest.raises(Malformed, match="secp521r1"):
        issue(leaf_issuer, ec.generate_private_key(ec.SECP521R1()), now)
    with pytest.raises(Malformed, match="email"):
        issue(leaf_issuer, subscriber_keys[KeyAlgorithm.P256], now, SubjectName("Mẫu", email="không phải"))


@pytest.mark.parametrize("serial", [0, -1, 1 << 159])
def test_a_serial_number_is_positive_and_has_at_most_20_octets(
    leaf_issuer: LeafIssuer, subscriber_keys: dict[KeyAlgorithm, PrivateKey], now: datetime, serial: int
) -> None:
    with pytest.raises(ValueError, match="serial number"):
        issue(leaf_issuer, subscriber_keys[KeyAlgorithm.P256], now, serial=serial)
    longest = issue(leaf_issuer, subscriber_keys[KeyAlgorithm.P256], now, serial=(1 << 159) - 1)
    assert x509.load_der_x509_certificate(longest).serial_number == (1 << 159) - 1


def test_a_certificate_that_ends_before_it_begins_is_not_signed(ec_hierarchy: Hierarchy, now: datetime) -> None:
    from mockca.pki import certificates

    with pytest.raises(ValueError, match="notAfter"):
        certificates.assemble(
            ec_hierarchy.issuing.key,
            issuer=ec_hierarchy.issuing.subject,
            subject=ec_hierarchy.issuing.subject,
            serial=1,
            not_before=now,
            not_after=now - timedelta(seconds=1),
            public_key=keys.spki(ec_hierarchy.issuing.key.public_key()),
            extensions=b"",
        )
