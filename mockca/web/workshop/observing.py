"""Looks on at what is done in learners' sandboxes, by whichever way, and ticks off the steps that it does."""

from __future__ import annotations

from flask import Flask, request

from mockca.web.access import sandboxes
from mockca.web.performing import Deed, performed
from mockca.web.workshop import operations
from mockca.web.workshop.blueprint import SHOWING, classroom, place_of
from mockca.workshop import progress
from mockca.workshop.classroom import Learner, SchoolClass
from mockca.workshop.lessons import Asked, Behind, How, lesson
from scenarios import Scenario


def watch(app: Flask) -> None:
    """Look on from now on."""
    performed.connect(_look, sender=app)


def _look(app: Flask, deed: Deed) -> None:
    del app
    sandbox = deed.path.get("sandbox", "")
    found = place_of(sandbox) if SHOWING not in request.environ else None
    if found is None:
        return
    learner, of = found
    asked = operations.asked(deed)
    if asked is None:
        return
    for lesson_id in of.lessons:
        scenario = lesson(lesson_id, of.whole)
        is_in_it = any(step.does is asked.operation for step in scenario.steps)
        if is_in_it and _judged(learner, of, lesson_id, scenario, asked):
            return


def _judged(learner: Learner, of: SchoolClass, lesson_id: str, scenario: Scenario, asked: Asked) -> bool:
    """Keep what was asked for as a step done, or as a try; whether it did one."""
    clock = sandboxes().open(learner.sandbox).clock.now()
    course = progress.course(classroom(), learner, of, lesson_id, clock)
    judgement = course.find(asked, accounts_of(learner.sandbox, scenario), clock)
    if judgement is None:
        return False
    now, outcome = classroom().clock.now(), asked.outcome
    if judgement.fits:
        behind = Behind(judgement.step.id, How.DONE, now, clock, outcome.values, outcome.message)
        progress.get_on(classroom(), learner.sandbox, lesson_id, behind)
        return True
    progress.tried(
        classroom(),
        progress.Try(
            learner.sandbox, lesson_id, judgement.step.id, now, outcome.clauses, outcome.message, judgement.mismatches
        ),
    )
    return False


def accounts_of(sandbox: str, scenario: Scenario) -> dict[str, str | None]:
    """Which account of the sandbox plays each actor of the scenario."""
    names = frozenset(account["name"] for account in sandboxes().credentials(sandbox)["accounts"])
    return {step.actor: operations.account_of(step.actor, scenario.regulation, names) for step in scenario.steps}
