"""Minutes of handovers, and proposals of the time of effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mockca.errors import NotAvailable
from mockca.rules.custody import check_handover
from mockca.rules.effect import check_activation
from mockca.rules.facts import SubmissionFacts
from tests.rules.samples import AN_GIANG, LAI_CHAU, NOW, SIGNED, clauses, handover, proposal


def test_signed_minutes_have_nothing_wrong_on_any_leg() -> None:
    for leg in AN_GIANG.legs.values():
        assert check_handover(AN_GIANG, handover(leg=leg.name, form=leg.form)) == []
    for leg in LAI_CHAU.legs.values():
        facts = handover(leg=leg.name, form=leg.form, items=((None, "0001"),))
        assert check_handover(LAI_CHAU, facts) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form": "TT05-F04"}, [("form", "AG-10.2.c")]),
        ({"giver_signed": False}, [("giver", "AG-10.2.c")]),
        ({"receiver_signed": False}, [("receiver", "AG-10.2.c")]),
        ({"leg": "registrar-subscriber", "receiver_signed": False}, [("receiver", "AG-10.2.d")]),
        ({"leg": "authority-agency"}, [("leg", "AG-12.2")]),
        ({"items": ((None, "0001"),)}, [("items.0.certificate", "AG-12.2")]),
        ({"items": (("a1b", "0001"), ("a1b", "0001"))}, [("items.1.device", "AG-10.2.c")]),
    ],
)
def test_spoiled_minutes_are_refused_by_their_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_handover(AN_GIANG, handover(**changes))) == expected


def test_a_proposal_at_once_or_for_later_has_nothing_wrong() -> None:
    assert check_activation(AN_GIANG, proposal()) == []
    assert check_activation(AN_GIANG, proposal(wanted_at=NOW + timedelta(days=1), submission=SIGNED)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form": "TT05-F03"}, [("form.code", "AG-10.2.dd")]),
        ({"fields": {"item_count": "two"}}, [("form.fields.item_count", "TT05-F04")]),
        ({"wanted_at": NOW - timedelta(seconds=1)}, [("effective_at", "AG-10.2.dd.2")]),
        ({"submission": replace(SIGNED, signature=None)}, [("submission.signature", "AG-10.2.dd")]),
        (
            {"submission": SubmissionFacts()},
            [("submission.document_number", "AG-10.2.dd"), ("submission.signed_by", "AG-10.2.dd")],
        ),
    ],
)
def test_a_spoiled_proposal_is_refused_by_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_activation(AN_GIANG, proposal(**changes))) == expected


def test_where_not_before_brings_effect_nothing_can_be_proposed() -> None:
    with pytest.raises(NotAvailable) as caught:
        check_activation(LAI_CHAU, proposal())
    assert caught.value.clause == "ND68-6"
