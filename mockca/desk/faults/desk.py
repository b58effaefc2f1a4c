"""Where the trainer sets faults, looks at them and takes them away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mockca.desk.actors import Actor, Role
from mockca.desk.commands import AddFault
from mockca.desk.faults.drafts import AIA, API, CRL, OCSP
from mockca.desk.faults.effects import EFFECTS
from mockca.desk.views import FaultListView, FaultView
from mockca.errors import Conflict, NotFound, Refused, Violation
from mockca.registry import faults, journal
from mockca.registry.faults import Fault

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox

CONTROL: Final = "control"
"""Stands where a clause id would: the control plane is no part of any regulation."""
MOST_FAULTS: Final = 100
"""In one sandbox, those that are spent included."""
OF_AUTHORITY: Final = ("root", "issuing")
"""Roles that are certificates of the authority; the others are those of accounts."""


def add_fault(sandbox: Sandbox, actor: Actor, command: AddFault) -> FaultView:
    """Set a fault. Refused where it could never do what it says; Conflict where there are too many."""
    actor.require("set a fault", (Role.TRAINER,), CONTROL)
    wrong = list(_violations(command))
    if wrong:
        raise Refused(wrong)
    effect = EFFECTS[command.effect]
    given = {name: value for name in effect.parameters if (value := getattr(command, name)) is not None}
    seed = (command.seed or sandbox.seed) if command.probability is not None else None
    with sandbox.store.write() as connection:
        if faults.total(connection) >= MOST_FAULTS:
            raise Conflict(f"there are {MOST_FAULTS} faults already; remove those that are not needed")
        now = sandbox.clock.now()
        number = faults.add(
            connection,
            **command.model_dump(
                include={"endpoint", "serial", "role", "operation", "next", "every", "probability", "effect"}
            ),
            seed=seed,
            parameters={name: value for name, value in {**effect.takes, **given}.items() if value is not None},
            set_by=actor.account,
            set_at=now,
        )
        journal.append(
            connection,
            at=now,
            actor=actor.account,
            action="fault.set",
            about=f"fault {number}",
            detail=command.model_dump(mode="json", exclude_none=True),
            clauses=[],
        )
        found = faults.get(connection, number)
    assert found is not None  # noqa: S101 - it was put in just now
    return _view(found)


def list_faults(sandbox: Sandbox) -> FaultListView:
    """All faults with what has become of them."""
    with sandbox.store.read() as connection:
        return FaultListView(items=tuple(map(_view, faults.listing(connection))))


def remove_fault(sandbox: Sandbox, actor: Actor, number: int) -> FaultView:
    """Take a fault away; NotFound where there is none of that number."""
    actor.require("remove a fault", (Role.TRAINER,), CONTROL)
    with sandbox.store.write() as connection:
        found = faults.get(connection, number)
        if found is None:
            raise NotFound("fault", str(number))
        faults.remove(connection, number)
        journal.append(
            connection,
            at=sandbox.clock.now(),
            actor=actor.account,
            action="fault.removed",
            about=f"fault {number}",
            detail={"effect": found.effect, "seen": found.seen, "fired": found.fired},
            clauses=[],
        )
    return _view(found)


def _view(fault: Fault) -> FaultView:
    return FaultView(
        number=fault.number,
        endpoint=fault.endpoint,
        serial=fault.serial,
        role=fault.role,
        operation=fault.operation,
        next=fault.next,
        every=fault.every,
        probability=fault.probability,
        seed=fault.seed,
        effect=fault.effect,
        parameters=fault.parameters,
        seen=fault.seen,
        fired=fault.fired,
        spent=fault.spent,
        set_by=fault.set_by,
        set_at=fault.set_at,
    )


def _violations(command: AddFault) -> Iterator[Violation]:
    effect = EFFECTS[command.effect]
    if command.endpoint not in effect.endpoints:
        accepted = ", ".join(sorted(effect.endpoints))
        yield _wrong("endpoint", command.endpoint, "Lỗi này không có ở đây.", "no such effect there", accepted)
    every_parameter = frozenset(name for one in EFFECTS.values() for name in one.parameters)
    for name in sorted(every_parameter - effect.parameters):
        if (value := getattr(command, name)) is not None:
            accepted = ", ".join(sorted(effect.parameters)) or "-"
            yield _wrong(name, str(value), "Lỗi này không có tham số đó.", "not one of this effect", accepted)
    for name in effect.needs:
        if getattr(command, name) is None:
            yield _wrong(name, "", "Thiếu tham số.", "this effect needs the parameter", "a number")
    by_role = (CRL, AIA) if command.role in OF_AUTHORITY else (API,)
    for name, where in {"serial": (OCSP, API), "role": by_role, "operation": (API,)}.items():
        value = getattr(command, name)
        if value is not None and command.endpoint not in where:
            yield _wrong(
                name,
                value,
                "Ở đây không phân biệt theo giá trị này.",
                "exchanges there are not told apart by it",
                f"with {', '.join(where)}",
            )
    times = {name: value for name in ("next", "every", "probability") if (value := getattr(command, name)) is not None}
    if len(times) > 1:
        yield _wrong(
            ", ".join(times),
            ", ".join(map(str, times.values())),
            "Chọn nhiều nhất một.",
            "at most one may be given",
            "one of next, every, probability; none for every exchange",
        )
    if command.seed is not None and command.probability is None:
        yield _wrong("seed", command.seed, "Chỉ dùng cùng probability.", "it goes with probability only", "-")


def _wrong(field: str, value: str, vi: str, en: str, accepted: str) -> Violation:
    return Violation(field=field, value=value, clause=CONTROL, vi=vi, en=en, accepted=accepted)
