"""Every check that there is: its id from where it stands, its text from what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import scenarios
from conformance import features
from conformance.checks import Check, FunctionCheck, StepCheck
from conformance.errors import NothingToRun
from conformance.regulations import effect_under, under
from conformance.suites import agent, publisher, signer, verifier
from conformance.suites.signer.form_check import FormCheck
from conformance.suites.token import CHECKS
from conformance.suites.verifier.case_check import CaseCheck


def regulations() -> tuple[str, ...]:
    """Every regulation that has scenarios, sorted."""
    return tuple(sorted({_folder(name) for name in scenarios.available()}))


def every_check() -> Iterator[Check]:
    """All checks of all kinds of target, in the order in which they run."""
    yield from checks()
    yield from token_checks()
    yield from publisher_checks()
    yield from verifier_checks()
    yield from agent_checks()
    yield from signer_checks()


def checks(regulation: str | None = None) -> Iterator[StepCheck]:
    """The authority's checks under one regulation, or all, in the order in which they run."""
    for name in scenarios.available():
        if regulation in (None, _folder(name)):
            yield from _checks_of(name)


@cache
def _checks_of(name: str) -> tuple[StepCheck, ...]:
    scenario = scenarios.load(name)
    needed = features.of_steps(scenario)
    return tuple(StepCheck(scenario, step, needed[step.id]) for step in scenario.steps)


def _folder(name: str) -> str:
    """The regulation that a scenario of that name is played under."""
    return name.partition("/")[0]


def token_checks() -> tuple[FunctionCheck, ...]:
    """The checks of tokens: the same under every regulation, in the order in which they run."""
    return CHECKS


def publisher_checks() -> tuple[FunctionCheck, ...]:
    """The checks of publishers: the same under every regulation, in the order in which they run."""
    return publisher.CHECKS


def verifier_checks() -> tuple[CaseCheck | FunctionCheck, ...]:
    """The checks of verifiers: each case of the corpus, in the order in which they run."""
    return verifier.CHECKS


def agent_checks() -> tuple[FunctionCheck, ...]:
    """The checks of signing agents: the same under every regulation, in the order in which they run."""
    return agent.CHECKS


def signer_checks() -> tuple[FormCheck | FunctionCheck, ...]:
    """The checks of signers: every point that some regulation asks about, in the order in which they run."""
    return signer.CHECKS


def is_made_under(regulation: str | None, check: Check) -> bool:
    """Whether the check runs under that regulation; every one under None. Tokens' checks run under all."""
    if isinstance(check, CaseCheck) and regulation is not None:
        case = check.case
        return case.effect in (None, effect_under(regulation)) and regulation in (case.regulations or (regulation,))
    if isinstance(check, FormCheck) and regulation is not None:
        return regulation in check.asked
    return regulation is None or not isinstance(check, StepCheck) or check.scenario.regulation == regulation


def clauses_of(check: Check, regulation: str | None) -> tuple[str, ...]:
    """What the check tests of that regulation: of a token's check, the clauses that hold under it; all under None.

    Raises NothingToRun for a regulation that is not known.
    """
    if regulation is None or isinstance(check, StepCheck):
        return check.clauses
    if isinstance(check, FormCheck):
        under(regulation, ())
        return check.clauses_under(regulation)
    return under(regulation, check.clauses)


def find(wanted: str) -> tuple[Check, ...]:
    """The checks whose id is this one or begins with it. Raises NothingToRun where there is none."""
    found = tuple(check for check in every_check() if is_meant(check.id, wanted))
    if not found:
        raise NothingToRun(f"no check {wanted!r}; `conformance list` shows every id")
    return found


def selection(regulation: str, only: Sequence[str]) -> tuple[StepCheck, ...]:
    """The authority's checks to run: those meant by `only`, each scenario from its beginning; all where it is empty.

    Raises NothingToRun where nothing fits.
    """
    everything = tuple(checks(regulation))
    if not everything:
        known = ", ".join(regulations())
        raise NothingToRun(f"no scenario under the regulation {regulation!r}; there are: {known}")
    if not only:
        return everything
    unknown = [wanted for wanted in only if not any(is_meant(check.id, wanted) for check in everything)]
    if unknown:
        raise NothingToRun(f"no check {unknown[0]!r} under {regulation}; `conformance list` shows every id")
    return tuple(_up_to_wanted(everything, only))


def _up_to_wanted(everything: Iterable[StepCheck], only: Sequence[str]) -> Iterator[StepCheck]:
    before: list[StepCheck] = []
    for check in everything:
        if before and before[-1].scenario is not check.scenario:
            before = []
        before.append(check)
        if any(is_meant(check.id, wanted) for wanted in only):
            yield from before
            before = []


def publisher_selection(regulation: str, only: Sequence[str]) -> tuple[FunctionCheck, ...]:
    """The publisher's checks meant by `only`, all where it is empty. Raises NothingToRun."""
    under(regulation, ())
    for wanted in only:
        if not any(is_meant(check.id, wanted) for check in publisher.CHECKS):
            raise NothingToRun(
                f"no check {wanted!r} for publishers; `conformance list --target-kind publisher` shows them"
            )
    return tuple(each for each in publisher.CHECKS if not only or any(is_meant(each.id, one) for one in only))


def verifier_selection(regulation: str, only: Sequence[str]) -> tuple[CaseCheck | FunctionCheck, ...]:
    """The verifier's checks under the regulation that `only` means, all where it is empty. Raises NothingToRun."""
    under(regulation, ())
    made = [check for check in verifier.CHECKS if is_made_under(regulation, check)]
    for wanted in only:
        if not any(is_meant(check.id, wanted) for check in made):
            raise NothingToRun(
                f"no check {wanted!r} for verifiers under {regulation}; "
                "`conformance list --target-kind verifier` shows them"
            )
    return tuple(check for check in made if not only or any(is_meant(check.id, one) for one in only))


def signer_selection(regulation: str, only: Sequence[str]) -> tuple[FormCheck | FunctionCheck, ...]:
    """The signer's checks under the regulation that `only` means, all where it is empty. Raises NothingToRun."""
    under(regulation, ())
    made = [check for check in signer.CHECKS if is_made_under(regulation, check)]
    for wanted in only:
        if not any(is_meant(check.id, wanted) for check in made):
            raise NothingToRun(
                f"no check {wanted!r} for signers under {regulation}; "
                "`conformance list --target-kind signer` shows them"
            )
    return tuple(check for check in made if not only or any(is_meant(check.id, one) for one in only))


def is_meant(check: str, wanted: str) -> bool:
    """Whether the check of that id is this one, or stands under it."""
    wanted = wanted.rstrip("/")
    return check == wanted or check.startswith(f"{wanted}/")
