"""How far learners have got: kept step by step, and put together for the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from mockca.workshop.classroom import Classroom, Learner, SchoolClass
from mockca.workshop.lessons import Beginning, Behind, Course, How, lesson
from mockca.workshop.tables import beginnings, learners, steps, tries
from scenarios import Mismatch, Port, Step

BEHIND: Final = ("step", "how", "at", "clock", "answer", "told")
LONGEST_TOLD: Final = 600
STUCK: Final = timedelta(minutes=5)
"""Without progress for so long, a learner may need help."""


@dataclass(frozen=True, slots=True)
class Try:
    """Something that the present step was not done by."""

    sandbox: str
    lesson: str
    step: str
    at: datetime
    clauses: tuple[str, ...]
    told: str
    """The refusal in a sentence; empty where nothing was refused."""
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One learner on the board."""

    learner: Learner
    behind: Mapping[str, How]
    present: Step | None
    since: datetime
    """When the learner last got on, or joined."""
    waiting: timedelta
    tries: int
    """At the present step."""
    last: Try | None
    """The latest of those."""
    done: int
    """How many steps of the lesson are behind them."""

    @property
    def is_stuck(self) -> bool:
        """Whether it is long since the learner got on."""
        return self.present is not None and self.waiting >= STUCK


@dataclass(frozen=True, slots=True)
class Board:
    """A class in one lesson."""

    lesson: str
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]


def course(
    classroom: Classroom,
    learner: Learner,
    of: SchoolClass,
    lesson_id: str,
    clock: datetime,
    port: Port | None = None,
) -> Course:
    """A learner in a lesson, which begins at the sandbox's time `clock` where it has not begun yet."""
    scenario = lesson(lesson_id, of.whole)
    with classroom.read() as connection:
        mine = (beginnings.c.sandbox == learner.sandbox) & (beginnings.c.lesson == lesson_id)
        began = (
            connection.execute(select(beginnings.c.at, beginnings.c.clock, beginnings.c["keys"]).where(mine))
            .mappings()
            .first()
        )
        wanted = select(*(steps.c[name] for name in BEHIND)).where(
            steps.c.sandbox == learner.sandbox, steps.c.lesson == lesson_id
        )
        rows = connection.execute(wanted).mappings().all()
    behind = [Behind(**dict(row) | {"how": How(row["how"])}) for row in rows]
    if began is not None:
        return Course(scenario, learner.sandbox, Beginning(**began), behind, port)
    fresh = Course(scenario, learner.sandbox, Beginning(classroom.clock.now(), clock, {}), behind, port)
    _begin(classroom, learner, lesson_id, clock, fresh.performance.held_keys())
    return course(classroom, learner, of, lesson_id, clock, port)


def _begin(classroom: Classroom, learner: Learner, lesson_id: str, clock: datetime, keys: Mapping[str, str]) -> None:
    values = {"sandbox": learner.sandbox, "lesson": lesson_id, "at": classroom.clock.now(), "clock": clock}
    with classroom.write() as connection:
        mine = (beginnings.c.sandbox == learner.sandbox) & (beginnings.c.lesson == lesson_id)
        if connection.execute(select(beginnings.c.lesson).where(mine)).first() is None:
            connection.execute(beginnings.insert(), {**values, "keys": dict(keys)})


def get_on(classroom: Classroom, sandbox: str, lesson_id: str, behind: Behind) -> None:
    """Keep that a step is behind the learner; what was kept of it first stays."""
    with classroom.write() as connection:
        mine = (steps.c.sandbox == sandbox) & (steps.c.lesson == lesson_id) & (steps.c.step == behind.step)
        if connection.execute(select(steps.c.step).where(mine)).first() is not None:
            return
        connection.execute(
            steps.insert(),
            {
                "sandbox": sandbox,
                "lesson": lesson_id,
                "step": behind.step,
                "how": behind.how.value,
                "at": behind.at,
                "clock": behind.clock,
                "answer": dict(behind.answer),
                "told": behind.told[:LONGEST_TOLD],
            },
        )


def tried(classroom: Classroom, one: Try) -> None:
    """Keep a try that did not do the step."""
    with classroom.write() as connection:
        connection.execute(
            tries.insert(),
            {
                "sandbox": one.sandbox,
                "lesson": one.lesson,
                "step": one.step,
                "at": one.at,
                "clauses": list(one.clauses),
                "told": one.told[:LONGEST_TOLD],
                "mismatches": [[each.where, each.wanted, each.got] for each in one.mismatches],
            },
        )


