"""Reads of the desk, each limited to what the actor may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockca import registry
from mockca.desk.activation import activation_view
from mockca.desk.actors import EVERYWHERE, SYSTEM, Actor, Role
from mockca.desk.certificate_views import certificate_view, device_view
from mockca.desk.custody import require_device
from mockca.desk.dossiers import dossier_view, require_dossier
from mockca.desk.handovers import handover_view
from mockca.desk.notices import reader_of
from mockca.desk.restore_cases import restore_view
from mockca.desk.revocation_cases import revocation_view
from mockca.desk.rosters import roster_view
from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import require_certificate, require_status, status_view
from mockca.desk.transaction import Transaction, reading
from mockca.desk.units import unit_view
from mockca.desk.views import (
    ActivationView,
    AnnouncementView,
    CertificateView,
    DeadlineView,
    DeviceView,
    DossierView,
    HandoverView,
    JournalEntryView,
    NoticeView,
    Page,
    PublicCertificateView,
    RegulationView,
    RestoreView,
    RevocationView,
    RosterView,
    StatusView,
    WhoAmI,
)
from mockca.errors import NotFound
from mockca.registry.announcements import Announcement
from mockca.registry.certificates import Certificate
from mockca.rules.regulation import Regulation

JOURNAL = "journal"
"""Stands where a clause id would: who may read the journal is this project's choice."""


def whoami(actor: Actor) -> WhoAmI:
    return WhoAmI(account=actor.account, role=actor.role, regulation=actor.regulation, unit=actor.unit)


def dossier(sandbox: Sandbox, actor: Actor, number: int) -> DossierView:
    with reading(sandbox, actor) as transaction:
        return dossier_view(transaction, require_dossier(transaction, number))


