"""One run of the signer suite: which signer or folder, under which regulation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.catalogue import clauses_of, signer_selection
from conformance.checks import SIGNER, Check, FunctionCheck
from conformance.clock import system_time
from conformance.errors import BadTarget
from conformance.events import Mismatch, Result
from conformance.run import DEFAULT_TIMEOUT, Finding, Settings, line_to_run, target_of
from conformance.suites.signer.bench import Bench
from conformance.suites.signer.form_check import FormCheck
from conformance.suites.signer.orders import told
from conformance.suites.token.bench import Failed, NotApplicable
from conformance.targets.signer import Folder, Signer, SignerFailed, opened

if TYPE_CHECKING:
    from token_emulator.documents.checking import Evidence

SUITE = Path(__file__)
"""What pytest collects."""


class SignerRun:
    """A run in progress."""

    suite = SIGNER
    seed = None

    def __init__(
        self,
        settings: Settings,
        signer: Signer | Folder | None = None,
        now: Callable[[], datetime] = system_time,
        evidence: Evidence | None = None,
    ) -> None:
        """`signer` is put in the place of that of the settings, and `evidence` likewise."""
        self.settings = settings
        self.checks = signer_selection(settings.regulation, settings.only)
        if signer is None:
            signer = opened(target_of(settings.target)[1], settings.timeout, settings.cacert)
        if evidence is None and settings.trust is not None:
            evidence = _evidence(settings.trust)
        self.bench = Bench(
            signer,
            settings.regulation,
            now,
            given=told(settings.given),
            lacks=frozenset(settings.without),
            evidence=evidence,
        )

    def start(self) -> None:
        """Nothing: the first order shows whether the signer is there."""

    def before(self, group: str) -> None:
        """Nothing: what is signed once is looked at by all checks."""

    def judge(self, check: Check) -> Finding:
        """Make one check."""
        # What looks at documents takes a second to import, and other kinds of run do without it.
        from conformance.suites.signer.looking import look

        try:
            if isinstance(check, FormCheck):
                looked = look(self.bench, check)
                result = Result.FAILED if looked.mismatches else Result.PASSED
                return Finding(result, mismatches=looked.mismatches, calls=looked.told)
            if not isinstance(check, FunctionCheck):
                raise TypeError(f"{check.id} is no check of signers")
            check.function(self.bench)
        except NotApplicable as reason:
            return Finding(Result.NOT_APPLICABLE, str(reason))
        except SignerFailed as failed:
            return Finding(
                Result.FAILED, mismatches=(Mismatch(where="signer", wanted="a signed PDF", got=str(failed)),)
            )
        except Failed as failed:
            mismatch = Mismatch(wanted=failed.expected, got=failed.found)
            return Finding(Result.FAILED, mismatches=(mismatch,), calls=_meant(self.bench, failed.expected))
        return Finding(Result.PASSED)

    def clauses(self, check: Check) -> tuple[str, ...]:
        """The check's clauses under the run's regulation."""
        return clauses_of(check, self.settings.regulation)

    def redact(self, text: str) -> str:
        """The text as it is: PINs are the signer's own affair."""
        return text

    def reproduce(self, check: str | None = None) -> str:
        """The command that makes this check again, all where left out."""
        settings = self.settings
        options: dict[str, object] = {
            "--cacert": settings.cacert,
            "--trust": settings.trust,
            "--timeout": None if settings.timeout == DEFAULT_TIMEOUT else settings.timeout,
        }
        given = [word for pair in settings.given for word in ("--given", pair)]
        return line_to_run(settings, options, settings.only if check is None else (check,), flags=given)

    def close(self) -> None:
        """Nothing is held."""


def _meant(bench: Bench, text: str) -> tuple[str, ...]:
    """The documents that a text names, in full; nothing of those that cannot be read."""
    try:
        named = [document for document in bench.documents() if document.entry.file in text]
        return tuple(line for document in named for line in document.told(bench.regulation, in_full=True))
    except SignerFailed:
        return ()


def _evidence(folder: Path) -> Evidence:
    """What certificates are checked by. Raises BadTarget."""
    from token_emulator.documents.checking import CheckingError, read_folder

    try:
        return read_folder(folder)
    except CheckingError as error:
        raise BadTarget(f"--trust {folder}: {error}") from None
