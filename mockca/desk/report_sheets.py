"""Filed reports as sheets: for the printer and for spreadsheets."""

from __future__ import annotations

from mockca.desk.actors import Actor
from mockca.desk.reach import reach
from mockca.desk.report_openings import registrar_of
from mockca.desk.reports import READ, report_view, require_report
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.paper.reports import BodyFigures, ReportSheet
from mockca.paper.reports import as_csv as sheet_as_csv
from mockca.paper.sheets import Letterhead, vietnamese_day
from mockca.registry import units
from mockca.rules import reporting
from mockca.rules.catalogue import words
from mockca.rules.deadlines import local_date
from mockca.rules.regulation import Regulation


def as_csv(sandbox: Sandbox, actor: Actor, number: int) -> bytes:
    """A filed report as CSV in UTF-8 with its byte order mark, headed in Vietnamese."""
    reach(sandbox, actor, READ)
    with reading(sandbox, actor) as transaction:
        return sheet_as_csv(sheet_of(transaction, number))


def sheet_of(transaction: Transaction, number: int) -> ReportSheet:
    """A filed report that the actor may see, ready to be printed."""
    filed = require_report(transaction, number)
    view = report_view(transaction, filed)
    regulation = transaction.sandbox.regulation(filed.regulation)
    rule = regulation.report(filed.report)
    unit = units.get(transaction.connection, filed.unit)
    assert unit is not None  # noqa: S101 - a foreign key of the report
    labels = words("counters")
    form = None if rule.form is None else regulation.forms[rule.form]
    signer = next(iter(form.signers.values())).vi if form is not None and form.signers else "Thủ trưởng đơn vị"
    return ReportSheet(
        head=Letterhead(
            body=unit.name,
            superior=unit.superiors[-1] if unit.superiors else "",
            place=unit.locality,
            day=local_date(filed.filed_at),
            number=filed.document_number or "",
        ),
        title=rule.vi,
        period=view.period_vi,
        english=rule.en,
        code=filed.form or "",
        to=tuple(_receiver(transaction, regulation, name) for name in filed.recipients),
        counted=""
        if rule.plan
        else f"Số liệu từ ngày {vietnamese_day(local_date(view.since))} "
        f"đến ngày {vietnamese_day(local_date(filed.counted_until - reporting.INSTANT))}.",
        lines=reporting.lines_of(rule),
        total=BodyFigures(unit.name, filed.counts),
        parts=tuple(BodyFigures(part.name, part.counts) for part in view.parts),
        missing=tuple(body.name for body in view.missing),
        labels={name: labels[name].vi for name in rule.counters},
        remarks=filed.remarks or "",
        about=f"Ứng dụng: {regulation.applications[filed.application].vi}." if filed.application else "",
        signer=signer,
        signed_by=filed.signed_by or "",
        clause=rule.clause,
    )


def _receiver(transaction: Transaction, regulation: Regulation, name: str) -> str:
    """What a recipient is called on paper."""
    office = units.get(transaction.connection, registrar_of(regulation)) if name == "registrar" else None
    if office is not None:
        return office.name
    if name == "provincial-committee":
        return f"{words('recipients')[name].vi} {regulation.province}"
    word = words("recipients")[name].vi
    return word[:1].upper() + word[1:]
