"""What the conformance suites and people read, as files: `python -m mockca.web.publish` writes them in their places.

The contract is what the code declares. The law is every clause with the rules that carry it: the suites know the mock
by its contract alone, and must still say which clauses they check. The pages of docs/regulations have their tables from
the rules, too.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from mockca.desk.sandbox import Sandboxes
from mockca.rules.catalogue import Book, Clause, books
from mockca.rules.coverage import rule_keys
from mockca.web import pages
from mockca.web.app import create_app
from mockca.web.contract import contract_of
from token_emulator.documents.rules import paths

PUBLISHED = Path(__file__).parents[2] / "conformance" / "contract" / "openapi.json"
LAW = PUBLISHED.with_name("clauses.json")


@cache
def contract() -> dict[str, Any]:
    """The contract. Nothing is opened for it: it is what the code declares."""
    return contract_of(create_app(Sandboxes(Path("/nonexistent"), "")))


def text() -> str:
    """The contract as it is published."""
    return json.dumps(contract(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def law_text() -> str:
    """Every clause with the rules that carry it, as it is published: JSON, a line a clause."""
    every = tuple(books())
    shelf = ",\n".join(f"  {_line(_titled(book))}" for book in every)
    lines = ",\n".join(f"  {_line(_ruled(book, clause))}" for book in every for clause in book.clauses.values())
    return f'{{"books": [\n{shelf}\n ],\n "clauses": [\n{lines}\n ]}}\n'


def main() -> None:
    """Write the contract, the law beside it, and the pages; with a file's name, contract and law alone, there."""
    if len(sys.argv) == 1:
        pages.write()
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLISHED
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(), "utf-8")
    target.with_name(LAW.name).write_text(law_text(), "utf-8")


def _titled(book: Book) -> dict[str, Any]:
    return {"id": book.id, "vi": book.vi, "en": book.en}


def _ruled(book: Book, clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "book": book.id,
        "ref": clause.ref,
        "vi": clause.vi,
        "en": clause.en,
        "area": clause.area,
        "target": clause.target,
        "testable": clause.testable,
        "why_not": None if clause.why_not is None else {"vi": clause.why_not.vi, "en": clause.why_not.en},
        "implemented_by": (*rule_keys().get(clause.id, ()), *paths.rule_keys().get(clause.id, ())),
    }


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
