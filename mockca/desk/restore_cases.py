"""Requests to restore a device, as the desk sees them."""

from __future__ import annotations

from mockca.desk.posts import warnings_to
from mockca.desk.transaction import Transaction
from mockca.desk.views import RestoreView
from mockca.errors import NotFound
from mockca.registry import deadlines, restores
from mockca.registry.restores import Restore


def require_case(transaction: Transaction, number: int) -> Restore:
    """The request, where the actor may see it; NotFound otherwise."""
    case = restores.get(transaction.connection, number)
    if case is None or not transaction.actor.sees_unit(case.regulation, case.unit):
        raise NotFound("restore", str(number))
    return case


def restore_view(transaction: Transaction, number: int) -> RestoreView:
    """A request, who decides it by when, and what became of it."""
    case = require_case(transaction, number)
    regulation = transaction.sandbox.regulation(case.regulation)
    term = None if case.deadline is None else deadlines.get(transaction.connection, case.deadline)
    return RestoreView(
        number=case.number,
        regulation=case.regulation,
        state=case.state,
        device=case.device,
        device_kind=case.device_kind,
        certificate=case.certificate,
        ground=case.ground,
        executor=case.executor,
        clause=regulation.delegate("restore", case.device_kind).clause,
        requested_by=case.requested_by,
        requested_at=case.requested_at,
        due=None if term is None else term.due,
        late=term is not None and (term.met_at or transaction.now) > term.due,
        decided_by=case.decided_by,
        decided_at=case.decided_at,
        refusal=case.refusal,
        warnings=warnings_to(transaction.connection, regulation, case.unit),
    )
