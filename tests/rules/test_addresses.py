"""Documents sent over the document exchange reach the role that reads them, by its identifier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockca.rules.grounds import check_revocation
from mockca.rules.restores import check_restore
from mockca.rules.submissions import check_address
from mockca.rules.terms import Contact, Forwarder
from tests.rules.samples import AN_GIANG, LAI_CHAU, PAPER, SIGNED, clauses, restore, revocation


@pytest.mark.parametrize(
    ("reader", "given", "expected"),
    [
        ("authority", None, []),
        ("authority", "G00.MOPHONG", []),
        ("authority", "H00.LC-MP", [("submission.addressed_to", "LC-7.1.b")]),
        ("registrar", "H00.LC-MP", []),
        ("registrar", "H00.AG-MP", [("submission.addressed_to", "LC-7.2.b")]),
        ("agency", "H00.LC-MP", []),
        ("agency", "X9", [("submission.addressed_to", "LC-7.1.b")]),
    ],
)
def test_an_identifier_is_its_readers(reader: str, given: str | None, expected: list[tuple[str, str]]) -> None:
    submission = replace(PAPER, addressed_to=given)
    assert clauses(check_address(LAI_CHAU, submission, reader)) == expected


def test_where_no_identifiers_are_known_any_will_do() -> None:
    silent = replace(LAI_CHAU, contacts={})
    assert check_address(silent, replace(PAPER, addressed_to="X9"), "authority") == []


def test_a_restore_that_is_delegated_goes_to_whom_it_is_delegated() -> None:
    assert check_restore(LAI_CHAU, restore(submission=replace(SIGNED, addressed_to="H00.LC-MP"))) == []
    sent_abroad = restore(submission=replace(SIGNED, addressed_to="H00.AG-MP"))
    assert clauses(check_restore(LAI_CHAU, sent_abroad)) == [("submission.addressed_to", "LC-7.2.b")]


def test_a_revocation_is_asked_of_who_reads_it_first() -> None:
    to = replace(PAPER, addressed_to="H00.AG-MP")
    assert check_revocation(AN_GIANG, revocation(submission=to)) == []
    own = revocation(
        requester_role="registrar", ground="manager-request", form=None, fields={}, confirmed_by=None, submission=to
    )
    assert [violation.field for violation in check_revocation(AN_GIANG, own)] == ["submission.addressed_to"]
    rules = replace(AN_GIANG.revocation, forwarder=Forwarder("agency", "TT05-F05", "X-1"))
    contacts = {"agency": Contact("H01.MP", "X-2"), **AN_GIANG.contacts}
    forwarding = replace(AN_GIANG, revocation=rules, contacts=contacts)
    assert clauses(check_revocation(forwarding, revocation(submission=to))) == [("submission.addressed_to", "X-2")]
