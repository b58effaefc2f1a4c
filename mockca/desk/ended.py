"""Bodies that a decision ended: what they may no longer do."""

from __future__ import annotations

from sqlalchemy import Connection

from mockca.errors import Refused, Violation
from mockca.registry import reorganisations
from mockca.registry.units import Unit
from mockca.rules.regulation import Regulation
from mockca.rules.reorganisations import OPERATION


def require_standing(connection: Connection, regulation: Regulation, unit: Unit) -> None:
    """Raise Refused, with the decision's clause, for a body that is no more: no certificates, no reports."""
    if unit.ended_on is None:
        return
    found = None if unit.ended_by is None else reorganisations.get(connection, unit.ended_by)
    rule = None if found is None else regulation.reorganisations.get(found.kind)
    raise Refused(
        [
            Violation(
                field="unit",
                value=f"{unit.id} ({unit.ended_on})",
                clause=regulation.operations[OPERATION].clause if rule is None else rule.clause,
                vi="Đơn vị đã được sắp xếp lại, không còn đề nghị cấp chứng thư số, không còn báo cáo.",
                en="The body was reorganised and is no more; it may not have certificates, and reports no more.",
                accepted=", ".join(unit.successors) or "-",
            )
        ]
    )
