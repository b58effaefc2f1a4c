"""What a regulation has of its own, what cannot be tested of it, and what is this project's choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockca.rules.catalogue import Clause
from mockca.rules.comparison import ABSENT, Cell, compare
from mockca.rules.pages.voice import Voice, cited
from mockca.rules.regulation import Regulation


def differences(say: Voice, regulation: Regulation, others: Iterable[Regulation]) -> Iterator[str]:
    """The rules in which it stands apart from at least one other regulation."""
    rest = tuple(other for other in others if other.id != regulation.id)
    rows = []
    for line in compare((regulation, *rest)):
        here, *there = line.cells
        elsewhere: dict[str, list[str]] = {}
        for other, cell in zip(rest, there, strict=True):
            if _value(cell) != _value(here):
                elsewhere.setdefault(_value(cell), []).append(f"[{other.id}]({other.id}.md)")
        if elsewhere:
            named = "<br>".join(f"{value}: {', '.join(ids)}" for value, ids in elsewhere.items())
            where = "" if here is None else cited(here.clause, unsourced=here.unsourced)
            rows.append((say(line.vi, line.en), _value(here), named, where))
    yield from say.table(
        (("quy tắc", "rule"), ("ở đây", "here"), ("nơi khác", "elsewhere"), ("điều khoản", "clause")), rows
    )


def _value(cell: Cell | None) -> str:
    return ABSENT if cell is None else cell.value


def untestable(say: Voice, clauses: Iterable[Clause]) -> Iterator[str]:
    """Clauses that nothing can be checked of, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for clause in clauses:
        if clause.why_not is not None:
            by_reason.setdefault(say(clause.why_not.vi, clause.why_not.en), []).append(f"`{clause.id}`")
    rows = ((reason, ", ".join(ids)) for reason, ids in sorted(by_reason.items()))
    yield from say.table((("vì sao", "why"), ("điều khoản", "clauses")), rows)


def choices(say: Voice, regulation: Regulation) -> Iterator[str]:
    """Values that no source gives; the fields of a form are counted."""
    found = list(_unsourced(regulation.values(), ()))
    fields = Counter(path[1] for path, _ in found if path[0] == "forms" and len(path) > 2)
    rows = [(f"`{'.'.join(path)}`", _told(say, value)) for path, value in found if path[0] != "forms" or len(path) == 2]
    rows += [
        (f"`forms.{code}`", say(f"{count} mục, cột", f"{count} fields, columns")) for code, count in fields.items()
    ]
    yield from say.table((("khóa", "key"), ("giá trị", "value")), rows)


def _told(say: Voice, value: Mapping[str, Any]) -> str:
    if "vi" in value:
        return say(str(value["vi"]), str(value["en"]))
    rest = {
        key: item
        for key, item in value.items()
        if key not in ("clause", "unsourced") and item not in (None, [], {}) and not isinstance(item, Mapping)
    }
    told = rest.get("value", ", ".join(f"{key}: {_plain(item)}" for key, item in rest.items()))
    return _plain(told)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def _unsourced(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        if value.get("unsourced") is True:
            yield path, value
        for key, item in value.items():
            yield from _unsourced(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _unsourced(item, (*path, str(number)))
