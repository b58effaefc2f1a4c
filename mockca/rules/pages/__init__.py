"""A page about each regulation and each national text, in Markdown: the tables come from the rules themselves.

A page is written by hand but for its parts between markers, which are put in anew whenever the rules change. The
Vietnamese part comes first, then the English one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mockca.rules.catalogue import Clause
from mockca.rules.comparison import ABSENT, Cell, compare
from mockca.rules.pages import life, margins, papers, people, telling
from mockca.rules.pages.voice import CHOICE, Tongue, Voice, cited
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Label

__all__ = ["Parts", "index", "regime", "regulation", "skeleton", "weave"]

Parts = Mapping[str, str]
"""The generated parts of a page by their names."""
Section = Callable[[Voice, Regulation], Iterator[str]]
TONGUES: tuple[Tongue, ...] = ("vi", "en")
SECTIONS: tuple[tuple[str, str, Section], ...] = (
    ("Văn bản và hiệu lực", "The text and its effect", people.facts),
    ("Ai làm gì", "Who does what", people.tasks),
    ("Ai được cấp", "Who may have a certificate", people.eligible),
    ("Hồ sơ", "Dossiers", papers.dossier),
    ("Giao nhận thiết bị", "Handovers of devices", papers.legs),
    ("Thời hạn giải quyết", "Deadlines", telling.deadlines),
    ("Thu hồi", "Revocation", life.revocation),
    ("Gia hạn, thay đổi, cấp lại, khôi phục", "Renewal, change, reissue, restore", life.later),
    ("Chia tách, sáp nhập, đổi tên", "Splits, mergers, renamings", telling.reorganisations),
    ("Giữ thiết bị", "The keeping of devices", life.custody),
    ("Thông báo, báo cáo", "Notices and reports", telling.notices),
    ("Biểu mẫu", "Forms", papers.forms),
)


def regulation(
    which: Regulation, every: Sequence[Regulation], clauses: Sequence[Clause], scenarios: Sequence[tuple[str, Label]]
) -> Parts:
    """The parts of a province's page: `clauses` are those that hold there, `scenarios` those that play it, by id."""
    return {tongue: "\n\n".join(_blocks(Voice(tongue), which, every, clauses, scenarios)) for tongue in TONGUES}


def _blocks(
    say: Voice,
    which: Regulation,
    every: Sequence[Regulation],
    clauses: Sequence[Clause],
    scenarios: Sequence[tuple[str, Label]],
) -> Iterator[str]:
    yield say(
        f"Bảng dưới đây lấy từ chính các quy tắc mà phần mềm thi hành. {CHOICE}: chưa có căn cứ, phần mềm tự chọn.",
        f"The tables below come from the rules that are enforced. {CHOICE}: no source gives it, it is our choice.",
    )
    for vi, en, section in SECTIONS:
        found = list(section(say, which))
        if found:
            yield say.heading(vi, en)
            yield from found
        if section is papers.legs:
            yield from _diagrams(say, which)
    if say.tongue == "vi":
        yield say.heading("Khác các quy định khác ở đâu · What differs", "")
        yield from margins.differences(Voice("vi"), which, every)
    yield say.heading("Kịch bản", "Scenarios")
    rows = ((f"`{id_}`", say.name(title)) for id_, title in scenarios)
    yield from say.table((("`mockca scenario play`", "`mockca scenario play`"), ("", "")), rows)
    yield say.heading("Điều không kiểm được", "What cannot be tested")
    yield from margins.untestable(say, clauses)
    yield say.heading("Lựa chọn của phần mềm", "What is our choice")
    yield from margins.choices(say, which)


def _diagrams(say: Voice, which: Regulation) -> Iterator[str]:
    if say.tongue == "vi":
        yield say.heading("Đời của hồ sơ, chứng thư số, thiết bị · Lives of dossier, certificate, device", "")
        yield from life.diagrams(which)


def regime(id_: str, every: Sequence[Regulation], clauses: Sequence[Clause]) -> Parts:
    """The parts of a national text's page: who stands on it, its clauses, its forms."""
    standing = tuple(each for each in every if each.regime == id_)
    return {tongue: "\n\n".join(_regime_blocks(Voice(tongue), standing, clauses)) for tongue in TONGUES}


def _regime_blocks(say: Voice, standing: Sequence[Regulation], clauses: Sequence[Clause]) -> Iterator[str]:
    yield say.heading("Quy định dựa trên văn bản này", "Regulations that stand on it")
    rows = (
        (f"[{each.id}]({each.id}.md)", say(each.title_vi, each.title_en), f"{each.in_force_from.value:%d/%m/%Y}")
        for each in standing
    )
    yield from say.table((("quy định", "regulation"), ("", ""), ("hiệu lực từ", "in force from")), rows)
    yield say.heading("Điều khoản", "Clauses")
    rows = ((f"`{clause.id}`", clause.ref, say(clause.vi, clause.en)) for clause in clauses)
    yield from say.table((("", ""), ("ở đâu", "where"), ("nội dung", "gist")), rows)
    own = {clause.id for clause in clauses}
    codes = {
        form.code: (f"`{form.code}`", say.name(form), cited(form.clause))
        for each in standing
        for form in each.forms.values()
        if form.clause in own
    }
    if codes:
        yield say.heading("Biểu mẫu", "Forms")
        yield from say.table((("mẫu", "form"), ("tên", "name"), ("điều khoản", "clause")), codes.values())
    yield say.heading("Điều không kiểm được", "What cannot be tested")
    yield from margins.untestable(say, clauses)


def index(every: Sequence[Regulation], regimes: Iterable[str]) -> Parts:
    """The parts of the index: every page, and the rules that differ, side by side."""
    say = Voice("vi")
    rows = (
        (f"[{each.id}]({each.id}.md)", f"{each.title_vi}<br>{each.title_en}", f"[{each.regime}]({each.regime}.md)")
        for each in every
    )
    pages = list(say.table((("quy định · regulation", ""), ("", ""), ("dựa trên · stands on", "")), rows))
    alone = [f"[{id_}]({id_}.md)" for id_ in regimes if all(each.regime != id_ for each in every)]
    if alone:
        pages.append("Văn bản trung ương khác · other national texts: " + ", ".join(alone))
    lines = ((f"{line.vi}<br>{line.en}", *map(_beside, line.cells)) for line in compare(every))
    header = (("", ""), *((f"[{each.id}]({each.id}.md)", "") for each in every))
    return {"pages": "\n\n".join(pages), "comparison": "\n\n".join(say.table(header, lines))}


def _beside(cell: Cell | None) -> str:
    return ABSENT if cell is None else f"{cell.value} {cited(cell.clause, unsourced=cell.unsourced)}"


def skeleton(title: str, parts: Iterable[str]) -> str:
    """A page with nothing but its title and its parts' places."""
    return "\n\n".join([f"# {title}", *(f"{_begin(name)}\n{_end(name)}" for name in parts)]) + "\n"


def weave(page: str, parts: Parts) -> str:
    """The page with its parts put in anew. ValueError where one of them has no place, or several."""
    for name, text in parts.items():
        begin, end = _begin(name), _end(name)
        before, begun, rest = page.partition(begin)
        _, ended, after = rest.partition(end)
        if not (begun and ended) or begin in after:
            raise ValueError(f"the page needs one place for its part {name}, from {begin} to {end}")
        page = f"{before}{begin}\n\n{text}\n\n{end}{after}"
    return page


def _begin(name: str) -> str:
    return f"<!-- rules: {name} -->"


def _end(name: str) -> str:
    return f"<!-- end of {name} -->"
