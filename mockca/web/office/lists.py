"""Lists: each an operation of the API, as a table, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Response, request, url_for

from mockca.errors import NotFound
from mockca.web.access import here
from mockca.web.office import words
from mockca.web.office.blueprint import office
from mockca.web.office.matter import subject_name, unit_name
from mockca.web.site.asking import ask
from mockca.web.site.languages import mark, translate
from mockca.web.site.rendering import page, word
from mockca.web.site.sessions import require_visitor

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str = ""
    link: str = ""
    state: str = ""
    """Shown as a badge of this state's colour."""
    at: datetime | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list."""

    title: str
    operation: str
    columns: tuple[str, ...]
    row: Callable[[Any], tuple[Cell, ...]]
    filters: Mapping[str, tuple[str, ...]]
    """Names of what the list can be narrowed by, with the values; none for a text."""
    roles: tuple[str, ...] = ()
    """Who has it; everybody where empty."""


def link(endpoint: str, **values: Any) -> str:
    return url_for(f"office.{endpoint}", sandbox=here().name, **values)


def _dossier(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(str(one.number), link("dossier", number=one.number)),
        Cell(subject_name(one), link("dossier", number=one.number)),
        Cell(f"{words.value(one.operation)} · {words.value(one.subscriber_kind)}"),
        Cell(unit_name(one.unit)),
        Cell(words.state(one.state, "dossier"), state=words.colour(one.state, "dossier")),
        Cell(at=one.filed_at),
    )


def _certificate(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(one.common_name, link("certificate", serial=one.serial)),
        Cell(one.serial, link("certificate", serial=one.serial)),
        Cell(unit_name(one.unit)),
        Cell(word(one.status.status, "status"), state=one.status.status.value),
        Cell(at=one.not_after),
        Cell(word(one.custody, "role") if one.custody else ""),
    )


def _device(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(one.serial, link("device", serial=one.serial)),
        Cell(one.model),
        Cell(words.state(one.state, "device"), state=one.state),
        Cell(word(one.holder, "role")),
        Cell(one.certificate or "", link("certificate", serial=one.certificate) if one.certificate else ""),
    )


def _activation(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(str(one.number), link("activation", number=one.number)),
        Cell(words.state(one.state, "activation"), state=words.colour(one.state, "activation")),
        Cell(", ".join(one.certificates[:3])),
        Cell(at=one.proposed_at),
        Cell(at=one.effective_at),
    )


def _revocation(one: Any) -> tuple[Cell, ...]:
    ground = here().regulation(one.regulation).grounds.get(one.ground)
    return (
        Cell(str(one.number), link("revocation", number=one.number)),
        Cell(one.ground if ground is None else words.told(ground), clause=one.clause),
        Cell(", ".join(one.certificates[:3])),
        Cell(words.state(one.state, "revocation"), state=one.state),
        Cell(at=one.requested_at),
        Cell(at=one.due),
    )


def _restore(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(str(one.number), link("restore", number=one.number)),
        Cell(one.device, link("device", serial=one.device)),
        Cell(words.state(one.state, "restore"), state=one.state),
        Cell(word(one.executor, "role"), clause=one.clause),
        Cell(at=one.requested_at),
        Cell(at=one.due),
    )


def _deadline(one: Any) -> tuple[Cell, ...]:
    kind, _, name = one.about.partition(" ")
    named = {"dossier": "number", "device": "serial", "certificate": "serial", "revocation": "number"}.get(kind)
    rule = next((each.deadlines[one.kind] for each in here().regulations.values() if one.kind in each.deadlines), None)
    state = "met" if one.met_at is not None else "overdue" if one.overdue else "open"
    texts = {"met": mark("xong"), "overdue": mark("quá hạn"), "open": mark("chưa đến hạn")}
    return (
        Cell(one.kind if rule is None else words.told(rule), clause=one.clause),
        Cell(f"{words.value(kind)} {name}", link(kind, **{named: name}) if named else ""),
        Cell(at=one.due),
        Cell(translate(texts[state]), state={"met": "good", "overdue": "bad", "open": "hold"}[state]),
    )


def _notice(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(one.subject, clause=one.clause),
        Cell(one.text),
        Cell(one.serial or "", link("certificate", serial=one.serial) if one.serial else ""),
        Cell(at=one.sent_at),
    )


def _unit(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(one.name),
        Cell(one.id),
        Cell(one.category),
        Cell(one.email),
        Cell(at=None, text="" if one.ended_on is None else one.ended_on.strftime("%d/%m/%Y")),
    )


def _archived(one: Any) -> tuple[Cell, ...]:
    pages = {"dossier", "roster", "handover", "activation", "revocation", "restore", "report"}
    address = link(one.kind, number=one.number) if one.kind in pages else ""
    return (
        Cell(words.value(one.kind) if one.kind != "report" else words.part("report")),
        Cell(str(one.number), address),
        Cell(words.told(_Told(one.title_vi, one.title_en)), address, clause=one.clause),
        Cell(unit_name(one.unit)),
        Cell(words.state(one.state, one.kind) if one.state else "", state=words.colour(one.state or "", one.kind)),
        Cell(at=one.at),
    )


def _gap(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(words.told(one), clause=one.clause),
        Cell(one.certificate, link("certificate", serial=one.certificate)),
        Cell(unit_name(one.unit)),
    )


def _shortcoming(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(words.told(one), clause=one.clause),
        Cell(one.device, link("device", serial=one.device)),
        Cell(unit_name(one.unit)),
    )


def _owed(one: Any) -> tuple[Cell, ...]:
    at = {"regulation": one.regulation, "report": one.report, "period": one.period}
    address = link("report", number=one.filed) if one.filed else link("do", task="file_report", **at)
    state = {"open": "hold", "overdue": "bad", "filed": "good", "filed-late": "hold"}.get(one.state, "plain")
    return (
        Cell(words.told(one), address, clause=one.clause),
        Cell(one.period_vi),
        Cell(one.unit_name),
        Cell(at=one.due),
        Cell(words.value(one.state), state=state),
    )


def _report(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(str(one.number), link("report", number=one.number)),
        Cell(words.told(one), link("report", number=one.number), clause=one.clause),
        Cell(one.period_vi),
        Cell(one.unit_name),
        Cell(at=one.filed_at),
    )


def _appointment(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(words.told(one), clause=one.clause),
        Cell(one.name),
        Cell(unit_name(one.unit)),
        Cell(one.decision_number or ""),
        Cell(at=one.since),
        Cell(at=one.until),
    )


def _entry(one: Any) -> tuple[Cell, ...]:
    return (
        Cell(str(one.number)),
        Cell(words.action(one.action)),
        Cell(one.about),
        Cell(one.actor),
        Cell(", ".join(one.clauses)),
        Cell(at=one.at),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    vi: str
    en: str


DESKS: Final = ("registrar", "authority", "agency", "subscriber", "trainer")
LISTS: Final[Mapping[str, Listing]] = {
    "dossiers": Listing(
        mark("Hồ sơ"),
        "list_dossiers",
        (mark("Số"), mark("Thuê bao"), mark("Đề nghị"), mark("Cơ quan"), mark("Trạng thái"), mark("Ngày nộp")),
        _dossier,
        {"state": ("filed", "returned", "accepted", "rostered", "approved", "issued", "refused")},
        DESKS,
    ),
    "certificates": Listing(
        mark("Chứng thư số"),
        "list_certificates",
        (
            mark("Thuê bao"),
            mark("Số chứng thư"),
            mark("Cơ quan"),
            mark("Trạng thái"),
            mark("Hết hạn"),
            mark("Thiết bị do ai giữ"),
        ),
        _certificate,
        {"status": ("issued", "effective", "suspended", "revoked", "expired"), "name": ()},
    ),
    "devices": Listing(
        mark("Thiết bị"),
        "list_devices",
        (mark("Số hiệu"), mark("Loại"), mark("Trạng thái"), mark("Người giữ"), mark("Chứng thư số")),
        _device,
        {
            "state": ("prepared", "in_transit", "in_use", "locked", "collected", "returned", "lost", "damaged"),
            "holder": ("authority", "registrar", "agency", "subscriber"),
        },
        DESKS,
    ),
    "activations": Listing(
        mark("Đề nghị có hiệu lực"),
        "list_activations",
        (mark("Số"), mark("Trạng thái"), mark("Chứng thư số"), mark("Đề nghị lúc"), mark("Có hiệu lực")),
        _activation,
        {"state": ("proposed", "scheduled", "published")},
        ("registrar", "authority", "trainer"),
    ),
    "revocations": Listing(
        mark("Thu hồi"),
        "list_revocations",
        (
            mark("Số"),
            mark("Căn cứ"),
            mark("Chứng thư số"),
            mark("Trạng thái"),
            mark("Đề nghị lúc"),
            mark("Hạn"),
        ),
        _revocation,
        {"state": ("requested", "forwarded", "executed", "refused", "closed")},
    ),
    "restores": Listing(
        mark("Khôi phục thiết bị"),
        "list_restores",
        (mark("Số"), mark("Thiết bị"), mark("Trạng thái"), mark("Nơi quyết định"), mark("Đề nghị lúc"), mark("Hạn")),
        _restore,
        {"state": ("requested", "restored", "refused")},
        DESKS,
    ),
    "deadlines": Listing(
        mark("Thời hạn"),
        "list_deadlines",
        (mark("Việc"), mark("Về"), mark("Hạn"), mark("Tình trạng")),
        _deadline,
        {"overdue": ("true",)},
        DESKS,
    ),
    "owed": Listing(
        mark("Báo cáo phải gửi"),
        "list_owed_reports",
        (mark("Báo cáo"), mark("Kỳ"), mark("Cơ quan"), mark("Hạn"), mark("Tình trạng")),
        _owed,
        {"overdue": ("true",)},
        DESKS,
    ),
    "reports": Listing(
        mark("Báo cáo đã gửi"),
        "list_reports",
        (mark("Số"), mark("Báo cáo"), mark("Kỳ"), mark("Cơ quan"), mark("Ngày gửi")),
        _report,
        {},
        DESKS,
    ),
    "notices": Listing(
        mark("Thông báo"),
        "list_notices",
        (mark("Về việc"), mark("Nội dung"), mark("Chứng thư số"), mark("Gửi lúc")),
        _notice,
        {},
        DESKS,
    ),
    "shortcomings": Listing(
        mark("Thiết bị chưa được quản lý đúng"),
        "list_shortcomings",
        (mark("Thiếu gì"), mark("Thiết bị"), mark("Cơ quan")),
        _shortcoming,
        {},
        ("registrar", "authority", "agency", "subscriber"),
    ),
    "archive": Listing(
        mark("Lưu trữ"),
        "search_archive",
        (mark("Loại"), mark("Số"), mark("Tên"), mark("Cơ quan"), mark("Trạng thái"), mark("Thời điểm")),
        _archived,
        {
            "kind": (
                "dossier",
                "roster",
                "handover",
                "activation",
                "revocation",
                "restore",
                "custodian",
                "appointment",
                "report",
            ),
            "q": (),
        },
        ("registrar", "authority", "agency", "subscriber"),
    ),
    "gaps": Listing(
        mark("Lưu trữ còn thiếu"),
        "list_gaps",
        (mark("Thiếu gì"), mark("Chứng thư số"), mark("Cơ quan")),
        _gap,
        {},
        ("registrar", "authority", "agency", "subscriber"),
    ),
    "appointments": Listing(
        mark("Người được phân công"),
        "list_appointments",
        (mark("Chức trách"), mark("Họ và tên"), mark("Cơ quan"), mark("Quyết định"), mark("Từ"), mark("Đến")),
        _appointment,
        {},
        ("registrar", "authority", "agency", "subscriber"),
    ),
    "units": Listing(
        mark("Cơ quan, tổ chức"),
        "list_units",
        (mark("Tên"), mark("Mã"), mark("Loại"), mark("Thư điện tử"), mark("Chấm dứt từ")),
        _unit,
        {},
        ("registrar", "authority", "trainer"),
    ),
    "journal": Listing(
        mark("Nhật ký"),
        "list_journal",
        (mark("Số"), mark("Việc"), mark("Về"), mark("Tài khoản"), mark("Điều khoản"), mark("Lúc")),
        _entry,
        {"about": ()},
        ("authority", "trainer"),
    ),
}
"""By the last part of the page's address."""


def may_list(name: str, role: str) -> bool:
    """Whether a role has this list."""
    roles = LISTS[name].roles
    return not roles or role in roles


@office.get("/list/<kind>")
def listing(sandbox: str, kind: str) -> Response:
    """One list."""
    del sandbox
    visitor = require_visitor()
    if kind not in LISTS:
        raise NotFound("page", kind)
    one = LISTS[kind]
    asked = {name: text for name in one.filters if (text := request.args.get(name, ""))}
    query = asked | {"limit": str(PAGE_SIZE)}
    after = request.args.get("after", "")
    if after:
        query["after"] = after
    found = ask(one.operation, query=query)
    return page(
        "office/list.html",
        kind=kind,
        listing=one,
        asked=asked,
        found=found,
        rows=[one.row(each) for each in found.items],
        lists=[name for name in LISTS if may_list(name, visitor.actor.role)],
        more=None if found.next is None else link("listing", kind=kind, **asked, after=found.next),
    )


@office.context_processor
def _words() -> dict[str, object]:
    return {"words": words, "unit_name": unit_name, "LISTS": LISTS}
