"""CRLs, full and delta, read back by cryptography and openssl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import crl as asn1_crl
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from mockca.pki import crl
from mockca.pki.crl import Reason
from mockca.pki.hierarchy import Endpoints, Hierarchy, Signer
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey
from mockca.pki.names import SubjectName

from .openssl import OpenSsl

WEEK = timedelta(days=7)


def build(
    signer: Signer,
    endpoints: Endpoints,
    now: datetime,
    entries: Iterable[bytes] = (),
    *,
    number: int = 7,
    base: int | None = None,
    freshest: str | None = None,
) -> bytes:
    return crl.build(
        signer,
        number=number,
        this_update=now,
        next_update=now + WEEK,
        entries=entries,
        distribution_point=endpoints.issuing_crl,
        base=base,
        freshest=freshest,
    )


def test_a_full_crl_says_what_it_lists(either_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime) -> None:
    lost = now - timedelta(days=3)
    entries = [
        crl.entry(0x7F, now, Reason.KEY_COMPROMISE, lost),
        crl.entry(0x80, now),
        crl.entry(0x7F00_0000_0000_0001, now, Reason.CERTIFICATE_HOLD),
        crl.entry(3, now, Reason.UNSPECIFIED),
        crl.entry(4, datetime(2051, 1, 1, tzinfo=UTC), Reason.SUPERSEDED),
    ]
    read = x509.load_der_x509_crl(
        build(either_hierarchy.issuing, endpoints, now, entries, freshest=endpoints.issuing_delta)
    )
    assert read.is_signature_valid(either_hierarchy.issuing.key.public_key())
    assert read.issuer == either_hierarchy.issuing.certificate.subject
    assert read.last_update_utc == now.replace(microsecond=0)
    assert read.next_update_utc == now.replace(microsecond=0) + WEEK
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 7
    point = read.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert point.critical
    assert point.value.full_name is not None
    assert [name.value for name in point.value.full_name] == [endpoints.issuing_crl]
    [fresh] = read.extensions.get_extension_for_class(x509.FreshestCRL).value
    assert fresh.full_name is not None
    assert [name.value for name in fresh.full_name] == [endpoints.issuing_delta]
    told = []
    for revoked in read:
        reasons = [e.value.reason.value for e in revoked.extensions if isinstance(e.value, x509.CRLReason)]
        dates = [e.value.invalidity_date_utc for e in revoked.extensions if isinstance(e.value, x509.InvalidityDate)]
        told.append((revoked.serial_number, revoked.revocation_date_utc.year, reasons, dates))
    assert told == [
        (0x7F, 2026, ["keyCompromise"], [lost.replace(microsecond=0)]),
        (0x80, 2026, [], []),
        (0x7F00_0000_0000_0001, 2026, ["certificateHold"], []),
        (3, 2026, [], []),
        (4, 2051, ["superseded"], []),
    ]


def test_a_delta_names_its_base_and_takes_certificates_off_the_list(
    ec_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime
) -> None:
    read = x509.load_der_x509_crl(build(ec_hierarchy.issuing, endpoints, now, [crl.removal(9, now)], base=5))
    indicator = read.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert indicator.critical
    assert indicator.value.crl_number == 5
    [entry] = read
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.remove_from_crl


def test_an_empty_crl_leaves_its_list_out(ec_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime) -> None:
    made = build(ec_hierarchy.root, endpoints, now)
    assert x509.load_der_x509_crl(made).is_signature_valid(ec_hierarchy.root.key.public_key())
    assert asn1_crl.CertificateList.load(made)["tbs_cert_list"]["revoked_certificates"].native is None


def test_every_reason_comes_out_under_its_name(ec_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime) -> None:
    reasons = [reason for reason in Reason if reason is not Reason.UNSPECIFIED]
    entries = [crl.entry(number, now, reason) for number, reason in enumerate(reasons, 1)]
    read = x509.load_der_x509_crl(build(ec_hierarchy.issuing, endpoints, now, entries))
    found = [entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value for entry in read]
    assert found == [reason.value for reason in reasons]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 1500, 1700, 420_000])
def test_crls_of_every_length_of_length_are_well_formed(
    ec_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime, count: int
) -> None:
    entry = crl.entry(0x1234_5678_9ABC_DEF0, now, Reason.SUPERSEDED)

    def stream() -> Iterator[bytes]:
        for _ in range(count):
            yield entry

    made = build(ec_hierarchy.issuing, endpoints, now, stream())
    read = x509.load_der_x509_crl(made)
    assert len(read) == count
    assert read.is_signature_valid(ec_hierarchy.issuing.key.public_key())


@given(sizes=st.lists(st.integers(1, 2**63), max_size=40))
def test_any_serials_come_back_in_their_order(
    ec_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime, sizes: list[int]
) -> None:
    made = build(ec_hierarchy.issuing, endpoints, now, [crl.entry(serial, now) for serial in sizes])
    assert [entry.serial_number for entry in x509.load_der_x509_crl(made)] == sizes


def test_openssl_checks_a_certificate_against_the_crls(
    ec_hierarchy: Hierarchy,
    endpoints: Endpoints,
    leaf_issuer: LeafIssuer,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    openssl: OpenSsl,
    now: datetime,
) -> None:
    openssl.hierarchy(ec_hierarchy)
    leaf = leaf_issuer.issue(
        SubjectName("Mẫu"),
        subscriber_keys[KeyAlgorithm.P256].public_key(),
        serial=77,
        not_before=now,
        not_after=now + timedelta(days=1825),
    )
    openssl.certificate("leaf.pem", leaf)
    at = str(int((now + timedelta(hours=1)).timestamp()))

    def verify(issuing: bytes, *more: str) -> tuple[int, str]:
        root = crl.build(
            ec_hierarchy.root,
            number=1,
            this_update=now,
            next_update=now + WEEK,
            entries=[],
            distribution_point=endpoints.root_crl,
        )
        for name, der in (("root.crl", root), ("issuing.crl", issuing)):
            openssl.write(f"{name}.der", der)
            openssl("crl", "-inform", "DER", "-in", f"{name}.der", "-CAfile", "chain.pem", "-out", name)
        both = (openssl.folder / "root.crl").read_text() + (openssl.folder / "issuing.crl").read_text()
        openssl.write("crls.pem", both.encode())
        done = openssl.try_to(
            "verify", "-attime", at, "-CAfile", "root.pem", "-untrusted", "issuing.pem", "-CRLfile", "crls.pem",
            "-crl_check_all", "-extended_crl", *more, "leaf.pem",
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    good = build(ec_hierarchy.issuing, endpoints, now, [crl.entry(78, now)])
    assert verify(good) == (0, "leaf.pem: OK\n")
    code, said = verify(build(ec_hierarchy.issuing, endpoints, now, [crl.entry(77, now, Reason.KEY_COMPROMISE)]))
    assert code != 0
    assert "certificate revoked" in said


def test_openssl_honours_a_delta_crl(
    ec_hierarchy: Hierarchy,
    endpoints: Endpoints,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    openssl: OpenSsl,
    now: datetime,
) -> None:
    openssl.hierarchy(ec_hierarchy)
    issuer = LeafIssuer(ec_hierarchy.issuing, endpoints, freshest=True)
    leaf = issuer.issue(
        SubjectName("Mẫu"),
        subscriber_keys[KeyAlgorithm.P256].public_key(),
        serial=77,
        not_before=now,
        not_after=now + timedelta(days=1825),
    )
    openssl.certificate("leaf.pem", leaf)
    at = str(int((now + timedelta(hours=1)).timestamp()))

    def verify(listed: list[bytes], changed: list[bytes]) -> str:
        full = build(ec_hierarchy.issuing, endpoints, now, listed, number=4, freshest=endpoints.issuing_delta)
        delta = build(ec_hierarchy.issuing, endpoints, now, changed, number=5, base=4)
        text = b""
        for der in (full, delta):
            openssl.write("one.der", der)
            openssl("crl", "-inform", "DER", "-in", "one.der", "-out", "one.pem")
            text += (openssl.folder / "one.pem").read_bytes()
        openssl.write("crls.pem", text)
        done = openssl.try_to(
            "verify", "-attime", at, "-CAfile", "root.pem", "-untrusted", "issuing.pem", "-CRLfile", "crls.pem",
            "-crl_check", "-use_deltas", "leaf.pem",
        )  # fmt: skip
        return done.stdout + done.stderr

    held = [crl.entry(77, now, Reason.CERTIFICATE_HOLD)]
    assert "certificate revoked" in verify(held, [])
    assert "leaf.pem: OK" in verify(held, [crl.removal(77, now)])
    assert "certificate revoked" in verify([], [crl.entry(77, now, Reason.KEY_COMPROMISE)])
    assert "leaf.pem: OK" in verify([], [])


def test_what_the_standard_rules_out_is_not_built(ec_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime) -> None:
    with pytest.raises(ValueError, match="freshest"):
        build(ec_hierarchy.issuing, endpoints, now, base=6, freshest=endpoints.issuing_delta)
    with pytest.raises(ValueError, match="base that is not above"):
        build(ec_hierarchy.issuing, endpoints, now, base=8)
    with pytest.raises(ValueError, match="nextUpdate"):
        crl.build(
            ec_hierarchy.issuing,
            number=1,
            this_update=now,
            next_update=now,
            entries=[],
            distribution_point=endpoints.issuing_crl,
        )
