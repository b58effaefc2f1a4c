"""Documents of the workflow on paper: dossiers, lists, minutes, requests, notices, from what the registry holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from mockca.desk.actors import Actor
from mockca.desk.dossiers import require_dossier
from mockca.desk.handovers import handover_view
from mockca.desk.notices import notice_is_for
from mockca.desk.reach import reach
from mockca.desk.report_sheets import sheet_of
from mockca.desk.reports import READ
from mockca.desk.restore_cases import require_case as require_restore
from mockca.desk.revocation_cases import require_case as require_revocation
from mockca.desk.rosters import roster_view
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.errors import NotFound
from mockca.paper.sheets import Letterhead, Sheet
from mockca.registry import accounts, announcements, certificates, devices, dossiers, revocations, units
from mockca.registry.units import Unit
from mockca.rules.deadlines import VIETNAM
from mockca.rules.filling import lines_told
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Form, FormField, FormKind, Label

COPIES = 2
"""Copies of minutes, one a side, where the regulation doesn't say."""


@dataclass(frozen=True, slots=True)
class Document:
    """A printed document."""

    name: str
    """File name, without path."""
    content: bytes
    """PDF."""


def document(sandbox: Sandbox, actor: Actor, kind: str, number: int) -> Document:
    """The PDF of a dossier, roster, handover, revocation, forwarding, restore, notice or report that the actor may see.

    A forwarding has the number of the revocation that it passes on. Lists enclosed with a request follow it, each on
    pages of its own. NotFound for another kind, or one that is not there. SetUpError where the typeface is missing.
    """
    printer = PRINTERS.get(kind)
    if printer is None:
        raise NotFound("kind of document", kind)
    with reading(sandbox, actor) as transaction:
        content = printer(transaction, number)
    return Document(f"{kind}-{number}.pdf", content)


def blank_form(regulation: Regulation, code: str) -> Document:
    """A form of the regulation to be filled in by hand; NotFound where it has no such form."""
    form = regulation.forms.get(code)
    if form is None:
        raise NotFound("form", code)
    head = Letterhead(body="", place=regulation.province)
    to = WRITERS.get(form.addressee or "", "")
    return Document(f"{code}.pdf", _render(Sheet(form=_with_rows(form), head=head, to=to)))


def _render(sheet: Sheet, enclosed: Sequence[Sheet] = ()) -> bytes:
    # reportlab takes a while to load, and most of what the authority does needs no paper.
    from mockca.paper.pdf import render

    return render(sheet, enclosed)


def _dossier(transaction: Transaction, number: int) -> bytes:
    dossier = require_dossier(transaction, number)
    regulation = transaction.sandbox.regulation(dossier.regulation)
    form = regulation.forms[dossier.form]
    head = _head(transaction, dossier.unit, dossier.filed_at, dossier.submission.get("document_number"))
    return _render(
        Sheet(
            form=form,
            head=head,
            to=_addressee(transaction, regulation, form),
            fields=dossier.fields,
            rows=lines_told(form, dossier.fields) or _lines(form, dossier.enclosed),
            signatures=_first_block(form, dossier.submission.get("signed_by")),
        ),
        _enclosed(transaction, regulation, head, dossier.enclosed, apart_from=form.code),
    )


def _roster(transaction: Transaction, number: int) -> bytes:
    view = roster_view(transaction, number)
    regulation = transaction.sandbox.regulation(view.regulation)
    roster = dossiers.get_roster(transaction.connection, number)
    assert roster is not None  # noqa: S101 - the view is of it
    form = _with_rows(regulation.forms[view.form], "list")
    found = [dossiers.get(transaction.connection, one) for one in view.dossiers]
    rows = roster.rows or [
        {"unit": _unit_name(transaction, one.unit), "name": _name_of(regulation, one.form, one.fields), **one.fields}
        for one in found
        if one is not None
    ]
    return _render(
        Sheet(
            form=form,
            head=_head(transaction, f"registrar-{regulation.id}", view.submitted_at, view.document_number),
            to=_addressee(transaction, regulation, form),
            fields={name: len(rows) for name, rule in form.fields.items() if rule.counts},
            rows=rows,
            signatures=_first_block(form, roster.submission.get("signed_by")),
        )
    )


