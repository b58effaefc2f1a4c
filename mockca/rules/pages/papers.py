"""Dossiers, rosters, handovers and forms."""

from __future__ import annotations

from collections.abc import Iterator

from mockca.rules.pages.voice import CHOICE, NONE, Voice, source
from mockca.rules.regulation import Regulation
from mockca.rules.terms import DossierRequirements, FormField, SubmissionRule


def dossier(say: Voice, regulation: Regulation) -> Iterator[str]:
    """What a request for a certificate is made of, and how it comes."""
    rows = (
        (
            say.word("kinds", kind),
            f"`{rule.form}`",
            NONE if rule.list_form is None else f"`{rule.list_form.value}`",
            _attachments(say, rule),
            _conditions(say, rule),
            source(rule),
        )
        for kind, rule in regulation.requirements.items()
    )
    yield from say.table(
        (
            ("thuê bao", "subscriber"),
            ("đơn", "form"),
            ("danh sách kèm", "list"),
            ("tài liệu kèm", "attachments"),
            ("điều kiện", "conditions"),
            ("điều khoản", "clause"),
        ),
        rows,
    )
    ways = [
        (
            say("Bộ hồ sơ ", "set, ") + say.word("media", wanted.medium).lower(),
            f"{wanted.count}, {say.listed('ways', wanted.via)}",
            source(wanted),
        )
        for wanted in regulation.sets
    ]
    if regulation.filing is not None:
        ways.append((say("Hồ sơ", "dossier"), _way(say, regulation.filing), source(regulation.filing)))
    if regulation.roster is not None:
        rules = regulation.roster
        forms = ", ".join(dict.fromkeys(f"`{form.value}`" for form in rules.forms.values()))
        roster = say("Danh sách tổng hợp", "roster") + f" ({forms})"
        ways.append((roster, _way(say, rules.submission), source(rules)))
    if regulation.activation is not None:
        activation = regulation.activation
        proposal = say("Đề nghị kích hoạt", "proposal of effect") + f" (`{activation.form}`)"
        ways.append((proposal, _way(say, activation.submission), source(activation)))
    yield from say.table((("giấy tờ", "paper"), ("gửi thế nào", "how it comes"), ("điều khoản", "clause")), ways)


def _attachments(say: Voice, rule: DossierRequirements) -> str:
    found = [say.name(label) for label in rule.attachments.values()]
    if rule.alternatives:
        one = say("một trong: ", "one of: ") + "; ".join(say.name(label) for label in rule.alternatives.values())
        found.append(one)
    return "<br>".join(found) or NONE


def _conditions(say: Voice, rule: DossierRequirements) -> str:
    found = []
    if rule.seal.value:
        found.append(say("đơn vị có con dấu", "the unit has a seal") + f" {source(rule.seal)}")
    if rule.certified.value:
        found.append(say("bản sao có chứng thực", "certified copies") + f" {source(rule.certified)}")
    if rule.confirmation.value:
        confirmed = say("cơ quan quản lý xác nhận", "confirmed by the managing body")
        found.append(f"{confirmed} {source(rule.confirmation)}")
    return "<br>".join(found) or NONE


def _way(say: Voice, rule: SubmissionRule) -> str:
    paper = say("giấy", "on paper") + (say(" (chỉ lần đầu)", " (the first time only)") if rule.paper_first_only else "")
    ways = {"paper": paper, "electronic": say("điện tử, đã ký số", "electronic, signed")}
    return say(" hoặc ", " or ").join(ways[channel] for channel in sorted(rule.channels, reverse=True))


def legs(say: Voice, regulation: Regulation) -> Iterator[str]:
    """From hand to hand."""
    rows = (
        (
            f"{say.word('roles', leg.giver)} → {say.word('roles', leg.receiver)}",
            say.name(leg) + (say("; sau khi thu hồi, hết hạn", "; once revoked or expired") * leg.after_revocation),
            f"`{leg.form}`" + ("" if leg.copies is None else f" × {leg.copies.value}"),
            say.names(leg.receiver_papers),
            NONE if leg.transport is None else say.listed("transports", leg.transport.value),
            source(leg),
        )
        for leg in regulation.legs.values()
    )
    yield from say.table(
        (
            ("từ ai đến ai", "from whom to whom"),
            ("chặng", "leg"),
            ("biên bản × số bản", "minutes × copies"),
            ("người nhận xuất trình", "the receiver shows"),
            ("cách chuyển", "carried by"),
            ("điều khoản", "clause"),
        ),
        rows,
    )


def forms(say: Voice, regulation: Regulation) -> Iterator[str]:
    """Every form with how much there is on it."""
    rows = (
        (
            f"`{form.code}`",
            say.name(form),
            _fields(say, tuple(form.fields.values())),
            str(len(form.rows) or NONE),
            "<br>".join(say.name(signer) for signer in form.signers.values()) or NONE,
            source(form),
        )
        for form in regulation.forms.values()
    )
    yield from say.table(
        (
            ("mẫu", "form"),
            ("tên", "name"),
            ("mục (bắt buộc)", "fields (required)"),
            ("cột của danh sách", "columns"),
            ("người ký", "signed by"),
            ("điều khoản", "clause"),
        ),
        rows,
    )


def _fields(say: Voice, fields: tuple[FormField, ...]) -> str:
    if not fields:
        return say("chưa rõ", "not known")
    chosen = sum(field.unsourced for field in fields)
    mark = f", {chosen} {CHOICE}" if chosen else ""
    return f"{len(fields)} ({sum(field.required for field in fields)}){mark}"
