"""The work: one slice of a plan after the other, each one transaction with one journal entry.

A run may die at any moment. What was committed is done; what was not is done by whoever works next, once, and under the
same serial numbers.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from mockca.desk.actors import Actor
from mockca.desk.commands import WorkReorganisation
from mockca.desk.due import run_due
from mockca.desk.reorganisation.cases import reorganisation_view, require_reorganisation
from mockca.desk.reorganisation.doing import Doing
from mockca.desk.reorganisation.slices import Slice, look, old_devices, prepare
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, journalling_refusals, perform, reading, recall
from mockca.desk.views import ReorganisationView
from mockca.registry import reorganisations
from mockca.registry.reorganisations import PENDING, REISSUING, Reorganisation
from mockca.rules import lifecycle
from mockca.rules.reorganisations import OPERATION

FINISHED = "finished"


def work_reorganisation(
    sandbox: Sandbox,
    actor: Actor,
    command: WorkReorganisation,
    *,
    number: int,
    idempotency_key: str | None = None,
) -> ReorganisationView:
    """Do the next slice and answer how far it is. Of a finished one nothing is left to do.

    Keys, devices and certificates are made before the transaction; a new device that it does not record is discarded.
    """
    this = partial(_work_reorganisation, number=number)
    with ExitStack() as devices_in_hand:
        with journalling_refusals(sandbox, actor, this):
            with reading(sandbox, actor) as transaction:
                answered = recall(transaction.connection, actor, this, command, idempotency_key)
                if answered is not None:
                    return answered
                found = _require(transaction, number)
                part = look(sandbox, transaction.connection, found, transaction.now, limit=command.limit)
                on_devices = old_devices(transaction.connection, part)
            prepare(sandbox, part, on_devices, devices_in_hand)
        view = perform(sandbox, actor, partial(this, part=part), command, idempotency_key=idempotency_key)
        run_due(sandbox)
        for staged in part.staged.values():
            if staged.serial not in part.recorded:
                # Somebody else did this item meanwhile: his device is the one that is recorded.
                staged.discard()
    return view


def _require(transaction: Transaction, number: int) -> Reorganisation:
    found = require_reorganisation(transaction, number)
    transaction.regulation(found.regulation, OPERATION)
    return found


def _work_reorganisation(
    transaction: Transaction, command: WorkReorganisation, *, part: Slice, number: int
) -> ReorganisationView:
    found = _require(transaction, number)
    if found.state == FINISHED:
        return reorganisation_view(transaction, number)
    now = look(transaction.sandbox, transaction.connection, found, transaction.now, limit=command.limit, only=part)
    done = Doing(transaction, now, part)
    if part.state == REISSUING:
        done.issue_all()
    else:
        done.begin_all()
    done.write()
    state = lifecycle.REORGANISATION.step(now.regulation, found.state, "work", name=str(number))
    finished_at = None
    if not any(reorganisations.waiting(transaction.connection, number, each, 1) for each in (PENDING, REISSUING)):
        state = lifecycle.REORGANISATION.step(now.regulation, state, "finish", name=str(number))
        finished_at = transaction.now
    reorganisations.update_one(transaction.connection, number, state=state, finished_at=finished_at)
    if finished_at is not None:
        actions = reorganisations.counts(transaction.connection, number)
        transaction.record(
            "reorganisation.finished", f"reorganisation {number}", {"actions": actions}, [now.rule.clause]
        )
    return reorganisation_view(transaction, number)
