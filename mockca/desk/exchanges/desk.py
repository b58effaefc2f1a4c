"""Where the trainer reads the journal of exchanges, and says which of them are noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockca.desk.actors import Actor, Role
from mockca.desk.commands import SetRecording
from mockca.desk.exchanges.notes import SETTINGS_KEY, Recording
from mockca.desk.views import ExchangeListView, ExchangeView, RecordingView
from mockca.registry import journal, settings

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox

CONTROL: Final = "control"
MOST_READ: Final = 4096


def list_exchanges(
    sandbox: Sandbox,
    *,
    before: int | None = None,
    limit: int = 100,
    endpoint: str | None = None,
    operation: str | None = None,
    account: str | None = None,
    serial: str | None = None,
    refused: bool | None = None,
    disturbed: bool | None = None,
) -> ExchangeListView:
    """The newest exchanges that fit, numbered below `before`.

    `refused` are those with a status from 400 on, `disturbed` those that a fault has changed.
    """
    found: list[ExchangeView] = []
    for number, record in sandbox.exchanges.latest(before):
        fits = all(
            wanted is None or wanted == record.get(name, "")
            for name, wanted in (("endpoint", endpoint), ("operation", operation), ("account", account))
        )
        if serial is not None and serial not in record.get("serials", ()):
            fits = False
        if refused is not None and refused != (record["status"] >= 400):
            fits = False
        if disturbed is not None and disturbed != bool(record.get("faults")):
            fits = False
        if not fits:
            continue
        if len(found) == limit:
            return ExchangeListView(items=tuple(found), next=found[-1].number)
        found.append(ExchangeView.model_validate({"number": number, **record}))
    return ExchangeListView(items=tuple(found), next=None)


def recording_view(sandbox: Sandbox) -> RecordingView:
    """Which exchanges are noted."""
    return RecordingView(**sandbox.lookout.look().recording.model_dump())


def set_recording(sandbox: Sandbox, actor: Actor, command: SetRecording) -> RecordingView:
    """Say which exchanges are noted; it counts from the next request on, in every process."""
    actor.require("choose what is noted", (Role.TRAINER,), CONTROL)
    wanted = Recording(**command.model_dump())
    with sandbox.store.write() as connection:
        settings.put(connection, SETTINGS_KEY, wanted.model_dump(mode="json"))
        journal.append(
            connection,
            at=sandbox.clock.now(),
            actor=actor.account,
            action="recording.set",
            about="exchanges",
            detail=command.model_dump(mode="json"),
            clauses=[],
        )
    return RecordingView(**wanted.model_dump())
