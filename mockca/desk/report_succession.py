"""Reports that a body still owes when it ends: who takes over from it owes them, or else nobody does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mockca.desk.report_openings import deadline_about, deadline_kind, owe, registrar_of
from mockca.desk.transaction import Transaction
from mockca.desk.unit_facts import unit_facts
from mockca.paper.sheets import vietnamese_day
from mockca.registry import announcements, deadlines, reports, units
from mockca.registry.reports import OwedReport
from mockca.registry.units import Unit
from mockca.rules import reporting
from mockca.rules.deadlines import local_date
from mockca.rules.periods import parse
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Report


def settle_debts(transaction: Transaction, regulation: Regulation, ended: Iterable[str], clause: str) -> None:
    """End what these bodies, which have ended by this clause, still owe; each report with its entry in the journal.

    The first of a body's successors that files such reports owes it, until the same day; the figures of both stand in
    its one report. Where there is no such successor nobody owes it any more.
    """
    for unit in units.gather(transaction.connection, ended).values():
        if unit.ended_on is None:
            continue
        known = units.gather(transaction.connection, unit.successors)
        heirs = [known[name] for name in unit.successors]
        for debt in reports.owed_by(transaction.connection, unit.id):
            _settle(transaction, regulation, unit, debt, heirs, clause)


def _settle(
    transaction: Transaction,
    regulation: Regulation,
    unit: Unit,
    debt: OwedReport,
    heirs: Sequence[Unit],
    clause: str,
) -> None:
    connection, report = transaction.connection, regulation.report(debt.report)
    heir = next((one for one in heirs if _files(regulation, report, one)), None)
    reports.pass_on(connection, debt, transaction.now, None if heir is None else heir.id)
    about = deadline_about(unit.id, debt.period, debt.application)
    deadlines.met(connection, deadline_kind(report), about, transaction.now)
    if heir is not None:
        _burden(transaction, regulation, report, unit, debt, heir)
    transaction.record(
        "report.ended" if heir is None else "report.passed-on",
        f"report {report.id}",
        {
            "period": debt.period,
            "application": debt.application or None,
            "unit": unit.id,
            "passed_to": None if heir is None else heir.id,
        },
        list(dict.fromkeys([report.clause, clause])),
    )


def _files(regulation: Regulation, report: Report, unit: Unit) -> bool:
    return unit.ended_on is None and reporting.owes(regulation, report, unit_facts(unit), registrar_of(regulation))


def _burden(
    transaction: Transaction, regulation: Regulation, report: Report, unit: Unit, debt: OwedReport, heir: Unit
) -> None:
    """Let the heir owe the report, if it does not owe one for that period already, and tell it."""
    connection, period = transaction.connection, parse(debt.period)
    assert period is not None  # noqa: S101 - it is a period's own name
    owing = reports.unanswered(connection, regulation.id, report.id, period.name, heir.id, debt.application)
    if not owing:
        owe(
            connection,
            regulation,
            report,
            [heir.id],
            period,
            debt.opens,
            debt.due,
            application=debt.application or None,
            requested_by=debt.requested_by,
            requested_at=debt.requested_at,
            document_number=debt.document_number,
            reason=debt.reason,
        )
    due = min((one.due for one in owing), default=debt.due)
    last_day = vietnamese_day(local_date(due - reporting.INSTANT))
    announcements.notify(
        connection,
        to=heir.id,
        regulation=regulation.id,
        subject=f"Báo cáo còn nợ của đơn vị cũ: {report.vi}",
        text=f"{report.vi}, {period.vi}, gồm cả số liệu của {unit.name}; hạn gửi {last_day}.",
        serial=None,
        sent_at=transaction.now,
        clause=report.clause,
    )
