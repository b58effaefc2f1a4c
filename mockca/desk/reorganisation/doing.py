"""What one slice comes to, inside its transaction: revocations, new certificates, what is told, the journal's entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from mockca.desk.entering import Entered, enter_all
from mockca.desk.notices import tell
from mockca.desk.reorganisation.cases import told
from mockca.desk.reorganisation.drafting import paper_of, subject_under
from mockca.desk.reorganisation.revoking import revoke_all
from mockca.desk.reorganisation.slices import Slice, Work
from mockca.desk.transaction import Transaction
from mockca.errors import Violation
from mockca.pki.names import SubjectName
from mockca.registry import dossiers, reorganisations
from mockca.registry.certificates import Certificate
from mockca.registry.reorganisations import DONE, EXCEPTION, REISSUING, Item
from mockca.registry.units import Unit
from mockca.rules import lifecycle
from mockca.rules.requirements import CHANGE, REISSUE
from mockca.rules.terms import ReorganisationAction


@dataclass
class Doing:
    """What one slice comes to."""

    transaction: Transaction
    now: Slice
    """The items as they stand in this transaction."""
    before: Slice
    """The same as they stood when their certificates were made."""
    items: list[Item] = field(default_factory=list)
    clauses: dict[str, None] = field(default_factory=dict)
    """The clauses that were acted by, in order."""
    cases: dict[str, int] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)
    """The new certificate by the former one's serial."""
    superseded: dict[str, list[str]] = field(default_factory=dict)
    """Former certificates that another took the place of, by body."""
    entered: dict[str, list[str]] = field(default_factory=dict)
    """New certificates by body."""

    # --- items that nothing was done with yet -----------------------------------------------------------------

    def begin_all(self) -> None:
        """Revoke, change, keep; of what is to be reissued, revoke and file the dossier."""
        revoking: dict[tuple[str, str], list[Certificate]] = {}
        for work in self.now.works:
            action = work.step.action
            if action is not None and action.ground is not None:
                revoking.setdefault((work.former.unit, action.ground), []).append(work.former)
        self.cases = revoke_all(self.transaction, self.now.regulation, self.now.rule, self.now.found, revoking)
        filed = self._file_all()
        for work in self.now.works:
            self._settle_begun(work, filed.get(work.item.serial))

    def _file_all(self) -> dict[str, int]:
        """File the dossiers of what is changed or reissued, and enter what is changed; their numbers by serial."""
        papers: list[tuple[Work, dict[str, Any]]] = []
        changes: list[Work] = []
        for work in self.now.works:
            action = work.step.action
            if action is None:
                continue
            if action.action == "change" and self._is_ready(work):
                draft = self.before.drafts[work.item.serial]
                papers.append((work, self._dossier(work, CHANGE, action.case, draft.subject, f"{draft.serial:x}")))
                changes.append(work)
            elif action.action == "reissue":
                subject = subject_under(work.former, self._body(work))
                papers.append((work, self._dossier(work, REISSUE, action.case, subject, None)))
        numbers = dossiers.add_all(self.transaction.connection, [paper for _, paper in papers])
        filed = {work.item.serial: number for (work, _), number in zip(papers, numbers, strict=True)}
        self._enter_all(CHANGE, [(work, filed[work.item.serial]) for work in changes])
        return filed

    def _settle_begun(self, work: Work, dossier: int | None) -> None:
        action, serial = work.step.action, work.item.serial
        if action is None:
            self._except(work, work.step.why_not)
        elif action.action == "change":
            self._settle_changed(work, action, dossier)
        elif action.action == "revoke":
            self._settle(work, action, DONE, revocation=self.cases[serial])
        elif action.action == "reissue":
            # Where the subscriber makes the key himself, his CSR is waited for.
            state = DONE if serial in self._own_keys else REISSUING
            self._settle(work, action, state, revocation=self.cases[serial], dossier=dossier)
        else:
            self._settle(work, action, DONE)

    def _settle_changed(self, work: Work, action: ReorganisationAction, dossier: int | None) -> None:
        serial = work.item.serial
        if serial in self.before.failures:
            self._except(work, (self.before.failures[serial],))
        elif serial in self.issued:
            self._settle(
                work, action, DONE, dossier=dossier, certificate=self.issued[serial], device=work.former.device
            )

    @cached_property
    def _own_keys(self) -> set[str]:
        """The certificates that came by a CSR: what was put there, or reissued for that, was not filed by anybody."""
        without = {work.former.dossier: work.former.serial for work in self.now.works if work.former.device is None}
        found = dossiers.gather(self.transaction.connection, list(without))
        return {without[one.number] for one in found if "channel" in one.submission}

    # --- items that wait for their new certificate -------------------------------------------------------------

    def issue_all(self) -> None:
        """Enter the new certificates of what was revoked to be reissued."""
        connection = self.transaction.connection
        issued = lifecycle.DOSSIER.step(self.now.regulation, "approved", "issue", name=str(self.now.found.number))
        ready = {int(work.item.outcome["dossier"]): work for work in self.now.works if self._is_ready(work)}
        serials = {number: f"{self.before.drafts[work.item.serial].serial:x}" for number, work in ready.items()}
        moved = dossiers.issue_all(connection, serials, before="approved", after=issued)
        self._enter_all(REISSUE, [(work, number) for number, work in ready.items() if number in moved])
        # The others were issued by hand; such an item is done with what it got.
        by_hand = {one.number: one for one in dossiers.gather(connection, sorted(ready.keys() - moved))}
        for work in self.now.works:
            number = int(work.item.outcome["dossier"])
            if work.item.serial in self.before.failures:
                self._except(work, (self.before.failures[work.item.serial],))
            elif number in by_hand:
                self._settle(work, None, DONE, certificate=by_hand[number].certificate or serials[number])
            elif number in moved:
                self._settle(
                    work,
                    None,
                    DONE,
                    certificate=serials[number],
                    device=self.before.drafts[work.item.serial].device,
                )

    # --- what both need ---------------------------------------------------------------------------------------

    def _enter_all(self, operation: str, works: Sequence[tuple[Work, int]]) -> None:
        """Enter the certificates that were made for these items, each under its dossier."""
        drafts = [(self.before.drafts[work.item.serial], dossier) for work, dossier in works]
        entered = enter_all(self.transaction.connection, self.now.regulation, operation, drafts, self.transaction.now)
        for (work, _), (draft, _), one in zip(works, drafts, entered, strict=True):
            self._note(work, one)
            if draft.device is not None and operation == REISSUE:
                self.before.recorded.add(draft.device)

    def _is_ready(self, work: Work) -> bool:
        """Whether a certificate was made for the item, and for the body as it is still called."""
        if work.item.serial not in self.before.drafts or work.item.successor is None:
            return False
        return self.before.bodies.get(work.item.successor) == self._body(work)

    def _body(self, work: Work) -> Unit:
        assert work.item.successor is not None  # noqa: S101 - no rule makes a new certificate for nobody
        return self.now.bodies[work.item.successor]

    def _dossier(
        self, work: Work, operation: str, case: str | None, subject: SubjectName, certificate: str | None
    ) -> dict[str, Any]:
        """What the decision stands for, to be put on file: nobody filed it, nobody need decide it."""
        unit = self._body(work)
        form, fields = paper_of(self.now.regulation, operation, work.former, unit, subject)
        return {
            "regulation": self.now.regulation.id,
            "operation": operation,
            "subscriber_kind": work.former.subscriber_kind,
            "unit": unit.id,
            "state": "approved" if certificate is None else "issued",
            "form": form,
            "fields": fields,
            "sets": [],
            "submission": {
                "document_number": self.now.found.decision["number"],
                "reorganisation": self.now.found.number,
            },
            "filed_by": self.transaction.actor.account,
            "filed_at": self.transaction.now,
            "certificate": certificate,
            "replaces": work.former.serial,
            "case": case,
            "enclosed": [],
        }

    def _note(self, work: Work, entered: Entered) -> None:
        self.issued[work.item.serial] = entered.certificate.serial
        self.entered.setdefault(entered.certificate.unit, []).append(entered.certificate.serial)
        if entered.superseded is not None:
            self.superseded.setdefault(entered.superseded.unit, []).append(entered.superseded.serial)

    def _settle(self, work: Work, action: ReorganisationAction | None, state: str, **outcome: Any) -> None:
        """Note what became of an item; `action` is None where that was settled before."""
        item = work.item
        kept = dict(item.outcome)
        if action is not None:
            item = replace(item, action=action.action, clause=action.clause)
            kept |= {"ground": action.ground, "case": action.case, "unsourced": action.unsourced}
            if work.step.why_not:
                kept["why"] = [*kept.get("why", ()), *told(work.step.why_not)]
        done_at = None if state == REISSUING else self.transaction.now
        self.items.append(replace(item, state=state, outcome={**kept, **outcome}, done_at=done_at))
        self.clauses[item.clause] = None

    def _except(self, work: Work, why: Sequence[Violation]) -> None:
        outcome = {**work.item.outcome, "why": told(tuple(why))}
        self.items.append(
            replace(work.item, clause=why[-1].clause, state=EXCEPTION, outcome=outcome, done_at=self.transaction.now)
        )
        self.clauses[why[-1].clause] = None

    def write(self) -> None:
        """Write the items down, tell each body once, and enter the slice in the journal."""
        if not self.items:
            return
        transaction, found = self.transaction, self.now.found
        reorganisations.settle(transaction.connection, found.number, self.items)
        number = found.decision["number"]
        for event, concerned in (("certificate.superseded", self.superseded), ("certificate.issued", self.entered)):
            for unit, serials in concerned.items():
                tell(
                    transaction.connection,
                    self.now.regulation,
                    event,
                    transaction.now,
                    unit=unit,
                    more=f"{len(serials)} chứng thư số, theo quyết định {number}.",
                )
        detail: dict[str, Any] = {}
        for item in self.items:
            word = item.action if item.state != EXCEPTION else EXCEPTION
            detail.setdefault(word, []).append(item.serial)
        transaction.record(
            "reorganisation.worked",
            f"reorganisation {found.number}",
            {**detail, "cases": sorted(set(self.cases.values())), "issued": self.issued},
            list(self.clauses),
        )
