"""Dossiers, their attachments, and the rosters that gather them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from mockca.registry.records import insert, insert_all, many, one, page
from mockca.registry.tables import attachments, dossiers, rosters


@dataclass(frozen=True, slots=True)
class Dossier:
    """One request for a certificate."""

    number: int
    regulation: str
    operation: str
    subscriber_kind: str
    unit: str
    state: str
    form: str
    fields: dict[str, Any]
    sets: list[dict[str, Any]]
    submission: dict[str, Any]
    filed_by: str
    filed_at: datetime
    reasons: list[str]
    roster: int | None
    certificate: str | None
    replaces: str | None
    """Serial of the certificate that is to be renewed, changed or reissued."""
    case: str | None
    """Case of a change, or ground of a reissue."""
    category: str | None
    """Category of the person who asks, where the regulation lists who may."""
    confirmed_by: str | None
    enclosed: list[dict[str, Any]]
    """Filled-in lists that came with the form: `code`, `fields`, `rows`."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A consolidated list of dossiers on its way to the authority."""

    number: int
    regulation: str
    form: str
    document_number: str
    subscriber_kind: str
    submission: dict[str, Any]
    submitted_by: str
    submitted_at: datetime
    rows: list[dict[str, Any]]
    """The list's lines as they were sent; empty where they are told by the dossiers alone."""


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """A document filed with a dossier or a roster."""

    kind: str
    file_name: str
    sha256: str | None
    content: bytes | None
    certified: str | None = None
    """`notarised` or `agency`: by whom the copy is certified."""


def add(connection: Connection, **values: Any) -> int:
    """Insert a dossier from column values; returns its number."""
    return insert(connection, dossiers, reasons=[], **values)


_ADD = dossiers.insert().returning(dossiers.c.number, sort_by_parameter_order=True)


def add_all(connection: Connection, filed: Sequence[dict[str, Any]]) -> list[int]:
    """Insert many dossiers, each from the values that `add` takes; their numbers in the same order."""
    if not filed:
        return []
    return list(connection.execute(_ADD, [{"reasons": [], **values} for values in filed]).scalars())


_GET = select(dossiers).where(dossiers.c.number == bindparam("number"))


def get(connection: Connection, number: int) -> Dossier | None:
    return one(connection, _GET, Dossier, number=number)


_ISSUE = (
    dossiers.update()
    .where(dossiers.c.number == bindparam("dossier"), dossiers.c.state == bindparam("before"))
    .values(state=bindparam("after"), certificate=bindparam("serial"))
)


def issue(connection: Connection, number: int, serial: str, *, before: str, after: str) -> bool:
    """Move a dossier on to the state in which it has its certificate; False where it is not in `before` by now."""
    values = {"dossier": number, "serial": serial, "before": before, "after": after}
    return connection.execute(_ISSUE, values).rowcount == 1


_ISSUE_ALL = (
    dossiers.update()
    .where(dossiers.c.number.in_(bindparam("numbers", expanding=True)), dossiers.c.state == bindparam("before"))
    .values(state=bindparam("after"))
    .returning(dossiers.c.number)
)
_CERTIFY = dossiers.update().where(dossiers.c.number == bindparam("dossier")).values(certificate=bindparam("serial"))


def issue_all(connection: Connection, serials: Mapping[int, str], *, before: str, after: str) -> set[int]:
    """Move dossiers on as `issue` does, each to its certificate; the numbers of those that were in `before`."""
    if not serials:
        return set()
    named = {"numbers": list(serials), "before": before, "after": after}
    moved = set(connection.execute(_ISSUE_ALL, named).scalars())
    if moved:
        connection.execute(_CERTIFY, [{"dossier": number, "serial": serials[number]} for number in sorted(moved)])
    return moved


def update(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(dossiers.update().where(dossiers.c.number == number).values(**values))


def listing(
    connection: Connection,
    *,
    regulation: str | None = None,
    unit: str | None = None,
    state: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Dossier], int | None, int]:
    """A slice of the dossiers, oldest first, with the next cursor and the total."""
    where = []
    if regulation is not None:
        where.append(dossiers.c.regulation == regulation)
    if unit is not None:
        where.append(dossiers.c.unit == unit)
    if state is not None:
        where.append(dossiers.c.state == state)
    return page(connection, dossiers, Dossier, *where, after=after, limit=limit)


def gather(connection: Connection, numbers: Sequence[int]) -> list[Dossier]:
    """The dossiers with these numbers."""
    return many(connection, select(dossiers).where(dossiers.c.number.in_(numbers)), Dossier)


def attach(
    connection: Connection,
    files: Sequence[StoredAttachment],
    *,
    dossier: int | None = None,
    roster: int | None = None,
) -> None:
    """File documents with a dossier or a roster."""
    rows = [
        {
            "dossier": dossier,
            "roster": roster,
            "kind": file.kind,
            "file_name": file.file_name,
            "sha256": file.sha256,
            "content": file.content,
            "certified": file.certified,
        }
        for file in files
    ]
    insert_all(connection, attachments, rows)


def detach_all(connection: Connection, dossier: int) -> None:
    """Drop a dossier's attachments, before it is filed again with new ones."""
    connection.execute(attachments.delete().where(attachments.c.dossier == dossier))


def attachment_kinds(connection: Connection, dossier: int) -> tuple[str, ...]:
    statement = select(attachments.c.kind).where(attachments.c.dossier == dossier).order_by(attachments.c.number)
    return tuple(connection.execute(statement).scalars())


def add_roster(connection: Connection, **values: Any) -> int:
    """Insert a roster from column values; returns its number."""
    return insert(connection, rosters, **values)


def get_roster(connection: Connection, number: int) -> Roster | None:
    return one(connection, select(rosters).where(rosters.c.number == number), Roster)


def of_roster(connection: Connection, roster: int) -> tuple[int, ...]:
    """Numbers of the dossiers on a roster."""
    statement = select(dossiers.c.number).where(dossiers.c.roster == roster).order_by(dossiers.c.number)
    return tuple(connection.execute(statement).scalars())
