"""pkilint on everything that is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from mockca.pki import crl, der, ocsp
from mockca.pki.crl import Reason
from mockca.pki.hierarchy import SIGNERS, Endpoints, Hierarchy
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey
from mockca.pki.names import SubjectName
from mockca.pki.ocsp import CertId, Responder, SingleAnswer

from .linting import ACCEPTED, lint_certificate, lint_crl, lint_ocsp


def leaves(issuer: LeafIssuer, keys: dict[KeyAlgorithm, PrivateKey], now: datetime) -> Iterator[bytes]:
    for subject in (
        SubjectName("Nguyễn Thị Mẫu", ("UBND tỉnh Mẫu", "Sở Mẫu"), "Mẫu", "mau@mau.test"),
        SubjectName("SỞ MẪU", ("UBND tỉnh Mẫu",), "Mẫu"),
    ):
        for key in keys.values():
            yield issuer.issue(
                subject,
                key.public_key(),
                serial=0x7558_0912_3456_789A,
                not_before=now,
                not_after=now + timedelta(days=1825),
            )


def test_certificates_have_no_findings_but_the_accepted(
    either_hierarchy: Hierarchy,
    endpoints: Endpoints,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    now: datetime,
) -> None:
    found: set[str] = set()
    for name in SIGNERS:
        found |= lint_certificate(getattr(either_hierarchy, name).der)
    for freshest in (False, True):
        issuer = LeafIssuer(either_hierarchy.issuing, endpoints, freshest=freshest)
        for leaf in leaves(issuer, subscriber_keys, now):
            found |= lint_certificate(leaf)
    # Equal, not below: a finding that is gone leaves the list too.
    assert found == set(ACCEPTED)


@pytest.mark.parametrize("kind", ["full", "delta", "empty"])
def test_crls_have_no_findings(either_hierarchy: Hierarchy, endpoints: Endpoints, now: datetime, kind: str) -> None:
    entries = [crl.entry(5, now, Reason.KEY_COMPROMISE, now - timedelta(days=1)), crl.entry(6, now)]
    entries.append(crl.removal(7, now) if kind == "delta" else crl.entry(7, now, Reason.CERTIFICATE_HOLD))
    made = crl.build(
        either_hierarchy.issuing,
        number=7,
        this_update=now,
        next_update=now + timedelta(days=7),
        entries=[] if kind == "empty" else entries,
        distribution_point=endpoints.issuing_crl,
        base=5 if kind == "delta" else None,
        freshest=endpoints.issuing_delta if kind == "full" else None,
    )
    assert lint_crl(made) == set()


@pytest.mark.parametrize("by_name", [False, True])
def test_ocsp_answers_have_no_findings(either_hierarchy: Hierarchy, now: datetime, by_name: bool) -> None:
    responder = Responder(either_hierarchy.issuing, either_hierarchy.ocsp, by_name=by_name)
    encoded = der.sequence(
        der.sequence(der.oid(ocsp.HASHES["sha1"]), der.NULL),
        der.octets(bytes(20)),
        der.octets(bytes(20)),
        der.integer(5),
    )
    asked = CertId(5, "sha1", bytes(20), bytes(20), encoded)
    for answer in (
        SingleAnswer(asked, "good", None, None, now, now + timedelta(days=1)),
        SingleAnswer(asked, "revoked", now, Reason.CERTIFICATE_HOLD, now, now + timedelta(days=1)),
        SingleAnswer(asked, "unknown", None, None, now, now + timedelta(days=1)),
    ):
        made = responder.respond([answer], produced_at=now, nonce=bytes(16), archive_cutoff=now, extended_revoke=True)
        assert lint_ocsp(made) == set()
