"""What is published, ready to serve: CRLs and OCSP answers, signed once and served while nothing has changed.

A process learns of what others committed from the store's data version, and of turns of the clock from its
epoch; both are asked at every request. So a revocation counts everywhere from the end of its transaction on.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from mockca.clock import EARLIEST
from mockca.desk.crl_issue import CrlName, current_record, next_change
from mockca.desk.exchanges.notes import Note
from mockca.desk.faults.drafts import AIA, CRL, OCSP, Carriage, ListDraft, StatusDraft
from mockca.desk.faults.firing import Exchange, Firing, armed, fire
from mockca.desk.lookout import recording_of
from mockca.desk.ocsp_answers import Standing, standing_at
from mockca.desk.ocsp_requests import LONGEST_KEPT, RequestReader
from mockca.desk.responders import Responders
from mockca.desk.telling import KEEP_AFTER_EXPIRY, PublicationSettings, later, publication_settings
from mockca.errors import Malformed
from mockca.pki.ocsp import OcspRequest, SingleAnswer, failure
from mockca.pki.relisting import relisted
from mockca.registry import schedule, status
from mockca.registry.crls import next_number
from mockca.registry.tables import FOREVER

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox

MOST_KEPT: Final = 10_000
"""OCSP answers, and standings of serials, that a process keeps of one sandbox."""


_NOT_KEPT: Final = Standing("unknown")


@dataclass(frozen=True, slots=True)
class Published:
    """One CRL or OCSP answer as it goes out."""

    der: bytes
    etag: str | None
    """Entity tag (RFC 9110 §8.8.3); None for an answer with a nonce, which is of use to its asker only."""
    this_update: datetime | None
    """None for an OCSP failure, which has no time."""
    until: datetime
    """When another one takes its place, unless something happens before."""
    cache_seconds: int
    """For how long HTTP caches may serve it unasked."""
    carriage: Carriage | None = None
    """How it is to be carried where a fault has changed that; such an answer is for its asker only, too."""
    note: Note | None = None
    """What is to be noted of the exchange; None for nothing."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """What published data follow from, beside the instant."""

    epoch: int
    last_change: int
    settings: PublicationSettings


@dataclass(slots=True)
class _Picture:
    """What holds until the next commit, turn of the clock or recorded change of status."""

    version: int
    """The store's data version, read before anything else."""
    marks: _Marks
    crl_number: int
    horizon: datetime
    """The next instant at which something that is recorded already happens by itself."""
    armed: frozenset[str] = frozenset()
    """Where faults may fire; nothing is asked about them elsewhere."""
    noted: frozenset[str] = frozenset()
    """Where every exchange is noted."""
    crls: dict[CrlName, Published] = field(default_factory=dict)
    standings: dict[int, Standing | None] = field(default_factory=dict)
    answers: dict[bytes, Published] = field(default_factory=dict)


