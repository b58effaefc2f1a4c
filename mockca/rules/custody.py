"""Minutes of a handover."""

from __future__ import annotations

from mockca.errors import Violation
from mockca.rules.facts import HandoverFacts
from mockca.rules.forms import MISSING
from mockca.rules.lists import wrong_form
from mockca.rules.regulation import Regulation


def check_handover(regulation: Regulation, facts: HandoverFacts) -> list[Violation]:
    """Everything that is wrong with minutes of a handover."""
    leg = regulation.legs.get(facts.leg)
    if leg is None:
        return [regulation.unknown_leg(facts.leg)]
    found = []
    if facts.form != leg.form:
        found.append(wrong_form("form", facts.form, leg.form, leg.clause))
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
