"""The authority suite: the scenarios of a regulation, each step a check, clause by clause.

Checks that whoever runs the workflow enforces roles, forms, attachments, order, effect, grounds and custody, and
that CRL, delta CRL, OCSP, portal and API agree at every state.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from conformance.catalogue import selection
from conformance.checks import AUTHORITY, Check, StepCheck
from conformance.errors import NothingToRun
from conformance.events import Mismatch, Result
from conformance.run import DEFAULT_TIMEOUT, Finding, Settings, public_place, target_of
from conformance.targets.opening import opened
from scenarios import BadSetting, Performance, StepResult
from scenarios import Result as Played

SUITE = Path(__file__)
"""What pytest collects."""
RESULTS = {Played.PASSED: Result.PASSED, Played.FAILED: Result.FAILED, Played.SKIPPED: Result.SKIPPED}


class AuthorityRun:
    """A run in progress. A scenario is played once: its steps share what they learn."""

    suite = AUTHORITY

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.checks: tuple[StepCheck, ...] = selection(settings.regulation, settings.only)
        self.given = settings_given(settings.given, self.checks)
        self.target = opened(settings)
        self._performances: dict[str, Performance] = {}

    @property
    def seed(self) -> str:
        """What the people in the scenarios are made up from."""
        return self.settings.seed

    def start(self) -> None:
        """Raise BadTarget where the target cannot be tested at all."""
        self.target.check()

    def before(self, group: str) -> None:  # noqa: ARG002 - the same before each
        """Empty the sandbox, where the user asked for that."""
        if self.settings.reset:
            self.target.reset()

    def judge(self, check: Check) -> Finding:
        """Play the step."""
        if not isinstance(check, StepCheck):
            raise TypeError(f"{check.id} is no step of a scenario")
        scenario = check.scenario
        if scenario.id not in self._performances:
            self._performances[scenario.id] = Performance(
                scenario, self.target, seed=self.settings.seed, given=self.given
            )
        return finding_of(self._performances[scenario.id].perform(check.step))

    def clauses(self, check: Check) -> tuple[str, ...]:
        """The step's clauses, which are all of its scenario's regulation."""
        return check.clauses

    def redact(self, text: str) -> str:
        """The text without credentials."""
        return self.target.redactor.text(text)

    def reproduce(self, check: str | None = None) -> str:
        """The command that plays the check's scenario again, up to this check; everything where left out."""
        settings = self.settings
        target = f"{self.suite}={public_place(target_of(settings.target)[1])}"
        words = ["conformance", "run", "--target", target, "--regulation", settings.regulation]
        if settings.credentials is not None:
            words += ["--credentials", str(settings.credentials)]
        for option in ("mapping", "adapter", "cacert"):
            value = getattr(settings, option)
            if value is not None:
                words += [f"--{option}", str(value)]
        words += ["--seed", settings.seed]
        for pair in settings.given:
            words += ["--given", pair]
        for feature in settings.without:
            words += ["--without", feature]
        if settings.timeout != DEFAULT_TIMEOUT:
            words += ["--timeout", f"{settings.timeout:g}"]
        if settings.reset:
            words.append("--reset")
        for wanted in settings.only if check is None else (check,):
            words += ["--only", wanted]
        return shlex.join(words)

    def close(self) -> None:
        """Close the connections."""
        self.target.close()


def finding_of(played: StepResult) -> Finding:
    """What a played step shows, in the words of events."""
    return Finding(
        RESULTS[played.result],
        reason=played.reason,
        mismatches=tuple(Mismatch(where=one.where, wanted=one.wanted, got=one.got) for one in played.mismatches),
        suspects=played.suspects,
        exchanges=played.outcome.exchanges if played.outcome else (),
        actor=played.step.actor,
        at=played.at,
    )


def settings_given(pairs: tuple[str, ...], checks: Iterable[StepCheck]) -> dict[str, str]:
    """`KEY=VALUE` pairs as a mapping. Raises NothingToRun where one is no pair, or fits no scenario of the checks."""
    for pair in pairs:
        if "=" not in pair:
            raise NothingToRun(f"{pair!r} is no setting; write --given KEY=VALUE")
    given = dict(pair.split("=", 1) for pair in pairs)
    playing = {check.scenario.id: check.scenario for check in checks}.values()
    known = {key for scenario in playing for key in scenario.given}
    for key in given.keys() - known:
        raise NothingToRun(f"no scenario here has the setting {key!r}; there are: {', '.join(sorted(known))}")
    try:
        for scenario in playing:
            scenario.settings(given)
    except BadSetting as error:
        raise NothingToRun(str(error)) from error
    return given
