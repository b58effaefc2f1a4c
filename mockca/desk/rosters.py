"""Rosters: the registrar's consolidated lists of accepted dossiers."""

from __future__ import annotations

from mockca.desk.commands import SubmitRoster
from mockca.desk.dossiers import require_dossier, stored
from mockca.desk.facts import attachment_kinds, require_unit, submission_facts, unit_facts
from mockca.desk.transaction import Transaction
from mockca.desk.views import RosterView
from mockca.errors import NotAvailable, NotFound, Refused
from mockca.registry import dossiers
from mockca.registry.dossiers import Dossier
from mockca.rules import intake, lifecycle
from mockca.rules.facts import ListedFacts, RosterFacts
from mockca.rules.lists import listed_facts
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Form


def submit_roster(transaction: Transaction, command: SubmitRoster) -> RosterView:
    """Put accepted dossiers on one list and send it to the authority."""
    regulation = transaction.regulation(command.regulation, "submit_roster")
    if regulation.roster is None:
        raise NotAvailable("submit_roster", regulation.id, regulation.operations["submit_roster"].clause)
    listed = [require_dossier(transaction, number) for number in dict.fromkeys(command.dossiers)]
    told = _told(transaction, regulation, regulation.forms.get(command.form), listed)
    violations = intake.check_roster(
        regulation,
        RosterFacts(
            form=command.form,
            declared_count=command.declared_count,
            kinds=tuple(dossier.subscriber_kind for dossier in listed),
            rows=command.rows,
            listed=told,
            attachments=attachment_kinds(command.attachments),
            submission=submission_facts(
                transaction,
                command.submission,
                command.model_dump(include={"declared_count", "document_number", "dossiers", "form"}),
            ),
        ),
        transaction.today,
    )
    if violations:
        raise Refused(violations)
    connection = transaction.connection
    number = dossiers.add_roster(
        connection,
        regulation=regulation.id,
        form=command.form,
        document_number=command.document_number,
        subscriber_kind=listed[0].subscriber_kind,
        submission=command.submission.model_dump(exclude={"signature"}),
        rows=[dict(row) for row in command.rows or (one.says for one in told)],
        submitted_by=transaction.actor.account,
        submitted_at=transaction.now,
    )
    dossiers.attach(connection, stored(command.attachments), roster=number)
    for dossier in listed:
        state = lifecycle.DOSSIER.step(regulation, dossier.state, "roster", name=str(dossier.number))
        dossiers.update(connection, dossier.number, state=state, roster=number)
    transaction.record(
        "roster.submitted",
        f"roster {number}",
        {"dossiers": [dossier.number for dossier in listed]},
        [regulation.roster.clause],
    )
    return roster_view(transaction, number)


def roster_view(transaction: Transaction, number: int) -> RosterView:
    """The roster, for those who may see it; NotFound otherwise."""
    roster = dossiers.get_roster(transaction.connection, number)
    if roster is None or not transaction.actor.sees_unit(roster.regulation, ""):
        raise NotFound("roster", str(number))
    return RosterView(
        number=roster.number,
        regulation=roster.regulation,
        form=roster.form,
        document_number=roster.document_number,
        subscriber_kind=roster.subscriber_kind,
        dossiers=dossiers.of_roster(transaction.connection, number),
        rows=tuple(roster.rows),
        submitted_at=roster.submitted_at,
    )


def _told(
    transaction: Transaction, regulation: Regulation, form: Form | None, listed: list[Dossier]
) -> tuple[ListedFacts, ...]:
    """What the list says of each dossier, as far as the registry knows it; nothing where it has no columns."""
    if form is None or not form.rows:
        return ()
    return tuple(
        listed_facts(
            regulation,
            form,
            dossier.number,
            dossier.form,
            dossier.fields,
            unit_facts(require_unit(transaction, dossier.unit)),
        )
        for dossier in listed
    )