def _handover(transaction: Transaction, number: int) -> bytes:
    view = handover_view(transaction, number)
    regulation = transaction.sandbox.regulation(view.regulation)
    handover = devices.get_handover(transaction.connection, number)
    assert handover is not None  # noqa: S101 - the view is of it
    leg = regulation.legs[view.leg]
    form = _with_rows(regulation.forms[view.form], "minutes")
    rows = [{**_item(transaction, item.certificate, item.device), **item.row} for item in view.items]
    known = {name: len(rows) for name, rule in form.fields.items() if rule.counts}
    signers = list(form.signers)
    signatures = dict(zip(signers, (view.giver, view.receiver), strict=False))
    return _render(
        Sheet(
            form=form,
            head=_head(transaction, f"registrar-{regulation.id}", view.at, view.document_number),
            fields={**known, **handover.fields},
            rows=rows,
            signatures=signatures,
            copies=handover.copies or (leg.copies.value if leg.copies else COPIES),
            clause=leg.clause,
        )
    )


def _revocation(transaction: Transaction, number: int) -> bytes:
    case = require_revocation(transaction, number)
    regulation = transaction.sandbox.regulation(case.regulation)
    serials = revocations.serials_of(transaction.connection, number)
    named = certificates.gather(transaction.connection, serials)
    unit = named[0].unit if named else ""
    sheet = case.request.get("form")
    submission = case.request.get("submission") or {}
    head = _head(transaction, unit, case.requested_at, submission.get("document_number"))
    lists = case.request.get("enclosed") or []
    if sheet:
        form = regulation.forms[sheet["code"]]
        return _render(
            Sheet(
                form=form,
                head=head,
                to=_addressee(transaction, regulation, form),
                fields=sheet["fields"],
                rows=_lines(form, lists),
                signatures=_first_block(form, submission.get("signed_by")),
            ),
            _enclosed(transaction, regulation, head, lists, apart_from=form.code),
        )
    from mockca.paper.pdf import render_letter

    ground = regulation.grounds[case.ground]
    return render_letter(
        head,
        WRITERS["authority"],
        "Đề nghị thu hồi chứng thư số",
        [
            f"Căn cứ: {ground.vi} ({ground.clause}).",
            *(f"{n}. {one.common_name}, số hiệu chứng thư số {one.serial}." for n, one in enumerate(named, 1)),
        ],
        "Thủ trưởng cơ quan",
        ground.clause,
        _enclosed(transaction, regulation, head, lists),
    )


def _forwarding(transaction: Transaction, number: int) -> bytes:
    """The form on which a subscriber's request was passed on; its number is the request's."""
    case = require_revocation(transaction, number)
    forwarding = case.request.get("forwarding") or {}
    sheet = forwarding.get("form")
    if not sheet:
        raise NotFound("forwarding", str(number))
    regulation = transaction.sandbox.regulation(case.regulation)
    form = regulation.forms[sheet["code"]]
    submission = forwarding.get("submission") or {}
    writer = accounts.get(transaction.connection, forwarding["by"])
    unit = "" if writer is None else writer.unit or ""
    at = datetime.fromisoformat(forwarding["at"])
    return _render(
        Sheet(
            form=form,
            head=_head(transaction, unit, at, submission.get("document_number")),
            to=_addressee(transaction, regulation, form),
            fields=sheet["fields"],
            signatures=_first_block(form, submission.get("signed_by")),
        )
    )


def _restore(transaction: Transaction, number: int) -> bytes:
    case = require_restore(transaction, number)
    regulation = transaction.sandbox.regulation(case.regulation)
    form = regulation.forms[case.request["form"]["code"]]
    submission = case.request.get("submission") or {}
    return _render(
        Sheet(
            form=form,
            head=_head(transaction, case.unit, case.requested_at, submission.get("document_number")),
            to=_addressee(transaction, regulation, form),
            fields=case.request["form"]["fields"],
            signatures=_first_block(form, submission.get("signed_by")),
        )
    )


def _notice(transaction: Transaction, number: int) -> bytes:
    notice = announcements.notice(transaction.connection, number)
    if notice is None or not notice_is_for(transaction.actor, notice):
        raise NotFound("notice", str(number))
    from mockca.paper.pdf import render_letter

    regulation = transaction.sandbox.regulation(notice.regulation)
    reader = units.get(transaction.connection, notice.to)
    return render_letter(
        Letterhead(body=WRITERS["authority"], place=regulation.province, day=_day(notice.sent_at)),
        reader.name if reader is not None else WRITERS.get(notice.to, notice.to),
        notice.subject,
        [notice.text],
        "Thủ trưởng cơ quan",
        notice.clause,
    )


