"""How a certificate comes into effect, and how it is held."""

from __future__ import annotations

from dataclasses import dataclass

from mockca.rules.terms.dossiers import SubmissionRule


@dataclass(frozen=True, slots=True)
class ActivationRules:
    """How a certificate comes into effect, where its notBefore alone does not do it."""

    form: str
    device_state: str
    """State that the device must have reached before effect may be proposed."""
    effect_clause: str
    """Clause by which publication, and nothing else, brings effect."""
    submission: SubmissionRule
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """A hold that can be lifted."""

    lifted_by: frozenset[str]
    crl_reason: str
    clause: str
    unsourced: bool = False
