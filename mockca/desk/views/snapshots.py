"""Snapshots of a whole sandbox."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class SnapshotView(View):
    name: str
    url: str
    """The public address that its certificates bear."""
    seed: str
    regulations: tuple[str, ...]
    at: AwareDatetime
    """What the sandbox's clock showed."""
    frozen: bool
    certificates: int
    devices: int
    octets: int
    sha256: str
    """Digest of the file: of the same world it is the same."""


class SnapshotListView(View):
    items: tuple[SnapshotView, ...]
