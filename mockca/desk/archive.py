"""The archive: search over everything on file, one certificate's whole file, what is missing, and what stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from mockca.desk.actors import Actor
from mockca.desk.dossiers import require_dossier
from mockca.desk.handovers import handover_view
from mockca.desk.reach import reach
from mockca.desk.revocation_cases import require_case
from mockca.desk.rosters import roster_view
from mockca.desk.sandbox import Sandbox
from mockca.desk.shortcomings import steps
from mockca.desk.statuses import require_certificate
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import ArchiveFileView, ArchiveItemView, GapView, Page
from mockca.errors import Forbidden, NotFound
from mockca.registry import archive, certificates, devices, dossiers, files
from mockca.registry.archive import Entry, Wanted
from mockca.registry.certificates import Certificate
from mockca.rules.grounds import BEFORE_EVENT
from mockca.rules.regulation import Regulation
from mockca.rules.shortcomings import FileFacts, gaps
from mockca.rules.terms import UNSOURCED, Label

READ = "read_archive"
MOST_SERIALS = 100
"""Certificates that one item names."""
CHUNK = 500
"""Certificates that are judged, and things that are read, at once."""


def search(
    sandbox: Sandbox,
    actor: Actor,
    *,
    words: str | None = None,
    kind: str | None = None,
    certificate: str | None = None,
    device: str | None = None,
    unit: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of what is on file: the authority's all, a registrar's of the province, a body's own."""
    seen = reach(sandbox, actor, READ, unit)
    wanted = Wanted(seen.regulation, seen.unit, certificate, device, words, since, until)
    kinds = () if kind is None else (kind,)
    with reading(sandbox, actor) as transaction:
        found, following = archive.find(transaction.connection, wanted, kinds=kinds, after=after or 0, limit=limit)
        items = _views(transaction, found, seen.unit)
    return Page(items=items, next=following)


def file_of(sandbox: Sandbox, actor: Actor, serial: str) -> ArchiveFileView:
    """Everything on file about one certificate, from its request to the return of its device."""
    seen = reach(sandbox, actor, READ)
    with reading(sandbox, actor) as transaction:
        found = require_certificate(transaction.connection, serial)
        if not actor.sees_unit(found.regulation, found.unit):
            raise NotFound("certificate", serial)
        wanted = Wanted(regulation=found.regulation, unit=seen.unit, certificate=serial)
        entries: list[Entry] = []
        cursor: int | None = 0
        while cursor is not None:
            batch, cursor = archive.find(transaction.connection, wanted, after=cursor, limit=CHUNK)
            entries += batch
        # The order of kinds is the order of work, which tells apart what a frozen clock put at the same instant.
        entries.sort(key=lambda entry: entry.at)
        return ArchiveFileView(
            certificate=serial,
            regulation=found.regulation,
            unit=found.unit,
            device=found.device,
            items=_views(transaction, entries, seen.unit),
            gaps=tuple(_gaps(transaction, [found])),
        )


def missing(
    sandbox: Sandbox, actor: Actor, *, unit: str | None = None, after: int | None = None, limit: int = 100
) -> Page:
    """A slice of what the archive ought to hold and does not; it ends with a whole batch of certificates."""
    seen = reach(sandbox, actor, READ, unit)
    found: list[GapView] = []
    cursor: int | None = after or 0
    with reading(sandbox, actor) as transaction:
        while cursor is not None and len(found) < limit:
            batch, cursor, _ = certificates.listing(
                transaction.connection,
                regulation=seen.regulation,
                unit=seen.unit,
                after=cursor,
                limit=min(limit, CHUNK),
            )
            found += _gaps(transaction, batch)
    return Page(items=tuple(found), next=cursor)


def remove(transaction: Transaction, command: None, *, kind: str, number: int) -> NoReturn:
    """Nothing leaves the archive: Forbidden with the clause by which it is kept, NotFound where it isn't there."""
    del command
    regulation = transaction.sandbox.regulation(REGULATION_OF[kind](transaction, number))
    clause = regulation.operations[READ].clause
    raise Forbidden(transaction.actor.role, f"remove {kind} {number} from the archive", (), clause)


