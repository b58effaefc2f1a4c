"""What OCSP says of a serial at an instant. Status comes from the registry, its telling from the table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import Connection

from mockca.desk.telling import (
    KEEP_AFTER_EXPIRY,
    TOLD,
    PublicationSettings,
    Telling,
    UnknownSerial,
    later,
    told_at,
    told_reason,
)
from mockca.pki.crl import Reason
from mockca.registry.status import StatusAt
from mockca.registry.tables import FOREVER

NEVER_ISSUED_SINCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The revocation time of a certificate that was never issued (RFC 6960 §2.2)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stands with OCSP."""

    status: Literal["good", "revoked", "unknown"]
    revoked_at: datetime | None = None
    reason: Reason | None = None
    expired: bool = False
    """Whether the answer needs the archive cutoff (RFC 6960 §4.4.4)."""
    until: datetime = FOREVER
    """When time alone makes it stand otherwise: its notAfter, then the archive's end."""
    never_issued: bool = False
    """Whether it is `revoked` without having been issued, which the answer must say (RFC 6960 §4.4.8)."""


UNKNOWN: Final = Standing("unknown")

NEVER_ISSUED: Final = {
    UnknownSerial.UNKNOWN: UNKNOWN,
    UnknownSerial.GOOD: Standing("good"),
    UnknownSerial.REVOKED: Standing("revoked", NEVER_ISSUED_SINCE, Reason.CERTIFICATE_HOLD, never_issued=True),
    UnknownSerial.UNAUTHORIZED: None,
}


def standing_at(
    connection: Connection,
    serial: int,
    instant: datetime,
    settings: PublicationSettings,
    own: Collection[int],
) -> Standing | None:
    """How the certificate stands; None where it was never issued and the settings want no answer about such.

    `own` are the serials of the issuing CA's certificates for the authority's own services; those are good.
    """
    found = told_at(connection, f"{serial:x}", instant)
    if found is None:
        return Standing("good") if serial in own else NEVER_ISSUED[settings.unknown_serial]
    if instant < found.not_after:
        return _standing(found, until=found.not_after)
    archived_until = later(found.not_after, KEEP_AFTER_EXPIRY)
    if instant < archived_until:
        return _standing(found, until=archived_until, expired=True)
    return UNKNOWN


def _standing(found: StatusAt, *, until: datetime, expired: bool = False) -> Standing:
    match TOLD[found.status]:
        case Telling.HOLD:
            return Standing("revoked", found.since, Reason.CERTIFICATE_HOLD, expired, until)
        case Telling.REVOKED:
            return Standing("revoked", found.since, told_reason(found.reason), expired, until)
        case _:
            return Standing("good", expired=expired, until=until)
