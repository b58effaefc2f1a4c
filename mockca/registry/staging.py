"""Certificates entered many at a time, as if they had been issued long ago: a few statements for hundreds of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from mockca.errors import Conflict
from mockca.registry import activations
from mockca.registry.records import insert_all
from mockca.registry.status import Status
from mockca.registry.tables import FOREVER, announcements, certificates, dossiers, schedule, status_changes


@dataclass(frozen=True, slots=True)
class Staged:
    """One certificate with what its dossier says."""

    serial: str
    unit: str
    subject: str
    common_name: str
    fields: dict[str, Any]
    algorithm: str
    der: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What the certificates of one batch share."""

    regulation: str
    subscriber_kind: str
    form: str
    """The dossiers' form."""
    activation_form: str | None
    """The form by which their effect was proposed; None where notBefore alone brings it."""
    issued_at: datetime
    """Their notBefore, and since when they are in effect."""
    not_after: datetime
    keep_until: datetime
    """Until when CRLs would list them."""
    by: str
    """The account that stands for whoever would have filed and proposed."""


def latest(conn: Connection) -> int:
    """The number of the last dossier; 0 for none."""
    return conn.execute(select(func.max(dossiers.c.number))).scalar_one() or 0


def enter(conn: Connection, batch: Batch, staged: Sequence[Staged], expire: str | None) -> list[int]:
    """Enter dossiers, certificates in effect, their activation and announcements; returns the dossiers' numbers.

    `expire` is the action to be scheduled for notAfter; None for those whose notAfter has passed. Conflict where a
    serial is in use by now.
    """
    at = batch.issued_at
    shared = {"regulation": batch.regulation, "subscriber_kind": batch.subscriber_kind}
    numbers = _file(conn, batch, staged)
    try:
        insert_all(
            conn,
            certificates,
            [
                {
                    **shared,
                    "serial": one.serial,
                    "unit": one.unit,
                    "subject": one.subject,
                    "common_name": one.common_name,
                    "not_before": at,
                    "not_after": batch.not_after,
                    "dossier": number,
                    "device": None,
                    "algorithm": one.algorithm,
                    "issued_at": at,
                    "der": one.der,
                }
                for one, number in zip(staged, numbers, strict=True)
            ],
        )
    except IntegrityError as error:
        raise Conflict("other certificates are being staged just now; send the request again") from error
    serials = [one.serial for one in staged]
    _put_in_effect(conn, batch, serials)
    if expire is not None:
        insert_all(conn, schedule, [{"due": batch.not_after, "action": expire, "about": serial} for serial in serials])
    return numbers


def _file(conn: Connection, batch: Batch, staged: Sequence[Staged]) -> list[int]:
    rows = [
        {
            "regulation": batch.regulation,
            "operation": "issue",
            "subscriber_kind": batch.subscriber_kind,
            "unit": one.unit,
            "state": "issued",
            "form": batch.form,
            "fields": one.fields,
            "sets": [],
            "submission": {},
            "filed_by": batch.by,
            "filed_at": batch.issued_at,
            "reasons": [],
            "certificate": one.serial,
        }
        for one in staged
    ]
    statement = insert(dossiers).returning(dossiers.c.number, sort_by_parameter_order=True)
    return list(conn.execute(statement, rows).scalars())


def _put_in_effect(conn: Connection, batch: Batch, serials: Sequence[str]) -> None:
    at = batch.issued_at
    insert_all(
        conn,
        status_changes,
        [
            {
                "serial": serial,
                "instant": at,
                "until": FOREVER,
                "status": Status.EFFECTIVE.value,
                "keep_until": batch.keep_until,
                "crl_entry": None,
            }
            for serial in serials
        ],
    )
    if batch.activation_form is not None:
        activations.add(
            conn,
            serials,
            regulation=batch.regulation,
            form=batch.activation_form,
            fields={},
            state="published",
            proposed_by=batch.by,
            proposed_at=at,
            wanted_at=None,
            effective_at=at,
        )
    insert_all(
        conn,
        announcements,
        [{"kind": "activation", "serial": serial, "published_at": at, "effective_at": at} for serial in serials],
    )
