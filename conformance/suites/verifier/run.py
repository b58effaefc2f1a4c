"""One run of the verifier suite: which verifier, which cases of which seed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.catalogue import clauses_of, verifier_selection
from conformance.checks import VERIFIER, Check, FunctionCheck
from conformance.corpus import Effect
from conformance.events import Mismatch, Result
from conformance.redaction import Redactor
from conformance.regulations import effect_under
from conformance.run import DEFAULT_SEED, DEFAULT_TIMEOUT, Finding, Settings, line_to_run, target_of
from conformance.suites.token.bench import Failed, NotApplicable
from conformance.suites.verifier.bench import Bench
from conformance.suites.verifier.case_check import CaseCheck
from conformance.targets.verifier import Answer, Verifier, VerifierFailed, opened, read_reading

if TYPE_CHECKING:
    from conformance.corpus.making import Maker

SUITE = Path(__file__)
"""What pytest collects."""


class VerifierRun:
    """A run in progress."""

    suite = VERIFIER

    def __init__(self, settings: Settings, verifier: Verifier | None = None, maker: Maker | None = None) -> None:
        """`verifier` is put in the place of that of the settings, `maker` has made cases before."""
        self.settings = settings
        self.checks = verifier_selection(settings.regulation, settings.only)
        if verifier is None:
            _, where = target_of(settings.target)
            verifier = opened(where, read_reading(settings.mapping), settings.timeout, settings.cacert)
        # What makes documents takes a second to import, and other kinds of run do without it.
        from conformance.corpus.making import Maker

        self._folder = tempfile.TemporaryDirectory(prefix="conformance-verifier-")
        effect = Effect(effect_under(settings.regulation))
        self.bench = Bench(
            verifier, maker or Maker(settings.seed), Path(self._folder.name), effect, settings.regulation
        )
        self._redactor = Redactor(())

    @property
    def seed(self) -> str:
        """What the corpus is made of."""
        return self.settings.seed

    def start(self) -> None:
        """Nothing: the first case shows whether the verifier is there."""

    def before(self, group: str) -> None:
        """Nothing: each case stands alone."""

    def judge(self, check: Check) -> Finding:
        """Make one check."""
        self.bench.told.clear()
        try:
            if isinstance(check, CaseCheck):
                mismatches = compared(check, self.bench.ask(check.case))
                result = Result.FAILED if mismatches else Result.PASSED
                return Finding(result, mismatches=mismatches, calls=tuple(self.bench.told))
            if not isinstance(check, FunctionCheck):
                raise TypeError(f"{check.id} is no check of verifiers")
            check.function(self.bench)
        except NotApplicable as reason:
            return Finding(Result.NOT_APPLICABLE, str(reason), calls=tuple(self.bench.told))
        except VerifierFailed as failed:
            mismatch = Mismatch(where="verifier", wanted="a verdict", got=str(failed))
            return Finding(Result.FAILED, mismatches=(mismatch,), calls=tuple(self.bench.told))
        except Failed as failed:
            mismatch = Mismatch(wanted=failed.expected, got=failed.found)
            return Finding(Result.FAILED, mismatches=(mismatch,), calls=tuple(self.bench.told))
        return Finding(Result.PASSED, calls=tuple(self.bench.told))

    def clauses(self, check: Check) -> tuple[str, ...]:
        """The check's clauses under the run's regulation."""
        return clauses_of(check, self.settings.regulation)

    def redact(self, text: str) -> str:
        """The text as it is: nothing of this is secret."""
        return self._redactor.text(text)

    def reproduce(self, check: str | None = None) -> str:
        """The command that makes this check again, all where left out."""
        settings = self.settings
        options: dict[str, object] = {
            "--mapping": settings.mapping,
            "--cacert": settings.cacert,
            "--seed": None if settings.seed == DEFAULT_SEED else settings.seed,
            "--timeout": None if settings.timeout == DEFAULT_TIMEOUT else settings.timeout,
        }
        return line_to_run(settings, options, settings.only if check is None else (check,))

    def close(self) -> None:
        """Throw the cases away."""
        self._folder.cleanup()


def compared(check: CaseCheck, answer: Answer) -> tuple[Mismatch, ...]:
    """What is wrong with the answer: the verdict, or the reason where one is given that can be compared."""
    case = check.case
    if answer.verdict not in case.accepted:
        wanted = " or ".join((case.verdict, *case.also))
        if case.reasons:
            wanted += f" ({case.reasons[0]})"
        got = f"{answer.verdict} ({answer.reason})" if answer.reason else str(answer.verdict)
        return (Mismatch(where="verdict", wanted=wanted, got=got),)
    if case.reasons and answer.reason and answer.is_known_reason and answer.reason not in case.reasons:
        return (Mismatch(where="reason", wanted=" or ".join(case.reasons), got=answer.reason),)
    return ()
