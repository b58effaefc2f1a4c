"""One run of the token suite: which module and token, which checks, with what PINs."""

from __future__ import annotations

from pathlib import Path

from conformance.catalogue import clauses_of, is_meant
from conformance.checks import TOKEN, Check, FunctionCheck
from conformance.errors import BadTarget, NothingToRun
from conformance.events import Mismatch, Result
from conformance.evidence import folded
from conformance.redaction import Redactor
from conformance.regulations import under
from conformance.run import DEFAULT_TIMEOUT, Finding, Settings, line_to_run, target_of
from conformance.suites.token import CHECKS
from conformance.suites.token.bench import Bench, Failed, NotApplicable, NotChecked
from conformance.targets.pins import Pins
from conformance.targets.token import ModuleFailed, TokenTarget

SUITE = Path(__file__)
"""What pytest collects."""


class TokenRun:
    """A run in progress."""

    suite = TOKEN
    seed = None

    def __init__(self, settings: Settings, pins: Pins) -> None:
        self.settings = settings
        self.module = module_path(settings.target)
        self.checks = selection(settings.regulation, settings.only)
        self.target = TokenTarget(
            self.module, label=settings.token_label, serial=settings.token_serial, timeout=settings.timeout
        )
        self.bench = Bench(self.target, pins, tries=settings.tries, destructive=settings.destructive)
        self._redactor = Redactor(pins.secrets())

    def start(self) -> None:
        """Raise BadTarget where the token cannot be tested at all, BadCredentials without a PIN."""
        self.bench.start()

    def before(self, group: str) -> None:
        """Nothing: each check brings the device back."""

    def judge(self, check: Check) -> Finding:
        """Make one check, and bring the device back after it."""
        if not isinstance(check, FunctionCheck):
            raise TypeError(f"{check.id} is no check of tokens")
        try:
            self.play(check)
        except NotApplicable as reason:
            return Finding(Result.NOT_APPLICABLE, str(reason), calls=self._calls())
        except NotChecked as reason:
            return Finding(Result.SKIPPED, str(reason), calls=self._calls())
        except Failed as failed:
            mismatch = Mismatch(wanted=failed.expected, got=failed.found)
            return Finding(Result.FAILED, mismatches=(mismatch,), calls=self._calls())
        except ModuleFailed as failed:
            mismatch = Mismatch(where="module", wanted="an answer", got=str(failed))
            return Finding(Result.FAILED, mismatches=(mismatch,), calls=self._calls())
        return Finding(Result.PASSED, calls=self._calls())

    def play(self, check: FunctionCheck) -> None:
        """Make one check, and bring the device back after it.

        Raises Failed or ModuleFailed, which are verdicts, or NotChecked.
        """
        bench = self.bench
        self.target.told.clear()
        if check.destructive:
            if not bench.destructive:
                raise NotChecked(
                    "khóa thiết bị hoặc đổi PIN, chỉ chạy với --destructive / "
                    "it locks the device or changes its PIN: only with --destructive"
                )
            _ = bench.officer
        if bench.broken and not check.on_any:
            bench.restore()
        self.target.told.clear()
        try:
            check.function(bench)
        finally:
            told = list(self.target.told)
            bench.give_back()
            self.target.told = told

    def _calls(self) -> tuple[str, ...]:
        return tuple(folded(self.target.told))

    def clauses(self, check: Check) -> tuple[str, ...]:
        """The check's clauses under the run's regulation."""
        return clauses_of(check, self.settings.regulation)

    def redact(self, text: str) -> str:
        """The text without PINs."""
        return self._redactor.text(text)

    def reproduce(self, check: str | None = None) -> str:
        """The command that makes this check again, all where left out; PINs from the environment are not in it."""
        settings = self.settings
        options: dict[str, object] = {
            "--token-label": settings.token_label,
            "--token-serial": settings.token_serial,
            "--tries": settings.tries,
            "--pin-file": settings.pin_file,
            "--so-pin-file": settings.so_pin_file,
            "--timeout": None if settings.timeout == DEFAULT_TIMEOUT else settings.timeout,
        }
        flags = ("--destructive",) if settings.destructive else ()
        return line_to_run(settings, options, settings.only if check is None else (check,), flags=flags)

    def close(self) -> None:
        """End the module's process."""
        self.target.close()


def module_path(target: str) -> str:
    """The module in `token=PATH`. Raises BadTarget where there is no such file."""
    _, path = target_of(target)
    if not Path(path).is_file():
        raise BadTarget(f"{path!r} is no file; write --target {TOKEN}=/path/to/module.so")
    return str(Path(path).absolute())


def selection(regulation: str, only: tuple[str, ...]) -> tuple[FunctionCheck, ...]:
    """The checks meant by `only`, all where it is empty. Raises NothingToRun."""
    under(regulation, ())
    for wanted in only:
        if not any(is_meant(check.id, wanted) for check in CHECKS):
            raise NothingToRun(f"no check {wanted!r} for tokens; `conformance list --target-kind {TOKEN}` shows them")
    return tuple(check for check in CHECKS if not only or any(is_meant(check.id, wanted) for wanted in only))
