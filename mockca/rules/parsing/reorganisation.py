"""What becomes of certificates when bodies are split, merged, renamed or dissolved."""

from __future__ import annotations

from mockca.rules.parsing.words import ACTIONS
from mockca.rules.reading import KINDS, Table
from mockca.rules.terms import ReorganisationAction, ReorganisationRule


def reorganisation(table: Table) -> ReorganisationRule:
    """One kind of decision."""
    clause, unsourced = table.source()
    actions = table.table("actions")
    found = ReorganisationRule(
        vi=table.text("vi"),
        en=table.text("en"),
        successor=table.flag("successor"),
        actions={kind: _action(actions.table(kind), clause) for kind in sorted(KINDS) if actions.has(kind)},
        clause=clause,
        unsourced=unsourced,
    )
    actions.finish()
    table.finish()
    return found


def _action(table: Table, clause: str) -> ReorganisationAction:
    own, unsourced = table.source(clause)
    found = ReorganisationAction(
        action=table.choice("action", ACTIONS),
        ground=table.text_or_none("ground"),
        case=table.text_or_none("case"),
        clause=own,
        unsourced=unsourced,
    )
    if (found.action in ("revoke", "reissue")) != (found.ground is not None):
        raise table.fail("ground", "`revoke` and `reissue`, and no other action, name a ground of revocation")
    table.finish()
    return found