class Publisher:
    """Serves one sandbox's CRLs and OCSP answers. Safe for threads; processes need nothing of each other."""

    def __init__(self, sandbox: Sandbox, run_due: Callable[[Sandbox], Sequence[str]] | None = None) -> None:
        """`run_due` is called when a scheduled change has fallen due, before anything is answered."""
        self.sandbox = sandbox
        hierarchy = sandbox.hierarchy
        self._run_due = run_due
        self._responders = Responders(sandbox)
        self._reader = RequestReader(self._responders.appointed)
        self._own = frozenset(signer.certificate.serial_number for signer in (hierarchy.ocsp, hierarchy.tsa))
        self._picture: _Picture | None = None
        self._lock = threading.Lock()

    def crl(self, name: CrlName) -> Published:
        """The CRL of that name, issued now where that is due."""
        picture, now = self._look()
        published = self._crl(picture, now, name)
        if CRL not in picture.armed and CRL not in picture.noted:
            return published
        firing = self._fire(picture, Exchange(CRL, role=name.issuer, detail={"crl": name.value}))
        published = replace(published, note=_note(picture, CRL, firing, role=name.issuer, operation=name.value))
        if CRL not in picture.armed:
            return published
        draft = firing.on(ListDraft())
        if draft != ListDraft():
            published = replace(published, der=self._relisted(picture, now, name, published, draft))
        return replace(published, etag=None, carriage=firing.on(Carriage()))

    def _relisted(self, picture: _Picture, now: datetime, name: CrlName, right: Published, draft: ListDraft) -> bytes:
        """The CRL as the faults have it, in the place of the right one."""
        hierarchy, settings = self.sandbox.hierarchy, picture.marks.settings
        lasts = name.period(settings) + settings.overlap
        this_update = _made_stale(now, lasts, draft.stale_seconds) if draft.stale_seconds is not None else None
        issuer = hierarchy.root if name is CrlName.ROOT else hierarchy.issuing
        began = this_update or right.this_update or now
        return relisted(
            right.der,
            issuer if draft.signing == "as it should be" else hierarchy.ocsp,
            this_update=began,
            next_update=later(began, lasts),
            back=draft.back,
            listed=lambda serial: not draft.empty and f"{serial:x}" not in draft.missing,
        )

    def _crl(self, picture: _Picture, now: datetime, name: CrlName) -> Published:
        kept = picture.crls.get(name)
        if kept is not None and now < kept.until:
            return kept
        record = current_record(self.sandbox, name)
        settings = picture.marks.settings
        published = Published(
            der=record.der,
            etag=_etag(record.der),
            this_update=record.this_update,
            until=later(record.this_update, name.period(settings)),
            cache_seconds=settings.cache_seconds,
        )
        picture.crls[name] = published
        return published

    def ocsp(self, request: bytes) -> Published:
        """The answer to an OCSP request, kept or signed now. Garbage is answered too (malformedRequest)."""
        picture, now = self._look()
        if OCSP in picture.armed:
            return self._disturbed(picture, now, request)
        return self._ocsp(picture, now, request)

    def _disturbed(self, picture: _Picture, now: datetime, request: bytes) -> Published:
        """The answer with whatever faults do to it."""
        asked, refusal = self._asked(request)
        serials = [] if asked is None else [f"{cert_id.serial:x}" for cert_id in asked.cert_ids]
        firing = self._fire(picture, Exchange(OCSP, frozenset(serials), detail={"certificates": serials}))
        right = StatusDraft(refusal, None if asked is None else _nonce(picture, asked))
        draft = firing.on(right)
        if draft == right:
            answer = self._ocsp(picture, now, request)
        elif draft.failure is not None or asked is None:
            answer = self._failure(picture, draft.failure or "internalError", now, serials)
        else:
            answer = self._answer(picture, asked, now, draft)
        note = answer.note
        if firing.faults:
            told = note or Note(OCSP, serials=tuple(serials), outcome=draft.failure or "")
            note = replace(told, faults=firing.faults)
        return replace(answer, etag=None, carriage=firing.on(Carriage()), note=note)

    def _fire(self, picture: _Picture, exchange: Exchange) -> Firing:
        return fire(self.sandbox, exchange) if exchange.endpoint in picture.armed else Firing()

    def certificate(self, role: str) -> Published:
        """The `root` or the `issuing` certificate."""
        signer = getattr(self.sandbox.hierarchy, role)
        picture, now = self._look()
        firing = self._fire(picture, Exchange(AIA, role=role, detail={"certificate": role}))
        carriage = firing.on(Carriage()) if AIA in picture.armed else None
        return Published(
            signer.der, None, None, now, 0, carriage, _note(picture, AIA, firing, role=role, operation=role)
        )

    def _asked(self, request: bytes) -> tuple[OcspRequest | None, str | None]:
        """What is asked; or else None, and the OCSPResponseStatus that is the answer."""
        try:
            asked = self._reader.read(request)
        except Malformed:
            return None, "malformedRequest"
        return asked, None if asked is not None else "unauthorized"

    def _ocsp(self, picture: _Picture, now: datetime, request: bytes) -> Published:
        kept = picture.answers.get(request)
        if kept is not None and now < kept.until:
            return kept
        asked, refusal = self._asked(request)
        if asked is None:
            return self._failure(picture, refusal or "internalError", now)
        answer = self._answer(picture, asked, now, StatusDraft(nonce=_nonce(picture, asked)))
        if answer.etag is not None and len(request) <= LONGEST_KEPT:
            if len(picture.answers) >= MOST_KEPT:
                picture.answers.clear()
            picture.answers[request] = answer
        return answer

    def _answer(self, picture: _Picture, asked: OcspRequest, now: datetime, draft: StatusDraft) -> Published:
        settings = picture.marks.settings
        standings = self._standings(picture, [cert_id.serial for cert_id in asked.cert_ids], now)
        if standings is None:
            return self._failure(picture, "unauthorized", now, [f"{each.serial:x}" for each in asked.cert_ids])
        period, stale = settings.ocsp_period, draft.stale_seconds
        this_update = now if stale is None else _made_stale(now, period, stale)
        next_update = later(this_update, period) if settings.ocsp_next_update == "given" else None
        cutoff = settings.ocsp_archive_cutoff == "given" and any(s.expired for s in standings)
        der = self._responders.who(draft.signing, settings).respond(
            [
                SingleAnswer(
                    cert_id=cert_id,
                    status=standing.status,
                    revoked_at=standing.revoked_at,
                    reason=standing.reason,
                    this_update=this_update,
                    next_update=next_update,
                )
                for cert_id, standing in zip(asked.cert_ids, standings, strict=True)
            ],
            produced_at=this_update,
            nonce=draft.nonce,
            archive_cutoff=now - KEEP_AFTER_EXPIRY if cutoff else None,
            extended_revoke=any(s.never_issued for s in standings),
        )
        return Published(
            der=der,
            etag=_etag(der) if asked.nonce is None else None,
            this_update=this_update,
            until=min(later(now, settings.presigned_for), *[standing.until for standing in standings]),
            cache_seconds=settings.cache_seconds,
            note=_note(
                picture,
                OCSP,
                serials=tuple(f"{each.serial:x}" for each in asked.cert_ids),
                outcome=", ".join(standing.status for standing in standings),
            ),
        )

    def _failure(self, picture: _Picture, name: str, now: datetime, serials: Sequence[str] = ()) -> Published:
        note = _note(picture, OCSP, serials=tuple(serials), outcome=name)
        return Published(failure(name), etag=None, this_update=None, until=now, cache_seconds=0, note=note)

    def _standings(self, picture: _Picture, serials: Sequence[int], now: datetime) -> list[Standing] | None:
        """How the serials stand; None where one of them gets no answer."""
        kept = picture.standings
        standings: list[Standing] = []
        for serial in serials:
            # One step, for another thread may empty the dictionary.
            standing = kept.get(serial, _NOT_KEPT)
            if standing is _NOT_KEPT or (standing is not None and now >= standing.until):
                return self._fresh_standings(picture, serials, now)
            if standing is None:
                return None
            standings.append(standing)
        return standings

    def _fresh_standings(self, picture: _Picture, serials: Sequence[int], now: datetime) -> list[Standing] | None:
        settings = picture.marks.settings
        with self.sandbox.store.read() as connection:
            found = {serial: standing_at(connection, serial, now, settings, self._own) for serial in set(serials)}
        if len(picture.standings) >= MOST_KEPT:
            picture.standings.clear()
        picture.standings.update(found)
        standings = [standing for serial in serials if (standing := found[serial]) is not None]
        return standings if len(standings) == len(serials) else None

    def _look(self) -> tuple[_Picture, datetime]:
        """What holds now, and the instant that is now."""
        version = self.sandbox.store.data_version()
        reading = self.sandbox.clock.reading()
        picture = self._picture
        if (
            picture is None
            or version != picture.version
            or reading.epoch != picture.marks.epoch
            or reading.now >= picture.horizon
        ):
            return self._look_again()
        return picture, reading.now

    def _look_again(self) -> tuple[_Picture, datetime]:
        picture, due, now = self._read()
        if self._run_due is not None and due is not None and due <= now:
            self._run_due(self.sandbox)
            picture, _, now = self._read()
        return picture, now

    def _read(self) -> tuple[_Picture, datetime | None, datetime]:
        # Under a lock, so that what was read last is what is kept.
        with self._lock:
            version = self.sandbox.store.data_version()
            reading = self.sandbox.clock.reading()
            with self.sandbox.store.read() as connection:
                marks = _Marks(reading.epoch, status.latest_change(connection), publication_settings(connection))
                due = schedule.next_due(connection)
                picture = _Picture(
                    version=version,
                    marks=marks,
                    crl_number=sum(next_number(connection, name.issuer) for name in (CrlName.ROOT, CrlName.DELTA)),
                    horizon=min(due or FOREVER, next_change(connection, reading.now) or FOREVER),
                    armed=armed(connection),
                    noted=recording_of(connection).published,
                )
            before = self._picture
            if before is not None and before.marks == marks and reading.now < before.horizon:
                picture.standings = before.standings
                if before.noted == picture.noted:
                    picture.answers = before.answers
                if before.crl_number == picture.crl_number:
                    picture.crls = before.crls
            self._picture = picture
            return picture, due, reading.now


def _nonce(picture: _Picture, asked: OcspRequest) -> bytes | None:
    """The nonce that the answer has."""
    return asked.nonce if picture.marks.settings.ocsp_nonce == "echoed" else None


def _note(
    picture: _Picture,
    endpoint: str,
    firing: Firing | None = None,
    *,
    role: str = "",
    operation: str = "",
    serials: tuple[str, ...] = (),
    outcome: str = "",
) -> Note | None:
    """What is noted of an exchange: something where all are, or where a fault has fired."""
    fired = () if firing is None else firing.faults
    if endpoint not in picture.noted and not fired:
        return None
    return Note(endpoint, role=role, operation=operation, serials=serials, outcome=outcome, faults=fired)


def _made_stale(now: datetime, lasts: timedelta, seconds: float) -> datetime:
    """The thisUpdate of what lasts so long and ended so many seconds ago."""
    return now - min(lasts + timedelta(seconds=seconds), now - EARLIEST)


def _etag(der: bytes) -> str:
    return f'"{hashlib.sha256(der).hexdigest()[:32]}"'
