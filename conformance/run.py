"""One run: which target, which checks, with what settings; what the plugin and the suites share.

`Run` is that of the authority suite; the token suite has its own (suites/token/run.py).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from conformance.catalogue import selection
from conformance.checks import AUTHORITY, KINDS, TOKEN, StepCheck
from conformance.errors import BadTarget, NothingToRun
from conformance.targets.credentials import Credentials, read_credentials
from conformance.targets.http import HttpTarget
from scenarios import BadSetting, Performance, Scenario

DEFAULT_SEED = "1"
DEFAULT_TIMEOUT = 30.0
EXAMPLES = {AUTHORITY: "http://host:port/sandbox", TOKEN: "/path/to/module.so"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asked for."""

    target: str
    """`authority=URL` or `token=MODULE`."""
    regulation: str
    credentials: Path | None = None
    seed: str = DEFAULT_SEED
    only: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    """Settings of scenarios to change, e.g. `mail_domain=tinh.test`."""
    reset: bool = False
    """Empty the sandbox before each scenario."""
    timeout: float = DEFAULT_TIMEOUT
    token_label: str | None = None
    token_serial: str | None = None
    tries: int | None = None
    """Wrong PINs in a row that lock the device, by its model."""
    destructive: bool = False
    """Whether the device may be locked and its PIN changed."""
    pin_file: Path | None = None
    so_pin_file: Path | None = None


class Run:
    """A run in progress."""

    suite = AUTHORITY

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = target_url(settings.target)
        self.checks: tuple[StepCheck, ...] = selection(settings.regulation, settings.only)
        self.given = settings_given(settings.given, self.checks)
        accounts = Credentials() if settings.credentials is None else read_credentials(settings.credentials)
        self.target = HttpTarget(self.url, settings.regulation, accounts, timeout=settings.timeout)

    def start(self) -> None:
        """Raise BadTarget where the target cannot be tested at all."""
        self.target.check()

    def before_scenario(self) -> None:
        """Empty the sandbox, where the user asked for that."""
        if self.settings.reset:
            self.target.reset()

    def performance(self, scenario: Scenario) -> Performance:
        """A fresh play of a scenario against the target."""
        return Performance(scenario, self.target, seed=self.settings.seed, given=self.given)

    def redact(self, text: str) -> str:
        """The text without credentials."""
        return self.target.redactor.text(text)

    def reproduce(self, check: str) -> str:
        """The command that plays the check's scenario again, up to this check."""
        settings = self.settings
        words = ["conformance", "run", "--target", settings.target, "--regulation", settings.regulation]
        if settings.credentials is not None:
            words += ["--credentials", str(settings.credentials)]
        words += ["--seed", settings.seed]
        for pair in settings.given:
            words += ["--given", pair]
        if settings.reset:
            words.append("--reset")
        return shlex.join([*words, "--only", check])

    def close(self) -> None:
        """Close the connections."""
        self.target.close()


def target_of(target: str) -> tuple[str, str]:
    """Kind and place in `kind=place`. NothingToRun for a kind without a suite."""
    kind, _, place = target.partition("=")
    if kind not in KINDS:
        written = " or ".join(f"--target {known}={EXAMPLES[known]}" for known in KINDS)
        raise NothingToRun(f"no suite for {kind!r}; write {written}")
    return kind, place


def target_url(target: str) -> str:
    """The URL in `authority=URL`. BadTarget for what is no http URL."""
    kind, url = target_of(target)
    if not url.startswith(("http://", "https://")):
        raise BadTarget(f"{url!r} is no URL; write --target {kind}={EXAMPLES[kind]}")
    return url


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