def _report(transaction: Transaction, number: int) -> bytes:
    reach(transaction.sandbox, transaction.actor, READ)
    sheet = sheet_of(transaction, number)
    from mockca.paper.pdf import render_report

    return render_report(sheet)


PRINTERS: Mapping[str, Callable[[Transaction, int], bytes]] = {
    "dossier": _dossier,
    "roster": _roster,
    "handover": _handover,
    "revocation": _revocation,
    "forwarding": _forwarding,
    "restore": _restore,
    "notice": _notice,
    "report": _report,
}
"""What prints each kind of document."""

WRITERS = {
    "authority": "Cơ quan chứng thực (MÔ PHỎNG)",
    "registrar": "Người quản lý thuê bao",
    "agency": "Cơ quan, tổ chức quản lý trực tiếp",
}
"""What a role is called on paper where no body's name is known."""


def _head(transaction: Transaction, unit_id: str, at: datetime, number: str | None) -> Letterhead:
    unit = units.get(transaction.connection, unit_id)
    if unit is None:
        return Letterhead(body="", day=_day(at), number=number or "")
    superior = unit.superiors[-1] if unit.superiors else ""
    return Letterhead(body=unit.name, superior=superior, place=unit.locality, day=_day(at), number=number or "")


def _day(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


def _addressee(transaction: Transaction, regulation: Regulation, form: Form) -> str:
    if form.addressee is None:
        return ""
    unit = units.get(transaction.connection, f"{form.addressee}-{regulation.id}")
    return WRITERS.get(form.addressee, "") if unit is None else unit.name


def _lines(form: Form, enclosed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of the form's own table, where it was sent with one."""
    return next((list(sheet.get("rows") or []) for sheet in enclosed if sheet["code"] == form.code), [])


def _enclosed(
    transaction: Transaction,
    regulation: Regulation,
    head: Letterhead,
    sheets: Sequence[Mapping[str, Any]],
    apart_from: str | None = None,
) -> list[Sheet]:
    """The lists that came with a request, apart from the one that its own form has room for."""
    forms = [(regulation.forms[sheet["code"]], sheet) for sheet in sheets if sheet["code"] != apart_from]
    return [
        Sheet(
            form=form,
            head=head,
            to=_addressee(transaction, regulation, form),
            fields=sheet["fields"],
            rows=sheet["rows"],
        )
        for form, sheet in forms
    ]


def _first_block(form: Form, signed_by: str | None) -> dict[str, str]:
    return {next(iter(form.signers), ""): signed_by} if signed_by else {}


def _with_rows(form: Form, kind: FormKind | None = None) -> Form:
    """The form, with the columns and blocks that any list or minutes need where the regulation's own were not seen."""
    kind = kind or form.kind
    if kind == "minutes" and not form.signers:
        form = replace(form, signers={side: Label(vi, en, form.clause, True) for side, (vi, en) in SIDES.items()})
    columns = COLUMNS.get(kind)
    if form.rows or columns is None:
        return form
    rows = {
        name: FormField(vi, en, "text", required=False, clause=form.clause, unsourced=True)
        for name, (vi, en) in columns.items()
    }
    return replace(form, rows=rows)


SIDES = {"giver": ("Bên giao", "giver"), "receiver": ("Bên nhận", "receiver")}
COLUMNS: Mapping[FormKind, Mapping[str, tuple[str, str]]] = {
    "list": {"name": ("Tên thuê bao", "subscriber"), "unit": ("Cơ quan, đơn vị", "body")},
    "minutes": {
        "subscriber": ("Tên thuê bao", "subscriber"),
        "certificate": ("Số hiệu chứng thư số", "certificate's serial"),
        "device": ("Số hiệu thiết bị", "device's serial"),
    },
}
"""Columns of lists and minutes whose own were not seen."""


def _item(transaction: Transaction, certificate: str | None, device: str) -> dict[str, Any]:
    held = devices.get(transaction.connection, device)
    serial = certificate or (None if held is None else held.certificate)
    found = None if serial is None else certificates.get(transaction.connection, serial)
    name = "" if found is None else found.common_name
    return {"subscriber": name, "certificate": serial or "", "device": device}


def _name_of(regulation: Regulation, form: str, fields: Mapping[str, Any]) -> str:
    source = regulation.forms[form].subject
    return "" if source is None else str(fields.get(source.common_name) or "")


def _unit_name(transaction: Transaction, unit_id: str) -> str:
    unit: Unit | None = units.get(transaction.connection, unit_id)
    return unit_id if unit is None else unit.name
