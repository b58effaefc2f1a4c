"""The tables. Instants are kept as microseconds since 1970 in UTC, so that they sort in any database."""

from __future__ import annotations

from mockca.registry.tables.base import EPOCH, FOREVER, MICROSECOND, Instant, metadata
from mockca.registry.tables.cases import activation_items, activations, restores, revocation_items, revocations
from mockca.registry.tables.certificates import authority_certificates, certificates, crls, status_changes
from mockca.registry.tables.devices import custodians, devices, handover_items, handovers, outings
from mockca.registry.tables.dossiers import attachments, dossiers, rosters
from mockca.registry.tables.faults import faults
from mockca.registry.tables.journal import idempotency, journal
from mockca.registry.tables.people import accounts, appointments, settings, units
from mockca.registry.tables.reorganisations import reorganisation_items, reorganisations
from mockca.registry.tables.reports import owed_reports, reports
from mockca.registry.tables.telling import announcements, notices
from mockca.registry.tables.time import deadlines, schedule

__all__ = [
    "EPOCH",
    "FOREVER",
    "MICROSECOND",
    "Instant",
    "accounts",
    "activation_items",
    "activations",
    "announcements",
    "appointments",
    "attachments",
    "authority_certificates",
    "certificates",
    "crls",
    "custodians",
    "deadlines",
    "devices",
    "dossiers",
    "faults",
    "handover_items",
    "handovers",
    "idempotency",
    "journal",
    "metadata",
    "notices",
    "outings",
    "owed_reports",
    "reorganisation_items",
    "reorganisations",
    "reports",
    "restores",
    "revocation_items",
    "revocations",
    "rosters",
    "schedule",
    "settings",
    "status_changes",
    "units",
]
