"""Errors (RFC 9457)."""

from __future__ import annotations

from mockca.desk.views.base import View


class Problem(View):
    """An error as RFC 9457 `application/problem+json`."""

    type: str
    title: str
    """Vietnamese first, then English."""
    status: int
    detail: str
    instance: str | None = None
    violations: tuple[ViolationView, ...] = ()
    state: str | None = None
    """Where a transition was out of order: the present state."""
    allowed: tuple[str, ...] = ()
    """The transitions or roles that would have been allowed."""
    clause: str | None = None
    remedy: str | None = None
    """What to do next."""


class ViolationView(View):
    """One rule broken by one value."""

    field: str
    value: str
    clause: str
    vi: str
    en: str
    accepted: str
