"""Services, who does them, by when, and who is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the authority: offered under this regulation, or not."""

    available: bool
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may do an operation."""

    roles: frozenset[str]
    """Empty where the regulation knows no such operation."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a body is reached: its identifier on the document exchange."""

    identifier: str
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Delegate:
    """Who carries out an operation for one kind of device."""

    operation: str
    device: str
    """Kind of device, `any` for all."""
    role: str
    working_days: int | None
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A time limit in working days, between two events."""

    kind: str
    vi: str
    en: str
    days: int
    """Working days after the day of the start."""
    starts: str
    """Event that starts it, such as `handover.authority-registrar`."""
    ends: str
    """Event that meets it."""
    owner: str
    """Role that has to meet it."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody must be told of something."""

    event: str
    to: str
    vi: str
    en: str
    clause: str
    unsourced: bool = False
