"""What was proven: which check catches which mutant, and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Proof:
    """The matrix of checks and mutants, filled while it is being proven."""

    checks: dict[str, None] = field(default_factory=dict)
    """Ids of the checks that were to be proven, in their order."""
    mutants: dict[str, None] = field(default_factory=dict)
    """Names of the mutants that must be caught, in their order."""
    idle: dict[str, None] = field(default_factory=dict)
    """Of the families, those that change nothing that the checks tried on them could see: another one proved those."""
    kills: dict[tuple[str, str], None] = field(default_factory=dict)
    """(check, mutant): the check failed because of the mutant."""
    missed: dict[tuple[str, str], None] = field(default_factory=dict)
    """(check, mutant): the check was to catch the mutant, and did not."""
    unsound: dict[str, str] = field(default_factory=dict)
    """Checks that did not pass with the mock as it should be, and what they said."""

    def killed(self, check: str, mutant: str) -> None:
        """Note that the check caught the mutant."""
        self.kills[check, mutant] = None

    def tried(self, mutant: str, wanted: Iterable[str], failed: Iterable[str]) -> None:
        """Note what came of a mutant that each of the `wanted` checks was to catch: the ids of those that `failed`."""
        self.mutants[mutant] = None
        caught = set(failed)
        for check in wanted:
            (self.kills if check in caught else self.missed)[check, mutant] = None

    @property
    def unproven(self) -> tuple[str, ...]:
        """Checks that caught no mutant."""
        caught = {check for check, _ in self.kills}
        return tuple(check for check in self.checks if check not in caught)

    @property
    def alive(self) -> tuple[str, ...]:
        """Mutants that no check caught."""
        caught = {mutant for _, mutant in self.kills}
        return tuple(mutant for mutant in self.mutants if mutant not in caught)

    @property
    def holds(self) -> bool:
        """Whether every check passed and caught a mutant, and no mutant got away from a check that was to catch it."""
        return not (self.unsound or self.unproven or self.alive or self.missed)

    @property
    def density(self) -> float:
        """The share of the matrix that is filled."""
        cells = len(self.checks) * len(self.mutants)
        return len(self.kills) / cells if cells else 0.0

    def as_json(self) -> dict[str, Any]:
        """The matrix for machines."""
        return {
            "checks": list(self.checks),
            "mutants": list(self.mutants),
            "kills": [{"check": check, "mutant": mutant} for check, mutant in self.kills],
            "unproven": list(self.unproven),
            "alive": list(self.alive),
            "missed": [{"check": check, "mutant": mutant} for check, mutant in self.missed],
            "idle": list(self.idle),
            "unsound": [{"check": check, "said": said} for check, said in self.unsound.items()],
        }


def together(proofs: Iterable[Proof]) -> Proof:
    """Several proofs as one."""
    whole = Proof()
    for proof in proofs:
        whole.checks |= proof.checks
        whole.mutants |= proof.mutants
        whole.kills |= proof.kills
        whole.missed |= proof.missed
        whole.unsound |= proof.unsound
        whole.idle |= proof.idle
    for mutant in whole.mutants:
        whole.idle.pop(mutant, None)
    return whole
