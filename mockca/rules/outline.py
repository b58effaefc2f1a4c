"""A regulation laid out for reading: sections of rows, Vietnamese first, each row with its clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockca.rules.catalogue import Word, words
from mockca.rules.regulation import Regulation
from mockca.rules.terms import (
    DossierRequirements,
    FormField,
    Label,
    Match,
    Report,
    RestoreRules,
    Sourced,
    SubmissionRule,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One value: what it is, what it says, where it comes from."""

    vi: str
    en: str
    value: str
    clause: str
    unsourced: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together."""

    vi: str
    en: str
    rows: tuple[Row, ...]


YES, NO = "✓ có", "✗ không"


def outline(regulation: Regulation) -> tuple[Section, ...]:
    """All sections that have rows under this regulation."""
    found = (
        Section("Hiệu lực và thời hạn", "Effect and terms", tuple(_terms(regulation))),
        Section("Dịch vụ", "Services", tuple(_services(regulation))),
        Section("Ai làm gì", "Who does what", tuple(_operations(regulation))),
        Section("Đối tượng được cấp", "Who may be certified", tuple(_labels(regulation.eligible))),
        Section("Phân công theo thiết bị", "Delegation by device", tuple(_delegation(regulation))),
        Section("Hồ sơ", "Dossier", tuple(_dossier(regulation))),
        Section("Danh sách tổng hợp", "Roster", tuple(_roster(regulation))),
        Section("Giao nhận thiết bị", "Handover of devices", tuple(_legs(regulation))),
        Section("Kích hoạt hiệu lực", "Activation", tuple(_activation(regulation))),
        Section("Tạm dừng", "Suspension", tuple(_suspension(regulation))),
        Section("Căn cứ thu hồi", "Grounds for revocation", tuple(_grounds(regulation))),
        Section("Thủ tục thu hồi", "How revocation goes", tuple(_revocation(regulation))),
        Section("Gia hạn, thay đổi, khôi phục", "Renewal, change, restore", tuple(_later(regulation))),
        Section("Thời hạn giải quyết", "Deadlines", tuple(_deadlines(regulation))),
        Section("Thông báo, báo cáo", "Notices and reports", tuple(_telling(regulation))),
        Section("Giữ thiết bị", "Custody", tuple(_custody(regulation))),
        Section("Trách nhiệm của thuê bao", "Subscriber's duties", tuple(_labels(regulation.duties))),
        Section("Biểu mẫu", "Forms", tuple(_forms(regulation))),
    )
    return tuple(section for section in found if section.rows)


def form_rows(regulation: Regulation, code: str) -> tuple[Row, ...]:
    """The fields of one form, then the columns of its list."""
    form = regulation.forms[code]
    fields = tuple(
        Row(field.vi, field.en, f"{name}: {_field(regulation, field)}", field.clause, field.unsourced)
        for name, field in form.fields.items()
    )
    return fields + tuple(
        Row(
            f"Cột {field.vi}",
            f"column {field.en}",
            f"{name}: {_field(regulation, field)}",
            field.clause,
            field.unsourced,
        )
        for name, field in form.rows.items()
    )


MATCHES: Mapping[Match, str] = {
    "subject": "trường Subject của chứng thư số",
    "common_name": "tên trên chứng thư số",
    "email": "thư điện tử trên chứng thư số",
    "serial": "số hiệu chứng thư số",
    "issued_on": "ngày cấp",
    "expires_on": "ngày hết hạn",
    "device": "số hiệu thiết bị",
}
"""What a field must repeat, in words."""


def _field(regulation: Regulation, field: FormField) -> str:
    parts = [field.type, "bắt buộc" if field.required else "không bắt buộc"]
    if field.official and regulation.email_domain is not None:
        parts.append(f"@{regulation.email_domain.value}")
    if field.type == "years":
        parts.append(f"{regulation.min_years.value}-{regulation.max_years.value}")
    if field.exactly is not None:
        parts.append(f"= {field.exactly}")
    if field.names is not None:
        parts.append("= tên đơn vị")
    if field.matches is not None:
        parts.append(f"= {MATCHES[field.matches]}")
    if field.counts is not None:
        parts.append("= số dòng")
    if field.choices:
        parts.append(" | ".join(field.choices))
    return ", ".join(parts)


def _named(group: str, ids: Iterable[str], separator: str = ", ") -> str:
    known = words(group)
    wanted = set(ids)
    return separator.join(word.vi for id_, word in known.items() if id_ in wanted) or "-"


def _sourced(vi: str, en: str, value: Sourced[int] | Sourced[str] | Sourced[bool], text: str = "") -> Row:
    plain = {True: YES, False: NO}[value.value] if isinstance(value.value, bool) else str(value.value)
    return Row(vi, en, text or plain, value.clause, value.unsourced)


def _labels(labels: Mapping[str, Label]) -> Iterable[Row]:
    for id_, label in labels.items():
        yield Row(label.vi, label.en, id_, label.clause, label.unsourced)


def _terms(regulation: Regulation) -> Iterable[Row]:
    effect = regulation.effective_from
    start = regulation.in_force_from
    yield Row("Văn bản có hiệu lực từ", "in force from", f"{start.value:%d/%m/%Y}", start.clause, start.unsourced)
    word = words("effect")[effect.value]
    yield Row("Chứng thư số có hiệu lực", f"effective {word.en}", word.vi, effect.clause, effect.unsourced)
    years = regulation.max_years
    yield _sourced("Thời hạn tối đa khi cấp mới", "longest new term", years, f"{years.value} năm")
    least = regulation.min_years
    yield _sourced("Thời hạn tối thiểu", "shortest term", least, f"{least.value} năm")
    days = regulation.year_days
    yield _sourced("Một năm tính là", "a year counts", days, f"{days.value} ngày")
    own = regulation.authority_years
    yield _sourced("Chứng thư của cơ quan chứng thực", "the authority's own term", own, f"{own.value} năm")
    if regulation.email_domain is not None:
        domain = regulation.email_domain
        yield _sourced("Tên miền thư điện tử công vụ", "official mail domain", domain, f"@{domain.value}")
    if regulation.registrar_name is not None:
        yield _sourced(
            "Người quản lý thuê bao", "registrar", regulation.registrar_name, regulation.registrar_name.value
        )


def _services(regulation: Regulation) -> Iterable[Row]:
    known = words("services")
    for id_, service in regulation.services.items():
        word = known[id_]
        yield Row(word.vi, word.en, YES if service.available else NO, service.clause, service.unsourced)


def _operations(regulation: Regulation) -> Iterable[Row]:
    known = words("operations")
    for id_, permission in regulation.operations.items():
        word = known[id_]
        yield Row(word.vi, word.en, _named("roles", permission.roles, "; "), permission.clause, permission.unsourced)


def _delegation(regulation: Regulation) -> Iterable[Row]:
    services, devices = words("services"), words("devices")
    for (service, device), delegate in regulation.delegation.items():
        days = f", {delegate.working_days} ngày làm việc" if delegate.working_days else ""
        yield Row(
            f"{services[service].vi}, {devices[device].vi}",
            f"{services[service].en}, {devices[device].en}",
            _named("roles", [delegate.role]) + days,
            delegate.clause,
            delegate.unsourced,
        )


def _submission(rule: SubmissionRule) -> str:
    ways = {
        "paper": "giấy" + (" (chỉ lần đầu)" if rule.paper_first_only else ""),
        "electronic": "điện tử đã ký số",
    }
    return " hoặc ".join(ways[channel] for channel in sorted(rule.channels, reverse=True))


def _dossier(regulation: Regulation) -> Iterable[Row]:
    kinds = words("kinds")
    for kind, rule in regulation.requirements.items():
        word = kinds[kind]
        yield Row(f"{word.vi}: đơn", f"{word.en}: form", rule.form, rule.clause, rule.unsourced)
        for id_, label in rule.attachments.items():
            yield Row(f"{word.vi}: {label.vi}", f"{word.en}: {label.en}", id_, label.clause, label.unsourced)
        for id_, label in rule.alternatives.items():
            yield Row(
                f"{word.vi}: {label.vi}",
                f"{word.en}: {label.en}",
                f"{id_} (một trong các tài liệu)",
                label.clause,
                label.unsourced,
            )
        if rule.seal.value:
            yield _sourced(f"{word.vi}: đơn vị có con dấu", f"{word.en}: the unit has a seal", rule.seal)
        yield from _enclosed(rule, word)
    media = words("media")
    for wanted in regulation.sets:
        yield Row(
            f"Bộ hồ sơ {media[wanted.medium].vi.lower()}",
            f"{media[wanted.medium].en} set",
            f"{wanted.count} bộ, {_named('ways', wanted.via)}",
            wanted.clause,
            wanted.unsourced,
        )
    if regulation.filing is not None:
        rule_ = regulation.filing
        yield Row("Cách gửi hồ sơ", "how it is sent", _submission(rule_), rule_.clause, rule_.unsourced)


def _enclosed(rule: DossierRequirements, word: Word) -> Iterable[Row]:
    """What a dossier holds beyond form and attachments, and who may file one."""
    if rule.list_form is not None:
        yield _sourced(f"{word.vi}: kèm danh sách", f"{word.en}: with the list", rule.list_form)
    if rule.certified.value:
        yield _sourced(f"{word.vi}: bản sao có chứng thực", f"{word.en}: certified copies", rule.certified)
    if rule.confirmation.value:
        yield _sourced(f"{word.vi}: có xác nhận", f"{word.en}: confirmed by the managing body", rule.confirmation)
    if rule.duties.value:
        yield _sourced(f"{word.vi}: đã trả thiết bị cũ", f"{word.en}: former device returned", rule.duties)
    for id_, category in rule.categories.items():
        units = f" ({', '.join(sorted(category.units))})" if category.units else ""
        yield Row(
            f"{word.vi}: {category.vi}",
            f"{word.en}: {category.en}",
            id_ + units,
            category.clause,
            category.unsourced,
        )


def _roster(regulation: Regulation) -> Iterable[Row]:
    rules = regulation.roster
    if rules is None:
        return
    kinds = words("kinds")
    for kind, form in rules.forms.items():
        yield Row(f"{kinds[kind].vi}: mẫu", f"{kinds[kind].en}: form", form.value, form.clause, form.unsourced)
        for id_, label in rules.attachments.get(kind, {}).items():
            yield Row(
                f"{kinds[kind].vi}: {label.vi}",
                f"{kinds[kind].en}: {label.en}",
                id_,
                label.clause,
                label.unsourced,
            )
    yield Row("Số lượng khai bằng số dòng", "count equals entries", YES, rules.count_clause, False)
    yield Row("Một danh sách một loại thuê bao", "one kind a list", YES, rules.mixed_clause, False)
    way = rules.submission
    yield Row("Cách gửi", "how it is sent", _submission(way), way.clause, way.unsourced)


def _legs(regulation: Regulation) -> Iterable[Row]:
    for leg in regulation.legs.values():
        late = ", sau khi thu hồi hoặc hết hạn" if leg.after_revocation else ""
        copies = f", {leg.copies.value} bản" if leg.copies is not None else ""
        yield Row(leg.vi, f"{leg.en} · {leg.name}", f"biên bản {leg.form}{copies}{late}", leg.clause, leg.unsourced)


def _activation(regulation: Regulation) -> Iterable[Row]:
    rules = regulation.activation
    if rules is None:
        return
    yield Row("Mẫu đề nghị, sau khi bàn giao", "form, after handover", rules.form, rules.clause, rules.unsourced)
    way = rules.submission
    yield Row("Cách gửi", "how it is sent", _submission(way), way.clause, way.unsourced)
    yield Row("Có hiệu lực khi công bố", "publication brings effect", YES, rules.effect_clause, False)


def _suspension(regulation: Regulation) -> Iterable[Row]:
    rules = regulation.suspension
    if rules is not None:
        yield Row(
            "Tạm dừng, bỏ tạm dừng",
            f"hold and lift · {rules.crl_reason}",
            _named("roles", rules.lifted_by),
            rules.clause,
            rules.unsourced,
        )


def _grounds(regulation: Regulation) -> Iterable[Row]:
    for ground in regulation.grounds.values():
        parts = [_named("roles", ground.requesters, "; ")]
        if ground.kinds != frozenset(words("kinds")):
            parts.append(f"chỉ {_named('kinds', ground.kinds).lower()}")
        if ground.confirmation:
            parts.append("có xác nhận")
        if ground.decisions:
            parts.append(f"quyết định đã có hiệu lực ({', '.join(ground.decisions)})")
        if ground.duty:
            parts.append("nêu trách nhiệm bị vi phạm")
        if ground.after_expiry:
            parts.append("chỉ khi đã hết hạn, không ghi vào CRL")
        else:
            parts.append(f"CRL: {ground.crl_reason or 'không ghi lý do'} ◇")
        yield Row(ground.vi, f"{ground.en} · {ground.id}", " · ".join(parts), ground.clause, ground.unsourced)


def _revocation(regulation: Regulation) -> Iterable[Row]:
    rules = regulation.revocation
    kinds = words("kinds")
    yield Row("Người xác nhận", "who decides", _named("roles", [rules.decider]), rules.clause, rules.unsourced)
    if rules.at_once:
        yield Row(
            "Yêu cầu được thực hiện ngay",
            "executed at once when asked by",
            _named("roles", rules.at_once),
            rules.effect_clause,
            rules.unsourced,
        )
    for kind, form in rules.forms.items():
        yield Row(f"{kinds[kind].vi}: đơn", f"{kinds[kind].en}: form", form.value, form.clause, form.unsourced)
    letter = rules.letter
    yield Row("Không dùng đơn: gửi", "others write", _submission(letter), letter.clause, letter.unsourced)
    yield Row("Chấm dứt hiệu lực khi nhận yêu cầu", "validity ends on receipt", YES, rules.effect_clause, False)
    yield Row("Công bố", "published", YES, rules.publish_clause, False)
    yield Row("Thông báo", "notified", YES, rules.notice_clause, False)
    yield Row("Thu lại thiết bị", "the device is taken back", YES, rules.recovery_clause, False)
    yield _sourced("Thu hồi là dứt khoát", "revocation is final", rules.final)
    if rules.lost_form is not None:
        yield _sourced("Mất thiết bị: biên bản", "lost device: minutes", rules.lost_form)


def _later(regulation: Regulation) -> Iterable[Row]:
    renewal, change, restore = regulation.renewal, regulation.change, regulation.restore
    if renewal is not None:
        years, left = renewal.max_years, renewal.days_left
        yield from _by_kind("Gia hạn: mẫu", "renewal: form", renewal.forms)
        yield _sourced("Gia hạn: tối đa", "renewal: at most", years, f"{years.value} năm")
        yield _sourced("Gia hạn: số lần", "renewal: times", renewal.times)
        yield _sourced("Gia hạn: còn ít nhất", "renewal: days left", left, f"{left.value} ngày")
    if change is not None:
        kinds = words("kinds")
        yield from _by_kind("Thay đổi thông tin: mẫu", "change: form", change.forms)
        for kind, cases in change.cases.items():
            for label in cases.values():
                yield Row(
                    f"Thay đổi: {label.vi}",
                    f"change: {label.en}",
                    kinds[kind].vi,
                    label.clause,
                    label.unsourced,
                )
    if restore is not None:
        yield from _restore(restore)


def _restore(rules: RestoreRules) -> Iterable[Row]:
    for id_, ground in rules.grounds.items():
        yield Row(f"Khôi phục: {ground.vi}", f"restore: {ground.en}", id_, ground.clause, ground.unsourced)
    devices = words("devices")
    for device, procedure in rules.procedures.items():
        vi, en = f"Khôi phục {devices[device].vi}", f"restore of {devices[device].en}"
        way, done, refused = procedure.submission, procedure.done, procedure.refused
        yield _sourced(f"{vi}: mẫu", f"{en}: form", procedure.form)
        yield Row(f"{vi}: cách gửi", f"{en}: sent", _submission(way), way.clause, way.unsourced)
        yield Row(f"{vi}: khi xong", f"{en}: when done", done.vi, done.clause, done.unsourced)
        yield Row(f"{vi}: khi từ chối", f"{en}: when refused", refused.vi, refused.clause, refused.unsourced)


def _deadlines(regulation: Regulation) -> Iterable[Row]:
    for rule in regulation.deadlines.values():
        yield Row(
            rule.vi,
            f"{rule.en} · {rule.starts} → {rule.ends}",
            f"{rule.days} ngày làm việc",
            rule.clause,
            rule.unsourced,
        )


def _telling(regulation: Regulation) -> Iterable[Row]:
    for notice in regulation.notices:
        yield Row(
            notice.vi,
            f"{notice.en} · {notice.event}",
            f"→ {_named('roles', [notice.to])}",
            notice.clause,
            notice.unsourced,
        )
    for report in regulation.reports:
        yield Row(
            report.vi,
            f"{report.en} · {report.id}",
            f"{_named('roles', [report.by])}, {_how_often(report)} → {_named('recipients', report.recipients)}",
            report.clause,
            report.unsourced,
        )
        if report.grace_days is not None:
            yield _sourced("Số ngày gửi sau kỳ báo cáo", f"days of grace · {report.id}", report.grace_days)
    yield from _labels(regulation.applications)


def _how_often(report: Report) -> str:
    if report.every_months is not None:
        return f"{report.every_months} tháng một lần"
    if report.month is not None:
        return f"tháng {report.month} hằng năm"
    return "cho từng năm" if report.plan else "không nêu kỳ hạn"


def _custody(regulation: Regulation) -> Iterable[Row]:
    custody = regulation.custody
    yield from _by_kind("Thiết bị được giữ như", "kept as", custody.classification)
    if custody.outside_permission is not None:
        yield _sourced("Mang ra ngoài phải được phép", "leave to take it out", custody.outside_permission)
    if custody.assignment_decision is not None:
        yield _sourced("Giao cho văn thư", "assigned to a clerk", custody.assignment_decision)


def _by_kind(vi: str, en: str, values: Mapping[str, Sourced[str]]) -> Iterable[Row]:
    kinds = words("kinds")
    for kind, value in values.items():
        yield _sourced(f"{vi} ({kinds[kind].vi.lower()})", f"{en} ({kinds[kind].en})", value)


def _forms(regulation: Regulation) -> Iterable[Row]:
    for form in regulation.forms.values():
        required = sum(field.required for field in form.fields.values())
        count = f"{len(form.fields)} mục, {required} bắt buộc" if form.fields else "chưa rõ các mục"
        count += f", danh sách {len(form.rows)} cột" if form.rows else ""
        mark = " ◇" if any(field.unsourced for field in form.fields.values()) else ""
        yield Row(form.vi, form.en, f"{form.code}: {count}{mark}", form.clause, form.unsourced)
