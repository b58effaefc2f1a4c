"""One thing a page: what it says, where it is in its life, what may be done with it now, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response
from markupsafe import Markup

from mockca.desk import queries
from mockca.desk.actors import EVERYWHERE
from mockca.desk.views import JournalEntryView
from mockca.errors import MockcaError
from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import requirements_of
from mockca.web.access import here
from mockca.web.drawings import custody as custody_drawing
from mockca.web.drawings import lifecycle as lifecycle_drawing
from mockca.web.face import File
from mockca.web.office import steps, words
from mockca.web.office.blueprint import office
from mockca.web.office.fields import Entered, blank
from mockca.web.office.lists import Cell, link
from mockca.web.office.matter import Matter, subject_name, unit_name
from mockca.web.office.steps import Step
from mockca.web.office.tasks import TASKS
from mockca.web.site.asking import ask
from mockca.web.site.languages import VIETNAMESE, current, translate
from mockca.web.site.rendering import page, vietnam_time, word
from mockca.web.site.sessions import require_visitor

BRIEF = ("check_dossier", "decide_dossier", "issue_certificate", "decide_revocation", "decide_restore")
"""Tasks whose forms are short enough to stand on the thing's own page."""
MOST_ENTRIES = 100
Pair = tuple[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a thing's page."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def shown(
    title: str,
    state: str,
    kind: str,
    regulation: Regulation,
    pairs: Iterable[Pair],
    available: Iterable[Step],
    *,
    drawing: Markup | None = None,
    tables: Iterable[Table] = (),
    document: str = "",
    warnings: Iterable[Any] = (),
    about: str = "",
    reasons: Iterable[str] = (),
) -> Response:
    """The page of a thing."""
    visitor = require_visitor()
    actor = visitor.actor
    mine, others = steps.split(available, actor.role, actor.unit, actor.regulation)
    brief = next((one for one in mine if one.task in BRIEF), None)
    return page(
        "office/thing.html",
        title=title,
        state=state,
        colour=words.colour(state, kind),
        state_name=word(state, "status") if kind == "certificate" else words.state(state, kind),
        regulation=regulation,
        pairs=[(name, cell) for name, cell in pairs if cell.text or cell.at],
        mine=mine,
        others=[one for one in others if one.needed],
        brief=None if brief is None else _form(brief),
        brief_step=brief,
        drawing=drawing,
        tables=[table for table in tables if table.rows],
        document=document,
        warnings=list(warnings),
        entries=journal_of(about) if about else [],
        deadlines=_deadlines(about) if about else [],
        reasons=list(reasons),
    )


def _form(step: Step) -> Entered:
    return blank(TASKS[step.task].draw(Matter(step.arguments)))


def journal_of(about: str) -> list[JournalEntryView]:
    """The journal's entries on a matter, for those who may read it: the authority, and who came in as the trainer."""
    visitor = require_visitor()
    reader = next((one for one in (visitor.actor, visitor.came_in) if one.role in EVERYWHERE), None)
    if reader is None:
        return []
    return list(queries.journal_entries(here(), reader, about=about, limit=MOST_ENTRIES).items)


def _deadlines(about: str) -> list[Any]:
    try:
        return list(ask("list_deadlines", query={"about": about}).items)
    except MockcaError:
        return []


