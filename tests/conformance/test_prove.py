"""`conformance prove`: what catches a defect is proven; checks that catch none, and defects that get away, are told."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance import catalogue
from conformance.checks import StepCheck
from conformance.cli import main
from conformance.errors import BadTarget
from conformance.mutants.authority import prove_mutant, prove_scenario
from conformance.mutants.declared import Declared, declared
from conformance.mutants.families import families_of, operation_id
from conformance.mutants.mock import Mock, running
from conformance.mutants.naming import mutants_of
from conformance.mutants.proof import Proof, together
from conformance.mutants.prove import Plan, plan, prove
from conformance.mutants.publisher import prove_led, prove_looked_at
from scenarios import Operation, Scenario, load
from scenarios.model import Expectation
from tests.mutants.mocks import mutable_mock

MOCK = f"{sys.executable} -m mockca"
pytestmark = pytest.mark.timeout(900)
"""Mocks are started and scenarios played; a busy machine takes minutes for what takes seconds."""


def quiet(_: str) -> None:
    """Nobody looks on."""


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    with mutable_mock(tmp_path_factory.mktemp("mutable") / "data") as made:
        yield made


def short() -> Scenario:
    """A scenario of a few steps: an expiry, played with staged certificates."""
    return load("lai-chau/renewal-too-late")


def with_step(scenario: Scenario, wanted: str, expects: Expectation) -> Scenario:
    steps = (step.model_copy(update={"expects": expects}) if step.id == wanted else step for step in scenario.steps)
    return scenario.model_copy(update={"steps": tuple(steps)})


@pytest.mark.proof
def test_every_check_of_a_scenario_catches_the_mutant_that_is_about_it(mock: Mock) -> None:
    proof = prove_scenario(mock, short(), "1", quiet)
    assert (proof.unsound, proof.unproven, proof.alive) == ({}, (), ())
    assert list(proof.checks) == [StepCheck(short(), step).id for step in short().steps]
    assert any(mutant.startswith("overlooks:") for mutant in proof.mutants)


@pytest.mark.proof
def test_a_check_that_asks_for_nothing_is_told_as_unproven(mock: Mock) -> None:
    story = load("cao-bang/not-in-force")
    refused = next(step for step in story.steps if step.expects.clauses)
    proof = prove_scenario(mock, with_step(story, refused.id, Expectation()), "1", quiet)
    assert proof.unsound.keys() == {StepCheck(story, refused).id}


@pytest.mark.proof
def test_a_defect_that_the_scenarios_do_not_show_is_told_as_alive(mock: Mock) -> None:
    gone = prove_mutant(mock, Declared("nonce-not-echoed", "authority", ("lai-chau/renewal-too-late",)), "1", quiet)
    assert gone.alive == ("nonce-not-echoed",)
    caught = prove_mutant(mock, declared("authority")["never-expires"], "1", quiet, quick=True)
    assert caught.alive == ()
    assert len(caught.kills) == 1


@pytest.mark.proof
def test_what_is_published_is_looked_at_under_each_defect_and_no_trace_is_left(mock: Mock) -> None:
    number, nonce = "publisher/crl/number", "publisher/ocsp/nonce-repeated"
    title = "publisher/certificate/no-title"  # not asked for by the regulation that the others are proven under
    mutants = [
        Declared("crl-unnumbered", "publisher", (number,)),
        Declared("nonce-not-echoed", "publisher", (nonce, number)),
        Declared("issuer-expired", "publisher", ("publisher/chain/leads-to-the-root",)),
        Declared("names-titled", "publisher", (title,)),
        Declared("crl-says-removed", "publisher", ("publisher/crl/entry-reasons",)),
    ]
    proof = prove_looked_at(mock, mutants, "1", quiet)
    assert (proof.unsound, proof.alive) == ({}, ())
    assert list(proof.missed) == [(number, "nonce-not-echoed")]


@pytest.mark.proof
def test_certificates_are_led_through_their_lives_under_a_defect(mock: Mock) -> None:
    proof = prove_led(mock, declared("publisher")["lifted-hold-stays-on-crl"], "1", quiet)
    assert list(proof.kills) == [("publisher/life/lifted", "lifted-hold-stays-on-crl")]
    assert proof.holds


@pytest.mark.proof
def test_a_mutant_that_the_mock_does_not_know_catches_nothing(mock: Mock) -> None:
    proof = prove_looked_at(mock, [Declared("no-such", "publisher", ("publisher/crl/number",))], "1", quiet)
    assert proof.alive == ("no-such",)


def test_every_check_of_publishers_is_to_catch_a_mutant() -> None:
    caught = {check for mutant in declared("publisher").values() for check in mutant.plays}
    assert caught == {check.id for check in catalogue.publisher_checks()}


def test_the_families_name_operations_of_the_contract() -> None:
    contract = json.loads(Path("conformance/contract/openapi.json").read_text("utf-8"))
    known = {one["operationId"] for path in contract["paths"].values() for one in path.values() if "operationId" in one}
    assert {operation_id(one) for one in Operation if one is not Operation.COMPARE_FACES} <= known


@pytest.mark.proof
def test_the_plan_is_carried_out_by_mocks_side_by_side() -> None:
    told: list[str] = []
    mutant = Declared("any-role-accepted", "authority", ("cao-bang/not-in-force",))
    whole = Plan((load("cao-bang/not-in-force"),), (mutant,), tokens=False)
    proof = prove(MOCK, whole, workers=2, seed="1", done=told.append)
    assert len(told) == whole.size
    assert set(proof.checks) <= set(told)
    assert proof.alive == ("any-role-accepted",)


def test_a_mock_that_does_not_start_is_told_with_what_it_said() -> None:
    with pytest.raises(BadTarget, match="name the mock's command with --mock"), running("no-such-command"):
        pass
    with pytest.raises(BadTarget, match=r"did not start: .*No module named"), running(f"{sys.executable} -m nix"):
        pass


def test_the_matrix_tells_what_is_left() -> None:
    proof = Proof(checks=dict.fromkeys("ab"), mutants=dict.fromkeys(["m", "n"]), unsound={"b": "wrong"})
    proof.tried("m", "ab", "a")
    assert list(proof.missed) == [("b", "m")]
    assert (proof.unproven, proof.alive, proof.density, proof.holds) == (("b",), ("n",), 0.25, False)
    whole = together([proof, Proof(checks={"b": None}, kills={("b", "n"): None}, idle={"n": None, "o": None})])
    assert (whole.unproven, whole.alive, list(whole.idle)) == ((), (), ["o"])
    assert whole.as_json()["kills"] == [{"check": "a", "mutant": "m"}, {"check": "b", "mutant": "n"}]
    assert Proof().density == 0.0


def test_each_kind_of_step_has_its_mutants() -> None:
    kinds = {
        mutant.partition(":")[0]
        for check in plan().stories
        for step in check.steps
        for mutant in families_of(StepCheck(check, step))
    }
    assert {"overlooks", "says-yes", "says-no", "tells-nothing", "invents", "ocsp-always-good"} <= kinds


def test_a_plan_is_narrowed_by_regulation_and_by_kind_of_target() -> None:
    narrow = plan(frozenset({"lai-chau"}), frozenset({"authority"}))
    assert {story.regulation for story in narrow.stories} == {"lai-chau"}
    assert all(play.startswith("lai-chau/") for mutant in narrow.mutants for play in mutant.plays)
    assert (narrow.tokens, narrow.publishers) == (False, False)
    only_tokens = plan(kinds=frozenset({"token"}))
    assert only_tokens == Plan((), (), tokens=True)
    assert only_tokens.size > 30
    assert plan(kinds=frozenset({"publisher"})).size > 200


def test_the_shares_of_a_plan_are_all_of_it_and_of_about_the_same_weight() -> None:
    whole = plan()
    shares = [whole.share(number, 4) for number in (1, 2, 3, 4)]
    assert Counter(story.id for share in shares for story in share.stories) == Counter(
        story.id for story in whole.stories
    )
    assert Counter(one.name for share in shares for one in share.mutants) == Counter(one.name for one in whole.mutants)
    kinds = ("tokens", "publishers", "verifiers", "agents", "signers")
    assert [sum(getattr(one, kind) for one in shares) for kind in kinds] == [1] * len(kinds)
    assert sum(share.size for share in shares) == whole.size
    assert whole.share(1, 1) == whole
    steps = sorted(
        sum(len(story.steps) for story in share.stories)
        for share in shares
        if not (share.publishers or share.verifiers)
    )
    assert steps[-1] < 2 * steps[0]


@pytest.mark.parametrize("share", ["0/4", "5/4", "1", "a/b", "1/99"])
def test_a_share_that_is_none_is_told(share: str) -> None:
    done = CliRunner().invoke(main, ["prove", "--share", share])
    assert done.exit_code == 2
    assert "is no share" in done.output


def test_a_check_names_its_mutants() -> None:
    check = next(one for one in catalogue.token_checks() if one.id.endswith("wrong-pin-refused"))
    assert mutants_of(check) == ("vague", "takes-any-pin")


@pytest.mark.proof
def test_the_command_proves_every_check_of_tokens_and_prints_the_matrix(tmp_path: Path) -> None:
    target = tmp_path / "proof.json"
    done = CliRunner().invoke(main, ["prove", "--mock", MOCK, "--target-kind", "token", "--output", str(target)])
    assert done.exit_code == 0, done.output
    matrix = json.loads(target.read_text("utf-8"))
    assert (matrix["unproven"], matrix["alive"], matrix["unsound"]) == ([], [], [])
    assert matrix["checks"] == [one.id for one in catalogue.token_checks()]
    assert f"{len(matrix['checks'])} phép kiểm / checks" in done.output


def test_what_cannot_be_proven_for_want_of_a_mock_ends_with_2() -> None:
    failed = CliRunner().invoke(main, ["prove", "--mock", "no-such-command", "--target-kind", "authority"])
    assert failed.exit_code == 2
    assert "no-such-command" in failed.output
