"""What happens in a run, told as events: all that a report needs to know, in order, without anything secret.

    RunBegan (CheckBegan CheckEnded)* RunEnded

The engine makes them, each report is one small writer with `handle(event)`. They are also what the JSON report
consists of, and its schema (contract/report.schema.json) comes from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from conformance.law import Text
from scenarios import Importance


class Result(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    """The target does what the check asks for."""
    FAILED = "failed"
    """It does not."""
    ERROR = "error"
    """The harness broke off; nothing is said about the target."""
    SKIPPED = "skipped"
    """It could not be made in this run: no account, an earlier step went wrong, the target refused to be asked."""
    NOT_APPLICABLE = "not_applicable"
    """It asks for something that this target need not have."""


RESULT_NAMES: Mapping[Result, Text] = {
    Result.PASSED: Text("đúng", "passed"),
    Result.FAILED: Text("sai", "failed"),
    Result.ERROR: Text("lỗi bộ kiểm", "error"),
    Result.SKIPPED: Text("chưa kiểm", "skipped"),
    Result.NOT_APPLICABLE: Text("không áp dụng", "not applicable"),
}
BAD = frozenset({Result.FAILED, Result.ERROR})
"""Results that speak against the run, unless they were expected."""


class Conclusion(StrEnum):
    """What the whole run comes to."""

    PASSED = "passed"
    """Every check that was made passed, or failed as expected."""
    FAILED = "failed"
    """A check failed unexpectedly, broke off, or passed though its failure is listed as known."""
    NOTHING_CHECKED = "nothing_checked"
    """No check could be made."""
    INTERRUPTED = "interrupted"
    """The run did not come to its end."""


class Model(BaseModel):
    """Base of everything here: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Place(Model):
    """What is tested."""

    kind: str
    """Kind of target: authority, token, …"""
    place: str
    """URL or path, without credentials."""


class Mismatch(Model):
    """One thing that is not as it must be."""

    where: str = ""
    """Which part: `outcome`, `state`, a path in the answer, a public face; empty where the check has but one."""
    wanted: str
    got: str

    def __str__(self) -> str:
        about = f"{self.where}: " if self.where else ""
        return f"{about}expected {self.wanted}, found {self.got}"


class Decoded(Model):
    """Something binary, in words."""

    what: str
    """`certificate`, `certificate request`, `CRL`, `OCSP request`, `OCSP response`."""
    text: str


class Exchange(Model):
    """One request and its answer."""

    method: str
    url: str
    request: str
    """The body sent, as text; base64 where it was binary; empty where none."""
    status: int
    response: str
    """The body received, as text, cut where long; base64 where it was binary."""
    curl: str
    """A command that asks the same; the credential is a variable for the reader to set."""
    decoded: tuple[Decoded, ...] = ()
    """What of it is certificates, CRLs or OCSP."""
    is_binary: bool = False
    """Whether the bodies are base64 of something binary."""


class Evidence(Model):
    """What was asked and answered."""

    exchanges: tuple[Exchange, ...] = ()
    """Over HTTP, in order."""
    calls: tuple[str, ...] = ()
    """Calls of a PKCS#11 module, or commands, with what came of each, in order."""


class KnownFailure(Model):
    """An entry of the list of known failures."""

    entry: str
    """The id of the check, or of the clause."""
    reason: str


class RunBegan(Model):
    """The target answers, and the checks are chosen."""

    event: Literal["run_began"] = "run_began"
    target: Place
    regulation: str
    seed: str | None
    """What the people in scenarios are made up from; none where the suite makes up nobody."""
    checks: int
    """How many there will be."""
    at: datetime
    """This machine's time."""
    versions: dict[str, str]
    """Of the harness, of Python, and so on."""
    command: str
    """The command that makes the same run."""


class CheckBegan(Model):
    """A check is about to be made."""

    event: Literal["check_began"] = "check_began"
    check: str
    """Its id."""
    number: int
    """From 1."""
    of: int


class CheckEnded(Model):
    """A check was made, or could not be."""

    event: Literal["check_ended"] = "check_ended"
    check: str
    """Its id: `authority/an-giang/new-person/file`."""
    number: int
    """From 1."""
    result: Result
    reason: str = ""
    """Why it was skipped, is not applicable, or broke off; of a failure, that it was expected until some day."""
    expected: KnownFailure | None = None
    """The entry of the list of known failures that says so, where it failed and that was expected."""
    says: Text
    """What the check is about."""
    does: str = ""
    """Who does what, in a scenario: `registrar propose_activation`."""
    clauses: tuple[str, ...]
    """The clauses that it holds the target to."""
    importance: Importance
    features: tuple[str, ...] = ()
    """What a target must have for the check to apply."""
    mismatches: tuple[Mismatch, ...] = ()
    suspects: tuple[str, ...] = ()
    """Earlier steps that were accepted though they had to be refused: the failure may follow from them."""
    evidence: Evidence = Evidence()
    reproduce: str
    """The command that makes this check again."""
    at: datetime | None = None
    """The target's time when the check began."""
    seconds: float
    """How long it took."""

    @property
    def group(self) -> str:
        """The scenario or module that it stands in: its id without its last part."""
        return self.check.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The last part of its id."""
        return self.check.rpartition("/")[2]

    @property
    def speaks_against(self) -> bool:
        """Whether it failed or broke off, and that was not expected."""
        return self.result in BAD and self.expected is None


class ClauseFigures(Model):
    """How the checks of one clause came out."""

    clause: str
    passed: int = 0
    failed: int = 0
    error: int = 0
    skipped: int = 0
    not_applicable: int = 0

    @property
    def is_tested(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.passed or self.failed)


class RunEnded(Model):
    """Nothing more will be checked."""

    event: Literal["run_ended"] = "run_ended"
    conclusion: Conclusion
    why: str = ""
    """Why it was interrupted."""
    totals: dict[Result, int]
    """How many checks came out how."""
    expected: int
    """How many of the failures were expected."""
    surprises: tuple[KnownFailure, ...]
    """Known failures that did not happen: entries to take off the list."""
    clauses: tuple[ClauseFigures, ...]
    """By clause, in their order; a check counts for each of its clauses."""
    seconds: float

    @property
    def untested(self) -> tuple[str, ...]:
        """The clauses of which nothing is known, because all their checks were skipped or broke off."""
        return tuple(each.clause for each in self.clauses if not each.is_tested and (each.skipped or each.error))


Event = RunBegan | CheckBegan | CheckEnded | RunEnded


class Writer(Protocol):
    """One form of report."""

    def handle(self, event: Event) -> None:
        """Take note of what happened. Writes whatever it writes at the latest at RunEnded."""
        ...
