"""Time stamping: requests answered by the sandbox's clock, with serial numbers that only grow.

Nobody signs in for it and nothing of it is kept: a token is the asker's, and the registry says nothing about it. What a
fault has changed is in the journal, as for every exchange.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from mockca.desk.actors import Actor, Role
from mockca.desk.commands import SetTimestamping
from mockca.desk.exchanges.notes import Note
from mockca.desk.faults.drafts import TSA, Carriage, Signing, TimestampDraft
from mockca.desk.faults.firing import Exchange, Firing, armed, fire
from mockca.desk.lookout import recording_of
from mockca.desk.timestamp_serials import TimestampSerials
from mockca.desk.views import TimestampingView
from mockca.pki import tsa
from mockca.pki.certificates import TIMESTAMP_POLICY
from mockca.pki.hierarchy import Signer, expired
from mockca.pki.tsa import Rejected, Stamp, TimestampAuthority, TimestampRequest
from mockca.registry import journal, settings

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox

SERIALS_FILE: Final = "timestamp-serials"
SETTINGS_KEY: Final = "timestamping"
CONTROL: Final = "control"
SHA1: Final = "sha1"
AS_IT_SHOULD_BE: Final[Signing] = "as it should be"
AS_AT_FIRST: Final = {"accuracy": True, "ordering": False, "named": True}


class TimestampSettings(BaseModel):
    """What is stamped. The real authority's rules aren't public: unsourced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accept_sha1: bool = True
    """Old clients of the real authority still send such imprints."""
    tsa_accuracy: Literal["given", "left-out"] = "given"
    tsa_ordering: Literal["given", "left-out"] = "left-out"
    tsa_name: Literal["given", "left-out"] = "given"


@dataclass(frozen=True, slots=True)
class Stamped:
    """An answer."""

    der: bytes
    carriage: Carriage | None = None
    """How it is to be carried; None for the usual way."""
    note: Note | None = None
    """What is to be noted of the exchange; None for nothing."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What holds until the next commit."""

    version: int
    settings: TimestampSettings
    armed: bool
    noted: bool


