"""The JSON Schema of province files says what reading them says."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from mockca.cli.rules import command
from mockca.rules.loading import DATA, read, regimes
from mockca.rules.reading import RulesError
from mockca.rules.schema import province_schema
from tests.rules.test_regulation import PROVINCE

VALIDATOR = jsonschema_rs.validator_for(province_schema())
PROVINCES = sorted((DATA / "provinces").glob("*.toml"))
REGIMES = sorted((DATA / "regimes").glob("*.toml"))


def plain(text: str) -> Any:
    """A TOML text as JSON has it: days as text."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


@pytest.mark.parametrize("file", [*PROVINCES, *REGIMES], ids=lambda file: file.stem)
def test_every_file_of_the_package_fits_the_schema(file: Path) -> None:
    content = plain(file.read_text("utf-8"))
    errors = [error.message for error in VALIDATOR.iter_errors({"extends": regimes()[0], **content})]
    assert errors == []


@pytest.mark.parametrize(
    "text",
    [
        "colour = 'red'",
        "[operations.suspend]\nroles = ['king']",
        "[operations.suspend]\nroles = 'authority'",
        "[legs.agency-authority]\nstep = 'fly'",
        "[restore.procedures.abacus]\n",
        "[requirements.ghost]\nform = 'ND68-F01'",
        "max_years = { value = 'five' }",
        "max_years = { value = 5, clause = 'điều 5' }",
        "effective_from = { value = 'full-moon' }",
        "[forms.ND68-F01.fields.full_name]\ntype = 'song'",
        "reports = 3",
        "[[reports]]\nid = 1",
        "[grounds.expired]\nrequesters = ['nobody']",
        "[delegation.restore]\nabacus = { role = 'authority' }",
        "[renewal]\nreplaced = { value = 'burnt' }",
    ],
)
def test_what_reading_refuses_the_schema_refuses_too(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(PROVINCE + text + "\n")
    with pytest.raises(RulesError):
        read(file)
    assert not VALIDATOR.is_valid(plain(file.read_text()))


@pytest.mark.parametrize(
    "text", ["", "[legs]\nagency-authority = false", "max_years = { value = 3, clause = 'ND68-9.2' }"]
)
def test_what_reading_takes_the_schema_takes_too(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(PROVINCE + text + "\n")
    read(file)
    assert VALIDATOR.is_valid(plain(file.read_text()))


def test_the_schema_is_printed_for_editors() -> None:
    result = CliRunner().invoke(command, ["schema"])
    assert json.loads(result.output) == json.loads(json.dumps(province_schema()))


def test_check_tells_a_mistake_with_file_line_and_key(tmp_path: Path) -> None:
    good, bad = tmp_path / "tot.toml", tmp_path / "hong.toml"
    good.write_text(PROVINCE)
    bad.write_text(PROVINCE + "\n[services]\nissue = { available = 'yes' }\n")
    line = len((PROVINCE + "\n[services]\n").splitlines()) + 1
    result = CliRunner().invoke(command, ["check", str(good), str(bad)])
    assert result.exit_code == 1
    assert f"{good}: đúng" in result.output
    assert f"{bad}:{line}: services.issue.available: 'yes' is not a bool" in result.output
    assert CliRunner().invoke(command, ["check", str(good)]).exit_code == 0


def test_a_text_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(PROVINCE + "\n[a\n")
    with pytest.raises(RulesError) as caught:
        read(file)
    assert caught.value.line is not None
