"""Handovers and the keeping of devices."""

from __future__ import annotations

from mockca.rules.parsing.words import CUSTODIANS, DEVICE_STEPS, ROLES, TRANSPORT
from mockca.rules.reading import KINDS, Table
from mockca.rules.terms import Custody, Leg, Post, Sourced


def leg(name: str, table: Table) -> Leg:
    """One leg of the custody chain."""
    clause, unsourced = table.source()
    found = Leg(
        name=name,
        vi=table.text("vi"),
        en=table.text("en"),
        giver=table.choice("giver", ROLES),
        receiver=table.choice("receiver", ROLES),
        form=table.text("form"),
        step=table.choice("step", DEVICE_STEPS),
        after_revocation=table.flag("after_revocation", False),
        certificate_named=table.sourced_flag_or_none("certificate_named") or Sourced(False, clause, True),
        receiver_papers=table.labels("receiver_papers", clause),
        receiver_appointed=table.sourced_flag_or_none("receiver_appointed") or Sourced(False, clause, True),
        copies=table.sourced_whole_or_none("copies"),
        transport=table.sourced_choices_or_none("transport", TRANSPORT),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def custody_rules(table: Table | None) -> Custody:
    """How devices are kept; nothing set where the text is silent."""
    if table is None:
        table = Table({}, (), {})
    custodians = table.table_or_none("custodians")
    keepers = {}
    if custodians is not None:
        named = {kind: custodians.sourced_choices_or_none(kind, CUSTODIANS) for kind in sorted(KINDS)}
        keepers = {kind: rule for kind, rule in named.items() if rule is not None}
        custodians.finish()
    found = Custody(
        classification=table.sourced_texts("classification"),
        custodians=keepers,
        outside_permission=table.sourced_flag_or_none("outside_permission"),
        assignment_decision=table.sourced_flag_or_none("assignment_decision"),
        house_rules=table.sourced_flag_or_none("house_rules"),
        change_minutes=table.sourced_flag_or_none("change_minutes"),
        change_decision=table.sourced_flag_or_none("change_decision"),
        change_form=table.sourced_text_or_none("change_form"),
        asset_number=table.sourced_flag_or_none("asset_number"),
    )
    table.finish()
    return found


def post(table: Table) -> Post:
    """Somebody that a body appoints."""
    clause, unsourced = table.source()
    found = Post(
        vi=table.text("vi"),
        en=table.text("en"),
        role=table.choice("role", ROLES),
        required=table.flag("required", False),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found
