"""Figures for the registrar's reports, one set a regulation."""

from __future__ import annotations

from mockca.desk.actors import EVERYWHERE, Actor, Role
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import RestoreFigures, StatisticsView
from mockca.registry import statistics
from mockca.rules.terms import UNSOURCED


def figures(sandbox: Sandbox, actor: Actor) -> tuple[StatisticsView, ...]:
    """The figures of the registrar's own province; those of every regulation for the authority and the trainer."""
    actor.require("read statistics", (Role.REGISTRAR, *EVERYWHERE), UNSOURCED)
    with reading(sandbox, actor) as transaction:
        return tuple(
            _of(transaction, regulation)
            for regulation in sandbox.regulations
            if actor.role in EVERYWHERE or actor.regulation == regulation
        )


def _of(transaction: Transaction, regulation: str) -> StatisticsView:
    connection, now = transaction.connection, transaction.now
    restores = statistics.restores_by_state(connection, regulation)
    return StatisticsView(
        regulation=regulation,
        at=now,
        certificates=statistics.certificates_by_status(connection, regulation, now),
        revocations=statistics.revoked_by_ground(connection, regulation),
        restores=RestoreFigures(
            requested=sum(restores.values()),
            restored=restores.get("restored", 0),
            refused=restores.get("refused", 0),
            late=statistics.late_restores(connection, regulation, now),
        ),
    )
