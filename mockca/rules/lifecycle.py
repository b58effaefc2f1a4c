"""Allow-lists of transitions: what is not listed is not allowed. The diagrams are drawn from the same lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from mockca.errors import OutOfOrder
from mockca.rules.regulation import EffectiveFrom, Regulation
from mockca.rules.terms import UNSOURCED

Condition = Callable[[Regulation], bool]
ClauseOf = Callable[[Regulation], str]


def _always(_: Regulation) -> bool:
    return True


def _with_roster(regulation: Regulation) -> bool:
    return regulation.roster is not None


def _without_roster(regulation: Regulation) -> bool:
    return regulation.roster is None


def _announced(regulation: Regulation) -> bool:
    return regulation.effective_from.value is EffectiveFrom.ANNOUNCEMENT


def _suspends(regulation: Regulation) -> bool:
    return regulation.suspension is not None


def _restores(regulation: Regulation) -> bool:
    return regulation.restore is not None


def _forwards(regulation: Regulation) -> bool:
    return regulation.leg_with_step("forward") is not None


def _passed_on(regulation: Regulation) -> bool:
    return regulation.revocation.forwarder is not None


def _not_passed_on(regulation: Regulation) -> bool:
    return regulation.revocation.forwarder is None


def _operation(name: str) -> ClauseOf:
    return lambda regulation: regulation.operations[name].clause


def _leg(step: str) -> ClauseOf:
    def clause(regulation: Regulation) -> str:
        leg = regulation.leg_with_step(step)
        return regulation.operations["record_handover"].clause if leg is None else leg.clause

    return clause


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step."""

    source: str
    step: str
    target: str
    when: Condition = _always
    """Regulations under which it exists."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states of one kind of thing and the steps between them."""

    kind: str
    start: Callable[[Regulation], str]
    transitions: tuple[Transition, ...]
    clauses: Mapping[str, ClauseOf]
    """Clause that each step stands on."""
    finals: Mapping[str, ClauseOf]
    """States without a way out, and the clause that closes them."""

    def initial(self, regulation: Regulation) -> str:
        """The state that a new one starts in."""
        return self.start(regulation)

    def table(self, regulation: Regulation) -> tuple[Transition, ...]:
        """The transitions that this regulation has."""
        return tuple(transition for transition in self.transitions if transition.when(regulation))

    def states(self, regulation: Regulation) -> tuple[str, ...]:
        """The states that can be reached under this regulation, in the order of the table."""
        found = [self.initial(regulation)]
        for transition in self.table(regulation):
            found += [state for state in (transition.source, transition.target) if state not in found]
        return tuple(found)

    def allowed(self, regulation: Regulation, state: str) -> tuple[str, ...]:
        """The steps that may be taken from a state."""
        return tuple(item.step for item in self.table(regulation) if item.source == state)

    def step(self, regulation: Regulation, state: str, step: str, *, name: str, clause: str | None = None) -> str:
        """The state that a step leads to; OutOfOrder where it is not allowed from `state`.

        `name` is the thing's own name, for the error; `clause` stands in for the clause that the table gives.
        """
        for transition in self.table(regulation):
            if transition.source == state and transition.step == step:
                return transition.target
        raise OutOfOrder(
            self.kind,
            name,
            state,
            step,
            self.allowed(regulation, state),
            clause or self._clause(regulation, state, step),
        )

    def _clause(self, regulation: Regulation, state: str, step: str) -> str:
        source = self.finals.get(state) or self.clauses.get(step)
        return UNSOURCED if source is None else source(regulation)

    def diagram(self, regulation: Regulation, style: Literal["mermaid", "dot"] = "mermaid") -> str:
        """The lifecycle drawn in Mermaid or Graphviz, each step with its clause, states in both languages."""
        return _mermaid(self, regulation) if style == "mermaid" else _dot(self, regulation)

    def clause_of(self, regulation: Regulation, step: str) -> str:
        """The clause that a step of this lifecycle stands on."""
        return self.clauses[step](regulation)


