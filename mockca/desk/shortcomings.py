"""Devices that are not kept as their regulation wants it."""

from __future__ import annotations

from collections.abc import Sequence

from mockca.desk.actors import Actor
from mockca.desk.reach import reach
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import Page, ShortcomingView
from mockca.registry import certificates, custodians, devices, files
from mockca.registry.custodians import Custodian
from mockca.registry.devices import Device
from mockca.rules import shortcomings as rules
from mockca.rules.regulation import Regulation
from mockca.rules.shortcomings import DeviceFacts, KeeperFacts

LOOKED_AT = frozenset({"in_transit", "in_use", "locked", "damaged", "collected", "returned"})
CHUNK = 500
"""Devices that are judged at once."""


def shortcomings(
    sandbox: Sandbox,
    actor: Actor,
    *,
    unit: str | None = None,
    device: str | None = None,
    kind: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the shortcomings: the authority's all, a registrar's of the province, a body's own.

    A slice ends with a whole device, so it may hold a few more than `limit`.
    """
    seen = reach(sandbox, actor, "read_archive", unit)
    found: list[ShortcomingView] = []
    cursor: int | None = after or 0
    with reading(sandbox, actor) as transaction:
        while cursor is not None and len(found) < limit:
            batch, cursor = devices.slice_of(
                transaction.connection,
                regulation=seen.regulation,
                unit=seen.unit,
                states=LOOKED_AT,
                serial=device,
                after=cursor,
                limit=CHUNK,
            )
            for one, told in _judge(transaction, batch):
                found += [view for view in told if kind in (None, view.kind)]
                if len(found) >= limit and one is not batch[-1]:
                    cursor = one.dossier
                    break
    return Page(items=tuple(found), next=cursor)


def _judge(transaction: Transaction, batch: Sequence[Device]) -> list[tuple[Device, list[ShortcomingView]]]:
    connection, now = transaction.connection, transaction.now
    names = [one.serial for one in batch]
    serials = [one.certificate for one in batch if one.certificate is not None]
    on_them = {one.serial: one for one in certificates.gather(connection, serials)}
    keepers = custodians.present_of(connection, names)
    legs = files.legs_of(connection, names)
    ended = files.revoked_of(connection, serials) | files.cases_of(connection, serials)
    kinds = sorted({kind for regulation in transaction.sandbox.regulations.values() for kind in regulation.deadlines})
    overdue = files.overdue_of(connection, names, kinds, now)
    judged = []
    for device in batch:
        certificate = on_them[device.certificate or ""]
        regulation = transaction.sandbox.regulation(certificate.regulation)
        facts = DeviceFacts(
            kind=certificate.subscriber_kind,
            state=device.state,
            holder=device.holder,
            keeper=_keeper(keepers.get(device.serial)),
            ended=certificate.serial in ended,
            overdue=overdue.get(device.serial, frozenset()),
            steps=steps(regulation, legs.get(device.serial, frozenset())),
        )
        told = [
            ShortcomingView(
                kind=one.kind,
                device=device.serial,
                certificate=certificate.serial,
                unit=certificate.unit,
                clause=one.clause,
                vi=one.vi,
                en=one.en,
            )
            for one in rules.shortcomings(regulation, facts)
        ]
        judged.append((device, told))
    return judged


def steps(regulation: Regulation, legs: frozenset[str]) -> frozenset[str]:
    """The steps of a device's way that these legs are."""
    return frozenset(regulation.legs[leg].step for leg in legs if leg in regulation.legs)


def _keeper(one: Custodian | None) -> KeeperFacts | None:
    if one is None:
        return None
    return KeeperFacts(one.decision is not None, one.classification, one.asset_number, one.house_rules)
