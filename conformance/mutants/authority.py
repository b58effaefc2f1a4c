"""Proving the checks of whoever runs the workflow.

A scenario is played once against the mock as it should be. Before each step the same step is rehearsed against the same
mock under each mutant that the step has to catch, and what that did is forgotten. The mutants with a name of their own
are defects that show later than where they are made; a scenario is played under each of them from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import scenarios
from conformance.checks import StepCheck
from conformance.mutants.declared import Declared
from conformance.mutants.families import families_of
from conformance.mutants.mock import Mock, Mutated
from conformance.mutants.proof import Proof
from scenarios import Performance, Result, Scenario, StepEnded, StepResult

Progress = Callable[[str], None]
"""Told the id of each check, or the name of each mutant, when it has had its turn."""


def prove_scenario(mock: Mock, scenario: Scenario, seed: str, done: Progress) -> Proof:
    """Prove every check of one scenario by the families' mutants."""
    proof = Proof()
    with closing(mock.target(scenario.regulation)) as target, closing(mock.mutated(scenario.regulation)) as mutated:
        performance = Performance(scenario, target, seed=seed)
        for step in scenario.steps:
            check = StepCheck(scenario, step)
            proof.checks[check.id] = None
            if all(performance.results[needed].story_goes_on for needed in scenario.needs(step)):
                mutated.believe_as(target)
                _rehearse(performance, check, mutated, proof)
            result = performance.perform(step)
            if result.result is not Result.PASSED:
                proof.unsound[check.id] = told(result)
            done(check.id)
    return proof


def _rehearse(performance: Performance, check: StepCheck, mutated: Mutated, proof: Proof) -> None:
    """Try the check's mutants, the most telling first, until one is caught."""
    for mutant in families_of(check):
        mutated.under(mutant, forget=True)
        if performance.rehearse(check.step, mutated).result is Result.FAILED:
            proof.mutants[mutant] = None
            proof.killed(check.id, mutant)
            return
        proof.idle[mutant] = None


def prove_mutant(mock: Mock, mutant: Declared, seed: str, done: Progress, *, quick: bool = False) -> Proof:
    """Play the mutant's scenarios under it, and note every check that catches it; the first of each where `quick`."""
    proof = Proof(mutants={mutant.name: None})
    for name in mutant.plays:
        scenario = scenarios.load(name)
        with closing(mock.mutated(scenario.regulation)) as target:
            # What an earlier mutant left behind, a clock that was turned for one, must not be taken for this one's.
            target.reset()
            target.under(mutant.name, forget=False)
            for event in Performance(scenario, target, seed=seed).play():
                if isinstance(event, StepEnded) and event.result.result is Result.FAILED:
                    proof.killed(StepCheck(scenario, event.result.step).id, mutant.name)
                    if quick:
                        break
    done(mutant.name)
    return proof


def told(result: StepResult) -> str:
    """Why a step did not pass, in a line."""
    return result.reason or "; ".join(map(str, result.mismatches)) or result.result.value
