"""What a reorganisation makes of one certificate: the first of the regulation's actions that is possible with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mockca.errors import Violation
from mockca.rules import lifecycle
from mockca.rules.facts import CertificateFacts
from mockca.rules.regulation import Regulation
from mockca.rules.renewals import check_days_left
from mockca.rules.terms import ReorganisationAction, ReorganisationRule

GONE = frozenset({"collected", "returned", "lost", "damaged"})
"""States of a device that bears no certificate for its subscriber any more."""


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """A certificate of a body that is reorganised."""

    certificate: CertificateFacts
    successor: str | None
    stays: bool = False
    """Whether it stays with a body that goes on."""
    device_state: str | None = None
    successor_has_one: bool = False
    """Whether the successor has, or is about to get, a certificate of this kind."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one certificate."""

    action: ReorganisationAction | None
    """None where nothing can be done."""
    why_not: tuple[Violation, ...] = ()
    """Why what comes first by the regulation is not possible; where nothing is, why none is."""


def step_for(
    regulation: Regulation, rule: ReorganisationRule, held: HeldFacts, today: date, *, planned: str | None = None
) -> Step:
    """The first of the regulation's actions that is possible with a certificate; `planned` leaves out those before it.

    A plan looks from the beginning, who carries it out from what was planned on: what is no longer possible by then
    gives way to what comes next.
    """
    choices = list(rule.action(held.certificate.subscriber_kind, stays=held.stays).choices())
    if planned is not None:
        first = next((place for place, one in enumerate(choices) if one.action == planned), 0)
        choices = choices[first:]
    why_not: list[Violation] = []
    for choice in choices:
        found = OBSTACLES[choice.action](regulation, choice, held, today)
        if not found:
            return Step(choice, tuple(why_not))
        why_not += found
    return Step(None, tuple(why_not))


def _against_revoking(
    regulation: Regulation, action: ReorganisationAction, held: HeldFacts, today: date
) -> list[Violation]:
    del action, today
    certificate = held.certificate
    if "revoke" in lifecycle.CERTIFICATE.allowed(regulation, certificate.status):
        return []
    clause = lifecycle.CERTIFICATE.finals[certificate.status](regulation)
    return [_status(certificate, clause, "issued, effective, suspended")]


def _against_change(
    regulation: Regulation, action: ReorganisationAction, held: HeldFacts, today: date
) -> list[Violation]:
    rules, certificate = regulation.change, held.certificate
    assert rules is not None  # noqa: S101 - no regulation is read that names a change without having it
    if certificate.status != "effective":
        return [_status(certificate, regulation.services["change"].clause, "effective")]
    found = check_days_left(rules.days_left, certificate, today)
    if held.device_state in GONE:
        found.append(
            Violation(
                field="certificate",
                value=f"{certificate.serial} ({certificate.device}: {held.device_state})",
                clause=regulation.revocation.recovery_clause,
                vi="Thiết bị giữ khóa không còn ở thuê bao.",
                en="The device with its key is no longer with the subscriber.",
                accepted="in_use",
            )
        )
    return found + _against_another(action, held)


def _against_reissue(
    regulation: Regulation, action: ReorganisationAction, held: HeldFacts, today: date
) -> list[Violation]:
    return _against_revoking(regulation, action, held, today) + _against_another(action, held)


def _against_another(action: ReorganisationAction, held: HeldFacts) -> list[Violation]:
    if not (action.single and held.successor_has_one):
        return []
    return [
        Violation(
            field="certificate",
            value=f"{held.certificate.serial} → {held.successor}",
            clause=action.clause,
            vi="Đơn vị kế thừa đã có chứng thư số loại này.",
            en="The body that takes over has a certificate of this kind.",
            accepted="một / one",
        )
    ]


def _against_keeping(
    regulation: Regulation, action: ReorganisationAction, held: HeldFacts, today: date
) -> list[Violation]:
    del regulation, action, held, today
    return []


OBSTACLES = {
    "revoke": _against_revoking,
    "change": _against_change,
    "reissue": _against_reissue,
    "keep": _against_keeping,
}
"""What stands against each action."""


def _status(certificate: CertificateFacts, clause: str, accepted: str) -> Violation:
    return Violation(
        field="certificate",
        value=f"{certificate.serial} ({certificate.status})",
        clause=clause,
        vi="Chứng thư số không ở trạng thái xử lý được.",
        en="Nothing can be done with a certificate that stands so.",
        accepted=accepted,
    )


def successor_of(
    rule: ReorganisationRule, unit: str, serial: str, shares: Mapping[str, str], successors: tuple[str, ...]
) -> str | None:
    """Where a certificate goes: by its own share, by its body's, to the same body where that has a new name or goes on,
    else to the first successor; None where nobody takes over."""
    own = shares.get(serial) or shares.get(unit)
    if own is not None:
        return own
    if rule.becomes != "ends":
        return unit
    return successors[0] if successors else None
