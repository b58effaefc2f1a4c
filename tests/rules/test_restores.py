"""Requests to restore a locked device."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockca.errors import NotAvailable
from mockca.rules.restores import check_restore
from tests.rules.samples import AN_GIANG, LAI_CHAU, ND68_F06, PAPER, SIGNED, clauses, restore

NAMELESS = {key: value for key, value in ND68_F06.items() if key != "certificate_number"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ground": "forgotten-pin"},
        {"fields": NAMELESS},
        {"device_kind": "hsm", "submission": PAPER},
        {"device_kind": "sim-pki"},
    ],
)
def test_a_rightful_request_has_nothing_wrong(changes: dict[str, Any]) -> None:
    assert check_restore(LAI_CHAU, restore(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ground": "bored"}, [("ground", "LC-13.1")]),
        ({"form": "ND68-F05"}, [("form.code", "LC-13.2.a")]),
        ({"form": "ND68-F05", "device_kind": "hsm"}, [("form.code", "ND68-22")]),
        ({"submission": PAPER}, [("submission.channel", "LC-8.2")]),
        ({"submission": replace(SIGNED, signature=None)}, [("submission.signature", "LC-8.2")]),
        ({"submission": replace(SIGNED, signature=False)}, [("submission.signature", "LC-8.2")]),
        (
            {"submission": replace(PAPER, signed_by=None), "device_kind": "hsm"},
            [("submission.signed_by", "ND68-22")],
        ),
        ({"fields": ND68_F06 | {"restore_reason": " "}}, [("form.fields.restore_reason", "ND68-F06")]),
        ({"fields": ND68_F06 | {"cooperating_email": "?"}}, [("form.fields.cooperating_email", "ND68-F06")]),
        ({"fields": ND68_F06 | {"device_number": "00ac"}}, [("form.fields.device_number", "ND68-F06")]),
        ({"fields": ND68_F06 | {"device_number": 171}}, [("form.fields.device_number", "ND68-F06")]),
        ({"fields": ND68_F06 | {"device_number": ""}}, [("form.fields.device_number", "ND68-F06")]),
        ({"fields": ND68_F06 | {"subscriber_name": "Ai đó"}}, [("form.fields.subscriber_name", "ND68-F06")]),
        ({"fields": ND68_F06 | {"subscriber_name": None}}, [("form.fields.subscriber_name", "ND68-F06")]),
        ({"fields": ND68_F06 | {"certificate_number": "ff"}}, [("form.fields.certificate_number", "ND68-F06")]),
        ({"fields": ND68_F06 | {"certificate_number": "no"}}, [("form.fields.certificate_number", "ND68-F06")]),
        ({"fields": ND68_F06 | {"colour": "red"}}, [("form.fields.colour", "unsourced")]),
    ],
)
def test_a_spoiled_request_is_refused_by_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_restore(LAI_CHAU, restore(**changes))) == expected


def test_what_does_not_fit_is_told_with_what_would() -> None:
    (violation,) = check_restore(LAI_CHAU, restore(fields=ND68_F06 | {"device_number": "00ac"}))
    assert (violation.value, violation.accepted) == ("00ac", "00ab")


def test_there_is_no_restore_under_the_circular() -> None:
    with pytest.raises(NotAvailable, match="TT05-2"):
        check_restore(AN_GIANG, restore())
