"""The hierarchy as other programs read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mockca.errors import Malformed
from mockca.pki import hierarchy
from mockca.pki.hierarchy import SIGNERS, Endpoints, Hierarchy
from mockca.pki.keys import KeyAlgorithm, PrivateKey

from .openssl import OpenSsl


def extensions_of(hierarchy: Hierarchy, name: str) -> x509.Extensions:
    certificate: x509.Certificate = getattr(hierarchy, name).certificate
    return certificate.extensions


def test_openssl_verifies_every_certificate_of_the_hierarchy(either_hierarchy: Hierarchy, openssl: OpenSsl) -> None:
    openssl.hierarchy(either_hierarchy)
    at = str(int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()))
    for name in SIGNERS:
        said = openssl(
            "verify", "-x509_strict", "-attime", at, "-CAfile", "root.pem", "-untrusted", "issuing.pem", f"{name}.pem"
        )
        assert f"{name}.pem: OK" in said


def test_openssl_takes_the_timestamp_signer_for_that_purpose_alone(ec_hierarchy: Hierarchy, openssl: OpenSsl) -> None:
    openssl.hierarchy(ec_hierarchy)
    at = str(int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()))
    chain = ["-attime", at, "-CAfile", "root.pem", "-untrusted", "issuing.pem"]
    assert "OK" in openssl("verify", *chain, "-purpose", "timestampsign", "tsa.pem")
    assert openssl.try_to("verify", *chain, "-purpose", "sslclient", "tsa.pem").returncode != 0


def test_the_timestamp_purpose_is_critical_and_alone(ec_hierarchy: Hierarchy) -> None:
    usage = extensions_of(ec_hierarchy, "tsa").get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_the_ocsp_signer_is_a_delegate_that_nobody_checks(ec_hierarchy: Hierarchy) -> None:
    extensions = extensions_of(ec_hierarchy, "ocsp")
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.OCSP_SIGNING]
    assert extensions.get_extension_for_class(x509.OCSPNoCheck)


def test_only_the_two_authorities_may_sign_certificates(ec_hierarchy: Hierarchy) -> None:
    depths = {}
    for name in SIGNERS:
        extensions = extensions_of(ec_hierarchy, name)
        constraints = extensions.get_extension_for_class(x509.BasicConstraints)
        usage = extensions.get_extension_for_class(x509.KeyUsage)
        assert constraints.critical
        assert usage.critical
        assert usage.value.key_cert_sign is usage.value.crl_sign is constraints.value.ca
        assert usage.value.digital_signature is not constraints.value.ca
        depths[name] = (constraints.value.ca, constraints.value.path_length)
    assert depths == {"root": (True, None), "issuing": (True, 0), "ocsp": (False, None), "tsa": (False, None)}


def test_every_name_says_that_it_is_a_mock(ec_hierarchy: Hierarchy) -> None:
    for name in SIGNERS:
        certificate = getattr(ec_hierarchy, name).certificate
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
            [attribute] = certificate.subject.get_attributes_for_oid(oid)
            assert str(attribute.value).endswith("(MÔ PHỎNG)")


def test_each_lasts_twenty_years_of_365_days_to_the_second(ec_hierarchy: Hierarchy, now: datetime) -> None:
    for name in SIGNERS:
        certificate = getattr(ec_hierarchy, name).certificate
        assert certificate.not_valid_before_utc == now.replace(microsecond=0)
        assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=7300)


def test_the_same_keys_and_facts_give_the_same_bytes(
    ec_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime
) -> None:
    serials = count(0x1000_0000_0000_0001)
    keys = {name: getattr(ec_hierarchy, name).key for name in SIGNERS}
    again = hierarchy.build(keys, endpoints, now, lambda _: next(serials))
    assert [getattr(again, name).der for name in SIGNERS] == [getattr(ec_hierarchy, name).der for name in SIGNERS]


def test_a_stored_hierarchy_is_restored(ec_hierarchy: Hierarchy) -> None:
    keys = {name: getattr(ec_hierarchy, name).key for name in SIGNERS}
    stored = {name: getattr(ec_hierarchy, name).der for name in SIGNERS}
    restored = hierarchy.restore(keys, stored)
    assert restored == ec_hierarchy
    assert restored.issuing.sign(b"facts") == ec_hierarchy.issuing.sign(b"facts")


@pytest.mark.parametrize("damage", ["missing", "garbage", "truncated", "swapped"])
def test_a_damaged_store_is_malformed(ec_hierarchy: Hierarchy, damage: str) -> None:
    keys: dict[str, PrivateKey] = {name: getattr(ec_hierarchy, name).key for name in SIGNERS}
    stored: dict[str, bytes] = {name: getattr(ec_hierarchy, name).der for name in SIGNERS}
    if damage == "missing":
        del stored["tsa"]
    elif damage == "swapped":
        stored["tsa"] = stored["ocsp"]
    else:
        stored["tsa"] = b"garbage" if damage == "garbage" else stored["tsa"][:-1]
    with pytest.raises(Malformed, match=r"hierarchy: .*tsa"):
        hierarchy.restore(keys, stored)


def test_the_real_key_sizes_are_in_the_certificates(
    mixed_hierarchy: Hierarchy, subscriber_keys: dict[KeyAlgorithm, PrivateKey]
) -> None:
    assert mixed_hierarchy.root.certificate.public_key() == subscriber_keys[KeyAlgorithm.RSA_4096].public_key()
    mixed_hierarchy.issuing.certificate.verify_directly_issued_by(mixed_hierarchy.root.certificate)


def test_addresses_hang_under_the_sandboxs_own() -> None:
    places = Endpoints("https://ca.example.test/demo/")
    assert places.root_crt == "https://ca.example.test/demo/pki/crt/root.crt"
    assert places.issuing_crt.endswith("/demo/pki/crt/issuing.crt")
    assert places.root_crl.endswith("/demo/pki/crl/root.crl")
    assert places.issuing_crl.endswith("/demo/pki/crl/issuing.crl")
    assert places.issuing_delta.endswith("/demo/pki/crl/issuing-delta.crl")
    assert places.ocsp.endswith("/demo/pki/ocsp")
    assert places.tsa.endswith("/demo/pki/tsa")
    assert places.cps.endswith("/demo/pki/policies/cp")


@pytest.mark.parametrize(
    "base",
    [
        "",
        "demo",
        "ftp://127.0.0.1/demo",
        "http:///demo",
        "http://[::1/demo",
        "http://máy.test/demo",
        "http://a b.test/",
        "http://a.test/\n",
    ],
)
def test_an_address_that_is_none_is_malformed(base: str) -> None:
    with pytest.raises(Malformed, match="public address"):
        Endpoints(base)


@pytest.mark.parametrize("prefix", ["", "ocsp.", "a.b."])
def test_the_real_authoritys_hosts_are_refused(prefix: str) -> None:
    real = ".".join(["ca", "gov", "vn"])
    with pytest.raises(Malformed, match="real authority"):
        Endpoints(f"http://{prefix}{real.upper()}./demo")
    assert Endpoints(f"http://other{real}/demo")
