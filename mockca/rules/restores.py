"""A request to restore a locked device: its ground, its form, the way it came."""

from __future__ import annotations

from mockca.errors import Violation
from mockca.rules.facts import RestoreFacts
from mockca.rules.forms import check_form, same_name, serial_text, shown
from mockca.rules.intake import wrong_form
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
        found += check_form(regulation, sheet, facts.fields, today=facts.today)
        found += _check_identity(facts, sheet.clause)
    found += check_address(regulation, facts.submission, regulation.delegate("restore", facts.device_kind).role)
    return found + check_submission(procedure.submission, facts.submission)


def _check_identity(facts: RestoreFacts, clause: str) -> list[Violation]:
    """The form must name the device, its subscriber, and, where it names one, its certificate."""
    fields = facts.fields
    found = []
    device = fields.get("device_number")
    if isinstance(device, str) and device.strip() and device.strip().lower() != facts.device:
        found.append(_other("device_number", device, facts.device, clause))
    name = fields.get("subscriber_name")
    if isinstance(name, str) and name.strip() and not same_name(name, facts.subscriber_name):
        found.append(_other("subscriber_name", name, facts.subscriber_name, clause))
    number = serial_text(fields["certificate_number"]) if fields.get("certificate_number") else None
    if number is not None and number.lstrip("0") != facts.certificate.lstrip("0"):
        found.append(_other("certificate_number", number, facts.certificate, clause))
    return found


def _other(field: str, value: str, wanted: str, clause: str) -> Violation:
    return Violation(
        field=f"form.fields.{field}",
        value=shown(value),
        clause=clause,
        vi="Mục này không khớp với thiết bị được đề nghị khôi phục.",
        en="This is not of the device that the request is about.",
        accepted=wanted,
    )
