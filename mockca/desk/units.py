"""Entering agencies and organisations."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError

from mockca.desk.commands import RegisterUnit
from mockca.desk.transaction import Transaction
from mockca.desk.views import UnitView
from mockca.errors import Conflict
from mockca.registry import units
from mockca.registry.units import Unit


def register_unit(transaction: Transaction, command: RegisterUnit) -> UnitView:
    """Enter a unit. Whether it may have certificates is judged when it files."""
    regulation = transaction.regulation(command.regulation, "register_unit")
    unit = Unit(**command.model_dump(exclude={"superiors"}), superiors=list(command.superiors))
    try:
        units.add(transaction.connection, unit)
    except IntegrityError as error:
        raise Conflict(f"unit {unit.id} exists") from error
    transaction.record(
        "unit.registered",
        f"unit {unit.id}",
        {"name": unit.name, "category": unit.category},
        [regulation.operations["register_unit"].clause],
    )
    return unit_view(unit)


def unit_view(unit: Unit) -> UnitView:
    return UnitView(
        id=unit.id,
        regulation=unit.regulation,
        name=unit.name,
        category=unit.category,
        superiors=tuple(unit.superiors),
        locality=unit.locality,
        email=unit.email,
        has_seal=unit.has_seal,
        ended_on=None if unit.ended_on is None else date.fromisoformat(unit.ended_on),
        successors=tuple(unit.successors),
    )
