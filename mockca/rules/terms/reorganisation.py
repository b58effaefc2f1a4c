"""What becomes of certificates when bodies are split, merged, renamed or dissolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Becomes = Literal["ends", "remains", "renamed"]
"""What becomes of a body that a decision names: it is no more, goes on beside its successors, or has a new name."""


@dataclass(frozen=True, slots=True)
class ReorganisationAction:
    """What a decision makes of the certificates of one kind of subscriber."""

    action: str
    """`revoke`, `change`, `reissue` (revoke first, then a new one for the successor) or `keep`."""
    ground: str | None
    """Ground of the revocation, where there is one."""
    case: str | None
    """Case of the change, or ground of the reissue."""
    single: bool
    """Whether it is done only where the successor has no certificate of this kind yet."""
    otherwise: ReorganisationAction | None
    """What is done instead with a certificate that this cannot be done with; None where nothing can."""
    clause: str
    unsourced: bool = False

    def choices(self) -> Iterator[ReorganisationAction]:
        """This, and what takes its place where it is not possible, in order."""
        here: ReorganisationAction | None = self
        while here is not None:
            yield here
            here = here.otherwise


@dataclass(frozen=True, slots=True)
class ReorganisationRule:
    """One kind of decision: split, separate, merge, consolidate, rename, dissolve, end of mission."""

    vi: str
    en: str
    becomes: Becomes
    successor: bool
    """Whether another body takes over."""
    counts_as: str
    """Kind of decision by which the grounds of revocation know it."""
    actions: Mapping[str, ReorganisationAction]
    """By kind of subscriber; certificates of a kind that is not here stay as they are."""
    staying: Mapping[str, ReorganisationAction]
    """The same for what stays with a body that goes on."""
    clause: str
    unsourced: bool = False

    def action(self, kind: str, *, stays: bool) -> ReorganisationAction:
        """What is to be done with a certificate of this kind of subscriber."""
        found = (self.staying if stays else self.actions).get(kind)
        return found or ReorganisationAction("keep", None, None, False, None, self.clause, True)
