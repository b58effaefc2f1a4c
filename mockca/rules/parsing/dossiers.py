"""Dossiers and rosters."""

from __future__ import annotations

from mockca.rules.parsing.words import MEDIA, WAYS
from mockca.rules.reading import KINDS, Table
from mockca.rules.terms import DossierRequirements, RosterRules, SetRule, Sourced, SubmissionRule, SubscriberCategory


def set_rule(table: Table) -> SetRule:
    """A set that a dossier must come in."""
    clause, unsourced = table.source()
    found = SetRule(table.choice("medium", MEDIA), table.whole("count"), table.choices("via", WAYS), clause, unsourced)
    table.finish()
    return found


def submission(table: Table) -> SubmissionRule:
    """How a document must come."""
    clause, unsourced = table.source()
    found = SubmissionRule(
        channels=table.choices("channels", MEDIA),
        paper_first_only=table.flag("paper_first_only", False),
        paper_needs=table.choices("paper_needs", frozenset({"signed_by", "sealed", "document_number"}), []),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def submission_or_none(table: Table | None) -> SubmissionRule | None:
    """The rule, or None where there is no table."""
    return None if table is None else submission(table)


def requirements(kind: str, table: Table) -> DossierRequirements:
    """A dossier's parts for one kind of subscriber."""
    clause, unsourced = table.source()
    found = DossierRequirements(
        kind=kind,
        form=table.text("form"),
        attachments=table.labels("attachments", clause),
        alternatives=table.labels("alternatives", clause),
        seal=table.sourced_flag_or_none("seal") or Sourced(False, clause, True),
        list_form=table.sourced_text_or_none("list_form"),
        certified=table.sourced_flag_or_none("certified") or Sourced(False, clause, True),
        confirmation=table.sourced_flag_or_none("confirmation") or Sourced(False, clause, True),
        duties=table.sourced_flag_or_none("duties") or Sourced(False, clause, True),
        categories={name: _category(entry, clause) for name, entry in table.tables("categories")},
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def _category(table: Table, clause: str) -> SubscriberCategory:
    own, unsourced = table.source(clause)
    found = SubscriberCategory(
        vi=table.text("vi"),
        en=table.text("en"),
        units=frozenset(table.texts("units", [])),
        attachments=table.labels("attachments", own),
        clause=own,
        unsourced=unsourced,
    )
    table.finish()
    return found


def roster(table: Table | None) -> RosterRules | None:
    """The roster's rules, None where the regime has no roster."""
    if table is None:
        return None
    clause, unsourced = table.source()
    attachments = table.table("attachments")
    found = RosterRules(
        forms=table.sourced_texts("forms"),
        attachments={kind: attachments.labels(kind) for kind in sorted(KINDS) if attachments.has(kind)},
        count_clause=table.text("count_clause"),
        mixed_clause=table.text("mixed_clause"),
        submission=submission(table.table("submission")),
        clause=clause,
        unsourced=unsourced,
    )
    attachments.finish()
    table.finish()
    return found
