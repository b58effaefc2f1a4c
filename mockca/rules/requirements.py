"""What a dossier must be made of: for a new certificate, a renewal, a change of information, a reissue."""

from __future__ import annotations

from dataclasses import replace

from mockca.errors import NotAvailable
from mockca.rules.deadlines import VIETNAM
from mockca.rules.facts import FilingFacts
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, ChangeRules, DossierRequirements, RenewalRules, Sourced

ISSUE, RENEW, CHANGE, REISSUE = "issue", "renew", "change", "reissue"
KEEPS_KEY = frozenset({RENEW, CHANGE})
"""Operations whose certificate is for the key of the former one."""


def requirements_of(regulation: Regulation, operation: str, kind: str) -> DossierRequirements | None:
    """The parts of a dossier of this operation for this kind of subscriber; None where nobody of it can ask.

    NotAvailable where the regulation has no such operation.
    """
    new = regulation.requirements.get(kind)
    if operation not in KEEPS_KEY:
        return new
    rules = succession_rules(regulation, operation)
    form = rules.forms.get(kind)
    if form is None:
        return None
    confirmation = Sourced(False, form.clause, True)
    if isinstance(rules, RenewalRules):
        confirmation = rules.confirmation
        if rules.as_new.value and new is not None:
            return replace(new, form=form.value, clause=form.clause, unsourced=form.unsourced)
    return DossierRequirements(
        kind=kind,
        form=form.value,
        attachments={},
        alternatives={},
        seal=Sourced(False, UNSOURCED, True) if new is None else new.seal,
        list_form=None,
        certified=Sourced(False, UNSOURCED, True),
        confirmation=confirmation,
        duties=Sourced(False, UNSOURCED, True),
        categories={},
        clause=form.clause,
        unsourced=form.unsourced,
    )


def longest_years(regulation: Regulation, facts: FilingFacts) -> Sourced[int]:
    """The longest term that may be asked for: of a new certificate, or by which the former one is extended."""
    if facts.operation != RENEW or facts.former is None:
        return regulation.max_years
    rules = succession_rules(regulation, RENEW)
    assert isinstance(rules, RenewalRules)  # noqa: S101 - for the type checker
    early = rules.early
    if early is not None and facts.former.not_before.astimezone(VIETNAM).date() < early.before:
        return Sourced(early.max_years, early.clause, early.unsourced)
    return rules.max_years


def succession_rules(regulation: Regulation, operation: str) -> RenewalRules | ChangeRules:
    """The rules of renewal or of change; NotAvailable where the regulation has none."""
    rules = regulation.renewal if operation == RENEW else regulation.change
    if rules is None:
        raise NotAvailable(operation, regulation.id, regulation.require_service(operation).clause)
    return rules
