"""A plan: what a decision makes of each certificate of the bodies that it names, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from mockca.desk.commands import PlanReorganisation
from mockca.desk.reorganisation.bodies import decision_facts, settle_bodies
from mockca.desk.reorganisation.cases import reorganisation_view, told
from mockca.desk.report_succession import settle_debts
from mockca.desk.transaction import Transaction
from mockca.desk.views import ReorganisationView
from mockca.errors import Refused, Violation
from mockca.registry import reorganisations, status
from mockca.registry.reorganisations import EXCEPTION, PENDING, Held
from mockca.rules import lifecycle
from mockca.rules.facts import CertificateFacts
from mockca.rules.regulation import Regulation
from mockca.rules.reorganisations import OPERATION, check_decision
from mockca.rules.reorganised import HeldFacts, step_for, successor_of
from mockca.rules.terms import ReorganisationRule


def plan_reorganisation(transaction: Transaction, command: PlanReorganisation) -> ReorganisationView:
    """List every certificate in force or on hold of the bodies concerned, with what is to be done and by which clause.

    The bodies change at once: new ones are there, renamed ones bear their names, ended ones may not file any more; the
    reports that they owed pass on to who takes over, or end. The certificates stay as they are until the work is done.
    Refused names everything that stands against the decision.
    """
    regulation = transaction.regulation(command.regulation, OPERATION)
    regulation.require_in_force(transaction.today)
    violations = check_decision(regulation, decision_facts(transaction, command))
    if violations:
        raise Refused(violations)
    assert command.effective_on is not None  # noqa: S101 - checked with the decision
    rule = regulation.reorganisations[command.kind]
    connection = transaction.connection
    number = reorganisations.add(
        connection,
        regulation=regulation.id,
        kind=command.kind,
        decision={
            "number": command.number,
            "signed_on": _iso(command.signed_on),
            "effective_on": command.effective_on.isoformat(),
            "successors": [body.id for body in command.successors],
        },
        units=list(command.units),
        state=lifecycle.REORGANISATION.initial(regulation),
        total=0,
        planned_by=transaction.actor.account,
        planned_at=transaction.now,
    )
    settle_bodies(transaction, regulation, rule, command, number)
    plan = _Plan(transaction, regulation, rule, command)
    total = reorganisations.enter_items(connection, number, plan.items())
    plan.require_known()
    reorganisations.update_one(connection, number, total=total)
    transaction.record(
        "reorganisation.planned",
        f"reorganisation {number}",
        {
            "kind": command.kind,
            "decision": command.number,
            "units": list(command.units),
            "successors": [body.id for body in command.successors],
            "certificates": total,
        },
        [rule.clause],
    )
    settle_debts(transaction, regulation, command.units, rule.clause)
    return reorganisation_view(transaction, number)


class _Plan:
    """The items of a plan, one after the other."""

    def __init__(
        self,
        transaction: Transaction,
        regulation: Regulation,
        rule: ReorganisationRule,
        command: PlanReorganisation,
    ) -> None:
        self._transaction, self._regulation, self._rule, self._command = transaction, regulation, rule, command
        self._successors = tuple(body.id for body in command.successors)
        shares = [(share.successor, name) for share in command.shares for name in (*share.units, *share.certificates)]
        self._shares = {name: successor for successor, name in shares}
        self._unseen = {serial: place for place, share in enumerate(command.shares) for serial in share.certificates}
        self._has_one: dict[tuple[str, str], bool] = {}

    def items(self) -> Iterator[dict[str, Any]]:
        """What is to be done with each certificate."""
        transaction = self._transaction
        for held in reorganisations.held_by(transaction.connection, self._command.units, transaction.now):
            self._unseen.pop(held.serial, None)
            yield self._item(held)

    def require_known(self) -> None:
        """Raise Refused where a share names a certificate that was not among them."""
        if self._unseen:
            raise Refused([_not_among(place, serial, self._rule) for serial, place in self._unseen.items()])

    def _item(self, held: Held) -> dict[str, Any]:
        successor = successor_of(self._rule, held.unit, held.serial, self._shares, self._successors)
        facts = held_facts(held, self._rule, successor, has_one=self._has(successor, held.subscriber_kind))
        step = step_for(self._regulation, self._rule, facts, self._transaction.today)
        action = step.action
        if action is None:
            first = self._rule.action(held.subscriber_kind, stays=facts.stays)
            return {
                "serial": held.serial,
                "action": first.action,
                "clause": step.why_not[-1].clause,
                "state": EXCEPTION,
                "successor": successor,
                "outcome": {"why": told(step.why_not)},
                "done_at": self._transaction.now,
            }
        if action.action == "reissue" and successor is not None:
            self._has_one[successor, held.subscriber_kind] = True
        outcome: dict[str, Any] = {"ground": action.ground, "case": action.case, "unsourced": action.unsourced}
        if step.why_not:
            outcome["why"] = told(step.why_not)
        return {
            "serial": held.serial,
            "action": action.action,
            "clause": action.clause,
            "state": PENDING,
            "successor": successor,
            "outcome": outcome,
            "done_at": None,
        }

    def _has(self, successor: str | None, kind: str) -> bool:
        if successor is None:
            return False
        key = (successor, kind)
        if key not in self._has_one:
            now = self._transaction.now
            self._has_one[key] = status.has_effective(self._transaction.connection, successor, kind, now)
        return self._has_one[key]


def held_facts(held: Held, rule: ReorganisationRule, successor: str | None, *, has_one: bool = False) -> HeldFacts:
    """A certificate as the rules look at it."""
    return HeldFacts(
        certificate=CertificateFacts(
            serial=held.serial,
            subscriber_kind=held.subscriber_kind,
            unit=held.unit,
            status=held.status,
            not_before=held.not_before,
            not_after=held.not_after,
            device=held.device,
        ),
        successor=successor,
        stays=rule.becomes == "remains" and successor == held.unit,
        device_state=held.device_state,
        successor_has_one=has_one,
    )


def _not_among(place: int, serial: str, rule: ReorganisationRule) -> Violation:
    return Violation(
        field=f"shares.{place}.certificates",
        value=serial,
        clause=rule.clause,
        vi="Không phải chứng thư số đang có hiệu lực hoặc tạm dừng của các đơn vị này.",
        en="Not a certificate of these bodies that is in force or on hold.",
        accepted="GET /certificates?unit=…",
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
