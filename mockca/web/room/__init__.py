"""The control room's pages, for whoever came in as the trainer: clock, faults, exchanges, snapshots, answers."""

from __future__ import annotations

from mockca.web.room import answers, clock, exchanges, faults, snapshots
from mockca.web.room.blueprint import room

__all__ = ["room"]

# Importing them is what puts their pages on the blueprint.
PAGES = (clock, faults, exchanges, snapshots, answers)
