"""The verifier suite: what whoever checks signed documents must say of each of the corpus, and how."""

from __future__ import annotations

from conformance.checks import FunctionCheck
from conformance.corpus import cases
from conformance.suites.verifier import telling
from conformance.suites.verifier.case_check import CaseCheck

CHECKS: tuple[CaseCheck | FunctionCheck, ...] = (
    *map(CaseCheck, cases()),
    *(found for found in vars(telling).values() if isinstance(found, FunctionCheck)),
)
"""In the order in which they run."""
