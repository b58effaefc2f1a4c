"""What becomes of certificates when bodies are split, merged, renamed or dissolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from mockca.rules.parsing.words import ACTIONS
from mockca.rules.reading import KINDS, Table
from mockca.rules.terms import (
    Becomes,
    ChangeRules,
    Ground,
    ReissueRules,
    ReorganisationAction,
    ReorganisationRule,
)

REVOKING = frozenset({"revoke", "reissue"})
BECOMES: dict[str, Becomes] = {name: name for name in get_args(Becomes)}


def reorganisation(name: str, table: Table) -> ReorganisationRule:
    """One kind of decision."""
    clause, unsourced = table.source()
    found = ReorganisationRule(
        vi=table.text("vi"),
        en=table.text("en"),
        becomes=BECOMES[table.choice("becomes", frozenset(BECOMES))],
        successor=table.flag("successor"),
        counts_as=table.text("counts_as", name),
        actions=_by_kind(table, "actions", clause),
        staying=_by_kind(table, "staying", clause),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def require_possible(
    found: Mapping[str, ReorganisationRule],
    table: Table,
    *,
    grounds: Mapping[str, Ground],
    change: ChangeRules | None,
    reissue: ReissueRules | None,
) -> None:
    """Every ground and case that a decision's actions name must be one of this regulation, and fit; RulesError."""
    for name, rule in found.items():
        if rule.staying and rule.becomes != "remains":
            raise table.fail(f"reorganisations.{name}.staying", "nothing stays with a body that does not go on")
        for part in ("actions", "staying"):
            for kind, action in getattr(rule, part).items():
                for one in action.choices():
                    why = _why_not(rule, kind, one, grounds, change, reissue)
                    if why:
                        raise table.fail(f"reorganisations.{name}.{part}.{kind}", why)


def _why_not(
    rule: ReorganisationRule,
    kind: str,
    one: ReorganisationAction,
    grounds: Mapping[str, Ground],
    change: ChangeRules | None,
    reissue: ReissueRules | None,
) -> str | None:
    if one.action in ("change", "reissue") and not rule.successor and rule.becomes == "ends":
        return f"`{one.action}` needs a body that takes over"
    if one.ground is not None:
        ground = grounds.get(one.ground)
        if ground is None or kind not in ground.kinds:
            return f"{one.ground!r} is no ground of revocation for this kind of subscriber"
        if ground.decisions and rule.counts_as not in ground.decisions:
            return f"ground {one.ground!r} knows no decision {rule.counts_as!r}; name one of its own as `counts_as`"
    if one.action == "change" and (change is None or one.case not in change.cases.get(kind, {})):
        return f"{one.case!r} is no case of change for this kind of subscriber"
    if one.action == "reissue" and reissue is None:
        return "this regulation has no reissue"
    if one.action == "reissue" and reissue is not None and reissue.grounds:
        case = reissue.grounds.get(one.case or "")
        if case is None or kind not in case.kinds:
            return f"{one.case!r} is no ground of reissue for this kind of subscriber"
    return None


def _by_kind(table: Table, key: str, clause: str) -> dict[str, ReorganisationAction]:
    return {kind: _action(entry, clause) for kind, entry in table.tables(key, among=KINDS)}


def _action(table: Table, clause: str, *, last: bool = False) -> ReorganisationAction:
    own, unsourced = table.source(clause)
    otherwise = None if last else table.table_or_none("otherwise")
    found = ReorganisationAction(
        action=table.choice("action", ACTIONS),
        ground=table.text_or_none("ground"),
        case=table.text_or_none("case"),
        single=table.flag("single", False),
        otherwise=None if otherwise is None else _action(otherwise, own, last=True),
        clause=own,
        unsourced=unsourced,
    )
    if (found.action in REVOKING) != (found.ground is not None):
        raise table.fail("ground", "`revoke` and `reissue`, and no other action, name a ground of revocation")
    table.finish()
    return found
