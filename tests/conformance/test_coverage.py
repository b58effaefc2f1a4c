"""Coverage of the law: what each clause comes to, told to people and to machines."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance import catalogue
from conformance.cli import main
from conformance.coverage import Covered, State, cover, missing, totals, unknown
from conformance.law import Book, Clause, Law, Text, law, read
from conformance.regulations import known, under
from conformance.reports.coverage_html import as_html
from scenarios.model import UNSOURCED

NOT_YET: frozenset[str] = frozenset()
"""Testable clauses for which no check is written yet. Nothing is ever added here."""
VOID = {"br", "col", "input", "meta"}


@dataclass(frozen=True)
class Asking:
    """A check that asks for these clauses."""

    id: str
    clauses: tuple[str, ...]
    suite: str = "authority"
    explanation: str = ""


class Page(HTMLParser):
    """What stands in a page: its rows, its text, and whether every tag that opens is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: dict[str, dict[str, str | None]] = {}
        self.addresses: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action", "data")]
        if tag == "tr" and named.get("id"):
            self.rows[str(named["id"])] = named
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def clause(id_: str, target: str = "authority", testable: str = "yes", **other: Any) -> Clause:
    why_not = Text("Tập huấn", "Training") if testable == "no" else None
    given: dict[str, Any] = {
        "ref": f"Điều {id_}",
        "says": Text("Nói", "Says"),
        "area": "request",
        "implemented_by": (),
    }
    return Clause(
        id=id_, book=id_.partition("-")[0], target=target, testable=testable, why_not=why_not, **{**given, **other}
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["coverage", *arguments])


def everything() -> tuple[Covered, ...]:
    return cover(law().clauses.values(), catalogue.every_check())


def test_every_testable_clause_is_checked_but_for_those_that_are_listed() -> None:
    lacking = {each.clause.id for each in missing(everything())}
    assert lacking <= NOT_YET, "write a scenario step or a check that names it"


def test_every_clause_that_a_check_names_is_one_of_the_law() -> None:
    assert unknown(law(), catalogue.every_check()) == ()


def test_every_clause_that_a_refusal_must_name_is_one_of_the_law() -> None:
    named = {id_ for check in catalogue.checks() for id_ in check.step.expects.clauses}
    assert named
    assert named - set(law().clauses) <= {UNSOURCED}


def test_what_a_check_names_and_the_law_does_not_have_is_told() -> None:
    assert unknown(law(), [Asking("a", ("AG-99", "AG-10.5", "unsourced"))]) == ("AG-99",)


@pytest.mark.parametrize(
    ("target", "testable", "checks", "state"),
    [
        ("authority", "yes", ("a",), State.CHECKED),
        ("authority", "no", ("a",), State.CHECKED),
        ("signer", "yes", ("a",), State.CHECKED),
        ("authority", "yes", (), State.MISSING),
        ("token", "partly", (), State.MISSING),
        ("authority", "no", (), State.UNTESTABLE),
        ("none", "no", (), State.UNTESTABLE),
        ("signer", "yes", (), State.MISSING),
        ("verifier", "partly", (), State.MISSING),
        ("archive", "partly", (), State.MISSING),
        ("signer", "no", (), State.UNTESTABLE),
    ],
)
def test_what_became_of_a_clause(target: str, testable: str, checks: tuple[str, ...], state: State) -> None:
    (covered,) = cover([clause("A-1", target, testable)], [Asking(id_, ("A-1",)) for id_ in checks])
    assert covered.state is state
    assert (covered.why_not is not None) == (state is State.UNTESTABLE)


def test_a_clause_is_checked_by_its_own_id_and_each_check_is_told_once_in_its_order() -> None:
    checks = [Asking("b", ("A-1", "A-1.2")), Asking("a", ("A-1", "A-1"))]
    first, second, third = cover([clause("A-1"), clause("A-1.2"), clause("A-1.2.a")], checks)
    assert (first.checks, second.checks, third.checks) == (("b", "a"), ("b",), ())
    assert first.mutants == ()


def test_the_figures_of_each_text_add_up() -> None:
    *books, all_ = totals(law().books, everything())
    assert [row.clauses for row in books] == [
        sum(each.book == book.id for each in law().clauses.values()) for book in law().books
    ]
    assert all_.clauses == sum(row.clauses for row in books) == 509
    assert all_.testable == sum(row.testable for row in books) == 347
    for row in (*books, all_):
        assert sum(row.states.values()) == row.clauses


