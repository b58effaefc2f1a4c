"""Written notices: whom the regulation wants told of an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mockca.desk.actors import Role
from mockca.registry import announcements
from mockca.rules.regulation import Label, Regulation


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
    for notice in regulation.notices_on(event):
        announcements.notify(
            connection,
            to=notice.to if notice.to == Role.REGISTRAR else unit,
            regulation=regulation.id,
            subject=notice.vi,
            text=f"{notice.vi}. {more}".strip(),
            serial=serial,
            sent_at=at,
            clause=notice.clause,
        )
