"""Restoring a locked device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockca.rules.terms.base import ANY_DEVICE, Label, Sourced
from mockca.rules.terms.dossiers import SubmissionRule


@dataclass(frozen=True, slots=True)
class RestoreProcedure:
    """How one kind of device is restored."""

    form: Sourced[str]
    submission: SubmissionRule
    done: Label
    """What the agency is told at the same time as the device is restored."""
    refused: Label
    """What it is told in writing, with the reason, where the restore is refused."""


@dataclass(frozen=True, slots=True)
class RestoreRules:
    """Making a locked device usable again."""

    grounds: Mapping[str, Label]
    """The cases in which it may be asked for."""
    procedures: Mapping[str, RestoreProcedure]
    """By kind of device; `any` for those that have none of their own."""
    clause: str
    unsourced: bool = False

    def procedure(self, device: str) -> RestoreProcedure:
        """How a device of this kind is restored."""
        return self.procedures.get(device) or self.procedures[ANY_DEVICE]
