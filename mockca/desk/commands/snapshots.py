"""Snapshots of a whole sandbox."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from mockca.desk.commands.base import Command

SnapshotName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class TakeSnapshot(Command):
    """Put the whole world into a file under this name."""

    name: SnapshotName


class RestoreSnapshot(Command):
    """Put the snapshot's world in the sandbox's place."""

    accept_url: bool = False
    """Restore it though its certificates bear another public address than this sandbox has."""
