"""The control plane's use cases: the clock and the reset."""

from __future__ import annotations

from datetime import datetime, timedelta

from mockca.clock import EARLIEST, LATEST
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import CreateSandbox, ResetSandbox, TurnClock
from mockca.desk.due import run_due, run_due_in
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.views import ClockView, ComingView, SandboxView
from mockca.errors import Refused, Violation
from mockca.registry import journal, schedule

__all__ = ["clock_view", "create", "reset", "run_due", "sandbox_view", "turn_clock"]

CONTROL = "control"
"""Stands where a clause id would: the control plane is no part of any regulation."""


MOST_COMING = 10
"""Things to come that are told with the clock."""


def turn_clock(sandbox: Sandbox, actor: Actor, command: TurnClock) -> ClockView:
    """Turn the clock. Forward, everything that falls due on the way runs first, in order, at its own instant.

    Backward, nothing is undone: status is told as it was at the earlier instant, and CRL numbers keep growing.
    """
    actor.require("turn the clock", (Role.TRAINER,), CONTROL)
    asked = command.model_dump(exclude_none=True)
    if len(asked) != 1:
        raise Refused([_one_of(asked)])
    with sandbox.standing_still():
        ran = _turn(sandbox, actor, command)
    return clock_view(sandbox, ran)


def _turn(sandbox: Sandbox, actor: Actor, command: TurnClock) -> tuple[str, ...]:
    ran: tuple[str, ...] = ()
    with sandbox.store.write() as connection:
        now = sandbox.clock.now()
        target = _target(command, now)
        if target >= now:
            ran = run_due_in(sandbox, connection, target)
        journal.append(
            connection,
            at=target,
            actor=actor.account,
            action="clock.turned",
            about="clock",
            detail=command.model_dump(mode="json", exclude_none=True) | {"from": now.isoformat()},
            clauses=[],
        )
    if target != now:
        sandbox.clock.set(target)
    if command.scale is not None:
        sandbox.clock.scale(command.scale)
    if command.freeze is not None:
        if command.freeze:
            sandbox.clock.freeze()
        else:
            sandbox.clock.resume()
    return ran


def _target(command: TurnClock, now: datetime) -> datetime:
    """What the clock will show; Refused where it cannot."""
    if command.set is not None:
        if not EARLIEST <= command.set <= LATEST:
            raise Refused([_out_of_range("set", command.set.isoformat())])
        return command.set
    if command.advance_seconds is not None:
        if command.advance_seconds > (LATEST - now).total_seconds():
            raise Refused([_out_of_range("advance_seconds", str(command.advance_seconds))])
        return now + timedelta(seconds=command.advance_seconds)
    return now


def clock_view(sandbox: Sandbox, ran: tuple[str, ...] = ()) -> ClockView:
    """The clock, what has just run, and what falls due next."""
    reading = sandbox.clock.reading()
    with sandbox.store.read() as connection:
        coming = schedule.coming(connection, MOST_COMING)
    return ClockView(
        now=reading.now,
        frozen=reading.frozen,
        scale=reading.scale,
        epoch=reading.epoch,
        ran=ran,
        coming=tuple(ComingView(at=one.due, what=one.action, about=one.about) for one in coming),
    )


def create(sandboxes: Sandboxes, command: CreateSandbox) -> SandboxView:
    """Make a new sandbox. Who may is the web's matter: it is a right of the whole server, not of a sandbox."""
    return sandbox_view(sandboxes.create(command))


def reset(sandboxes: Sandboxes, name: str, actor: Actor, command: ResetSandbox) -> SandboxView:
    """Empty the sandbox and fill it anew."""
    actor.require("reset the sandbox", (Role.TRAINER,), CONTROL)
    return sandbox_view(sandboxes.reset(name, command.seed))


def sandbox_view(sandbox: Sandbox) -> SandboxView:
    return SandboxView(
        name=sandbox.name,
        url=sandbox.url,
        seed=sandbox.seed,
        regulations=tuple(sandbox.regulations),
        created_at=sandbox.created_at,
    )


def _out_of_range(field: str, value: str) -> Violation:
    return Violation(
        field=field,
        value=value,
        clause=CONTROL,
        vi="Đồng hồ không chỉ được thời điểm này.",
        en="the clock cannot show that instant",
        accepted=f"{EARLIEST:%Y} to {LATEST:%Y}",
    )


def _one_of(asked: dict[str, object]) -> Violation:
    return Violation(
        field="set, advance_seconds, scale, freeze",
        value=", ".join(asked),
        clause=CONTROL,
        vi="Phải chọn đúng một thao tác với đồng hồ.",
        en="exactly one of these must be given",
        accepted="one of set, advance_seconds, scale, freeze",
    )
