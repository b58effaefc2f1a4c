"""What a regulation is, who may have a certificate under it, and who does what."""

from __future__ import annotations

from collections.abc import Iterator

from mockca.rules.catalogue import words
from mockca.rules.pages.voice import NONE, Voice, cited, source
from mockca.rules.regulation import Regulation


def facts(say: Voice, regulation: Regulation) -> Iterator[str]:
    """The values that there is one of."""
    effect, years = regulation.effective_from, regulation.max_years
    title = say(regulation.title_vi, regulation.title_en)
    regime = say(regulation.regime_title_vi, regulation.regime_title_en)
    start = regulation.in_force_from
    rows = [
        (say("Văn bản", "text"), title, ""),
        (say("Dựa trên", "stands on"), f"[{regime}]({regulation.regime}.md)", ""),
        (say("Hiệu lực thi hành từ", "in force from"), f"{start.value:%d/%m/%Y}", source(start)),
        (say("Chứng thư số có hiệu lực", "a certificate has effect"), say.word("effect", effect.value), source(effect)),
        (
            say("Thời hạn cấp mới", "term of a new certificate"),
            f"{regulation.min_years.value}–{years.value} " + say("năm", "years"),
            source(years),
        ),
        (
            say("Một năm tính là", "a year counts"),
            f"{regulation.year_days.value} " + say("ngày", "days"),
            source(regulation.year_days),
        ),
    ]
    if regulation.email_domain is not None:
        domain = regulation.email_domain
        rows.append((say("Thư điện tử công vụ", "official e-mail"), f"`@{domain.value}`", source(domain)))
    if regulation.registrar_name is not None:
        name = regulation.registrar_name
        rows.append((say("Người quản lý thuê bao", "registrar"), name.value, source(name)))
    yield from say.table((("", ""), ("", ""), ("điều khoản", "clause")), rows)
    offered = [
        (say.word("services", id_), say.yes(service.available), source(service))
        for id_, service in regulation.services.items()
    ]
    yield from say.table((("dịch vụ", "service"), ("có không", "offered"), ("điều khoản", "clause")), offered)


def tasks(say: Voice, regulation: Regulation) -> Iterator[str]:
    """Operation by role, then what is delegated to whom."""
    roles = tuple(words("roles"))
    header = (
        ("việc", "operation"),
        *((word.vi, word.en) for word in words("roles").values()),
        ("điều khoản", "clause"),
    )
    rows = (
        (
            say.word("operations", id_),
            *("✓" if role in permission.roles else "" for role in roles),
            source(permission),
        )
        for id_, permission in regulation.operations.items()
        if permission.roles
    )
    yield from say.table(header, rows)
    missing = [say.word("operations", id_) for id_, found in regulation.operations.items() if not found.roles]
    if missing:
        yield say("Không ai làm theo quy định này: ", "Nobody does under this regulation: ") + ", ".join(missing) + "."
    delegated = (
        (
            say.word("services", service),
            say.word("devices", device),
            say.word("roles", delegate.role),
            say.days(delegate.working_days),
            source(delegate),
        )
        for (service, device), delegate in regulation.delegation.items()
    )
    yield from say.table(
        (
            ("dịch vụ", "service"),
            ("thiết bị", "device"),
            ("ai thực hiện", "carried out by"),
            ("trong", "within"),
            ("điều khoản", "clause"),
        ),
        delegated,
    )


def eligible(say: Voice, regulation: Regulation) -> Iterator[str]:
    """Bodies, and the categories of persons where they are listed."""
    bodies = ((say.name(label), source(label)) for label in regulation.eligible.values())
    yield from say.table((("cơ quan, tổ chức", "bodies"), ("điều khoản", "clause")), bodies)
    yield say("Đơn vị khác bị từ chối theo ", "All others are refused by ") + cited(regulation.eligible_clause) + "."
    persons = (
        (say.word("kinds", kind), say.name(category), say.names(category.attachments), source(category))
        for kind, rule in regulation.requirements.items()
        for category in rule.categories.values()
    )
    yield from say.table(
        (("loại", "kind"), ("đối tượng", "category"), ("kèm thêm", "with"), ("điều khoản", "clause")), persons
    )
    posts = (
        (
            say.name(post),
            say.word("roles", post.role),
            say("bắt buộc, thiếu thì được nhắc", "must be there, or a warning is given") if post.required else NONE,
            source(post),
        )
        for post in regulation.posts.values()
    )
    yield from say.table(
        (("người được cử", "appointed"), ("bởi", "by"), ("", ""), ("điều khoản", "clause")),
        posts,
    )
