"""From no database, or one of an earlier version, to the classroom's tables of today."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL

from mockca.registry.migrations import bring_up

HEAD: Final = "0001"
"""The latest revision."""
FOLDER: Final = Path(__file__).parent


def migrate(url: URL) -> None:
    """Bring the database to the latest revision, in one transaction; several processes may ask at once."""
    bring_up(url, HEAD, FOLDER)
