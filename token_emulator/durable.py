"""Files that a power loss must not take."""

from __future__ import annotations

import os
from pathlib import Path


def sync_all(folder: Path) -> None:
    """Have a folder with all that is in it on the disk."""
    for path in (*sorted(folder.rglob("*")), folder):
        sync(path)


def sync(path: Path) -> None:
    """Have one file, or the list of a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