DOSSIER = Lifecycle(
    kind="dossier",
    start=lambda _: "filed",
    transitions=(
        Transition("filed", "accept", "accepted"),
        Transition("filed", "return", "returned"),
        Transition("returned", "refile", "filed"),
        Transition("accepted", "roster", "rostered", _with_roster),
        Transition("rostered", "approve", "approved", _with_roster),
        Transition("rostered", "refuse", "refused", _with_roster),
        Transition("accepted", "approve", "approved", _without_roster),
        Transition("accepted", "refuse", "refused", _without_roster),
        Transition("approved", "issue", "issued"),
    ),
    clauses={
        "accept": _operation("check_dossier"),
        "return": _operation("check_dossier"),
        "refile": _operation("file_dossier"),
        "roster": _operation("submit_roster"),
        "approve": _operation("decide_dossier"),
        "refuse": _operation("decide_dossier"),
        "issue": _operation("issue_certificate"),
    },
    finals={},
)

CERTIFICATE = Lifecycle(
    kind="certificate",
    start=lambda regulation: "issued" if _announced(regulation) else "effective",
    transitions=(
        Transition("issued", "activate", "effective", _announced),
        Transition("issued", "revoke", "revoked", _announced),
        Transition("issued", "expire", "expired", _announced),
        Transition("effective", "suspend", "suspended", _suspends),
        Transition("suspended", "lift", "effective", _suspends),
        Transition("effective", "revoke", "revoked"),
        Transition("suspended", "revoke", "revoked", _suspends),
        Transition("effective", "expire", "expired"),
        Transition("suspended", "expire", "expired", _suspends),
    ),
    clauses={
        "activate": _operation("publish_activation"),
        "suspend": _operation("suspend"),
        "lift": _operation("lift_suspension"),
        "revoke": lambda regulation: regulation.revocation.effect_clause,
        "expire": lambda regulation: regulation.max_years.clause,
    },
    finals={
        "revoked": lambda regulation: regulation.revocation.final.clause,
        "expired": lambda regulation: regulation.max_years.clause,
    },
)

DEVICE = Lifecycle(
    kind="device",
    start=lambda _: "prepared",
    transitions=(
        Transition("prepared", "dispatch", "in_transit"),
        Transition("in_transit", "forward", "in_transit", _forwards),
        Transition("in_transit", "deliver", "in_use"),
        Transition("in_use", "lock", "locked", _restores),
        Transition("locked", "restore", "in_use", _restores),
        Transition("in_use", "collect", "collected"),
        Transition("locked", "collect", "collected", _restores),
        Transition("collected", "forward", "collected", _forwards),
        Transition("collected", "return", "returned"),
        Transition("in_transit", "report_loss", "lost"),
        Transition("in_use", "report_loss", "lost"),
        Transition("locked", "report_loss", "lost", _restores),
        Transition("collected", "report_loss", "lost"),
        Transition("in_use", "report_damage", "damaged"),
        Transition("locked", "report_damage", "damaged", _restores),
        Transition("damaged", "collect", "collected"),
        Transition("damaged", "report_loss", "lost"),
    ),
    clauses={
        "dispatch": _leg("dispatch"),
        "forward": _leg("forward"),
        "deliver": _leg("deliver"),
        "lock": _operation("request_restore"),
        "restore": _operation("decide_restore"),
        "collect": _leg("collect"),
        "return": _leg("return"),
        "report_loss": _operation("report_loss"),
        "report_damage": _operation("report_damage"),
    },
    finals={},
)

REVOCATION = Lifecycle(
    kind="revocation",
    start=lambda _: "requested",
    transitions=(
        Transition("requested", "forward", "forwarded", _passed_on),
        Transition("requested", "decline", "refused", _passed_on),
        Transition("forwarded", "execute", "executed", _passed_on),
        Transition("forwarded", "refuse", "refused", _passed_on),
        Transition("requested", "execute", "executed", _not_passed_on),
        Transition("requested", "refuse", "refused", _not_passed_on),
        Transition("executed", "close", "closed"),
    ),
    clauses={
        "forward": _operation("forward_revocation"),
        "decline": _operation("forward_revocation"),
        "execute": lambda regulation: regulation.revocation.effect_clause,
        "refuse": _operation("decide_revocation"),
        "close": lambda regulation: regulation.revocation.recovery_clause,
    },
    finals={},
)

RESTORE = Lifecycle(
    kind="restore",
    start=lambda _: "requested",
    transitions=(
        Transition("requested", "restore", "restored", _restores),
        Transition("requested", "refuse", "refused", _restores),
    ),
    clauses={
        "restore": _operation("decide_restore"),
        "refuse": _operation("decide_restore"),
    },
    finals={},
)

