"""The proof that each check can fail, in this process: `conformance prove` does the same over HTTP.

What is marked `proof` is a gate of its own (`make proof`); the rest goes with all other tests, and so do the checks of
tokens, in tests/conformance/test_prove.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import scenarios
from conformance.catalogue import signer_checks
from conformance.corpus.world import World
from conformance.events import Result
from conformance.mutants.authority import prove_mutant, prove_scenario
from conformance.mutants.declared import Declared, declared
from conformance.mutants.mock import Mock
from conformance.mutants.publisher import led_and_looked_at, prove_led, prove_looked_at, prove_sound
from conformance.mutants.signer import judged
from tests.mutants.mocks import mutable_mock

LED, LOTS = led_and_looked_at()
REGULATIONS = sorted({name.partition("/")[0] for name in scenarios.available()})
SEED = "1"
pytestmark = pytest.mark.timeout(600)


def quiet(_: str) -> None:
    """Nobody looks on."""


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    with mutable_mock(tmp_path_factory.mktemp("mutable") / "data") as made:
        yield made


@pytest.mark.proof
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_every_step_of_every_scenario_catches_a_mutant(mock: Mock, regulation: str) -> None:
    mock.target(regulation).reset()
    for name in scenarios.available():
        if name.startswith(f"{regulation}/"):
            proof = prove_scenario(mock, scenarios.load(name), SEED, quiet)
            assert (proof.unsound, proof.unproven, proof.alive) == ({}, (), ()), name


@pytest.mark.proof
@pytest.mark.parametrize("mutant", declared("authority").values(), ids=lambda mutant: mutant.name)
def test_every_defect_with_a_name_is_caught_by_its_scenarios(mock: Mock, mutant: Declared) -> None:
    assert prove_mutant(mock, mutant, SEED, quiet, quick=True).alive == ()


@pytest.mark.proof
def test_every_check_of_publishers_passes_for_a_mock_without_defects(mock: Mock) -> None:
    assert prove_sound(mock, SEED, quiet).unsound == {}


@pytest.mark.parametrize("lot", range(len(LOTS)))
def test_every_defect_of_what_is_published_is_caught_by_its_checks(mock: Mock, lot: int) -> None:
    proof = prove_looked_at(mock, LOTS[lot], SEED, quiet)
    assert (proof.unsound, list(proof.missed), proof.alive) == ({}, [], ())


@pytest.mark.proof
@pytest.mark.parametrize("mutant", LED, ids=lambda mutant: mutant.name)
def test_every_defect_that_shows_in_time_is_caught_by_its_checks(mock: Mock, mutant: Declared) -> None:
    proof = prove_led(mock, mutant, SEED, quiet)
    assert (list(proof.missed), proof.alive) == ([], ())


@pytest.mark.proof
@pytest.mark.parametrize("mutant", ["", *declared("signer")])
def test_every_defect_of_a_signer_is_caught_by_its_checks(mutant: str) -> None:
    checks = declared("signer")[mutant].plays if mutant else tuple(one.id for one in signer_checks())
    wanted = Result.FAILED if mutant else Result.PASSED
    found = {id_: one for id_, one in judged(World(SEED), mutant, checks) if one.result is not wanted}
    assert found == {}