def last_try(classroom: Classroom, sandbox: str, lesson_id: str, step: str) -> Try | None:
    """The latest try at a step; None where there was none."""
    mine = (tries.c.sandbox == sandbox) & (tries.c.lesson == lesson_id) & (tries.c.step == step)
    with classroom.read() as connection:
        row = connection.execute(select(tries).where(mine).order_by(tries.c.number.desc()).limit(1)).mappings().first()
    return None if row is None else _try(row)


def board(classroom: Classroom, of: SchoolClass, lesson_id: str) -> Board:
    """Who of the class has got how far in a lesson, by the wall clock's now."""
    scenario = lesson(lesson_id, of.whole)
    everybody = classroom.learners(of.code)
    of_class = learners.c.code == of.code
    with classroom.read() as connection:
        passed = connection.execute(
            select(steps.c.sandbox, steps.c.step, steps.c.how, steps.c.at)
            .join(learners)
            .where(of_class, steps.c.lesson == lesson_id)
        ).all()
        # Of the tries at each step only the latest is shown.
        latest = (
            select(func.max(tries.c.number).label("number"), func.count().label("times"))
            .join(learners)
            .where(of_class, tries.c.lesson == lesson_id)
            .group_by(tries.c.sandbox, tries.c.step)
            .subquery()
        )
        failed = connection.execute(
            select(tries, latest.c.times).join(latest, tries.c.number == latest.c.number)
        ).mappings()
        missed = {(row["sandbox"], row["step"]): (_try(row), int(row["times"])) for row in failed}
    now = classroom.clock.now()
    ways: dict[str, dict[str, How]] = {}
    since: dict[str, datetime] = {}
    for sandbox, step, how, at in passed:
        ways.setdefault(sandbox, {})[step] = How(how)
        since[sandbox] = max(at, since.get(sandbox, at))
    return Board(
        lesson_id,
        scenario.steps,
        tuple(
            _line(one, scenario.steps, ways.get(one.sandbox, {}), since.get(one.sandbox), missed, now)
            for one in everybody
        ),
    )


Kept = tuple[How | None, datetime | None, int]
"""How and when a step came to be behind a learner, and how often something else was tried at it."""


def kept(classroom: Classroom, of: SchoolClass, lesson_id: str) -> dict[tuple[str, str], Kept]:
    """What is kept of a class in one lesson, by sandbox and step."""
    of_class = learners.c.code == of.code
    with classroom.read() as connection:
        wanted = select(steps.c.sandbox, steps.c.step, steps.c.how, steps.c.at).join(learners)
        passed = connection.execute(wanted.where(of_class, steps.c.lesson == lesson_id)).all()
        counted = connection.execute(
            select(tries.c.sandbox, tries.c.step, func.count())
            .join(learners)
            .where(of_class, tries.c.lesson == lesson_id)
            .group_by(tries.c.sandbox, tries.c.step)
        ).all()
    times = {(sandbox, step): int(number) for sandbox, step, number in counted}
    found: dict[tuple[str, str], Kept] = {key: (None, None, number) for key, number in times.items()}
    for sandbox, step, how, at in passed:
        found[sandbox, step] = (How(how), at, times.get((sandbox, step), 0))
    return found


def _line(
    learner: Learner,
    all_steps: Sequence[Step],
    behind: Mapping[str, How],
    since: datetime | None,
    missed: Mapping[tuple[str, str], tuple[Try, int]],
    now: datetime,
) -> Line:
    present = next((step for step in all_steps if step.id not in behind), None)
    last, times = missed.get((learner.sandbox, present.id), (None, 0)) if present is not None else (None, 0)
    moved = since or learner.joined_at
    done = sum(step.id in behind for step in all_steps)
    return Line(learner, behind, present, moved, now - moved, times, last, done)


def _try(row: Mapping[Any, Any]) -> Try:
    return Try(
        sandbox=row["sandbox"],
        lesson=row["lesson"],
        step=row["step"],
        at=row["at"],
        clauses=tuple(row["clauses"]),
        told=row["told"],
        mismatches=tuple(Mismatch(*each) for each in row["mismatches"]),
    )