def dossiers(
    sandbox: Sandbox,
    actor: Actor,
    *,
    state: str | None = None,
    unit: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the dossiers: the authority's all, a registrar's of the province, an agency's own."""
    with reading(sandbox, actor) as transaction:
        found, following, total = registry.dossiers.listing(
            transaction.connection,
            regulation=_province(actor),
            unit=_unit(actor, unit),
            state=state,
            after=after or 0,
            limit=limit,
        )
        items = tuple(dossier_view(transaction, one) for one in found)
    return Page(items=items, next=following, total=total)


def roster(sandbox: Sandbox, actor: Actor, number: int) -> RosterView:
    with reading(sandbox, actor) as transaction:
        return roster_view(transaction, number)


def handover(sandbox: Sandbox, actor: Actor, number: int) -> HandoverView:
    with reading(sandbox, actor) as transaction:
        return handover_view(transaction, number)


def activation(sandbox: Sandbox, actor: Actor, number: int) -> ActivationView:
    with reading(sandbox, actor) as transaction:
        return activation_view(transaction, number)


def activations(
    sandbox: Sandbox,
    actor: Actor,
    *,
    state: str | None = None,
    certificate: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the proposals of effect: the authority's all, a registrar's of the province; no one else sees any."""
    if actor.role not in (*EVERYWHERE, Role.REGISTRAR):
        return Page(items=(), next=None, total=0)
    with reading(sandbox, actor) as transaction:
        found, following, total = registry.activations.listing(
            transaction.connection,
            regulation=_province(actor),
            state=state,
            certificate=certificate,
            after=after or 0,
            limit=limit,
        )
        items = tuple(activation_view(transaction, one.number) for one in found)
    return Page(items=items, next=following, total=total)


def revocation(sandbox: Sandbox, actor: Actor, number: int) -> RevocationView:
    with reading(sandbox, actor) as transaction:
        return revocation_view(transaction, number)


def revocations(
    sandbox: Sandbox,
    actor: Actor,
    *,
    state: str | None = None,
    certificate: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the revocation cases: the authority's all, a registrar's of the province, one's own."""
    with reading(sandbox, actor) as transaction:
        found, following, total = registry.revocations.listing(
            transaction.connection,
            regulation=_province(actor),
            unit=_unit(actor, None),
            asked_by=actor.account,
            state=state,
            certificate=certificate,
            after=after or 0,
            limit=limit,
        )
        items = tuple(revocation_view(transaction, one.number) for one in found)
    return Page(items=items, next=following, total=total)


def restore(sandbox: Sandbox, actor: Actor, number: int) -> RestoreView:
    with reading(sandbox, actor) as transaction:
        return restore_view(transaction, number)


def restores(
    sandbox: Sandbox, actor: Actor, *, state: str | None = None, after: int | None = None, limit: int = 100
) -> Page:
    """A slice of the requests to restore a device: the authority's all, a registrar's of the province, one's own."""
    with reading(sandbox, actor) as transaction:
        found, following, total = registry.restores.listing(
            transaction.connection,
            regulation=_province(actor),
            unit=_unit(actor, None),
            state=state,
            after=after or 0,
            limit=limit,
        )
        items = tuple(restore_view(transaction, one.number) for one in found)
    return Page(items=items, next=following, total=total)


def certificate(sandbox: Sandbox, actor: Actor, serial: str) -> CertificateView:
    with reading(sandbox, actor) as transaction:
        found = _visible(transaction, serial)
        return certificate_view(sandbox, transaction.connection, found, transaction.now)


def certificates(
    sandbox: Sandbox,
    actor: Actor,
    *,
    unit: str | None = None,
    name: str | None = None,
    status: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the certificates in the order in which their dossiers were filed."""
    with reading(sandbox, actor) as transaction:
        found, following, total = registry.certificates.listing(
            transaction.connection,
            regulation=_province(actor),
            unit=_unit(actor, unit),
            name=name,
            standing=None if status is None else (status, transaction.now),
            after=after or 0,
            limit=limit,
        )
        items = tuple(
            certificate_view(sandbox, transaction.connection, one, transaction.now)
            for one in found
            if one.not_before <= transaction.now
        )
    return Page(items=items, next=following, total=total)


def status(sandbox: Sandbox, actor: Actor, serial: str, at: datetime | None = None) -> StatusView:
    """The status at an instant, the clock's now where none is given."""
    with reading(sandbox, actor) as transaction:
        found = _visible(transaction, serial)
        instant = at or transaction.now
        standing = require_status(transaction.connection, serial, instant)
        return status_view(sandbox.regulation(found.regulation), standing, instant)


def device(sandbox: Sandbox, actor: Actor, serial: str) -> DeviceView:
    with reading(sandbox, actor) as transaction:
        found, on_it = require_device(transaction, serial)
        return device_view(sandbox, transaction.connection, found, on_it)


def devices(
    sandbox: Sandbox,
    actor: Actor,
    *,
    state: str | None = None,
    holder: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the devices whose certificates the actor may see."""
    scope: dict[str, Any] = {"regulation": _province(actor), "unit": _unit(actor, None), "holder": holder}
    scope["states"] = None if state is None else (state,)
    with reading(sandbox, actor) as transaction:
        connection = transaction.connection
        found, following = registry.devices.slice_of(connection, **scope, after=after or 0, limit=limit)
        serials = [one.certificate for one in found if one.certificate is not None]
        on_them = {one.serial: one for one in registry.certificates.gather(connection, serials)}
        items = tuple(device_view(sandbox, connection, one, on_them[one.certificate or ""]) for one in found)
        total = registry.devices.count(connection, **scope)
    return Page(items=items, next=following, total=total)


def units(sandbox: Sandbox, actor: Actor, *, after: int | None = None, limit: int = 100) -> Page:
    """A slice of the units of the actor's province; of all for the authority."""
    with reading(sandbox, actor) as transaction:
        found, following, total = registry.units.slice_of(
            transaction.connection, regulation=_province(actor), after=after or 0, limit=limit
        )
    return Page(items=tuple(unit_view(one) for one in found), next=following, total=total)


def notices(sandbox: Sandbox, actor: Actor, *, after: int | None = None, limit: int = 100) -> Page:
    """Notices to the actor: a registrar's, a unit's own, or all for the authority."""
    reader = reader_of(actor)
    with reading(sandbox, actor) as transaction:
        found, following, total = registry.announcements.notices_to(
            transaction.connection, reader, _province(actor), after=after or 0, limit=limit
        )
    items = tuple(
        NoticeView(
            number=one.number,
            to=one.to,
            subject=one.subject,
            text=one.text,
            serial=one.serial,
            sent_at=one.sent_at,
            clause=one.clause,
        )
        for one in found
    )
    return Page(items=items, next=following, total=total)


def deadlines(
    sandbox: Sandbox,
    actor: Actor,
    *,
    overdue: bool | None = None,
    about: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the deadlines of the actor's province, by their due time."""
    with reading(sandbox, actor) as transaction:
        now = transaction.now
        found, following, total = registry.deadlines.slice_of(
            transaction.connection,
            regulation=_province(actor),
            overdue=overdue,
            about=about,
            now=now,
            after=after or 0,
            limit=limit,
        )
    items = tuple(
        DeadlineView(
            number=one.number,
            kind=one.kind,
            about=one.about,
            clause=one.clause,
            due=one.due,
            met_at=one.met_at,
            overdue=one.met_at is None and one.due < now,
        )
        for one in found
    )
    return Page(items=items, next=following, total=total)


def journal_entries(
    sandbox: Sandbox, actor: Actor, *, about: str | None = None, after: int | None = None, limit: int = 100
) -> Page:
    """A slice of the journal, for the authority and the trainer."""
    actor.require("read the journal", EVERYWHERE, JOURNAL)
    with reading(sandbox, actor) as transaction:
        found = registry.journal.entries(transaction.connection, about=about, after=after or 0, limit=limit + 1)
    items = tuple(
        JournalEntryView(
            number=one.number,
            at=one.at,
            actor=one.actor,
            action=one.action,
            about=one.about,
            detail=one.detail,
            clauses=tuple(one.clauses),
            previous=one.previous,
            hash=one.hash,
        )
        for one in found[:limit]
    )
    return Page(items=items, next=items[-1].number if len(found) > limit else None)


def regulation(sandbox: Sandbox, regulation_id: str) -> RegulationView:
    """What a regulation says, each value with its clause."""
    return _regulation_view(sandbox.regulation(regulation_id))


def regulations(sandbox: Sandbox) -> tuple[RegulationView, ...]:
    """The regulations in force in the sandbox."""
    return tuple(_regulation_view(one) for one in sandbox.regulations.values())


def announcements(
    sandbox: Sandbox,
    *,
    kind: str | None = None,
    words: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Page:
    """Announcements for anybody, newest first. `words` looks in names, units, serial and device numbers."""
    with reading(sandbox, SYSTEM) as transaction:
        found, following = registry.announcements.search(
            transaction.connection,
            until=transaction.now,
            kind=kind,
            words=words,
            before=after,
            limit=limit,
        )
    return Page(items=tuple(_announcement_view(one) for one in found), next=following)


def public_certificate(sandbox: Sandbox, serial: str) -> PublicCertificateView:
    """What the portal tells anybody of a serial. One that was never announced is not found, even if issued."""
    with reading(sandbox, SYSTEM) as transaction:
        found = require_certificate(transaction.connection, serial)
        told, _ = registry.announcements.search(transaction.connection, until=transaction.now, serial=serial)
        if not told:
            raise NotFound("announced certificate", serial)
        standing = require_status(transaction.connection, serial, transaction.now)
        return PublicCertificateView(
            status=status_view(sandbox.regulation(found.regulation), standing, transaction.now),
            announcements=tuple(_announcement_view(one) for one in told),
        )


def _announcement_view(one: Announcement) -> AnnouncementView:
    return AnnouncementView(
        number=one.number,
        kind=one.kind,
        serial=one.serial,
        common_name=one.common_name,
        unit=one.unit,
        regulation=one.regulation,
        published_at=one.published_at,
        effective_at=one.effective_at,
        reason=one.reason,
    )


def _regulation_view(found: Regulation) -> RegulationView:
    return RegulationView(
        id=found.id,
        title_vi=found.title_vi,
        title_en=found.title_en,
        regime=found.regime,
        in_force_from=found.in_force_from.value,
        effective_from=found.effective_from.value.value,
        services=tuple(name for name, service in found.services.items() if service.available),
        values=found.values(),
    )


def _province(actor: Actor) -> str | None:
    return None if actor.role in EVERYWHERE else actor.regulation


def _unit(actor: Actor, wanted: str | None) -> str | None:
    """The unit to list: what is asked for, but never more than the actor's own where that is all they may see."""
    if actor.role in EVERYWHERE or actor.role == Role.REGISTRAR:
        return wanted
    return actor.unit or ""


def _visible(transaction: Transaction, serial: str) -> Certificate:
    found = require_certificate(transaction.connection, serial)
    if not transaction.actor.sees_unit(found.regulation, found.unit):
        raise NotFound("certificate", serial)
    return found
