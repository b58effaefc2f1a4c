"""Proposing the time of effect, where publication brings it."""

from __future__ import annotations

from mockca.errors import NotAvailable, Violation
from mockca.rules.deadlines import local_date
from mockca.rules.facts import ActivationFacts
from mockca.rules.forms import check_form, shown
from mockca.rules.lists import wrong_form
from mockca.rules.regulation import Regulation
from mockca.rules.submissions import check_address, check_submission
from mockca.rules.terms import ActivationRules


def check_activation(regulation: Regulation, facts: ActivationFacts) -> list[Violation]:
    """Everything that is wrong with a proposal; NotAvailable where notBefore alone brings effect."""
    rules = _rules(regulation)
    found = []
    if facts.form != rules.form:
        found.append(wrong_form("form.code", facts.form, rules.form, rules.clause))
    else:
        form = regulation.forms[rules.form]
        found += check_form(regulation, form, facts.fields, today=local_date(facts.now))
    if facts.wanted_at is not None and facts.wanted_at < facts.now:
        found.append(
            Violation(
                field="effective_at",
                value=shown(facts.wanted_at),
                clause=rules.effect_clause,
                vi="Hiệu lực chỉ có từ khi công bố, không thể đề nghị thời điểm đã qua.",
                en="Effect begins with publication; a time that has passed cannot be proposed.",
                accepted=f"≥ {facts.now.isoformat()}",
            )
        )
    found += check_address(regulation, facts.submission, "authority")
    return found + check_submission(rules.submission, facts.submission)


def _rules(regulation: Regulation) -> ActivationRules:
    if regulation.activation is None:
        raise NotAvailable("activate", regulation.id, regulation.services["activate"].clause)
    return regulation.activation
