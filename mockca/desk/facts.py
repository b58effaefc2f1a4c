"""From commands and records to the plain facts that the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockca.desk.commands import Attachment, DossierSet, Submission
from mockca.desk.signatures import canonical, judge
from mockca.desk.transaction import Transaction
from mockca.errors import NotFound
from mockca.registry import units
from mockca.registry.units import Unit
from mockca.rules.facts import SetFacts, SubmissionFacts, UnitFacts


def require_unit(transaction: Transaction, unit_id: str | None) -> Unit:
    """The unit named, or the actor's own where none is; NotFound where there is no such unit."""
    wanted = unit_id or transaction.actor.unit
    unit = None if wanted is None else units.get(transaction.connection, wanted)
    if unit is None:
        raise NotFound("unit", wanted or "(none given)")
    return unit


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


def set_facts(sets: Iterable[DossierSet]) -> tuple[SetFacts, ...]:
    return tuple(SetFacts(medium=one.medium, via=one.via, count=one.count) for one in sets)


def submission_facts(transaction: Transaction, submission: Submission, content: Mapping[str, Any]) -> SubmissionFacts:
    """How a document came; an electronic signature is judged over the canonical JSON of `content`."""
    verdict = None
    if submission.signature is not None:
        verdict = judge(transaction, submission.signature, canonical(content))
    return SubmissionFacts(
        channel=submission.channel,
        document_number=submission.document_number,
        signed_by=submission.signed_by,
        sealed=submission.sealed,
        signature=verdict,
        addressed_to=submission.addressed_to,
    )


def attachment_kinds(attachments: Iterable[Attachment]) -> frozenset[str]:
    return frozenset(attachment.kind for attachment in attachments)
