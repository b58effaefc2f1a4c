"""The clauses of every text, and which rules carry them."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from mockca.errors import NotFound
from mockca.rules.catalogue import BOOKS, NOBODY, OTHERS, OWN_CHOICE, books, clause, clauses, read_book, reasons
from mockca.rules.coverage import rule_keys, rules_of
from mockca.rules.loading import PROVINCES, available, load
from mockca.rules.reading import RulesError
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED

TITLE = 'title = { vi = "Mẫu", en = "Sample" }\n'
GOOD = """
["MAU-1"]
ref = "Điều 1"
vi = "Một"
en = "One"
area = "request"
target = "authority"
testable = "yes"
"""


def test_every_clause_of_the_five_regulations_and_of_their_regimes_is_there_once() -> None:
    sizes = {book.id: len(book.clauses) for book in books()}
    provinces = {"AG": 112, "LC": 92, "NB": 84, "TB": 78, "CB": 41}
    regimes = {"ND68": 48, "TT08": 15, "TT185": 11, "others": 11, "ND130": 10, "TT05": 7}
    assert sizes == provinces | regimes
    assert len(clauses()) == sum(sizes.values()) == 509


def test_the_clauses_of_a_book_are_of_its_text() -> None:
    for book in books():
        prefixes = {id_.partition("-")[0] for id_ in book.clauses}
        assert prefixes == {book.id} if book.id != OTHERS else prefixes.isdisjoint(BOOKS)
        assert book.vi
        assert book.en


def test_every_clause_says_where_it_stands_and_what_it_says_in_one_line_of_each_language() -> None:
    for found in clauses().values():
        for said in (found.ref, found.vi, found.en):
            assert said.strip() == said != "", found.id
            assert unicodedata.is_normalized("NFC", said), found.id
            assert "\n" not in said, found.id
        assert len(found.vi) <= 100, found.id
        assert len(found.en) <= 100, found.id
        assert found.vi != found.en, found.id


def test_what_is_not_testable_says_why_and_what_is_does_not() -> None:
    for found in clauses().values():
        assert (found.testable == "no") == (found.why_not is not None), found.id
        assert found.target != NOBODY or found.why_not is not None, found.id


def test_no_reason_is_listed_that_no_clause_gives() -> None:
    given = {found.why_not for found in clauses().values() if found.why_not is not None}
    assert given == set(reasons().values())


def test_a_clause_of_a_text_without_a_file_of_its_own_is_found_among_the_others() -> None:
    assert clause("NB165-9").ref.startswith("Quyết định Ninh Bình 165/2025")
    with pytest.raises(NotFound):
        clause("others-1")
    with pytest.raises(NotFound):
        clause("../words-1")


def test_the_project_s_own_choice_is_a_clause_but_not_one_of_any_text() -> None:
    assert clause(UNSOURCED) is OWN_CHOICE
    assert UNSOURCED not in clauses()


def test_looking_one_clause_up_reads_one_file() -> None:
    code = "from mockca.rules.catalogue import book, clause; clause('AG-1'); print(book.cache_info().currsize)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "1"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (GOOD, r"^MAU\.toml: title: missing"),
        (TITLE + GOOD.replace('ref = "Điều 1"\n', ""), r"^MAU\.toml:\d+: MAU-1\.ref: missing"),
        (TITLE + GOOD.replace("authority", "nobody"), r"^MAU\.toml:\d+: MAU-1\.target: 'nobody' is none of"),
        (TITLE + GOOD.replace("request", "magic"), r"^MAU\.toml:\d+: MAU-1\.area: 'magic' is none of"),
        (TITLE + GOOD.replace("yes", "perhaps"), r"^MAU\.toml:\d+: MAU-1\.testable: 'perhaps' is none of"),
        (TITLE + GOOD.replace("yes", "no"), r"^MAU\.toml:\d+: MAU-1\.why_not: must be there"),
        (TITLE + GOOD + 'why_not = "scope"', r"^MAU\.toml:\d+: MAU-1\.why_not: must be there"),
        (
            TITLE + GOOD.replace("yes", "no") + 'why_not = "because"',
            r"^MAU\.toml:\d+: MAU-1\.why_not: 'because' is none of",
        ),
        (TITLE + GOOD.replace("authority", "none"), r"^MAU\.toml:\d+: MAU-1\.target: what nobody can keep"),
        (TITLE + GOOD + 'colour = "red"', r"^MAU\.toml:\d+: MAU-1\.colour: unknown key"),
    ],
)
def test_a_wrong_clause_is_told_with_its_file_and_id(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "MAU.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(RulesError, match=complaint):
        read_book(path)


def test_every_rule_is_found_under_its_clause() -> None:
    keys = rule_keys()
    assert "an-giang:grounds.expired" in keys["AG-11.1.a"]
    assert "lai-chau:renewal.max_years" in keys["ND68-9.3"]
    assert "lai-chau:restore.procedures.pki-token.done" in keys["LC-13.2.b"]
    assert "an-giang:revocation.notice" in keys["AG-11.3.b.3"]
    assert "an-giang:notices.certificate.expired" in keys["AG-11.1.a"]
    assert UNSOURCED not in keys


def test_what_is_published_does_not_hang_on_whose_machine_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "an-giang.toml").write_text('extends = "tt-05-2010"\n', "utf-8")
    (tmp_path / "mau.toml").write_text("", "utf-8")
    monkeypatch.setenv(PROVINCES, str(tmp_path))
    assert rule_keys.__wrapped__() == rule_keys()


def test_of_a_form_and_its_fields_only_the_form_is_told() -> None:
    assert rule_keys()["AG-F01"] == tuple(key for key in rule_keys()["AG-F01"] if ".fields." not in key)
    assert "an-giang:forms.AG-F01" in rule_keys()["AG-F01"]


@pytest.mark.parametrize("regulation", [load(id_) for id_ in available()], ids=available())
def test_every_clause_that_a_rule_names_is_in_the_catalogue(regulation: Regulation) -> None:
    assert [id_ for id_, _ in rules_of(regulation) if id_ not in clauses()] == []
