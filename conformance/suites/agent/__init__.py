"""The agent suite: what web pages rely on in a desktop signing agent. Each function marked `check` is a check."""

from __future__ import annotations

from conformance.checks import FunctionCheck
from conformance.suites.agent import calling, documents, handing_over, texts

CHECKS: tuple[FunctionCheck, ...] = tuple(
    found
    for module in (calling, documents, handing_over, texts)
    for found in vars(module).values()
    if isinstance(found, FunctionCheck)
)
"""In the order in which they run."""
