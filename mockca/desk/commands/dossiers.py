"""Dossiers, rosters and issuing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mockca.desk.commands.base import Command, Identifier, KeyAlgorithmName, Number, SerialHex, SubscriberKind, Text
from mockca.desk.commands.papers import Attachment, DossierSet, FormSheet, Row, Submission


class FileDossier(Command):
    """File a request for a certificate (hồ sơ đề nghị)."""

    regulation: Identifier
    operation: Literal["issue", "renew", "change", "reissue"] = "issue"
    subscriber_kind: SubscriberKind
    unit: Identifier | None = None
    """The agency or organisation concerned; the caller's own where left out."""
    certificate: SerialHex | None = None
    """The certificate to be renewed or changed, or the former one where it is issued anew."""
    case: Identifier | None = None
    """Case of the change, or ground of the reissue, by its name in the regulation."""
    category: Identifier | None = None
    """Category of the person, where the regulation lists who may have a certificate."""
    confirmed_by: Text | None = None
    """Who at the managing body confirms the request, where the regulation asks for it."""
    form: FormSheet
    enclosed: tuple[FormSheet, ...] = Field(default=(), max_length=4)
    """Filled-in lists that come with the form."""
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=20)
    sets: tuple[DossierSet, ...] = Field(default=(), max_length=4)
    submission: Submission = Submission()


class CheckDossier(Command):
    """The first desk's verdict on a dossier: accepted, or returned with reasons."""

    decision: Literal["accept", "return"]
    reasons: tuple[Text, ...] = Field(default=(), max_length=20)


class SubmitRoster(Command):
    """The registrar's consolidated list of accepted dossiers (danh sách tổng hợp), sent to the authority."""

    regulation: Identifier
    form: Identifier
    document_number: Text
    declared_count: Annotated[int, Field(ge=1, le=100_000)]
    rows: tuple[Row, ...] = Field(default=(), max_length=10_000)
    """The list's lines, where they are sent; without them the dossiers tell what stands on it."""
    dossiers: tuple[Number, ...] = Field(min_length=1, max_length=10_000)
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=50)
    submission: Submission = Submission()


class DecideDossier(Command):
    """The authority's decision on a dossier."""

    decision: Literal["approve", "refuse"]
    reason: Text | None = None


class IssueCertificate(Command):
    """Make the key, on a token or from a CSR, and issue the certificate for an approved dossier."""

    algorithm: KeyAlgorithmName = KeyAlgorithmName.RSA_2048
    """Algorithm of the key pair made on the device; ignored with a CSR."""
    device_model: Identifier = "generic-10"
    csr: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    """PEM or Base64 DER of a PKCS#10 request, for keys that are not made on a token here."""
