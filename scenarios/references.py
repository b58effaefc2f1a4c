"""`${…}` in a scenario: what earlier steps answered, made-up people, settings, the target's time.

    ${steps.file.number}            a value of an earlier step's answer
    ${people.lan.full_name}         a made-up person (people.py)
    ${keys.office.csr}              a CSR of a key that whoever plays holds (signing.py)
    ${given.mail_domain}            a setting of the scenario
    ${now}  ${now+2d}  ${today-1d}  the target's time (instant; date in Vietnam), moved by s, m, h, d or w
    ${next_friday}                  09:00 in Vietnam on the next such day
    ${steps.issue.certificate.not_after|day}   the date in Vietnam of an instant
    ${seed}  ${regulation}

A text that is one reference and nothing else takes the value's type; inside a longer text it becomes text.
Any instant can be moved: `${steps.issue.certificate.not_before+1825d}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from scenarios.errors import BadReference
from scenarios.model import REFERENCE
from scenarios.paths import BadPath, get

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam has kept UTC+7 without summer time since 1975."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ROOTS = ("steps", "people", "keys", "given", "now", "today", "seed", "regulation", *(f"next_{day}" for day in DAYS))
"""What a reference can begin with."""
MOVE = re.compile(r"^(.*?)([+-]\d+)([smhdw])$")
DAY = "|day"
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Context:
    """What references can lead to at one moment of a play."""

    steps: Mapping[str, Mapping[str, Any]]
    people: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, Mapping[str, str]]
    given: Mapping[str, Any]
    seed: str
    regulation: str
    now: datetime


def resolve(value: Any, context: Context) -> Any:
    """The value with every reference replaced, keys included. BadReference where one leads nowhere."""
    if isinstance(value, str):
        whole = REFERENCE.fullmatch(value)
        if whole:
            return look_up(whole[1], context)
        return REFERENCE.sub(lambda found: str(look_up(found[1], context)), value)
    if isinstance(value, Mapping):
        return {resolve(key, context): resolve(inner, context) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(inner, context) for inner in value]
    return value


def look_up(reference: str, context: Context) -> Any:
    """What one reference (its inside, without `${` and `}`) stands for."""
    if reference.endswith(DAY):
        return _day(reference, look_up(reference.removesuffix(DAY), context))
    moved = MOVE.match(reference)
    if moved is None:
        return _base(reference, context)
    base, amount, unit = moved.groups()
    return _shift(reference, _base(base, context), timedelta(**{UNITS[unit]: int(amount)}))


def moment(text: object) -> datetime | None:
    """The aware instant that an ISO 8601 text stands for; None for anything else."""
    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def next_day(now: datetime, weekday: int) -> datetime:
    """09:00 in Vietnam on the next such day of the week (Monday is 0), never today."""
    local = now.astimezone(VIETNAM)
    ahead = (weekday - local.weekday() - 1) % 7 + 1
    return datetime.combine(local.date() + timedelta(days=ahead), time(9), VIETNAM)


def _base(reference: str, context: Context) -> Any:
    root, _, rest = reference.partition(".")
    if not rest:
        if root == "now":
            return context.now.isoformat()
        if root == "today":
            return context.now.astimezone(VIETNAM).date().isoformat()
        if root == "seed":
            return context.seed
        if root == "regulation":
            return context.regulation
        if root.startswith("next_") and root.removeprefix("next_") in DAYS:
            return next_day(context.now, DAYS.index(root.removeprefix("next_"))).isoformat()
    documents: dict[str, Mapping[str, Any]] = {
        "steps": context.steps,
        "people": context.people,
        "keys": context.keys,
        "given": context.given,
    }
    document = documents.get(root)
    if document is None or not rest:
        raise BadReference(reference, f"a reference begins with one of: {', '.join(ROOTS)}")
    try:
        return get(document, rest)
    except BadPath as error:
        raise BadReference(reference, str(error)) from error


def _day(reference: str, value: Any) -> str:
    instant = moment(value)
    if instant is None:
        raise BadReference(reference, f"{value!r} is no instant")
    return instant.astimezone(VIETNAM).date().isoformat()


def _shift(reference: str, value: Any, by: timedelta) -> str:
    instant = moment(value)
    if instant is not None:
        return (instant + by).isoformat()
    try:
        return (date.fromisoformat(value) + by).isoformat()
    except (TypeError, ValueError):
        raise BadReference(reference, f"{value!r} is neither an instant nor a date") from None
