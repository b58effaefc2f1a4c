"""Snapshots: a whole world, CA, registry, devices and clock together, in one file, and back.

`bundle` is the file; `taking` puts a sandbox that goes on working into one; `restoring` puts a world in the place of
another at one instant; `desk` is where the trainer has it done.
"""

from __future__ import annotations

from mockca.desk.snapshots.desk import (
    import_snapshot,
    list_snapshots,
    remove_snapshot,
    restore_snapshot,
    snapshot_file,
    take_snapshot,
)

__all__ = [
    "import_snapshot",
    "list_snapshots",
    "remove_snapshot",
    "restore_snapshot",
    "snapshot_file",
    "take_snapshot",
]
