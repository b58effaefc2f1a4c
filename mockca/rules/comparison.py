"""The rules that differ, regulation beside regulation, each with its clause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mockca.rules.catalogue import words
from mockca.rules.regulation import Regulation
from mockca.rules.terms import ANY_DEVICE, EffectiveFrom, Permission, Report, Sourced

ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one regulation says."""

    value: str
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One rule across the regulations."""

    id: str
    vi: str
    en: str
    cells: tuple[Cell | None, ...]
    """In the order of the regulations; None where the regulation is silent."""


Read = Callable[[Regulation], Cell | None]


def compare(regulations: Iterable[Regulation]) -> tuple[Line, ...]:
    """Every rule of the table for these regulations, in their order."""
    columns = tuple(regulations)
    return tuple(Line(id_, vi, en, tuple(read(column) for column in columns)) for id_, vi, en, read in _rules())


def _rules() -> Iterator[tuple[str, str, str, Read]]:
    yield "max_years", "Thời hạn cấp mới", "new certificate, at most", lambda r: _cell(r.max_years, "{} năm")
    yield "effective_from", "Có hiệu lực từ", "effective from", _effective
    yield "requester", "Ai nộp hồ sơ", "who files", lambda r: _who(r.operations["file_dossier"])
    yield "checker", "Ai tiếp nhận, kiểm tra", "who checks", lambda r: _who(r.operations["check_dossier"])
    yield "roster", "Danh sách tổng hợp", "roster", _roster
    yield "list", "Danh sách kèm hồ sơ", "list enclosed", _list_form
    yield "issue", "Ai cấp, hạn cấp", "who issues, by when", _delegated("issue")
    yield "renew", "Ai gia hạn, hạn xử lý", "who renews, by when", _delegated("renew")
    yield "renewal_times", "Gia hạn: số lần", "renewal: times", _renewal("times", "{} lần")
    yield "renewal_days", "Gia hạn: còn ít nhất", "renewal: days left", _renewal("days_left", "{} ngày")
    yield "renewal_years", "Gia hạn: thêm tối đa", "renewal: at most", _renewal("max_years", "{} năm")
    yield "renewal_early", "Gia hạn chứng thư cũ", "renewal of earlier ones", _early
    yield "change", "Ai thay đổi thông tin", "who changes information", _delegated("change")
    yield "change_days", "Thay đổi: còn ít nhất", "change: days left", _change_days
    yield "change_expiry", "Thay đổi: giữ ngày hết hạn", "change: expiry kept", _change_expiry
    yield "reissue", "Cấp lại sau khi", "reissue after", _reissue
    yield "suspend", "Tạm dừng", "suspension", _service("suspend")
    yield "revocation_form", "Đơn thu hồi", "revocation form", _revocation_forms
    yield "revocation_path", "Đề nghị thu hồi qua", "revocation passed on by", _forwarder
    yield "renamed", "Đổi tên tổ chức", "organisation renamed", _renamed
    yield "restore", "Ai khôi phục thiết bị", "who restores devices", _delegated("restore")
    yield "restore_token", "Ai khôi phục PKI Token", "who restores PKI tokens", _delegated("restore", "pki-token")
    yield "return", "Hạn trả thiết bị", "device returned within", _return
    yield "classification", "Thiết bị tổ chức giữ như", "organisation's device kept as", _classification
    yield "custodian", "Ai giữ thiết bị tổ chức", "who keeps it", _custodian
    yield "report", "Báo cáo", "reports", _reports


def _cell(value: Sourced[int] | Sourced[str] | None, shape: str = "{}") -> Cell | None:
    return None if value is None else Cell(shape.format(value.value), value.clause, value.unsourced)


def _named(group: str, names: Iterable[str]) -> str:
    known = words(group)
    return ", ".join(known[name].vi if name in known else name for name in sorted(names))


def _who(permission: Permission) -> Cell | None:
    return Cell(_named("roles", permission.roles) or ABSENT, permission.clause, permission.unsourced)


def _effective(regulation: Regulation) -> Cell:
    found = regulation.effective_from
    text = "công bố" if found.value is EffectiveFrom.ANNOUNCEMENT else "notBefore"
    return Cell(text, found.clause, found.unsourced)


def _service(name: str) -> Read:
    def read(regulation: Regulation) -> Cell:
        service = regulation.services[name]
        return Cell("có" if service.available else ABSENT, service.clause, service.unsourced)

    return read


def _roster(regulation: Regulation) -> Cell | None:
    rules = regulation.roster
    forms = "" if rules is None else ", ".join(dict.fromkeys(form.value for form in rules.forms.values()))
    return None if rules is None else Cell(forms, rules.clause, rules.unsourced)


def _list_form(regulation: Regulation) -> Cell | None:
    found = [rule.list_form for rule in regulation.requirements.values() if rule.list_form is not None]
    return None if not found else Cell(", ".join(form.value for form in found), found[0].clause, found[0].unsourced)


def _delegated(service: str, device: str = ANY_DEVICE) -> Read:
    def read(regulation: Regulation) -> Cell | None:
        offered = regulation.services[service]
        if not offered.available:
            return Cell(ABSENT, offered.clause, offered.unsourced)
        found = regulation.delegation.get((service, device)) or regulation.delegation.get((service, ANY_DEVICE))
        if found is None:
            return None
        term = "" if found.working_days is None else f", {found.working_days} ngày làm việc"
        return Cell(_named("roles", [found.role]) + term, found.clause, found.unsourced)

    return read


def _renewal(name: str, shape: str) -> Read:
    return lambda regulation: None if regulation.renewal is None else _cell(getattr(regulation.renewal, name), shape)


def _early(regulation: Regulation) -> Cell | None:
    early = None if regulation.renewal is None else regulation.renewal.early
    if early is None:
        return None
    return Cell(f"cấp trước {early.before:%d/%m/%Y}: {early.max_years} năm", early.clause, early.unsourced)


def _change_days(regulation: Regulation) -> Cell | None:
    return None if regulation.change is None else _cell(regulation.change.days_left, "{} ngày")


def _change_expiry(regulation: Regulation) -> Cell | None:
    if regulation.change is None:
        return None
    kept = regulation.change.keeps_expiry
    return Cell("có" if kept.value else "không", kept.clause, kept.unsourced)


def _reissue(regulation: Regulation) -> Cell | None:
    rules, offered = regulation.reissue, regulation.services["reissue"]
    if rules is None:
        return Cell(ABSENT, offered.clause, offered.unsourced)
    named = {"revoked": "thu hồi", "expired": "hết hạn"}
    ended = ", ".join(named[status] for status in sorted(rules.after.value, reverse=True))
    return Cell(ended, rules.after.clause, rules.after.unsourced)


def _revocation_forms(regulation: Regulation) -> Cell | None:
    rules = regulation.revocation
    forms = [*rules.forms.values(), *rules.lists.values()]
    return None if not forms else Cell(", ".join(dict.fromkeys(form.value for form in forms)), forms[0].clause)


def _forwarder(regulation: Regulation) -> Cell | None:
    found = regulation.revocation.forwarder
    return None if found is None else Cell(f"{_named('roles', [found.role])}, {found.form}", found.clause)


def _renamed(regulation: Regulation) -> Cell | None:
    rule = regulation.reorganisations.get("rename")
    action = None if rule is None else rule.actions.get("organisation")
    if action is None:
        return None
    named = {"revoke": "thu hồi", "change": "thay đổi thông tin", "reissue": "thu hồi, cấp lại", "keep": "giữ nguyên"}
    return Cell(named[action.action], action.clause, action.unsourced)


def _return(regulation: Regulation) -> Cell | None:
    rules = [rule for rule in regulation.deadlines.values() if rule.kind.startswith("device-return")]
    return None if not rules else Cell(f"{rules[0].days} ngày làm việc", rules[0].clause, rules[0].unsourced)


def _classification(regulation: Regulation) -> Cell | None:
    found = regulation.custody.classification.get("organisation")
    return None if found is None else Cell(_named("classifications", [found.value]), found.clause, found.unsourced)


def _custodian(regulation: Regulation) -> Cell | None:
    found = regulation.custody.custodians.get("organisation")
    return None if found is None else Cell(_named("custodians", found.value), found.clause, found.unsourced)


def _reports(regulation: Regulation) -> Cell | None:
    if not regulation.reports:
        return None
    periods = dict.fromkeys(_period(report) for report in regulation.reports)
    return Cell(", ".join(periods), regulation.reports[0].clause)


def _period(report: Report) -> str:
    if report.every_months:
        return f"{report.every_months} tháng một lần"
    if report.month:
        return f"tháng {report.month} hằng năm"
    return "hằng năm" if report.plan else "khi được yêu cầu"