ACTIVATION = Lifecycle(
    kind="activation",
    start=lambda _: "proposed",
    transitions=(
        Transition("proposed", "schedule", "scheduled", _announced),
        Transition("proposed", "publish", "published", _announced),
        Transition("scheduled", "publish", "published", _announced),
    ),
    clauses={
        "schedule": _operation("propose_activation"),
        "publish": _operation("publish_activation"),
    },
    finals={},
)

REORGANISATION = Lifecycle(
    kind="reorganisation",
    start=lambda _: "planned",
    transitions=(
        Transition("planned", "work", "running"),
        Transition("running", "work", "running"),
        Transition("planned", "finish", "finished"),
        Transition("running", "finish", "finished"),
    ),
    clauses={
        "work": _operation("reorganise"),
        "finish": _operation("reorganise"),
    },
    finals={},
)

BACK = frozenset({"returned", "lost"})
"""States of a device in which nothing is outstanding."""

LIFECYCLES: Mapping[str, Lifecycle] = {
    lifecycle.kind: lifecycle
    for lifecycle in (DOSSIER, CERTIFICATE, DEVICE, REVOCATION, RESTORE, ACTIVATION, REORGANISATION)
}

STATE_NAMES: Mapping[str, Mapping[str, str]] = {
    "dossier": {
        "filed": "đã nộp",
        "returned": "trả lại",
        "accepted": "đã tiếp nhận",
        "rostered": "đã vào danh sách",
        "approved": "được duyệt",
        "issued": "đã cấp",
        "refused": "bị từ chối",
    },
    "certificate": {
        "issued": "đã cấp, chưa có hiệu lực",
        "effective": "có hiệu lực",
        "suspended": "tạm dừng",
        "revoked": "đã thu hồi",
        "expired": "hết hạn",
    },
    "device": {
        "prepared": "đã chuẩn bị",
        "in_transit": "đang chuyển giao",
        "in_use": "đang sử dụng",
        "locked": "bị khóa",
        "collected": "đã thu lại",
        "returned": "đã trả về",
        "lost": "bị mất",
        "damaged": "bị hỏng",
    },
    "revocation": {
        "requested": "đã đề nghị",
        "forwarded": "đã xác nhận, chuyển đi",
        "executed": "đã thu hồi",
        "refused": "bị từ chối",
        "closed": "đã kết thúc",
    },
    "restore": {
        "requested": "đã đề nghị",
        "restored": "đã khôi phục",
        "refused": "bị từ chối",
    },
    "activation": {
        "proposed": "đã đề nghị",
        "scheduled": "đã hẹn giờ",
        "published": "đã công bố",
    },
    "reorganisation": {
        "planned": "đã lập kế hoạch",
        "running": "đang xử lý",
        "finished": "đã xử lý xong",
    },
}
"""What each state is called in Vietnamese."""


def _mermaid(lifecycle: Lifecycle, regulation: Regulation) -> str:
    names = STATE_NAMES[lifecycle.kind]
    table = lifecycle.table(regulation)
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{names[state]} ({state})" as {state}' for state in lifecycle.states(regulation)]
    lines.append(f"    [*] --> {lifecycle.initial(regulation)}")
    lines += [
        f"    {item.source} --> {item.target}: {item.step} · {lifecycle.clause_of(regulation, item.step)}"
        for item in table
    ]
    lines += [f"    {state} --> [*]" for state in _ends(lifecycle, regulation)]
    return "\n".join(lines) + "\n"


def _dot(lifecycle: Lifecycle, regulation: Regulation) -> str:
    names = STATE_NAMES[lifecycle.kind]
    ends = _ends(lifecycle, regulation)
    lines = [
        f'digraph "{regulation.id} {lifecycle.kind}" {{',
        '    rankdir=LR; edge [fontname="sans-serif"];',
        '    node [shape=box, style=rounded, fontname="sans-serif"];',
        "    start [shape=point];",
    ]
    lines += [
        f'    {state} [label="{names[state]}\\n{state}"{", peripheries=2" if state in ends else ""}];'
        for state in lifecycle.states(regulation)
    ]
    lines.append(f"    start -> {lifecycle.initial(regulation)};")
    for item in lifecycle.table(regulation):
        clause = lifecycle.clause_of(regulation, item.step)
        lines.append(f'    {item.source} -> {item.target} [label="{item.step}\\n{clause}"];')
    return "\n".join([*lines, "}"]) + "\n"


def _ends(lifecycle: Lifecycle, regulation: Regulation) -> tuple[str, ...]:
    return tuple(s for s in lifecycle.states(regulation) if not lifecycle.allowed(regulation, s))
