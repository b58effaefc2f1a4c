"""How a status is told to relying parties: one table, from which CRL, delta CRL and OCSP all follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from mockca.pki import crl
from mockca.pki.crl import Reason
from mockca.registry import settings
from mockca.registry.status import Status, StatusAt, status_at
from mockca.registry.tables import FOREVER, MICROSECOND

KEEP_AFTER_EXPIRY: Final = timedelta(days=30)
"""How long after its notAfter a certificate's status is still told: CRL entries are kept that long (RFC 5280
§3.3 wants at least one CRL more), and OCSP names the cutoff (RFC 6960 §4.4.4). Unsourced."""


class Telling(StrEnum):
    """What relying parties are told."""

    GOOD = "good"
    """CRL: no entry, and removeFromCRL in the next delta if there was one. OCSP: good."""
    HOLD = "hold"
    """CRL: an entry with certificateHold. OCSP: revoked, certificateHold."""
    REVOKED = "revoked"
    """CRL: an entry with the ground's reason and date. OCSP: the same."""
    AS_BEFORE = "as-before"
    """Both as just before it expired, until KEEP_AFTER_EXPIRY has passed; OCSP adds the archive cutoff."""


TOLD: Final[Mapping[Status, Telling]] = {
    Status.ISSUED: Telling.HOLD,
    Status.EFFECTIVE: Telling.GOOD,
    Status.SUSPENDED: Telling.HOLD,
    Status.REVOKED: Telling.REVOKED,
    Status.EXPIRED: Telling.AS_BEFORE,
}


def crl_entry(
    serial: str,
    status: Status,
    instant: datetime,
    reason: str | None = None,
    invalidity_date: datetime | None = None,
) -> bytes | None:
    """The DER of a CRL's entry for a certificate that is `status` from `instant` on; None where it has none.

    `serial` is hexadecimal, `reason` a name of RFC 5280 §5.3.1. Only a revocation has a reason of its own and
    an `invalidity_date`. Raises ValueError for a reason that the RFC doesn't know, and for EXPIRED, which
    follows from notAfter and is never recorded as a change.
    """
    match TOLD[status]:
        case Telling.GOOD:
            return None
        case Telling.HOLD:
            return crl.entry(int(serial, 16), instant, Reason.CERTIFICATE_HOLD)
        case Telling.REVOKED:
            return crl.entry(int(serial, 16), instant, told_reason(reason), invalidity_date)
        case _:
            raise ValueError(f"no change makes a certificate {status}")


def told_reason(reason: str | None) -> Reason | None:
    """A revocation's reason as CRL and OCSP give it: none rather than `unspecified` (RFC 5280 §5.3.1)."""
    return None if reason in (None, Reason.UNSPECIFIED) else Reason(reason)


def told_at(connection: Connection, serial: str, instant: datetime) -> StatusAt | None:
    """The status that is told: an expired certificate's as it was before; None where not issued by then."""
    found = status_at(connection, serial, instant)
    if found is None or TOLD[found.status] is not Telling.AS_BEFORE:
        return found
    return status_at(connection, serial, found.not_after - MICROSECOND)


def later(instant: datetime, step: timedelta) -> datetime:
    """`instant` + `step`, at the latest the last instant that a certificate can name (RFC 5280 §4.1.2.5)."""
    return instant + step if instant < FOREVER - step else FOREVER


class UnknownSerial(StrEnum):
    """What OCSP says of a serial that was never issued."""

    UNKNOWN = "unknown"
    GOOD = "good"
    """As responders do that know only the revoked (RFC 6960 §2.2)."""
    REVOKED = "revoked"
    """Revoked on hold since 1970 (RFC 6960 §2.2)."""
    UNAUTHORIZED = "unauthorized"
    """No answer about it (RFC 5019 §2.2.3)."""


class PublicationSettings(BaseModel):
    """When status is published and how. The real authority's figures aren't public: all are unsourced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    full_period: timedelta = Field(default=timedelta(days=7), gt=timedelta())
    """A full CRL is issued at least this often; deltas refer to the first one of a period."""
    delta_period: timedelta = Field(default=timedelta(days=1), gt=timedelta())
    root_period: timedelta = Field(default=timedelta(days=90), gt=timedelta())
    overlap: timedelta = Field(default=timedelta(hours=12), ge=timedelta())
    """By how much nextUpdate is later than the next issue."""
    ocsp_period: timedelta = Field(default=timedelta(hours=12), gt=timedelta())
    """From an OCSP answer's thisUpdate to its nextUpdate."""
    presigned_for: timedelta = Field(default=timedelta(minutes=5), ge=timedelta())
    """How long one signed answer serves all who ask the same without a nonce; zero signs each."""
    unknown_serial: UnknownSerial = UnknownSerial.UNKNOWN
    ocsp_nonce: Literal["echoed", "left-out"] = "echoed"
    ocsp_responder_id: Literal["key", "name"] = "key"
    ocsp_signer: Literal["delegate", "authority"] = "delegate"
    ocsp_certificates: Literal["responder", "chain", "none"] = "responder"
    ocsp_next_update: Literal["given", "left-out"] = "given"
    ocsp_archive_cutoff: Literal["given", "left-out"] = "given"
    cache_seconds: int = Field(default=0, ge=0)
    """`max-age` of what is published. Zero makes caches ask again each time, for the clock may be turned and
    a status changed at any moment."""


SETTINGS_KEY: Final = "publication"


def publication_settings(connection: Connection) -> PublicationSettings:
    """The sandbox's settings; the defaults for what was never set."""
    return PublicationSettings.model_validate(settings.get(connection, SETTINGS_KEY) or {})


def put_publication_settings(connection: Connection, wanted: PublicationSettings) -> None:
    """Keep the sandbox's settings. They count from the next request on, in every process."""
    settings.put(connection, SETTINGS_KEY, wanted.model_dump(mode="json", exclude_defaults=True))
