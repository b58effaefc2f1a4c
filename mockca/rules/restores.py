"""A request to restore a locked device: its ground, its form, the way it came."""

from __future__ import annotations

from mockca.errors import Violation
from mockca.rules.facts import RestoreFacts
from mockca.rules.forms import check_form, shown
from mockca.rules.lists import wrong_form
from mockca.rules.regulation import Regulation
from mockca.rules.submissions import check_address, check_submission


def check_restore(regulation: Regulation, facts: RestoreFacts) -> list[Violation]:
    """Everything that is wrong with a request to restore a device."""
    rules = regulation.require_restore()
    procedure = rules.procedure(facts.device_kind)
    found = []
    if facts.ground not in rules.grounds:
        found.append(
            Violation(
                field="ground",
                value=shown(facts.ground),
                clause=rules.clause,
                vi="Không có trường hợp khôi phục này.",
                en="There is no such case for a restore.",
                accepted=", ".join(rules.grounds),
            )
        )
    form = procedure.form
    if facts.form != form.value:
        found.append(wrong_form("form.code", facts.form, form.value, form.clause))
    else:
        sheet = regulation.forms[form.value]
        found += check_form(regulation, sheet, facts.fields, today=facts.today, about=(facts.certificate,))
    found += check_address(regulation, facts.submission, regulation.delegate("restore", facts.device_kind).role)
    return found + check_submission(procedure.submission, facts.submission)
