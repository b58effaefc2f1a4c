"""Regulation beside regulation."""

from __future__ import annotations

import json

from click.testing import CliRunner

from mockca.cli.rules import command
from mockca.rules.catalogue import clause
from mockca.rules.comparison import compare
from mockca.rules.loading import available, load


def test_every_rule_has_a_cell_for_each_regulation_with_a_clause_that_is_known() -> None:
    lines = compare(load(id_) for id_ in available())
    assert len({line.id for line in lines}) == len(lines)
    for line in lines:
        assert len(line.cells) == len(available())
        for cell in line.cells:
            if cell is not None:
                assert clause(cell.clause)


def test_what_differs_between_an_giang_and_lai_chau_shows() -> None:
    lines = {line.id: line.cells for line in compare([load("an-giang"), load("lai-chau")])}
    effective, restored = lines["effective_from"], lines["restore_token"]
    assert [cell.value for cell in effective if cell] == ["công bố", "notBefore"]
    assert [cell.clause for cell in restored if cell] == ["TT05-2", "LC-13.2.b"]


def test_it_is_printed_as_a_table_and_as_json() -> None:
    table = CliRunner().invoke(command, ["compare", "an-giang"], env={"COLUMNS": "100"})
    assert table.exit_code == 0
    assert "AG-10.2.dd.2" in table.output
    told = json.loads(CliRunner().invoke(command, ["compare", "--json"]).output)
    assert list(told[0]["cells"]) == list(available())
