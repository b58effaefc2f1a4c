"""Every rule in which provinces differ is shown by a step of each that has it: docs/regulations/differences.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scenarios
from mockca.rules.comparison import Line, compare
from mockca.rules.loading import available, load

PAGE = Path(__file__).parents[2] / "docs" / "regulations" / "differences.md"
SILENT = "–"


def table() -> tuple[list[str], dict[str, list[str]]]:
    """The provinces in the page's order, and each rule's cells by its id."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    heading, _, *rows = ([cell.strip(" `") for cell in line.strip("| ").split(" | ")] for line in lines)
    return heading[1:], {re.findall(r"\(`(\w+)`?\)", row[0])[0]: row[1:] for row in rows}


PROVINCES, ROWS = table()


def differing() -> dict[str, Line]:
    """The rules that are not the same everywhere, by id."""
    lines = compare(load(province) for province in PROVINCES)
    return {line.id: line for line in lines if len({cell and cell.value for cell in line.cells}) > 1}


def test_the_page_has_every_province_and_every_rule_in_which_they_differ() -> None:
    assert set(PROVINCES) == set(available())
    assert set(ROWS) == set(differing())


@pytest.mark.parametrize("rule", ROWS)
def test_each_province_that_has_the_rule_has_a_step_that_shows_it(rule: str) -> None:
    line = differing()[rule]
    for province, cell, shown in zip(PROVINCES, line.cells, ROWS[rule], strict=True):
        if shown == SILENT:
            assert cell is None, province
        else:
            name, _, step = shown.partition("/")
            assert scenarios.load(f"{province}/{name}").step(step) is not None, shown
