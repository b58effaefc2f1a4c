"""From a body on record to the plain facts that the rules judge."""

from __future__ import annotations

from mockca.registry.units import Unit
from mockca.rules.facts import UnitFacts


def unit_facts(unit: Unit) -> UnitFacts:
    return UnitFacts(
        id=unit.id,
        name=unit.name,
        category=unit.category,
        superiors=tuple(unit.superiors),
        locality=unit.locality,
        email=unit.email,
        has_seal=unit.has_seal,
    )
