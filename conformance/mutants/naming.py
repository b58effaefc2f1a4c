"""Which mutants prove a check."""

from __future__ import annotations

from conformance.checks import KINDS, Asking, StepCheck
from conformance.mutants.declared import declared
from conformance.mutants.families import families_of


def mutants_of(check: Asking) -> tuple[str, ...]:
    """The deliberate defects that the check is proven by: it must catch one of those of the families, and each of those
    that are declared with its id."""
    own = [mutant.name for kind in KINDS for mutant in declared(kind).values() if check.id in mutant.plays]
    return (*(families_of(check) if isinstance(check, StepCheck) else ()), *own)
