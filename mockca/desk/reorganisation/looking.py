"""Reads: the reorganisations, their items, the PIN letters of the devices that they made."""

from __future__ import annotations

from mockca.desk.actors import EVERYWHERE, Actor
from mockca.desk.issuance import pin_letter
from mockca.desk.reorganisation.cases import (
    item_view,
    reorganisation_view,
    require_reader,
    require_reorganisation,
)
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import reading
from mockca.desk.views import LetterView, Page, ReorganisationView
from mockca.registry import reorganisations
from mockca.registry.reorganisations import DONE


def reorganisation(sandbox: Sandbox, actor: Actor, number: int) -> ReorganisationView:
    """One of them, with its progress."""
    with reading(sandbox, actor) as transaction:
        return reorganisation_view(transaction, number)


def listing(sandbox: Sandbox, actor: Actor, *, after: int | None = None, limit: int = 100) -> Page:
    """A slice of them: of the actor's province, of all for the authority and the trainer. Forbidden for other roles."""
    if actor.regulation is not None:
        require_reader(actor, sandbox.regulation(actor.regulation))
    with reading(sandbox, actor) as transaction:
        regulation_id = None if actor.role in EVERYWHERE else actor.regulation
        found, following, total = reorganisations.listing(
            transaction.connection, regulation=regulation_id, after=after or 0, limit=limit
        )
        items = tuple(reorganisation_view(transaction, one.number) for one in found)
    return Page(items=items, next=following, total=total)


def items(
    sandbox: Sandbox,
    actor: Actor,
    number: int,
    *,
    state: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of what is to be done, or was, certificate by certificate."""
    with reading(sandbox, actor) as transaction:
        found = require_reorganisation(transaction, number)
        rows, following = reorganisations.items(
            transaction.connection, number, state=state, after=after or 0, limit=limit
        )
    return Page(items=tuple(item_view(row) for row in rows), next=following, total=found.total)


def letters(sandbox: Sandbox, actor: Actor, number: int, *, after: int | None = None, limit: int = 100) -> Page:
    """The PIN letters of a slice's new devices, for who issues certificates; made from the secret each time."""
    with reading(sandbox, actor) as transaction:
        found = require_reorganisation(transaction, number)
        transaction.regulation(found.regulation, "issue_certificate")
        rows, following = reorganisations.items(
            transaction.connection, number, state=DONE, after=after or 0, limit=limit
        )
    told = []
    for row in rows:
        device, dossier = row.outcome.get("device"), row.outcome.get("dossier")
        if row.action == "reissue" and device is not None and dossier is not None:
            letter = pin_letter(sandbox, dossier)
            told.append(
                LetterView(
                    certificate=row.outcome["certificate"],
                    device=device,
                    dossier=dossier,
                    unit=row.successor or row.unit,
                    user_pin=letter.user_pin,
                    so_pin=letter.so_pin or "",
                )
            )
    return Page(items=tuple(told), next=following)
