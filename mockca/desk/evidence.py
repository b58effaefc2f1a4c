"""What a signed document is checked by: the authority's own certificates, CRLs and OCSP answers, announcements.

The answers are made from the registry as of each instant in question, so that a certificate that was on hold when
something was signed is known to have been, whatever became of it since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from mockca.desk.actors import SYSTEM
from mockca.desk.ocsp_answers import standing_at
from mockca.desk.publication import CrlName, current_record
from mockca.desk.responders import Responders
from mockca.desk.sandbox import Sandbox
from mockca.desk.telling import later, publication_settings
from mockca.desk.transaction import reading
from mockca.pki.hierarchy import SIGNERS
from mockca.pki.ocsp import SingleAnswer
from mockca.registry import announcements, certificates
from mockca.registry.announcements import Announcement

ACTIVATION = "activation"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, in DER."""

    anchors: tuple[bytes, ...]
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    effective: Mapping[str, datetime]
    """When announced certificates took effect, by their serial numbers."""
    regulations: Mapping[str, str]
    """Under which regulation each certificate was issued, by serial number."""


def evidence_for(sandbox: Sandbox, signed: Mapping[str, Collection[datetime]]) -> Evidence:
    """The evidence about these certificates (serial numbers, hexadecimal) at the instants when they signed, and now."""
    hierarchy, now = sandbox.hierarchy, sandbox.clock.now()
    crls = tuple(current_record(sandbox, name).der for name in (CrlName.ROOT, CrlName.ISSUING))
    responder = Responders(sandbox).appointed
    own = frozenset(getattr(hierarchy, role).certificate.serial_number for role in SIGNERS)
    stamps = {min(at, now) for instants in signed.values() for at in instants} | {now}
    tsa = f"{hierarchy.tsa.certificate.serial_number:x}"
    asked = {serial: {min(at, now) for at in instants} | {now} for serial, instants in signed.items()} | {tsa: stamps}
    answers: list[bytes] = []
    effective: dict[str, datetime] = {}
    with reading(sandbox, SYSTEM) as transaction:
        connection = transaction.connection
        settings = publication_settings(connection)
        for serial, instants in asked.items():
            for at in sorted(instants):
                standing = standing_at(connection, int(serial, 16), at, settings, own)
                if standing is not None and standing.status != "unknown":
                    answer = SingleAnswer(
                        responder.cert_id(int(serial, 16)),
                        standing.status,
                        standing.revoked_at,
                        standing.reason,
                        at,
                        later(at, settings.ocsp_period),
                    )
                    answers.append(responder.respond([answer], produced_at=at))
        regulations = {one.serial: one.regulation for one in certificates.gather(connection, signed)}
        for serial in signed:
            told, _ = announcements.search(connection, until=now, kind=ACTIVATION, serial=serial)
            if told:
                effective[serial] = min(map(_effect, told))
    return Evidence(
        (hierarchy.root.der,),
        tuple(getattr(hierarchy, role).der for role in ("issuing", "ocsp", "tsa")),
        crls,
        tuple(answers),
        effective,
        regulations,
    )


def _effect(one: Announcement) -> datetime:
    return one.effective_at
