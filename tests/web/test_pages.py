"""The pages of docs/regulations: never at odds with the rules, whole, in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockca.cli import main
from mockca.rules import pages
from mockca.rules.catalogue import book, clause
from mockca.rules.loading import load, regimes
from mockca.rules.pages.voice import Bilingual, Voice
from mockca.web.pages import FOLDER, INDEX, names, packaged, page

BOOKS = {
    "tt-05-2010": ("TT05",),
    "tt-08-2016": ("TT08",),
    "nd-130-2018": ("ND130", "TT185"),
    "nd-68-2024": ("ND68",),
}
DIFFERENCES = "differences"
"""The table of the rules in which provinces differ, by hand."""
PROVINCES = tuple(each.id for each in packaged())
CLAUSE = re.compile(r"`([A-Z]+[0-9]*-[A-Za-z0-9.]+)`")
LINK = re.compile(r"\]\(([^)#]+)")


def rows(text: str, first: str) -> list[list[str]]:
    """The cells of the rows that begin with this text."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [[cell.strip() for cell in line] for line in lines]


def test_there_is_a_page_for_each_regulation_and_each_national_text() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == {INDEX, DIFFERENCES, *PROVINCES, *regimes()}


@pytest.mark.parametrize("name", names())
def test_a_page_is_whole(name: str) -> None:
    text = page(name)
    assert unicodedata.is_normalized("NFC", text)
    for target in LINK.findall(text):
        assert (FOLDER / target).exists(), target
    forms = {code for each in packaged() for code in each.forms}
    for id_ in set(CLAUSE.findall(text)) - forms:
        assert clause(id_).id == id_
    if name != INDEX:
        vietnamese, english = text.split('<a id="english"></a>')
        assert "Điều khoản" in vietnamese or "điều khoản" in vietnamese
        assert "clause" in english.lower()


@pytest.mark.parametrize("id_", PROVINCES)
def test_each_operation_is_ticked_for_those_who_may(id_: str) -> None:
    text = page(id_).split('<a id="english"></a>')[1]
    header = ["authority", "registrar", "agency", "subscriber", "security"]
    for operation, permission in load(id_).operations.items():
        if permission.roles:
            found = rows(text, Voice("en").word("operations", operation))
            ticks = [{role for role, cell in zip(header, row[1:], strict=False) if cell == "✓"} for row in found]
            assert permission.roles in ticks


@pytest.mark.parametrize("id_", PROVINCES)
def test_each_ground_form_and_deadline_is_there_in_both_languages(id_: str) -> None:
    regulation, text = load(id_), page(id_)
    every: list[Bilingual] = [*regulation.grounds.values(), *regulation.deadlines.values()]
    for named in (*every, *regulation.eligible.values()):
        assert Voice("vi").name(named) in text
        assert Voice("en").name(named) in text
    for code in regulation.forms:
        for half in text.split('<a id="english"></a>'):
            assert f"\n| `{code}` | " in half


@pytest.mark.parametrize("id_", regimes())
def test_a_national_text_names_its_clauses_and_who_stands_on_it(id_: str) -> None:
    text = page(id_)
    for each in packaged():
        assert (f"[{each.id}]({each.id}.md)" in text) == (each.regime == id_)
    for prefix in BOOKS[id_]:
        for known in book(prefix).clauses:
            assert f"| `{known}` | " in text


def test_the_index_sets_the_rules_side_by_side() -> None:
    (line,) = rows(page(INDEX), "Có hiệu lực từ<br>effective from")
    assert line[1 + PROVINCES.index("an-giang")].startswith("công bố")
    assert line[1 + PROVINCES.index("lai-chau")].startswith("notBefore")


def test_what_is_written_by_hand_stays_and_what_has_no_place_is_told() -> None:
    before = "# Tên\n\n<!-- rules: vi -->\ncũ\n<!-- end of vi -->\n\nlời\n"
    assert pages.weave(before, {"vi": "mới"}) == "# Tên\n\n<!-- rules: vi -->\n\nmới\n\n<!-- end of vi -->\n\nlời\n"
    for wrong in ("", before + before, "<!-- rules: vi -->"):
        with pytest.raises(ValueError, match="one place for its part vi"):
            pages.weave(wrong, {"vi": "mới"})


def test_a_province_of_ones_own_has_a_page_too(tmp_path: Path) -> None:
    (tmp_path / "que-toi.toml").write_text(
        'extends = "nd-68-2024"\nprovince = "Quê Tôi"\ntitle_vi = "Quy chế Quê Tôi"\ntitle_en = "Our rules"\n'
        "in_force_from = { value = 2025-07-01, unsourced = true }\n"
    )
    program = "from mockca.cli import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", program, "rules", "page", "que-toi"],
        env={"MOCKCA_PROVINCES": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.startswith("# que-toi\n")
    assert "Quy chế Quê Tôi" in told
    assert "Our rules" in told


def test_the_command_prints_the_page_of_the_documentation() -> None:
    assert CliRunner().invoke(main, ["rules", "page", "an-giang"]).output == page("an-giang")