REGULATION_OF: dict[str, Callable[[Transaction, int], str]] = {
    "dossier": lambda transaction, number: require_dossier(transaction, number).regulation,
    "roster": lambda transaction, number: roster_view(transaction, number).regulation,
    "handover": lambda transaction, number: handover_view(transaction, number).regulation,
    "revocation": lambda transaction, number: require_case(transaction, number).regulation,
}
"""The regulation that a thing is kept under, where the actor may see it."""


def _views(transaction: Transaction, entries: Sequence[Entry], unit: str | None) -> tuple[ArchiveItemView, ...]:
    touched = {
        kind: archive.touched(
            transaction.connection, kind, [entry.number for entry in entries if entry.kind == kind], unit
        )
        for kind in {entry.kind for entry in entries}
    }
    return tuple(_view(transaction, entry, touched[entry.kind].get(entry.number, [])) for entry in entries)


def _view(transaction: Transaction, entry: Entry, touched: Sequence[tuple[str | None, str | None]]) -> ArchiveItemView:
    title = _title(transaction.sandbox.regulation(entry.regulation), entry)
    return ArchiveItemView(
        kind=entry.kind,
        number=entry.number,
        at=entry.at,
        regulation=entry.regulation,
        unit=entry.unit,
        title_vi=title.vi,
        title_en=title.en,
        clause=title.clause,
        state=entry.state,
        certificates=_some(certificate for certificate, _ in touched),
        devices=_some(device for _, device in touched),
    )


def _some(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))[:MOST_SERIALS]


def _title(regulation: Regulation, entry: Entry) -> Label:
    """What a thing is called, by the words of its regulation."""
    if entry.kind == "custodian":
        clause = regulation.operations["keep_device"].clause
        return Label(f"Giao thiết bị cho {entry.what}", f"device given to {entry.what}", clause)
    by_kind: Mapping[str, Mapping[str, Any]] = {
        "handover": regulation.legs,
        "revocation": regulation.grounds,
        "restore": {} if regulation.restore is None else regulation.restore.grounds,
        "appointment": regulation.posts,
        "report": {report.id: report for report in regulation.reports},
        "reorganisation": regulation.reorganisations,
    }
    one = by_kind.get(entry.kind, regulation.forms).get(entry.what)
    if one is None:
        return Label(entry.what, entry.what, UNSOURCED)
    return Label(one.vi, one.en, one.clause)


def _gaps(transaction: Transaction, batch: Sequence[Certificate]) -> list[GapView]:
    connection = transaction.connection
    serials = [one.serial for one in batch]
    numbers = [one.dossier for one in batch]
    filed = {one.number: one for one in dossiers.gather(connection, numbers)}
    papers = files.attachments_of(connection, numbers)
    on_devices = {one.certificate: one for one in devices.of_certificates(connection, serials)}
    legs = files.legs_of(connection, [one.serial for one in on_devices.values()])
    effective, activated = files.effective_of(connection, serials), files.activated_of(connection, serials)
    revoked, cases = files.revoked_of(connection, serials), files.cases_of(connection, serials, executed=False)
    replaced = files.replaced_of(connection, serials)
    late = files.late_of(connection, serials, BEFORE_EVENT, transaction.now)
    found = []
    for one in batch:
        regulation = transaction.sandbox.regulation(one.regulation)
        dossier, device = filed[one.dossier], on_devices.get(one.serial)
        facts = FileFacts(
            kind=one.subscriber_kind,
            operation=dossier.operation,
            filled_in=bool(dossier.fields),
            attachments=papers.get(one.dossier, frozenset()),
            rostered=dossier.roster is not None,
            was_effective=one.serial in effective,
            activated=one.serial in activated,
            revoked=one.serial in revoked,
            case=one.serial in cases,
            replaced=one.serial in replaced,
            late=late.get(one.serial),
            device_state=None if device is None else device.state,
            by_decision="reorganisation" in dossier.submission,
            steps=frozenset() if device is None else steps(regulation, legs.get(device.serial, frozenset())),
        )
        found += [
            GapView(
                kind=gap.kind,
                certificate=one.serial,
                device=one.device,
                dossier=one.dossier,
                unit=one.unit,
                clause=gap.clause,
                vi=gap.vi,
                en=gap.en,
            )
            for gap in gaps(regulation, facts)
        ]
    return found
