"""Revocation and its grounds."""

from __future__ import annotations

from mockca.rules.parsing.dossiers import submission, submission_or_none
from mockca.rules.parsing.words import REASONS, ROLES
from mockca.rules.reading import KINDS, Table
from mockca.rules.terms import Forwarder, Ground, RevocationRules


def ground(name: str, table: Table) -> Ground:
    """A ground for revocation."""
    clause, unsourced = table.source()
    reason = table.choice("crl_reason", REASONS | {""}, "")
    found = Ground(
        id=name,
        vi=table.text("vi"),
        en=table.text("en"),
        requesters=table.choices("requesters", ROLES),
        kinds=table.choices("kinds", KINDS, sorted(KINDS)),
        confirmation=table.flag("confirmation", False),
        decisions=table.labels("decisions", clause),
        duty=table.flag("duty", False),
        invalidity=table.flag("invalidity", False),
        before_event=table.flag("before_event", False),
        attachments=table.labels("attachments", clause),
        unfit=table.flag("unfit", False),
        after_expiry=table.flag("after_expiry", False),
        submission=submission_or_none(table.table_or_none("submission")),
        crl_reason=reason or None,
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def revocation_rules(table: Table) -> RevocationRules:
    """How revocation goes."""
    clause, unsourced = table.source()
    found = RevocationRules(
        decider=table.choice("decider", ROLES),
        at_once=table.choices("at_once", ROLES, []),
        forms=table.sourced_texts("forms"),
        form_from=table.choices("form_from", ROLES),
        effect_clause=table.text("effect_clause"),
        publish_clause=table.text("publish_clause"),
        notice_clause=table.text("notice_clause"),
        recovery_clause=table.text("recovery_clause"),
        final=table.sourced_flag("final"),
        letter=submission(table.table("letter")),
        lists=table.sourced_texts("lists"),
        forwarder=_forwarder(table.table_or_none("forwarder")),
        by_itself=table.sourced_flag_or_none("by_itself"),
        lost_form=table.sourced_text_or_none("lost_form"),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def _forwarder(table: Table | None) -> Forwarder | None:
    if table is None:
        return None
    clause, unsourced = table.source()
    found = Forwarder(table.choice("role", ROLES), table.text("form"), clause, unsourced)
    table.finish()
    return found