def _life(cycle: lifecycle.Lifecycle, regulation: Regulation, state: str) -> Markup:
    return lifecycle_drawing.draw(cycle, regulation, state, language=current())


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
        (translate("Danh sách tổng hợp"), _linked("roster", one.roster)),
        (translate("Chứng thư số"), _serial(one.certificate)),
        (translate("Chứng thư số cũ"), _serial(one.replaces)),
    ]
    return shown(
        translate("Hồ sơ {number}: {name}").format(number=number, name=subject_name(one)),
        one.state,
        "dossier",
        regulation,
        pairs,
        steps.of_dossier(regulation, one),
        drawing=_life(lifecycle.DOSSIER, regulation, one.state),
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


@office.get("/handovers/<int:number>")
def handover(sandbox: str, number: int) -> Response:
    """The minutes of one handover."""
    del sandbox
    one = ask("read_handover", number=number)
    regulation = here().regulation(one.regulation)
    leg = regulation.legs.get(one.leg)
    return shown(
        translate("Biên bản giao nhận {number}").format(number=one.document_number or number),
        "",
        "handover",
        regulation,
        [
            (
                translate("Chặng"),
                Cell(one.leg if leg is None else words.told(leg), clause="" if leg is None else leg.clause),
            ),
            (translate("Bên giao"), Cell(one.giver)),
            (translate("Bên nhận"), Cell(one.receiver)),
            (translate("Lúc"), Cell(at=one.at)),
            (words.part("via"), Cell(words.value(one.via) if one.via else "")),
        ],
        [],
        tables=(
            Table(
                translate("Thiết bị đã giao"),
                (translate("Thiết bị"), translate("Chứng thư số")),
                [
                    (Cell(each.device, link("device", serial=each.device)), _serial(each.certificate))
                    for each in one.items
                ],
            ),
        ),
        document=link("document", kind="handover", number=number),
        about=f"handover {number}",
    )


@office.get("/certificates/<serial>")
def certificate(sandbox: str, serial: str) -> Response:
    """One certificate."""
    del sandbox
    one = ask("read_certificate", serial=serial)
    regulation = here().regulation(one.regulation)
    device = None if one.device is None else _visible("read_device", serial=one.device)
    proposals = _items("list_activations", certificate=serial)
    cases = _items("list_revocations", certificate=serial)
    pairs: list[Pair] = [
        (translate("Số chứng thư"), Cell(one.serial)),
        (translate("Thuê bao"), Cell(one.subject)),
        (translate("Cơ quan"), Cell(unit_name(one.unit))),
        (translate("Trạng thái từ"), Cell(at=one.status.since, clause=one.status.clause)),
        (translate("Giải thích"), Cell(one.status.why)),
        (translate("Cấp từ"), Cell(at=one.not_before)),
        (translate("Hết hạn"), Cell(at=one.not_after)),
        (translate("Khóa"), Cell(words.value(one.algorithm))),
        (translate("Hồ sơ"), _linked("dossier", one.dossier)),
        (translate("Thiết bị"), Cell(one.device or "", link("device", serial=one.device) if one.device else "")),
        (translate("Thay cho"), _serial(one.replaces)),
        *((translate("Đề nghị có hiệu lực"), _linked("activation", each.number)) for each in proposals),
        *((translate("Thu hồi"), _linked("revocation", each.number)) for each in cases),
    ]
    proposed = any(each.state != "published" for each in proposals)
    available = list(steps.of_certificate(regulation, one, device, proposed=proposed))
    if device is not None:
        available += [each for each in steps.of_device(regulation, device, one) if each.needed]
    return shown(
        one.common_name,
        one.status.status.value,
        "certificate",
        regulation,
        pairs,
        available,
        drawing=_life(lifecycle.CERTIFICATE, regulation, one.status.status.value),
        tables=(_file(serial),),
        about=f"certificate {serial}",
    )


def _file(serial: str) -> Table:
    """Everything on file about the certificate, in its order."""
    found = _visible("read_file", serial=serial)
    rows: list[tuple[Cell, ...]] = []
    for each in () if found is None else found.items:
        title = each.title_vi if current() == VIETNAMESE else each.title_en
        page_of = each.kind in ("dossier", "roster", "handover", "activation", "revocation", "restore", "report")
        address = link(each.kind, number=each.number) if page_of else ""
        rows.append((Cell(at=each.at), Cell(words.value(each.kind)), Cell(title, address, clause=each.clause)))
    rows += [
        (Cell(translate("thiếu"), state="bad"), Cell(), Cell(words.told(gap), clause=gap.clause))
        for gap in (() if found is None else found.gaps)
    ]
    return Table(translate("Trong lưu trữ"), (translate("Lúc"), translate("Loại"), translate("Tài liệu")), rows)


@office.get("/devices/<serial>")
def device(sandbox: str, serial: str) -> Response:
    """One device and its chain of custody."""
    del sandbox
    one = ask("read_device", serial=serial)
    chain = _visible("read_custody", serial=serial)
    certificate_on = None if one.certificate is None else ask("read_certificate", serial=one.certificate)
    regulation = here().regulation(certificate_on.regulation if certificate_on is not None else _own())
    pairs: list[Pair] = [
        (translate("Số hiệu"), Cell(one.serial)),
        (translate("Loại"), Cell(one.model)),
        (translate("Người giữ"), Cell(word(one.holder, "role"))),
        (translate("Chứng thư số"), _serial(one.certificate)),
        (translate("Thuê bao"), Cell("" if certificate_on is None else certificate_on.common_name)),
        (translate("Tên người giữ"), Cell("" if chain is None else chain.name or "")),
    ]
    tables = [] if chain is None else [_custodians(chain), _outings(chain, serial)]
    lacking = _visible("list_shortcomings", query={"device": serial})
    available = list(steps.of_device(regulation, one, certificate_on))
    return shown(
        translate("Thiết bị {serial}").format(serial=serial),
        one.state,
        "device",
        regulation,
        pairs,
        available,
        drawing=_life(lifecycle.DEVICE, regulation, one.state)
        if chain is None
        else custody_drawing.draw(_holdings(regulation, chain), title=translate("Chuỗi giao nhận"))
        + _life(lifecycle.DEVICE, regulation, one.state),
        tables=tables,
        about=f"device {serial}",
        warnings=() if lacking is None else lacking.items,
    )


def _own() -> str:
    return require_visitor().actor.regulation or next(iter(here().regulations))


def _holdings(regulation: Regulation, chain: Any) -> list[custody_drawing.Holding]:
    found = []
    for each in chain.chain:
        leg = regulation.legs.get(each.leg or "")
        found.append(
            custody_drawing.Holding(
                holder=word(each.holder, "role"),
                name=each.name or "",
                since=vietnam_time(each.since)[:16],
                by="" if leg is None else words.told(leg),
                clause="" if leg is None else leg.clause,
                link=link("handover", number=each.handover) if each.handover else "",
                present=each.until is None,
            )
        )
    return found


def _custodians(chain: Any) -> Table:
    rows = [
        (
            Cell(each.name),
            Cell(words.value(each.post)),
            Cell(each.decision_number or ""),
            Cell(at=each.since),
            Cell(at=each.until),
        )
        for each in chain.custodians
    ]
    columns = (
        translate("Người giữ"),
        translate("Chức trách"),
        translate("Quyết định"),
        translate("Từ"),
        translate("Đến"),
    )
    return Table(translate("Giao cho ai giữ"), columns, rows)


def _outings(chain: Any, serial: str) -> Table:
    rows = [
        (
            Cell(each.carrier),
            Cell(each.purpose),
            Cell(at=each.out_at),
            Cell(
                "" if each.back_at else translate("Mang về"),
                "" if each.back_at else link("do", task="bring_back", device=serial, outing=each.number),
                at=each.back_at,
            ),
        )
        for each in chain.outings
    ]
    columns = (translate("Người mang"), translate("Mục đích"), translate("Mang ra"), translate("Mang về"))
    return Table(translate("Mang ra ngoài trụ sở"), columns, rows)


@office.get("/activations/<int:number>")
def activation(sandbox: str, number: int) -> Response:
    """One proposal of effect."""
    del sandbox
    one = ask("read_activation", number=number)
    regulation = here().regulation(one.regulation)
    return shown(
        translate("Đề nghị có hiệu lực {number}").format(number=number),
        one.state,
        "activation",
        regulation,
        [
            (translate("Đề nghị lúc"), Cell(at=one.proposed_at)),
            (translate("Có hiệu lực"), Cell(at=one.effective_at)),
        ],
        steps.of_activation(regulation, one),
        drawing=_life(lifecycle.ACTIVATION, regulation, one.state),
        tables=(_named(one.certificates),),
        about=f"activation {number}",
    )


@office.get("/revocations/<int:number>")
def revocation(sandbox: str, number: int) -> Response:
    """One request for revocation."""
    del sandbox
    one = ask("read_revocation", number=number)
    regulation = here().regulation(one.regulation)
    ground = regulation.grounds.get(one.ground)
    out = [
        (Cell(each, link("device", serial=each)), Cell(translate("chưa nộp lại"), state="hold"))
        for each in one.devices_outstanding
    ]
    available = list(steps.of_revocation(regulation, one))
    for serial in one.devices_outstanding[:10]:
        held = _visible("read_device", serial=serial)
        if held is not None and held.certificate:
            on_it = ask("read_certificate", serial=held.certificate)
            available += [each for each in steps.of_device(regulation, held, on_it) if each.needed]
    return shown(
        translate("Yêu cầu thu hồi {number}").format(number=number),
        one.state,
        "revocation",
        regulation,
        [
            (translate("Căn cứ"), Cell(one.ground if ground is None else words.told(ground), clause=one.clause)),
            (translate("Lý do trong CRL"), Cell(word(one.crl_reason, "reason") if one.crl_reason else "")),
            (translate("Đề nghị bởi"), Cell(one.requested_by)),
            (translate("Đề nghị lúc"), Cell(at=one.requested_at)),
            (translate("Hạn"), Cell(at=one.due)),
            (translate("Chuyển đi lúc"), Cell(at=one.forwarded_at)),
            (translate("Thu hồi lúc"), Cell(at=one.executed_at)),
            (translate("Lý do từ chối"), Cell(one.refusal or "")),
        ],
        available,
        drawing=_life(lifecycle.REVOCATION, regulation, one.state),
        tables=(
            _named(one.certificates),
            Table(translate("Thiết bị phải thu lại"), (translate("Thiết bị"), translate("Tình trạng")), out),
        ),
        document=link("document", kind="revocation", number=number),
        warnings=one.warnings,
        about=f"revocation {number}",
    )


@office.get("/restores/<int:number>")
def restore(sandbox: str, number: int) -> Response:
    """One request to restore a device."""
    del sandbox
    one = ask("read_restore", number=number)
    regulation = here().regulation(one.regulation)
    return shown(
        translate("Đề nghị khôi phục {number}").format(number=number),
        one.state,
        "restore",
        regulation,
        [
            (translate("Thiết bị"), Cell(one.device, link("device", serial=one.device))),
            (translate("Chứng thư số"), _serial(one.certificate)),
            (translate("Nơi quyết định"), Cell(word(one.executor, "role"), clause=one.clause)),
            (translate("Đề nghị lúc"), Cell(at=one.requested_at)),
            (translate("Hạn"), Cell(at=one.due)),
            (translate("Quyết định lúc"), Cell(at=one.decided_at)),
            (translate("Lý do từ chối"), Cell(one.refusal or "")),
        ],
        steps.of_restore(regulation, one),
        drawing=_life(lifecycle.RESTORE, regulation, one.state),
        document=link("document", kind="restore", number=number),
        warnings=one.warnings,
        about=f"restore {number}",
    )


@office.get("/reports/<int:number>")
def report(sandbox: str, number: int) -> Response:
    """One report."""
    del sandbox
    one = ask("read_report", number=number)
    regulation = here().regulation(one.regulation)
    rows = [(Cell(name.replace("_", " ")), Cell(str(count))) for name, count in one.counts.items()]
    return shown(
        words.told(one),
        "",
        "report",
        regulation,
        [
            (translate("Kỳ"), Cell(one.period_vi, clause=one.clause)),
            (translate("Cơ quan"), Cell(one.unit_name)),
            (words.part("document_number"), Cell(one.document_number or "")),
            (words.part("signed_by"), Cell(one.signed_by or "")),
            (translate("Gửi lúc"), Cell(at=one.filed_at)),
            (translate("Hạn"), Cell(at=one.due)),
            (words.part("remarks"), Cell(one.remarks or "")),
        ],
        [],
        tables=(Table(translate("Số liệu"), (translate("Chỉ tiêu"), translate("Số lượng")), rows),),
        document=link("document", kind="report", number=number),
        about=f"report {number}",
    )


@office.get("/documents/<kind>/<int:number>.pdf")
def document(sandbox: str, kind: str, number: int) -> Response:
    """A document of the workflow, to be printed."""
    del sandbox
    file: File = ask("print_document", kind=kind, number=number)
    response = Response(file.content, content_type=file.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "inline", filename=file.name)
    return response


def _named(serials: Iterable[str]) -> Table:
    """The certificates of a case."""
    rows = []
    for serial in list(serials)[:100]:
        one = _visible("read_certificate", serial=serial)
        if one is None:
            rows.append((Cell(serial), Cell(), Cell()))
            continue
        status = one.status.status
        rows.append((Cell(one.common_name), _serial(serial), Cell(word(status, "status"), state=status.value)))
    columns = (translate("Thuê bao"), translate("Số chứng thư"), translate("Trạng thái"))
    return Table(translate("Chứng thư số"), columns, rows)


def _items(operation: str, **query: str) -> list[Any]:
    found = _visible(operation, query=query)
    return [] if found is None else list(found.items)


def _visible(operation: str, **arguments: Any) -> Any:
    """What the operation answers; None where the visitor may not ask for it."""
    try:
        return ask(operation, **arguments)
    except MockcaError:
        return None


def _linked(kind: str, number: int | None) -> Cell:
    return Cell() if number is None else Cell(str(number), link(kind, number=number))


def _serial(serial: str | None) -> Cell:
    return Cell() if serial is None else Cell(serial, link("certificate", serial=serial))