class Timestamper:
    """One sandbox's time-stamping authority. Safe for threads; processes need nothing of each other."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._serials: TimestampSerials | None = None
        self._authority = TimestampAuthority(sandbox.hierarchy.tsa, sandbox.hierarchy.issuing)
        self._made: dict[tuple[Any, ...], TimestampAuthority] = {}

    def answer(self, request: bytes) -> Stamped:
        """The TimeStampResp for a request; garbage gets one too."""
        known = self._look()
        draft, why = self._draft(request, known.settings)
        carriage, firing = None, Firing()
        if known.armed:
            firing = fire(self.sandbox, Exchange(TSA, detail=_told(draft)))
            draft = firing.on(draft)
            carriage = firing.on(Carriage())
        note = None
        if known.noted or firing.faults:
            serials = () if draft.stamp is None else (f"{draft.stamp.serial:x}",)
            note = Note(TSA, serials=serials, outcome=draft.failure or "granted", faults=firing.faults)
        if draft.failure is not None or draft.stamp is None:
            texts = (why.vi, why.en) if why is not None else ()
            return Stamped(tsa.rejection(draft.failure or "systemFailure", *texts), carriage, note)
        return Stamped(self._signer(draft.signing, known.settings).respond(draft.stamp), carriage, note)

    def _draft(self, request: bytes, wanted: TimestampSettings) -> tuple[TimestampDraft, Rejected | None]:
        try:
            asked = tsa.parse_request(request)
            self._require(asked, wanted)
        except Rejected as error:
            return TimestampDraft(None, error.failure), error
        serial = self._take_serial()
        now = self.sandbox.clock.now()
        return TimestampDraft(Stamp(asked.imprint, asked.nonce, serial, now, asked.wants_certificate)), None

    def _require(self, asked: TimestampRequest, wanted: TimestampSettings) -> None:
        if asked.algorithm == SHA1 and not wanted.accept_sha1:
            raise Rejected("badAlg", "Không nhận giá trị băm SHA-1.", "imprints by SHA-1 are not taken here")
        if not self._authority.accepts(asked.policy):
            raise Rejected(
                "unacceptedPolicy",
                f"Chỉ cấp dấu thời gian theo chính sách {TIMESTAMP_POLICY}.",
                f"time stamps are given under the policy {TIMESTAMP_POLICY} only",
            )

    def _take_serial(self) -> int:
        if self._serials is None:
            with self._lock:
                if self._serials is None:
                    self._serials = TimestampSerials(self.sandbox.home / SERIALS_FILE)
        return self._serials.take()

    def _look(self) -> _Known:
        version = self.sandbox.store.data_version()
        known = self._known
        if known is None or known.version != version:
            with self.sandbox.store.read() as connection:
                noted = recording_of(connection).tsa
                known = _Known(version, timestamp_settings(connection), TSA in armed(connection), noted)
            self._known = known
        return known

    def _signer(self, how: Signing, wanted: TimestampSettings) -> TimestampAuthority:
        told = {
            "accuracy": wanted.tsa_accuracy == "given",
            "ordering": wanted.tsa_ordering == "given",
            "named": wanted.tsa_name == "given",
        }
        if how == AS_IT_SHOULD_BE and told == AS_AT_FIRST:
            return self._authority
        key = (how, *told.values())
        if key not in self._made:
            self._made[key] = self._make(how, told)
        return self._made[key]

    def _make(self, how: Signing, told: dict[str, bool]) -> TimestampAuthority:
        hierarchy = self.sandbox.hierarchy
        signer = hierarchy.tsa
        if how == "by somebody else":
            # Whose certificate is not for time stamps, though the same CA has issued it (RFC 3161 §2.3).
            signer = hierarchy.ocsp
        elif how == "with an expired certificate":
            signer = self._expired
        return TimestampAuthority(
            signer,
            hierarchy.issuing,
            weakly=how == "with SHA-1",
            accuracy=told["accuracy"],
            ordering=told["ordering"],
            named=told["named"],
        )

    @cached_property
    def _expired(self) -> Signer:
        sandbox = self.sandbox
        # Before the sandbox began, so that it has expired whenever its clock may be asked.
        ended = sandbox.created_at - timedelta(seconds=1)
        serial = sandbox.randomness.serial("authority/tsa/expired")
        return expired(sandbox.hierarchy.tsa, sandbox.hierarchy.issuing, ended, serial)


def _told(draft: TimestampDraft) -> dict[str, str]:
    if draft.stamp is None:
        return {"failure": draft.failure or ""}
    return {"serial": f"{draft.stamp.serial:x}"}


def timestamp_settings(connection: Connection) -> TimestampSettings:
    """The sandbox's settings; the defaults for what was never set."""
    return TimestampSettings.model_validate(settings.get(connection, SETTINGS_KEY) or {})


def put_timestamp_settings(connection: Connection, wanted: TimestampSettings) -> None:
    """Keep the sandbox's settings. They count from the next request on, in every process."""
    settings.put(connection, SETTINGS_KEY, wanted.model_dump(mode="json"))


def timestamping_view(sandbox: Sandbox) -> TimestampingView:
    """Where time stamps are given, under which policy, and what is stamped."""
    with sandbox.store.read() as connection:
        found = timestamp_settings(connection)
    return TimestampingView(url=sandbox.endpoints.tsa, policy=TIMESTAMP_POLICY, accept_sha1=found.accept_sha1)


def set_timestamping(sandbox: Sandbox, actor: Actor, command: SetTimestamping) -> TimestampingView:
    """Say what is stamped; it counts from the next request on, in every process."""
    actor.require("set up time stamping", (Role.TRAINER,), CONTROL)
    with sandbox.store.write() as connection:
        wanted = timestamp_settings(connection).model_copy(update={"accept_sha1": command.accept_sha1})
        put_timestamp_settings(connection, wanted)
        journal.append(
            connection,
            at=sandbox.clock.now(),
            actor=actor.account,
            action="timestamping.set",
            about="timestamping",
            detail=command.model_dump(mode="json"),
            clauses=[],
        )
    return timestamping_view(sandbox)
