"""What becomes of certificates when bodies are split, merged, renamed or dissolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReorganisationAction:
    """What a decision makes of the certificates of one kind of subscriber."""

    action: str
    """`revoke`, `change`, `reissue` (revoke first, then a new one for the successor) or `keep`."""
    ground: str | None
    """Ground of the revocation, where there is one."""
    case: str | None
    """Case of the change, or ground of the reissue."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class ReorganisationRule:
    """One kind of decision: split, merge, rename, dissolve, end of mission."""

    vi: str
    en: str
    successor: bool
    """Whether another body takes over."""
    actions: Mapping[str, ReorganisationAction]
    """By kind of subscriber."""
    clause: str
    unsourced: bool = False
