"""One change is one transaction: the rows, the journal entry, and the answer kept for a retry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from mockca.desk import views
from mockca.desk.actors import Actor
from mockca.desk.commands import Command
from mockca.desk.due import run_due, run_due_in
from mockca.desk.sandbox import Sandbox
from mockca.desk.views import View
from mockca.errors import Forbidden, MockcaError, NotAvailable, OutOfOrder, Refused
from mockca.registry import idempotency, journal
from mockca.rules.deadlines import VIETNAM
from mockca.rules.regulation import Regulation

CommandT = TypeVar("CommandT", bound=Command | None)
ViewT = TypeVar("ViewT", bound=View)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A change under way: who makes it, where, at which instant of the sandbox's clock."""

    sandbox: Sandbox
    actor: Actor
    connection: Connection
    now: datetime

    def regulation(self, regulation_id: str, operation: str) -> Regulation:
        """The regulation, in force today, in the actor's own province, and offering the operation's role."""
        regulation = self.sandbox.regulation(regulation_id)
        self.actor.require_province(regulation, operation)
        regulation.require_role(self.actor.role, operation)
        return regulation

    @property
    def today(self) -> date:
        """The calendar day in Vietnam."""
        return self.now.astimezone(VIETNAM).date()

    def record(self, action: str, about: str, detail: dict[str, Any], clauses: Sequence[str] = ()) -> None:
        """Append the change to the journal."""
        journal.append(
            self.connection,
            at=self.now,
            actor=self.actor.account,
            action=action,
            about=about,
            detail=detail,
            clauses=[clause for clause in clauses if clause],
        )


@contextmanager
def changing(sandbox: Sandbox, actor: Actor) -> Iterator[Transaction]:
    """A write transaction; what has fallen due by now is run first."""
    with sandbox.store.write() as connection:
        now = sandbox.clock.now()
        run_due_in(sandbox, connection, now)
        yield Transaction(sandbox, actor, connection, now)


@contextmanager
def reading(sandbox: Sandbox, actor: Actor) -> Iterator[Transaction]:
    """A read of one snapshot, by the clock's now; what has fallen due is run before."""
    run_due(sandbox)
    with sandbox.store.read() as connection:
        yield Transaction(sandbox, actor, connection, sandbox.clock.now())


def perform(
    sandbox: Sandbox,
    actor: Actor,
    use_case: Callable[[Transaction, CommandT], ViewT],
    command: CommandT,
    *,
    idempotency_key: str | None = None,
) -> ViewT:
    """Run a use case as one transaction and return its answer.

    With an idempotency key a repeated request gets the first one's answer; Conflict where the key was used for
    another request. A refusal is journalled, with its clauses and without the refused values.
    """
    request_hash = "" if idempotency_key is None else _request_hash(use_case, command)
    with journalling_refusals(sandbox, actor, use_case), changing(sandbox, actor) as transaction:
        if idempotency_key is not None:
            kept = _recall(transaction.connection, actor, idempotency_key, request_hash)
            if kept is not None:
                return cast("ViewT", kept)
        answer = use_case(transaction, command)
        if idempotency_key is not None:
            idempotency.keep(
                transaction.connection,
                actor.account,
                idempotency_key,
                request_hash,
                {"view": type(answer).__name__, "body": answer.model_dump(mode="json")},
                transaction.now,
            )
        return answer


@contextmanager
def journalling_refusals(sandbox: Sandbox, actor: Actor, use_case: Callable[..., Any]) -> Iterator[None]:
    """Journal that, and by which clauses, the use case was refused; then raise the refusal again."""
    try:
        yield
    except MockcaError as error:
        _record_refusal(sandbox, actor, use_case, error)
        raise


def recall(
    connection: Connection,
    actor: Actor,
    use_case: Callable[..., ViewT],
    command: Command,
    idempotency_key: str | None,
) -> ViewT | None:
    """The answer that an earlier request with this key was given, for use cases with work before `perform`."""
    if idempotency_key is None:
        return None
    return cast("ViewT | None", _recall(connection, actor, idempotency_key, _request_hash(use_case, command)))


def _recall(connection: Connection, actor: Actor, key: str, request_hash: str) -> View | None:
    kept = idempotency.recall(connection, actor.account, key, request_hash)
    if kept is None:
        return None
    kind: type[View] = getattr(views, kept["view"])
    return kind.model_validate(kept["body"])


def _identity(use_case: Callable[..., Any]) -> str:
    """Name of the use case with the number or serial that it is about, e.g. `check_dossier 12`."""
    if not isinstance(use_case, partial):
        return use_case.__name__.lstrip("_")
    about = [str(value) for value in use_case.keywords.values() if isinstance(value, int | str)]
    return " ".join([use_case.func.__name__.lstrip("_"), *about])


def _request_hash(use_case: Callable[..., Any], command: Command | None) -> str:
    body = command.model_dump_json() if command is not None else ""
    return hashlib.sha256(f"{_identity(use_case)}\0{body}".encode()).hexdigest()


def _record_refusal(sandbox: Sandbox, actor: Actor, use_case: Callable[..., Any], error: MockcaError) -> None:
    clauses: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    if isinstance(error, Refused):
        clauses = tuple(dict.fromkeys(violation.clause for violation in error.violations))
        fields = tuple(dict.fromkeys(violation.field for violation in error.violations))
    elif isinstance(error, OutOfOrder | Forbidden | NotAvailable):
        clauses = (error.clause,)
    with sandbox.store.write() as connection:
        journal.append(
            connection,
            at=sandbox.clock.now(),
            actor=actor.account,
            action="refused",
            about=_identity(use_case),
            detail={"error": type(error).__name__, "fields": list(fields)},
            clauses=list(clauses),
        )
