"""Minutes of a handover."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from mockca.errors import Violation
from mockca.rules.facts import HandoverFacts
from mockca.rules.fields import Background
from mockca.rules.forms import MISSING, check_form, check_row, shown
from mockca.rules.lists import wrong_form
from mockca.rules.regulation import Leg, Regulation
from mockca.rules.terms import Form


def check_handover(regulation: Regulation, facts: HandoverFacts) -> list[Violation]:
    """Everything that is wrong with minutes of a handover."""
    leg = regulation.legs.get(facts.leg)
    if leg is None:
        return [regulation.unknown_leg(facts.leg)]
    found = []
    if facts.form != leg.form:
        found.append(wrong_form("form", facts.form, leg.form, leg.clause))
    elif leg.form in regulation.forms:
        found += _check_minutes(regulation, regulation.forms[leg.form], facts)
    found += _check_copies(leg, facts)
    found += [
        Violation(
            field=side,
            value="chưa ký / not signed",
            clause=leg.clause,
            vi=f"Biên bản thiếu chữ ký của {vi}.",
            en=f"The minutes lack the {en}'s signature.",
            accepted="signed: true",
        )
        for side, vi, en, signed in (
            ("giver", "bên giao", "giver", facts.giver_signed),
            ("receiver", "bên nhận", "receiver", facts.receiver_signed),
        )
        if not signed
    ]
    devices = [device for _, device in facts.items]
    found += [
        Violation(
            field=f"items.{number}.device",
            value=device,
            clause=leg.clause,
            vi="Thiết bị ghi hai lần trong biên bản.",
            en="The device stands twice in the minutes.",
            accepted="mỗi thiết bị một dòng / one line a device",
        )
        for number, device in enumerate(devices)
        if device in devices[:number]
    ]
    if leg.certificate_named.value:
        found += [
            Violation(
                field=f"items.{number}.certificate",
                value=MISSING,
                clause=leg.certificate_named.clause,
                vi="Thiết bị phải giao cùng chứng thư số; biên bản phải ghi cả hai số hiệu.",
                en="The device goes with its certificate; the minutes name both.",
                accepted="số hiệu chứng thư số / the certificate's serial number",
            )
            for number, (certificate, _) in enumerate(facts.items)
            if certificate is None
        ]
    return found


def _check_minutes(regulation: Regulation, form: Form, facts: HandoverFacts) -> list[Violation]:
    """What the minutes say beyond signatories and items, where it is known what their form asks for."""
    count = len(facts.items)
    found = []
    if form.fields:
        found += check_form(regulation, form, facts.fields, today=facts.today, path="fields", rows=None, count=count)
    if form.rows:
        background = Background(regulation, facts.today)
        for number, (_, row, certificate) in enumerate(zip_longest(facts.items, facts.rows, facts.about)):
            about = () if certificate is None else (certificate,)
            found += check_row(form, row or {}, replace(background, about=about), f"items.{number}.row")
    return found


def _check_copies(leg: Leg, facts: HandoverFacts) -> list[Violation]:
    rule = leg.copies
    if rule is None or (facts.copies is not None and facts.copies >= rule.value):
        return []
    return [
        Violation(
            field="copies",
            value=shown(facts.copies),
            clause=rule.clause,
            vi=f"Biên bản phải lập thành {rule.value} bản.",
            en=f"The minutes are made in {rule.value} copies.",
            accepted=f"≥ {rule.value}",
        )
    ]
