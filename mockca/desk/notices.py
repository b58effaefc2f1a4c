"""Written notices: whom the regulation wants told of an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mockca.desk.actors import EVERYWHERE, Actor, Role
from mockca.registry import announcements
from mockca.registry.announcements import Notice
from mockca.rules.regulation import Label, Regulation


def reader_of(actor: Actor) -> str | None:
    """To whom the notices are sent that this actor reads: a registrar's, a unit's own; None for everybody's."""
    if actor.role in EVERYWHERE:
        return None
    return actor.role if actor.role == Role.REGISTRAR else (actor.unit or actor.role)


def notice_is_for(actor: Actor, notice: Notice) -> bool:
    """Whether the actor may read this notice."""
    reader = reader_of(actor)
    return reader is None or (reader == notice.to and actor.regulation == notice.regulation)


def tell_unit(
    connection: Connection, regulation: Regulation, what: Label, at: datetime, *, unit: str, serial: str, more: str
) -> None:
    """Send a unit the one notice that a rule has words of its own for."""
    announcements.notify(
        connection,
        to=unit,
        regulation=regulation.id,
        subject=what.vi,
        text=f"{what.vi}. {more}",
        serial=serial,
        sent_at=at,
        clause=what.clause,
    )


def tell(
    connection: Connection,
    regulation: Regulation,
    event: str,
    at: datetime,
    *,
    unit: str,
    serial: str | None = None,
    more: str = "",
) -> None:
    """Send the notices that this event calls for: to the registrar, or to the unit concerned.

    `more` is added to the text: what it is about, in Vietnamese.
    """
    announcements.notify_all(connection, letters(regulation, event, at, unit=unit, serial=serial, more=more))


def letters(
    regulation: Regulation, event: str, at: datetime, *, unit: str, serial: str | None = None, more: str = ""
) -> list[dict[str, Any]]:
    """What `tell` sends, not sent yet: for whoever has many to send at once."""
    return [
        {
            "to": notice.to if notice.to == Role.REGISTRAR else unit,
            "regulation": regulation.id,
            "subject": notice.vi,
            "text": f"{notice.vi}. {more}".strip(),
            "serial": serial,
            "sent_at": at,
            "clause": notice.clause,
        }
        for notice in regulation.notices_on(event)
    ]
