"""Dossiers and rosters."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import requirements_of
from mockca.web.access import here
from mockca.web.office import steps, words
from mockca.web.office.blueprint import office
from mockca.web.office.lists import Cell, link
from mockca.web.office.matter import subject_name, unit_name
from mockca.web.office.things.base import Pair, Table, life, linked, serial_cell, shown
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate


@office.get("/dossiers/<int:number>")
def dossier(sandbox: str, number: int) -> Response:
    """One dossier."""
    del sandbox
    one = ask("read_dossier", number=number)
    regulation = here().regulation(one.regulation)
    form = regulation.forms.get(one.form)
    pairs: list[Pair] = [
        (translate("Đề nghị"), Cell(f"{words.value(one.operation)} · {words.value(one.subscriber_kind)}")),
        (translate("Cơ quan"), Cell(unit_name(one.unit))),
        (translate("Mẫu"), Cell(one.form if form is None else f"{one.form} · {words.told(form)}")),
        (translate("Nộp bởi"), Cell(one.filed_by)),
        (translate("Ngày nộp"), Cell(at=one.filed_at)),
        (words.part("confirmed_by"), Cell(one.confirmed_by or "")),
        (translate("Danh sách tổng hợp"), linked("roster", one.roster)),
        (translate("Chứng thư số"), serial_cell(one.certificate)),
        (translate("Chứng thư số cũ"), serial_cell(one.replaces)),
    ]
    return shown(
        translate("Hồ sơ {number}: {name}").format(number=number, name=subject_name(one)),
        one.state,
        "dossier",
        regulation,
        pairs,
        steps.of_dossier(regulation, one),
        drawing=life(lifecycle.DOSSIER, regulation, one.state),
        tables=(_told(regulation, one), _papers(regulation, one)),
        document=link("document", kind="dossier", number=number),
        warnings=one.warnings,
        about=f"dossier {number}",
        reasons=one.reasons,
    )


def _told(regulation: Regulation, one: Any) -> Table:
    """What the form says, each line with the clause that asks for it."""
    form = regulation.forms.get(one.form)
    rules = {} if form is None else dict(form.fields) | dict(form.rows)
    rows = []
    for name, value in one.fields.items():
        rule = rules.get(name)
        text = _text(value, "" if rule is None else rule.type)
        rows.append(
            (Cell(name if rule is None else words.told(rule)), Cell(text), Cell("" if rule is None else rule.clause))
        )
    return Table(
        translate("Nội dung tờ khai"), (translate("Mục"), translate("Nội dung"), translate("Điều khoản")), rows
    )


def _text(value: Any, kind: str) -> str:
    """A value of a form as people write it."""
    if value is True:
        return translate("có")
    if value in (None, False):
        return ""
    if kind == "date":
        try:
            return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
        except ValueError:
            return str(value)
    return words.value(value) if kind == "choice" else str(value)


def _papers(regulation: Regulation, one: Any) -> Table:
    """What must come with it: what is there, and what is missing by which clause."""
    requirements = requirements_of(regulation, one.operation, one.subscriber_kind)
    wanted = {} if requirements is None else dict(requirements.attachments) | dict(requirements.alternatives)
    rows = []
    for kind in dict.fromkeys((*wanted, *one.attachments)):
        there = kind in one.attachments
        label = wanted.get(kind)
        rows.append(
            (
                Cell(kind if label is None else words.told(label)),
                Cell(translate("có") if there else translate("thiếu"), state="good" if there else "bad"),
                Cell("" if label is None else label.clause),
            )
        )
    columns = (translate("Tài liệu"), translate("Tình trạng"), translate("Điều khoản"))
    return Table(translate("Tài liệu kèm theo"), columns, rows)


@office.get("/rosters/<int:number>")
def roster(sandbox: str, number: int) -> Response:
    """One roster, with its dossiers."""
    del sandbox
    one = ask("read_roster", number=number)
    regulation = here().regulation(one.regulation)
    listed = [ask("read_dossier", number=each) for each in one.dossiers[:100]]
    rows = [
        (
            Cell(str(each.number), link("dossier", number=each.number)),
            Cell(subject_name(each), link("dossier", number=each.number)),
            Cell(unit_name(each.unit)),
            Cell(words.state(each.state, "dossier"), state=each.state),
        )
        for each in listed
    ]
    return shown(
        translate("Danh sách tổng hợp {number}").format(number=one.document_number),
        "",
        "roster",
        regulation,
        [
            (translate("Mẫu"), Cell(f"{one.form} · {words.told(regulation.forms[one.form])}")),
            (translate("Gửi lúc"), Cell(at=one.submitted_at)),
            (translate("Số hồ sơ"), Cell(str(len(one.dossiers)))),
        ],
        [],
        tables=(
            Table(
                translate("Hồ sơ trong danh sách"),
                (translate("Số"), translate("Thuê bao"), translate("Cơ quan"), translate("Trạng thái")),
                rows,
            ),
        ),
        document=link("document", kind="roster", number=number),
        about=f"roster {number}",
    )
