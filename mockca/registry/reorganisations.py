"""Reorganisations: decisions, the certificates that they touch, and how far each of them is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, select, update

from mockca.registry.records import PAGE_LIMIT, insert, many, one, page
from mockca.registry.status import Status
from mockca.registry.tables import certificates, devices, reorganisation_items, reorganisations, status_changes

PENDING, REISSUING, DONE, EXCEPTION = "pending", "reissuing", "done", "exception"
"""What becomes of an item: nothing yet; revoked and waiting for the new certificate; all done; nothing could be."""
CHUNK = 1000
"""Rows of one statement."""


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """One decision under way, or carried out."""

    number: int
    regulation: str
    kind: str
    decision: dict[str, Any]
    """`number`, `signed_on`, `effective_on`, `successors`."""
    units: list[str]
    state: str
    total: int
    planned_by: str
    planned_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of a body, as a plan looks at it."""

    serial: str
    subscriber_kind: str
    unit: str
    not_before: datetime
    not_after: datetime
    status: str
    device: str | None
    device_state: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be done, or was, with one certificate."""

    reorganisation: int
    serial: str
    action: str
    clause: str
    state: str
    successor: str | None
    outcome: dict[str, Any]
    done_at: datetime | None
    place: int


@dataclass(frozen=True, slots=True)
class Listed(Item):
    """An item with what names its certificate."""

    unit: str
    subscriber_kind: str
    common_name: str


@dataclass(frozen=True, slots=True)
class Share:
    """How many certificates of one body, kind, action and state there are."""

    unit: str
    subscriber_kind: str
    action: str
    state: str
    count: int


def add(connection: Connection, **values: Any) -> int:
    """Enter a decision; returns its number."""
    return insert(connection, reorganisations, **values)


def get(connection: Connection, number: int) -> Reorganisation | None:
    return one(connection, select(reorganisations).where(reorganisations.c.number == number), Reorganisation)


def update_one(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(reorganisations.update().where(reorganisations.c.number == number).values(**values))


def listing(
    connection: Connection, *, regulation: str | None, after: int = 0, limit: int = 100
) -> tuple[list[Reorganisation], int | None, int]:
    """A slice of them, oldest first, with the next cursor and the total."""
    where = [] if regulation is None else [reorganisations.c.regulation == regulation]
    return page(connection, reorganisations, Reorganisation, *where, after=after, limit=limit)


def under_way(connection: Connection, regulation: str) -> dict[str, int]:
    """The bodies that a reorganisation which is not finished is about, with its number."""
    statement = select(reorganisations.c.number, reorganisations.c.units).where(
        reorganisations.c.regulation == regulation, reorganisations.c.finished_at.is_(None)
    )
    return {unit: number for number, units in connection.execute(statement) for unit in units}


# --- the certificates ---------------------------------------------------------------------------------------------

_IN_FORCE = (status_changes.c.instant <= bindparam("then", type_=status_changes.c.instant.type)) & (
    status_changes.c.until > bindparam("then", type_=status_changes.c.instant.type)
)
_STATUS = case(
    (
        (certificates.c.not_after <= bindparam("then", type_=certificates.c.not_after.type))
        & (status_changes.c.status != Status.REVOKED.value),
        Status.EXPIRED.value,
    ),
    else_=status_changes.c.status,
)


def held_by(connection: Connection, units: Sequence[str], at: datetime) -> Iterator[Held]:
    """The certificates of these bodies that have not ended at `at`, a part of them in memory at a time.

    Body by body in the order given, each body's by the age of their dossiers.
    """
    alive = (Status.ISSUED.value, Status.EFFECTIVE.value, Status.SUSPENDED.value)
    order = case({unit: place for place, unit in enumerate(units)}, value=certificates.c.unit)
    statement = (
        _held().where(certificates.c.unit.in_(units), _STATUS.in_(alive)).order_by(order, certificates.c.dossier)
    )
    rows = connection.execute(statement, {"then": at}, execution_options={"yield_per": CHUNK})
    return (Held(**row) for row in rows.mappings())


def held(connection: Connection, serials: Collection[str], at: datetime) -> dict[str, Held]:
    """What these certificates are worth at `at`, by serial, also of those that have ended."""
    statement = _held().where(certificates.c.serial.in_(list(serials)))
    return {one.serial: one for one in many(connection, statement, Held, then=at)}


def _held() -> Select[Any]:
    return (
        select(
            certificates.c.serial,
            certificates.c.subscriber_kind,
            certificates.c.unit,
            certificates.c.not_before,
            certificates.c.not_after,
            _STATUS.label("status"),
            certificates.c.device,
            devices.c.state.label("device_state"),
        )
        .join_from(certificates, status_changes, status_changes.c.serial == certificates.c.serial)
        .join(devices, devices.c.serial == certificates.c.device, isouter=True)
        .where(_IN_FORCE)
    )


def enter_items(connection: Connection, number: int, items: Iterable[Mapping[str, Any]]) -> int:
    """Enter what is to be done, in its order; returns how many certificates it is about."""
    count = 0
    batch: list[dict[str, Any]] = []
    for item in items:
        count += 1
        batch.append({"reorganisation": number, "place": count, **item})
        if len(batch) == CHUNK:
            connection.execute(reorganisation_items.insert(), batch)
            batch = []
    if batch:
        connection.execute(reorganisation_items.insert(), batch)
    return count


def waiting(connection: Connection, number: int, state: str, limit: int) -> list[Item]:
    """The next items in this state, in their order."""
    statement = (
        select(reorganisation_items)
        .where(reorganisation_items.c.reorganisation == number, reorganisation_items.c.state == state)
        .order_by(reorganisation_items.c.place)
        .limit(limit)
    )
    return many(connection, statement, Item)


def still(connection: Connection, number: int, state: str, serials: Collection[str]) -> set[str]:
    """Those of these items that are in this state."""
    statement = select(reorganisation_items.c.serial).where(
        reorganisation_items.c.reorganisation == number,
        reorganisation_items.c.state == state,
        reorganisation_items.c.serial.in_(list(serials)),
    )
    return set(connection.execute(statement).scalars())


_SETTLE = (
    update(reorganisation_items)
    .where(
        reorganisation_items.c.reorganisation == bindparam("of_number"),
        reorganisation_items.c.serial == bindparam("of_serial"),
    )
    .values(
        action=bindparam("action"),
        clause=bindparam("clause"),
        state=bindparam("state"),
        outcome=bindparam("outcome"),
        done_at=bindparam("done_at"),
    )
)


def settle(connection: Connection, number: int, items: Sequence[Item]) -> None:
    """Write down what became of these items."""
    if items:
        connection.execute(
            _SETTLE,
            [
                {
                    "of_number": number,
                    "of_serial": item.serial,
                    "action": item.action,
                    "clause": item.clause,
                    "state": item.state,
                    "outcome": item.outcome,
                    "done_at": item.done_at,
                }
                for item in items
            ],
        )


def counts(connection: Connection, number: int) -> dict[str, dict[str, int]]:
    """How many items there are, by action and by state."""
    columns = reorganisation_items.c
    statement = (
        select(columns.action, columns.state, func.count())
        .where(columns.reorganisation == number)
        .group_by(columns.action, columns.state)
        .order_by(columns.action, columns.state)
    )
    found: dict[str, dict[str, int]] = {}
    for action, state, count in connection.execute(statement):
        found.setdefault(action, {})[state] = count
    return found


def shares(connection: Connection, number: int) -> list[Share]:
    """How many items there are by body, kind of subscriber, action and state."""
    item = reorganisation_items.c
    group = (certificates.c.unit, certificates.c.subscriber_kind, item.action, item.state)
    statement = (
        select(*group, func.count().label("count"))
        .join_from(reorganisation_items, certificates, certificates.c.serial == item.serial)
        .where(item.reorganisation == number)
        .group_by(*group)
        .order_by(func.min(item.place), *group)
    )
    return many(connection, statement, Share)


def items(
    connection: Connection, number: int, *, state: str | None = None, after: int = 0, limit: int = 100
) -> tuple[list[Listed], int | None]:
    """A slice of the items in their order, and the next cursor."""
    limit = max(1, min(limit, PAGE_LIMIT))
    rows = many(connection, _listed(number, state, after).limit(limit + 1), Listed)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, (rows[-1].place if more else None)


def all_items(connection: Connection, number: int, state: str | None = None) -> Iterator[Listed]:
    """Every item in its order, a part of them in memory at a time."""
    rows = connection.execute(_listed(number, state, 0), execution_options={"yield_per": CHUNK})
    return (Listed(**row) for row in rows.mappings())


def _listed(number: int, state: str | None, after: int) -> Select[Any]:
    item = reorganisation_items
    statement = (
        select(item, certificates.c.unit, certificates.c.subscriber_kind, certificates.c.common_name)
        .join_from(item, certificates, certificates.c.serial == item.c.serial)
        .where(item.c.reorganisation == number, item.c.place > after)
        .order_by(item.c.place)
    )
    return statement if state is None else statement.where(item.c.state == state)
