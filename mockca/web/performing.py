"""What was asked of a face and what came of it, for whoever looks on: over HTTP as well as from the pages.

Observers connect to `performed` with the application as sender. They are told after the operation, never change its
answer, and a fault of theirs is logged and stays without consequence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from blinker import Signal
from flask import current_app, g
from pydantic import BaseModel

from mockca.desk.actors import Actor
from mockca.errors import MockcaError

log = logging.getLogger("mockca.web")
performed: Final = Signal("an operation was performed or refused")


@dataclass(frozen=True, slots=True)
class Deed:
    """One operation, asked for by somebody."""

    operation: str
    """Its id in the contract."""
    actor: Actor | None
    """None for who has not signed in."""
    path: Mapping[str, str]
    """Parameters of the path, the sandbox's name among them."""
    query: Mapping[str, str]
    body: Mapping[str, Any]
    """Empty where there is none, or none that can be read."""
    answer: object = None
    """The view that it answered with; None where it was refused."""
    refusal: MockcaError | None = None


def tell(
    operation: str,
    path: Mapping[str, str],
    query: Mapping[str, str],
    body: Callable[[], object],
    *,
    answer: object = None,
    refusal: MockcaError | None = None,
) -> None:
    """Tell the observers of this application."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not performed.receivers or not (isinstance(answer, BaseModel) or refusal is not None):
        return
    actor: Actor | None = g.get("actor")
    content = body()
    deed = Deed(
        operation, actor, dict(path), dict(query), content if isinstance(content, Mapping) else {}, answer, refusal
    )
    for receiver in performed.receivers_for(app):
        try:
            receiver(app, deed=deed)
        except Exception as error:  # looking on must not disturb
            log.exception("an observer of %s failed: %s", operation, type(error).__name__)
