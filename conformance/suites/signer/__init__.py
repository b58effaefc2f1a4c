"""The signer suite: what whoever signs documents must make of them, point by point of each regulation's rules."""

from __future__ import annotations

from conformance.checks import FunctionCheck
from conformance.suites.signer import whole
from conformance.suites.signer.form_check import FormCheck, form_checks

CHECKS: tuple[FormCheck | FunctionCheck, ...] = (
    *(found for found in vars(whole).values() if isinstance(found, FunctionCheck)),
    *form_checks(),
)
"""In the order in which they run."""
