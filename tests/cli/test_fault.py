"""`mockca fault`: what a trainer types."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockca.cli import main
from tests.desk.publication_world import found_world


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_world(tmp_path_factory.mktemp("world")).sandboxes.home


def fault(home: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["fault", *words, "--data", str(home)])


def test_a_fault_is_set_shown_and_removed(home: Path) -> None:
    made = fault(home, "add", "tsa", "slow", "--seconds", "2.5", "--next", "3")
    assert made.exit_code == 0, made.output
    number, endpoint, only, when, effect, parameters, _ = made.output.strip().split("\t")
    assert (endpoint, only, when, effect, parameters) == ("tsa", "-", "next 3", "slow", "seconds=2.5")
    assert fault(home, "list").output == made.output
    assert fault(home, "remove", number).exit_code == 0
    assert fault(home, "list").output == ""
    assert "fault" in fault(home, "remove", number).output


@pytest.mark.parametrize(
    "words", [["tsa", "slow"], ["tsa", "slow", "--seconds", "0"], ["crl", "skew", "--skew-seconds", "1"]]
)
def test_what_cannot_be_ends_in_a_line(home: Path, words: list[str]) -> None:
    said = fault(home, "add", *words)
    assert said.exit_code == 1
    assert "seconds" in said.output or "endpoint" in said.output
    assert "Traceback" not in said.output


def test_every_effect_is_told_with_its_places() -> None:
    told = CliRunner().invoke(main, ["fault", "effects"]).output
    assert "slow\taia, api, crl, ocsp, tsa\t" in told
    assert "skew\ttsa\t" in told
