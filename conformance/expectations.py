"""Known failures: a list of checks and clauses that are expected to fail, each with its reason, perhaps for a time.

    [[expected]]
    check = "authority/an-giang/new-person/term-over-cap"   # or: clause = "AG-F01"
    reason = "the cap comes with release 2.4"
    until = 2026-03-31

In TOML, or the same keys in YAML. What fails as expected does not fail the run; what passes though it was expected to
fail does, so that the list stays true.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from conformance.checks import Check
from conformance.errors import BadExpectations
from conformance.events import CheckEnded, KnownFailure, Result
from conformance.law import law

Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Entry(BaseModel):
    """One known failure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Words | None = None
    """A check's id, or"""
    clause: Words | None = None
    """a clause's: then all its checks may fail."""
    reason: Words
    until: date | None = None
    """The last day, by this machine's clock, on which it may fail."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Entry:
        if (self.check is None) == (self.clause is None):
            raise ValueError("give a check or a clause, one of both")
        return self

    @property
    def id(self) -> str:
        """What it is about."""
        return self.check or self.clause or ""

    def covers(self, check: str, clauses: Sequence[str]) -> bool:
        """Whether it is about this check."""
        return check == self.check or self.clause in clauses


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    expected: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class _Awaited:
    entry: Entry
    checks: frozenset[str]
    """The checks in question under the run's regulation, made in this run or not."""


class Expectations:
    """The list, held against what comes of the checks."""

    def __init__(self, entries: Sequence[Entry] = (), checks: Iterable[tuple[str, tuple[str, ...]]] = ()) -> None:
        """`checks` are all ids with their clauses that there are under the run's regulation."""
        every = tuple(checks)
        self._awaited = tuple(
            _Awaited(entry, frozenset(id_ for id_, clauses in every if entry.covers(id_, clauses))) for entry in entries
        )
        self._results: dict[str, Result] = {}

    def applied(self, ended: CheckEnded, today: date) -> CheckEnded:
        """The event, with the entry that expects its failure where there is one; it is remembered."""
        self._results[ended.check] = ended.result
        if ended.result is not Result.FAILED:
            return ended
        covering = [one.entry for one in self._awaited if one.entry.covers(ended.check, ended.clauses)]
        for entry in covering:
            if entry.until is None or today <= entry.until:
                return ended.model_copy(update={"expected": KnownFailure(entry=entry.id, reason=entry.reason)})
        if covering:
            entry = covering[0]
            late = f"chỉ được sai đến / its failure was expected until {entry.until}: {entry.reason}"
            return ended.model_copy(update={"reason": late})
        return ended

    def surprises(self) -> tuple[KnownFailure, ...]:
        """The entries of which every check was made and none failed."""
        return tuple(
            KnownFailure(entry=one.entry.id, reason=one.entry.reason)
            for one in self._awaited
            if self._all_passed(one.checks)
        )

    def _all_passed(self, checks: frozenset[str]) -> bool:
        results = {self._results.get(check) for check in checks}
        return Result.PASSED in results and results <= {Result.PASSED, Result.NOT_APPLICABLE}


def read_entries(path: Path, checks: Iterable[Check]) -> tuple[Entry, ...]:
    """The entries in the file. Raises BadExpectations where it cannot be read, or names what is not there."""
    try:
        text = path.read_text("utf-8")
        data: Any = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
        entries = _File.model_validate({} if data is None else data).expected
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise BadExpectations(f"{path}: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise BadExpectations(f"{path}: {_places(error)}") from None
    ids = {check.id for check in checks}
    for entry in entries:
        if entry.check is not None and entry.check not in ids:
            raise BadExpectations(f"{path}: no check {entry.check!r}; `conformance list` shows every id")
        if entry.clause is not None and entry.clause not in law().clauses:
            raise BadExpectations(f"{path}: no clause {entry.clause!r}; `conformance coverage` shows every id")
    return entries


def _places(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in each['loc']) or 'file'}: {each['msg']}"
        for each in error.errors(include_url=False, include_input=False)
    )