def test_the_json_has_what_was_asked_for_and_nothing_else() -> None:
    done = run("--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert list(found) == ["clauses"]
    assert [entry["id"] for entry in found["clauses"]] == list(law().clauses)
    for entry in found["clauses"]:
        assert list(entry) == ["id", "target", "testable", "implemented_by", "checks", "mutants", "why_not"]
    by_id = {entry["id"]: entry for entry in found["clauses"]}
    assert by_id["AG-10.2.dd"]["target"] == "authority"
    assert "an-giang:operations.propose_activation" in by_id["AG-10.2.dd"]["implemented_by"]
    assert "authority/an-giang/new-person/activation-before-handover" in by_id["AG-10.2.dd"]["checks"]
    assert by_id["AG-10.2.dd"]["why_not"] is None
    assert "signer/issued/person-width" in by_id["AG-8.2.d.3"]["checks"]
    assert "frame-too-narrow" in by_id["AG-8.2.d.3"]["mutants"]
    assert by_id["AG-14.4"]["why_not"] == "Tập huấn con người / Training of people"


def test_a_check_of_the_token_suite_counts_too() -> None:
    by_id = {each.clause.id: each for each in everything()}
    assert any(check.startswith("token/") for check in by_id["ND130-73.a"].checks)


@pytest.mark.parametrize("regulation", known())
def test_a_regulation_shows_its_own_clauses_and_those_of_the_text_it_stands_on(regulation: str) -> None:
    found = json.loads(run("--regulation", regulation, "--json").stdout)["clauses"]
    assert [entry["id"] for entry in found] == list(under(regulation, law().clauses))
    assert found


def test_a_target_shows_only_what_it_can_keep_or_break() -> None:
    found = json.loads(run("--target", "token", "--json").stdout)["clauses"]
    assert {entry["target"] for entry in found} == {"token"}
    assert len(found) == 7


def test_the_table_shows_every_clause_under_its_text_then_the_figures() -> None:
    done = run("--regulation", "an-giang")
    assert done.exit_code == 0
    for id_ in under("an-giang", law().clauses):
        assert id_ in done.stdout
    assert done.stdout.index("An Giang, quy chế năm 2014") < done.stdout.index("Thông tư 05/2010")
    assert "new-person/" in done.stdout
    assert re.search(r"^An Giang, quy chế năm 2014 · An Giang, regulation of 2014 +112 +80 ", done.stdout, re.M)
    assert re.search(r"^Tất cả · All +119 +86 ", done.stdout, re.M)
    assert "overlooks:" in done.stdout


def test_where_nothing_is_left_the_table_still_has_its_figures() -> None:
    done = run("--regulation", "tt-05-2010", "--target", "token")
    assert done.exit_code == 0
    assert re.search(r"^Tất cả · All +0 +0 ", done.stdout, re.M)


def test_missing_shows_only_what_lacks_a_check_and_fails_only_when_told_to() -> None:
    lacking = missing(everything())
    done = run("--missing")
    assert done.exit_code == 0
    assert f"{len(lacking)} of 347 testable clauses have no check yet" in done.stdout
    shown = {word for word in done.stdout.split() if word in law().clauses}
    assert shown == {each.clause.id for each in lacking}
    assert run("--missing", "--strict").exit_code == (1 if lacking else 0)
    found = json.loads(run("--missing", "--json").stdout)["clauses"]
    assert [entry["id"] for entry in found] == [each.clause.id for each in lacking]


def test_nothing_is_missing_of_what_is_checked_whole() -> None:
    assert run("--regulation", "tt-05-2010", "--missing", "--strict").exit_code == 0
    done = run("--target", "signer", "--missing", "--strict")
    assert done.exit_code == 0
    assert re.search(r" 0 of [1-9]\d testable clauses have no check yet\.$", done.stdout.strip())


def test_strict_means_something_only_with_missing() -> None:
    done = run("--strict")
    assert done.exit_code == 2
    assert "--missing" in done.output


def test_the_page_stands_alone_and_holds_every_clause(tmp_path: Path) -> None:
    target = tmp_path / "coverage.html"
    done = run("--html", str(target))
    assert (done.exit_code, done.stdout) == (0, "")
    text = target.read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert page.addresses == []
    assert not re.search(r"https?:|url\(|@import", text)
    assert list(page.rows) == list(law().clauses)
    row = page.rows["ND68-9.2"]
    assert (row["data-target"], row["data-state"]) == ("authority", "checked")
    assert {"lai-chau", "nd-68-2024"} <= set(str(row["data-regulation"]).split())
    assert '<html lang="vi">' in text
    assert "Việc của hệ thống quản lý văn bản" in text


def test_the_page_and_the_json_come_from_one_run(tmp_path: Path) -> None:
    target = tmp_path / "coverage.html"
    done = run("--target", "token", "--json", "--html", str(target))
    assert len(json.loads(done.stdout)["clauses"]) == len(Page(target.read_text("utf-8")).rows) == 7


def test_the_page_takes_what_is_said_as_text_and_not_as_markup() -> None:
    books = (Book("A", Text("<b>Một</b>", "One & two")),)
    covered = cover(
        [clause("A-1", says=Text("<script>", '"')), clause("A-2", testable="no")], [Asking("x/<i>", ("A-1",))]
    )
    text = as_html(books, covered, totals(books, covered))
    assert "<b>Một" not in text
    assert "x/&lt;i&gt;" in text
    assert text.count("<script>") == 1
    assert Page(text).open == []


def test_many_checks_fold_behind_the_first() -> None:
    books = (Book("A", Text("Một", "One")),)
    covered = cover([clause("A-1")], [Asking(f"check-{number}", ("A-1",)) for number in range(5)])
    text = as_html(books, covered, totals(books, covered))
    assert "<summary><code>check-0</code> +4</summary>" in text
    assert "check-4" in text


def test_the_law_is_read_from_what_is_published() -> None:
    entry = {
        "id": "A-1",
        "book": "A",
        "ref": "Điều 1",
        "vi": "Nói",
        "en": "Says",
        "area": "signing",
        "target": "signer",
        "testable": "partly",
        "why_not": None,
        "implemented_by": ["an-giang:forms.A"],
    }
    found = read(json.dumps({"books": [{"id": "A", "vi": "Một", "en": "One"}], "clauses": [entry]}))
    wanted = clause("A-1", "signer", "partly", area="signing", ref="Điều 1")
    assert isinstance(found, Law)
    assert found.books == (Book("A", Text("Một", "One")),)
    assert found.clauses["A-1"] == Clause(
        **{name: getattr(wanted, name) for name in Clause.__slots__ if name != "implemented_by"},
        implemented_by=("an-giang:forms.A",),
    )
