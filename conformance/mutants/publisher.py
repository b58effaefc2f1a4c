"""Proving the checks of publishers: the suite is run against the mock as it should be, then each check under each
defect that it has to catch.

Most checks look at what is published now. They are made one after another against one mock, and what each request did
under a defect is forgotten. Those that need certificates' lives have the mock to themselves from a reset on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Final

from conformance.catalogue import publisher_checks, regulations
from conformance.checks import PUBLISHER, FunctionCheck
from conformance.errors import HarnessError
from conformance.events import Result
from conformance.mutants.authority import Progress
from conformance.mutants.declared import Declared, declared
from conformance.mutants.mock import Mock
from conformance.mutants.proof import Proof
from conformance.regulations import under
from conformance.run import Finding, Settings
from conformance.suites.publisher.driver import Driver
from conformance.suites.publisher.run import PublisherRun
from conformance.targets.http import HttpTarget
from scenarios import Operation

REGULATION: Final = "an-giang"
"""Under which most checks are proven: its scenarios lead a certificate through every state."""
LED: Final = ("publisher/life/", "publisher/ocsp/archive-cutoff")
"""Checks that need certificates' lives, by how their ids begin."""
NOTHING: Final = "says-no:nothing"
"""A defect that changes nothing, for nothing is called so: checks must pass under it as without any."""
TOGETHER: Final = 30
"""Mutants that one mock is asked about in a row."""


def led_and_looked_at() -> tuple[tuple[Declared, ...], tuple[tuple[Declared, ...], ...]]:
    """The mutants that must be led through time, and the others, in the lots in which they are tried."""
    mutants = declared(PUBLISHER).values()
    led = tuple(one for one in mutants if any(play.startswith(LED) for play in one.plays))
    others = tuple(one for one in mutants if one not in led)
    return led, tuple(others[start : start + TOGETHER] for start in range(0, len(others), TOGETHER))


def prove_sound(mock: Mock, seed: str, done: Progress) -> Proof:
    """Make every check against the mock as it should be."""
    proof = Proof(checks=dict.fromkeys(check.id for check in publisher_checks()))
    for check, finding in _judged(mock, publisher_checks(), seed):
        if finding.result is not Result.PASSED:
            proof.unsound[check.id] = told(finding)
        done(check.id)
    return proof


def prove_looked_at(mock: Mock, mutants: Sequence[Declared], seed: str, done: Progress) -> Proof:
    """Make each mutant's checks under it; under none at all the same checks must pass."""
    proof = Proof()
    mock.target(REGULATION).reset()
    with closing(mock.target(REGULATION)) as target:
        _fill_list(target, seed)
    checks = _of(play for mutant in mutants for play in mutant.plays)
    for check, finding in _judged(mock, checks, seed, NOTHING, forget=True):
        if finding.result is not Result.PASSED:
            proof.unsound[check.id] = f"{NOTHING}: {told(finding)}"
    for mutant in mutants:
        proof.tried(mutant.name, mutant.plays, _failed(mock, mutant, seed, forget=True))
        done(mutant.name)
    return proof


def prove_led(mock: Mock, mutant: Declared, seed: str, done: Progress) -> Proof:
    """Lead certificates through their lives under the mutant, and make its checks."""
    proof = Proof()
    proof.tried(mutant.name, mutant.plays, _failed(mock, mutant, seed, forget=False))
    done(mutant.name)
    return proof


def told(finding: Finding) -> str:
    """Why a check did not pass, in a line."""
    return finding.reason or "; ".join(map(str, finding.mismatches))


def _failed(mock: Mock, mutant: Declared, seed: str, *, forget: bool) -> Iterator[str]:
    """Ids of the mutant's checks that fail under it; what the checks do is forgotten where `forget`."""
    try:
        for check, finding in _judged(mock, _of(mutant.plays), seed, mutant.name, forget=forget):
            if finding.result is Result.FAILED:
                yield check.id
    except HarnessError:
        # No run can even be begun under this defect: its checks are told as having missed it.
        return


def _judged(
    mock: Mock, checks: Sequence[FunctionCheck], seed: str, mutant: str = "", *, forget: bool = False
) -> Iterator[tuple[FunctionCheck, Finding]]:
    """What comes of each check: under REGULATION, or where it does not apply there, under one that asks for it.

    Under a mutant where one is named. What the checks do is forgotten where `forget`; otherwise the sandbox is emptied
    first. Raises HarnessError where no run can be begun.
    """
    left = list(checks)
    for regulation in (REGULATION, *dict.fromkeys(map(_asking, checks))):
        if not left:
            return
        target = mock.mutated(regulation)
        settings = Settings(f"{PUBLISHER}={mock.url}", regulation, seed=seed)
        with closing(PublisherRun(settings, target, target.wire())) as run:
            if not forget:
                target.reset()
            # Certificates are staged to stay.
            target.under(mutant, forget=False)
            run.start()
            target.under(mutant, forget=forget)
            for check in tuple(left):
                finding = run.judge(check)
                if finding.result is not Result.NOT_APPLICABLE or regulation == _asking(check) != REGULATION:
                    left.remove(check)
                    yield check, finding
    for check in left:
        yield check, Finding(Result.NOT_APPLICABLE, f"not under {REGULATION}, nor under {_asking(check)}")


def _asking(check: FunctionCheck) -> str:
    """A regulation that the check's clauses are of."""
    return next((one for one in regulations() if under(one, check.clauses)), REGULATION)


def _fill_list(target: HttpTarget, seed: str) -> None:
    """Have something on the CRL: a certificate that is issued, and not in effect yet."""
    driver = Driver(target, REGULATION, seed)
    scenario = driver.life()
    if scenario is not None:
        performance = driver.performance(scenario)
        for step in scenario.steps:
            performance.perform(step)
            if step.does is Operation.ISSUE_CERTIFICATE:
                break


def _of(ids: Iterable[str]) -> tuple[FunctionCheck, ...]:
    """The checks of these ids, those first that lead certificates through their lives: the others then see the end."""
    wanted = set(ids)
    found = (check for check in publisher_checks() if check.id in wanted)
    return tuple(sorted(found, key=lambda check: not check.id.startswith(LED)))
