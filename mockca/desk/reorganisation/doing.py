"""What one slice comes to, inside its transaction: revocations, new certificates, what is told, the journal's entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockca.desk.entering import Entered, enter
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
        for work in self.now.works:
            self._begin(work)

    def _begin(self, work: Work) -> None:
        action = work.step.action
        if action is None:
            self._except(work, work.step.why_not)
        elif action.action == "change":
            self._change(work, action)
        elif action.action == "revoke":
            self._settle(work, action, DONE, revocation=self.cases[work.item.serial])
        elif action.action == "reissue":
            self._file(work, action)
        else:
            self._settle(work, action, DONE)

    def _change(self, work: Work, action: ReorganisationAction) -> None:
        failure = self.before.failures.get(work.item.serial)
        if failure is not None:
            self._except(work, (failure,))
        elif self._fits(work):
            draft = self.before.drafts[work.item.serial]
            dossier = self._dossier(work, CHANGE, action.case, draft.subject, f"{draft.serial:x}")
            entered = enter(self.transaction.connection, draft, dossier=dossier, at=self.transaction.now)
            self._note(work, entered)
            self._settle(
                work,
                action,
                DONE,
                dossier=dossier,
                certificate=entered.certificate.serial,
                device=entered.certificate.device,
            )

    def _file(self, work: Work, action: ReorganisationAction) -> None:
        """The dossier of the new certificate; where the subscriber makes the key himself, his CSR is waited for."""
        subject = subject_under(work.former, self._body(work))
        dossier = self._dossier(work, REISSUE, action.case, subject, None)
        own_key = work.former.device is None and self._was_filed(work.former)
        state = DONE if own_key else REISSUING
        self._settle(work, action, state, revocation=self.cases[work.item.serial], dossier=dossier)

    def _was_filed(self, former: Certificate) -> bool:
        """Whether the certificate came by a CSR: what was put there, or reissued for that, was not filed by anybody."""
        dossier = dossiers.get(self.transaction.connection, former.dossier)
        return dossier is not None and "channel" in dossier.submission

    # --- items that wait for their new certificate -------------------------------------------------------------

    def issue_all(self) -> None:
        """Enter the new certificates of what was revoked to be reissued."""
        for work in self.now.works:
            failure = self.before.failures.get(work.item.serial)
            if failure is not None:
                self._except(work, (failure,))
            elif self._fits(work):
                self._issue(work)

    def _issue(self, work: Work) -> None:
        connection, regulation = self.transaction.connection, self.now.regulation
        draft = self.before.drafts[work.item.serial]
        dossier, serial = int(work.item.outcome["dossier"]), f"{draft.serial:x}"
        issued = lifecycle.DOSSIER.step(regulation, "approved", "issue", name=str(dossier))
        if not dossiers.issue(connection, dossier, serial, before="approved", after=issued):
            # It was issued by hand; the item is done with what it got.
            filed = dossiers.get(connection, dossier)
            serial = serial if filed is None or filed.certificate is None else filed.certificate
            self._settle(work, None, DONE, certificate=serial)
            return
        entered = enter(connection, draft, dossier=dossier, at=self.transaction.now)
        if draft.device is not None:
            self.before.recorded.add(draft.device)
        self._note(work, entered)
        self._settle(work, None, DONE, certificate=serial, device=draft.device)

    # --- what both need ---------------------------------------------------------------------------------------

    def _fits(self, work: Work) -> bool:
        """Whether a certificate was made for the item, and for the body as it is still called."""
        if work.item.serial not in self.before.drafts or work.item.successor is None:
            return False
        return self.before.bodies.get(work.item.successor) == self._body(work)

    def _body(self, work: Work) -> Unit:
        assert work.item.successor is not None  # noqa: S101 - no rule makes a new certificate for nobody
        return self.now.bodies[work.item.successor]

    def _dossier(
        self, work: Work, operation: str, case: str | None, subject: SubjectName, certificate: str | None
    ) -> int:
        """Put on file what the decision stands for: nobody filed it, nobody need decide it."""
        unit = self._body(work)
        form, fields = paper_of(self.now.regulation, operation, work.former, unit, subject)
        return dossiers.add(
            self.transaction.connection,
            regulation=self.now.regulation.id,
            operation=operation,
            subscriber_kind=work.former.subscriber_kind,
            unit=unit.id,
            state="approved" if certificate is None else "issued",
            form=form,
            fields=fields,
            sets=[],
            submission={
                "document_number": self.now.found.decision["number"],
                "reorganisation": self.now.found.number,
            },
            filed_by=self.transaction.actor.account,
            filed_at=self.transaction.now,
            certificate=certificate,
            replaces=work.former.serial,
            case=case,
            enclosed=[],
        )

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
