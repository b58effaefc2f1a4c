"""What every exchange asks first: whether a fault may fire there, and whether it is noted. One look into memory."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mockca.desk.exchanges.notes import SETTINGS_KEY, Recording
from mockca.registry import faults, settings
from mockca.registry.store import Store


@dataclass(frozen=True, slots=True)
class Sight:
    """What holds until the next commit."""

    version: int
    armed: frozenset[str]
    """The endpoints at which a fault may fire."""
    recording: Recording


def recording_of(connection: Connection) -> Recording:
    """Which exchanges the sandbox wants noted; the usual ones where nobody has said."""
    return Recording.model_validate(settings.get(connection, SETTINGS_KEY) or {})


class Lookout:
    """Keeps what a sandbox's exchanges ask about. Safe for threads; processes need nothing of each other."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: Sight | None = None

    def look(self) -> Sight:
        """What holds now. The registry is read where somebody has committed since the last look."""
        version = self._store.data_version()
        seen = self._seen
        if seen is None or seen.version != version:
            with self._store.read() as connection:
                seen = self._seen = Sight(version, faults.armed(connection), recording_of(connection))
        return seen
