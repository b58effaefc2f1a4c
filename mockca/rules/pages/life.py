"""A certificate's life: how it comes into effect, is held, revoked, renewed, changed; how its device is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockca.rules.lifecycle import LIFECYCLES
from mockca.rules.pages.voice import NONE, Cells, Voice, cited, source
from mockca.rules.regulation import Regulation
from mockca.rules.terms import ANY_DEVICE, Ground, Sourced

DRAWN = ("dossier", "certificate", "device")
"""The lifecycles that a page shows; `mockca rules diagram` draws them all."""
Value = Sourced[int] | Sourced[str] | Sourced[bool]


def diagrams(regulation: Regulation) -> Iterator[str]:
    """The lifecycles, with their states in both languages."""
    for kind in DRAWN:
        yield f"```mermaid\n{LIFECYCLES[kind].diagram(regulation)}```"


def revocation(say: Voice, regulation: Regulation) -> Iterator[str]:
    """The grounds, then how it goes."""
    rules = regulation.revocation
    rows = (
        (say.name(ground), *_ground(say, regulation, ground), source(ground)) for ground in regulation.grounds.values()
    )
    yield from say.table(
        (
            ("căn cứ", "ground"),
            ("ai đề nghị", "asked for by"),
            ("bằng", "on"),
            ("cần có", "with"),
            (f"lý do trên CRL {CRL}", f"CRL reason {CRL}"),
            ("điều khoản", "clause"),
        ),
        rows,
    )
    steps: list[Cells] = [
        (say("Quyết định", "decided by"), say.word("roles", rules.decider), source(rules)),
        (say("Hết hiệu lực", "validity ends"), say("khi nhận đề nghị", "on receipt"), cited(rules.effect_clause)),
        (say("Công bố", "published"), say.yes(True), cited(rules.publish_clause)),
        (say("Thu lại thiết bị", "device taken back"), say.yes(True), cited(rules.recovery_clause)),
        _one(say, ("Dứt khoát", "final"), rules.final),
    ]
    if rules.at_once:
        at_once = say.listed("roles", rules.at_once)
        steps.insert(1, (say("Làm ngay khi đề nghị từ", "done at once for"), at_once, cited(rules.effect_clause)))
    if rules.forwarder is not None:
        who = f"{say.word('roles', rules.forwarder.role)}, `{rules.forwarder.form}`"
        steps.insert(
            0, (say("Chuyển đề nghị của thuê bao", "passes the subscriber's on"), who, source(rules.forwarder))
        )
    if rules.lost_form is not None:
        steps.append((say("Mất thiết bị", "device lost"), f"`{rules.lost_form.value}`", source(rules.lost_form)))
    yield from say.table((("thủ tục", "procedure"), ("", ""), ("điều khoản", "clause")), steps)


CRL = cited("", unsourced=True)
"""No text names a CRL reason."""


def _ground(say: Voice, regulation: Regulation, ground: Ground) -> tuple[str, str, str, str]:
    rules = regulation.revocation
    kinds = [kind for kind in rules.forms if kind in ground.kinds]
    forms = dict.fromkeys(f"`{rules.forms[kind].value}`" for kind in kinds)
    forms |= dict.fromkeys(f"`{rules.lists[kind].value}`" for kind in rules.lists if kind in ground.kinds)
    on = ", ".join(forms) if forms and ground.requesters & rules.form_from else ""
    letter = say("văn bản", "a letter") if ground.requesters - rules.form_from else ""
    needs = [say.name(label) for label in ground.attachments.values()]
    if ground.decisions:
        needs.append(say("một trong: ", "one of: ") + "; ".join(say.name(label) for label in ground.decisions.values()))
    if ground.duty:
        needs.append(say("trách nhiệm bị vi phạm", "the broken duty"))
    if ground.confirmation:
        needs.append(say("xác nhận của cơ quan quản lý", "the managing body's confirmation"))
    if ground.after_expiry:
        reason = say("đã hết hạn, không ghi", "expired, no entry")
    else:
        reason = f"`{ground.crl_reason}`" if ground.crl_reason else say("không ghi lý do", "no reason")
    who = say.listed("roles", ground.requesters)
    if len(ground.kinds) < len(regulation.requirements):
        who += f" ({say.listed('kinds', ground.kinds).lower()})"
    return who, ", ".join(filter(None, (on, letter))), "<br>".join(needs) or NONE, reason


def later(say: Voice, regulation: Regulation) -> Iterator[str]:
    """Renewal, change, reissue, restore."""
    rows = [
        *_renewal(say, regulation),
        *_change(say, regulation),
        *_reissue(say, regulation),
        *_restore(say, regulation),
    ]
    yield from say.table((("dịch vụ", "service"), ("", ""), ("", ""), ("điều khoản", "clause")), rows)


def _renewal(say: Voice, regulation: Regulation) -> Iterator[Cells]:
    rules, name = regulation.renewal, say.word("services", "renew")
    if rules is None:
        yield _not_offered(say, regulation, "renew")
        return
    for kind, form in rules.forms.items():
        yield name, say("mẫu, ", "form, ") + say.word("kinds", kind).lower(), f"`{form.value}`", source(form)
    years, left = rules.max_years, rules.days_left
    yield name, say("thêm nhiều nhất", "by at most"), f"{years.value} " + say("năm", "years"), source(years)
    yield name, say("số lần", "times"), str(rules.times.value), source(rules.times)
    yield name, say("còn hạn ít nhất", "days left"), f"{left.value} " + say("ngày", "days"), source(left)
    if rules.early is not None:
        cap = f"{rules.early.max_years} " + say("năm", "years")
        yield name, say("cấp trước ", "issued before ") + f"{rules.early.before:%d/%m/%Y}", cap, source(rules.early)
    yield name, *_one(say, ("hồ sơ như cấp mới", "dossier as for a new one"), rules.as_new)


def _change(say: Voice, regulation: Regulation) -> Iterator[Cells]:
    rules, name = regulation.change, say.word("services", "change")
    if rules is None:
        yield _not_offered(say, regulation, "change")
        return
    for kind, form in rules.forms.items():
        yield name, say("mẫu, ", "form, ") + say.word("kinds", kind).lower(), f"`{form.value}`", source(form)
    for kind, cases in rules.cases.items():
        for label in cases.values():
            yield name, say("khi, ", "when, ") + say.word("kinds", kind).lower(), say.name(label), source(label)
    left = rules.days_left
    yield name, say("còn hạn ít nhất", "days left"), f"{left.value} " + say("ngày", "days"), source(left)
    yield name, *_one(say, ("giữ ngày hết hạn", "expiry kept"), rules.keeps_expiry)


def _reissue(say: Voice, regulation: Regulation) -> Iterator[Cells]:
    rules, name = regulation.reissue, say.word("services", "reissue")
    if rules is None:
        yield _not_offered(say, regulation, "reissue")
        return
    ended = {"revoked": say("bị thu hồi", "it is revoked"), "expired": say("hết hạn", "it has expired")}
    after = ", ".join(ended[status] for status in sorted(rules.after.value))
    yield name, say("sau khi chứng thư cũ", "once"), after, source(rules.after)
    for ground in rules.grounds.values():
        yield name, say("khi", "when"), say.name(ground), source(ground)


def _restore(say: Voice, regulation: Regulation) -> Iterator[Cells]:
    rules, name = regulation.restore, say.word("services", "restore")
    if rules is None:
        yield _not_offered(say, regulation, "restore")
        return
    for ground in rules.grounds.values():
        yield name, say("khi", "when"), say.name(ground), source(ground)
    for device, procedure in rules.procedures.items():
        on = "" if device == ANY_DEVICE else f", {say.word('devices', device)}"
        yield name, say("mẫu", "form") + on, f"`{procedure.form.value}`", source(procedure.form)


def _not_offered(say: Voice, regulation: Regulation, service: str) -> Cells:
    offered = regulation.services[service]
    return say.word("services", service), say("không có", "not offered"), NONE, source(offered)


def custody(say: Voice, regulation: Regulation) -> Iterator[str]:
    """How devices are kept."""
    rules = regulation.custody
    rows: list[Cells] = []
    for kind, value in rules.classification.items():
        kept = say("Giữ như", "kept as") + f" ({say.word('kinds', kind).lower()})"
        rows.append((kept, say.word("classifications", value.value), source(value)))
    for kind, who in rules.custodians.items():
        keeper = say("Người giữ", "kept by") + f" ({say.word('kinds', kind).lower()})"
        rows.append((keeper, say.listed("custodians", who.value), source(who)))
    asked: Mapping[tuple[str, str], Value | None] = {
        (
            "Mang ra ngoài phải được người đứng đầu cho phép",
            "the head permits to take it out",
        ): rules.outside_permission,
        ("Giao bằng quyết định", "assigned by a decision"): rules.assignment_decision,
        ("Đơn vị có quy định nội bộ", "the body has rules of its own"): rules.house_rules,
        ("Thay người giữ: lập biên bản", "another custodian: minutes"): rules.change_minutes,
        ("Thay người giữ: ra quyết định", "another custodian: a decision"): rules.change_decision,
        ("Thay người giữ: mẫu", "another custodian: form"): rules.change_form,
        ("Thiết bị cá nhân có số tài sản", "a person's device has an asset number"): rules.asset_number,
    }
    rows += [_one(say, what, value) for what, value in asked.items() if value is not None]
    yield from say.table((("", ""), ("", ""), ("điều khoản", "clause")), rows)


def _one(say: Voice, what: tuple[str, str], value: Value) -> tuple[str, str, str]:
    told = say.yes(value.value) if isinstance(value.value, bool) else f"`{value.value}`"
    return say(*what), told, source(value)
