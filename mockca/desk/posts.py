"""What a body is told that has not appointed whom its regulation asks for."""

from __future__ import annotations

from sqlalchemy import Connection

from mockca.desk.views import WarningView
from mockca.registry import appointments
from mockca.rules import keeping
from mockca.rules.regulation import Regulation


def warnings_to(connection: Connection, regulation: Regulation, unit: str) -> tuple[WarningView, ...]:
    """A warning for each post that the unit must have and nobody holds; its requests pass all the same."""
    if not keeping.required_posts(regulation):
        return ()
    lacking = keeping.lacking(regulation, appointments.filled(connection, unit))
    return tuple(WarningView(clause=label.clause, vi=label.vi, en=label.en) for label in lacking)
