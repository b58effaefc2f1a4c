"""The token suite: what a device must do in any PKCS#11 module. Each function marked `check` is a check."""

from __future__ import annotations

from conformance.checks import FunctionCheck
from conformance.suites.token import access, locking, pins, restore, secrecy

CHECKS: tuple[FunctionCheck, ...] = tuple(
    found
    for module in (access, locking, restore, pins, secrecy)
    for found in vars(module).values()
    if isinstance(found, FunctionCheck)
)
"""In the order in which they run."""
