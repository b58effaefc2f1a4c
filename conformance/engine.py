"""Turns what pytest does with a suite into events, and hands them to the writers."""

from __future__ import annotations

import platform
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable
from datetime import datetime
from importlib.metadata import version

import pytest

from conformance.clock import system_time
from conformance.collection import CheckItem
from conformance.events import (
    CheckBegan,
    CheckEnded,
    ClauseFigures,
    Conclusion,
    Event,
    Place,
    Result,
    RunBegan,
    RunEnded,
    Writer,
)
from conformance.expectations import Expectations
from conformance.law import by_number
from conformance.run import RUN, SuiteRun, public_place, target_of

INTERRUPTED = "bị ngắt / interrupted"


class Engine:
    """A pytest plugin for one session. `conclusion` says what the run came to."""

    def __init__(
        self,
        writers: Iterable[Writer],
        expectations: Expectations | None = None,
        *,
        with_evidence: bool = False,
        now: Callable[[], datetime] = system_time,
    ) -> None:
        """`with_evidence` keeps that of checks that passed, too; `now` tells this machine's time."""
        self._writers = tuple(writers)
        self._expectations = expectations or Expectations()
        self._with_evidence = with_evidence
        self._now = now
        self._began = 0.0
        self._items = 0
        self._number = 0
        self._broke = ""
        self.why = ""
        """Why the run ended before its end; empty where it did not."""
        self._tally = Tally()
        self.conclusion = Conclusion.INTERRUPTED

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """All checks are chosen."""
        run = session.config.stash[RUN]
        self._items = len(session.items)
        self._began = time.monotonic()
        self._tell(began(run, self._items, self._now()))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """One check, from beginning to end."""
        if not isinstance(item, CheckItem):
            return (yield)
        self._number += 1
        self._broke = ""
        self._tell(CheckBegan(check=item.check.id, number=self._number, of=self._items))
        done = yield
        ended = item.ended(self._number, self._broke, with_evidence=self._with_evidence)
        ended = self._expectations.applied(ended, self._now().date())
        self._tally.add(ended)
        self._tell(ended)
        return done

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, report: object) -> None:
        """Remember how the harness broke off in a check."""
        if isinstance(node, CheckItem) and isinstance(report, pytest.TestReport):
            self._broke = report.longreprtext

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember why the run ended before its end."""
        self.why = getattr(excinfo.value, "msg", "") or INTERRUPTED

    def pytest_sessionfinish(self) -> None:
        """Nothing more will be checked."""
        surprises = self._expectations.surprises()
        self.conclusion = self._tally.conclusion(has_surprises=bool(surprises), is_interrupted=bool(self.why))
        self._tell(
            RunEnded(
                conclusion=self.conclusion,
                why=self.why,
                totals={result: self._tally.totals[result] for result in Result},
                expected=self._tally.expected,
                surprises=surprises,
                clauses=self._tally.clauses(),
                seconds=round(time.monotonic() - self._began, 3),
            )
        )

    def _tell(self, event: Event) -> None:
        for writer in self._writers:
            writer.handle(event)


class Tally:
    """Counts what comes of the checks."""

    def __init__(self) -> None:
        self.totals: Counter[Result] = Counter()
        self.expected = 0
        self._against = 0
        self._clauses: defaultdict[str, Counter[Result]] = defaultdict(Counter)

    def add(self, ended: CheckEnded) -> None:
        """Count one check."""
        self.totals[ended.result] += 1
        self._against += ended.speaks_against
        self.expected += ended.expected is not None
        for clause in ended.clauses:
            self._clauses[clause][ended.result] += 1

    def clauses(self) -> tuple[ClauseFigures, ...]:
        """The figures by clause, in their order."""
        return tuple(
            ClauseFigures(clause=clause, **{result.value: count for result, count in self._clauses[clause].items()})
            for clause in sorted(self._clauses, key=by_number)
        )

    def conclusion(self, *, has_surprises: bool, is_interrupted: bool) -> Conclusion:
        """What it comes to."""
        if is_interrupted:
            return Conclusion.INTERRUPTED
        if self._against or has_surprises:
            return Conclusion.FAILED
        return Conclusion.PASSED if self.totals[Result.PASSED] or self.expected else Conclusion.NOTHING_CHECKED


def began(run: SuiteRun, checks: int, now: datetime) -> RunBegan:
    """The event that a run begins."""
    kind, place = target_of(run.settings.target)
    return RunBegan(
        target=Place(kind=kind, place=run.redact(public_place(place))),
        regulation=run.settings.regulation,
        seed=run.seed,
        checks=checks,
        at=now,
        versions={"conformance": version("mockca"), "python": platform.python_version()},
        command=run.redact(run.reproduce()),
    )
