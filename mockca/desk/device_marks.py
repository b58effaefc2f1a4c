"""The desk's word on a lost, damaged or returned device reaches the device itself: its holder's programs lose it.

The registry's transaction only notes what is to be done (`registry.schedule`); it is done on the device when what is
due is run next, however often a process dies in between.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mockca.desk.sandbox import Sandbox
from mockca.registry import schedule
from mockca.registry.schedule import Due
from token_emulator.conditions import mark
from token_emulator.errors import UnknownDevice, WrongStage
from token_emulator.state import Condition

MARK_DEVICE = "mark-device"
CONDITIONS = {"lost": Condition.LOST, "damaged": Condition.DAMAGED, "returned": Condition.RETURNED}
"""What a device is, by its state in the registry; the other states mean nothing to it."""


def mark_later(connection: Connection, at: datetime, serial: str, state: str) -> None:
    """Note that the device is to be marked with what its new state means to it, where it means anything."""
    if state in CONDITIONS:
        schedule.add(connection, at, MARK_DEVICE, f"{serial} {state}")


def mark_device(sandbox: Sandbox, connection: Connection, due: Due) -> str:
    """Mark the device as it was noted. One that is marked already, or is not on this shelf, is left as it is."""
    del connection
    serial, state = due.about.split(" ")
    try:
        mark(sandbox.shelf, serial, CONDITIONS[state])
    except (UnknownDevice, WrongStage):
        return f"device {serial} is not here to be marked {state}"
    return f"device {serial} marked {state}"
