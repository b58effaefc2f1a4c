"""What people ask the authority for: one model a use case, with limits. The HTTP contract's request bodies."""

from __future__ import annotations

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

CONTROL_CHARACTERS = frozenset(chr(code) for code in (*range(0x20), 0x7F))


def _clean(text: str) -> str:
    if CONTROL_CHARACTERS & set(text):
        raise ValueError("control characters are not allowed")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("not valid Unicode text") from error
    return unicodedata.normalize("NFC", text).strip()


Text = Annotated[str, StringConstraints(min_length=1, max_length=400), AfterValidator(_clean)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
SerialHex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,40}$")]
"""A certificate's serial number, lower-case hexadecimal without a prefix."""
Number = Annotated[int, Field(ge=1, le=2**53)]
"""The number of a dossier, roster, handover, activation, revocation or restore."""


class Command(BaseModel):
    """Base of every request: unknown fields are refused, text is NFC."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SubscriberKind(StrEnum):
    """Whom a certificate names."""

    PERSON = "person"
    ORGANISATION = "organisation"
    EQUIPMENT = "equipment"
    """A device, service or software (thiết bị, dịch vụ, phần mềm)."""


class KeyAlgorithmName(StrEnum):
    """Subscriber key algorithms."""

    RSA_2048 = "rsa2048"
    RSA_3072 = "rsa3072"
    P256 = "p256"
    P384 = "p384"


class FormSheet(Command):
    """A filled-in form: its code in the regulation (`TT05-F01`) and its fields by name."""

    code: Identifier
    fields: dict[Identifier, bool | int | Text | None] = Field(default_factory=dict, max_length=80)


class Attachment(Command):
    """A document filed with a dossier. The content is optional; the kind is what the rules look at."""

    kind: Identifier
    file_name: Text
    content: Annotated[str, StringConstraints(max_length=1_400_000, pattern=r"^[A-Za-z0-9+/]*={0,2}$")] | None = None
    """Base64 of the file, at most 1 MiB decoded."""


class DossierSet(Command):
    """One set (bộ) of a dossier: on paper or electronic, and by which way it came."""

    medium: Literal["paper", "electronic"]
    via: Literal["in_person", "post", "document_system", "email", "portal"]
    count: Annotated[int, Field(ge=1, le=20)] = 1


class Submission(Command):
    """How a document reached its reader: on paper (number, signer, seal), or electronically signed."""

    channel: Literal["paper", "electronic"] = "paper"
    document_number: Text | None = None
    """The letter's number and symbol (số, ký hiệu)."""
    signed_by: Text | None = None
    sealed: bool = False
    signature: Annotated[str, StringConstraints(max_length=60_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")] | None = None
    """For `electronic`: Base64 of a detached CMS signature over the document's canonical JSON (docs/api.md)."""


class Signatory(Command):
    """Who signs a minute for one side."""

    name: Text
    position: Text | None = None
    signed: bool = False


# --- dossiers -------------------------------------------------------------------------------------------------


class FileDossier(Command):
    """File a request for a certificate (hồ sơ đề nghị)."""

    regulation: Identifier
    operation: Literal["issue"] = "issue"
    subscriber_kind: SubscriberKind
    unit: Identifier | None = None
    """The agency or organisation concerned; the caller's own where left out."""
    form: FormSheet
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


# --- handover and effect -----------------------------------------------------------------------------------------


class HandoverItem(Command):
    """What changes hands: a device with its certificate."""

    certificate: SerialHex | None = None
    device: Identifier


class RecordHandover(Command):
    """Minutes of a handover (biên bản giao nhận), one leg of the custody chain."""

    regulation: Identifier
    leg: Identifier
    """Name of the leg in the regulation, e.g. `authority-registrar`."""
    form: Identifier
    items: tuple[HandoverItem, ...] = Field(min_length=1, max_length=1_000)
    giver: Signatory
    receiver: Signatory
    document_number: Text | None = None


class ProposeActivation(Command):
    """Propose the time of effect (đề nghị thời điểm có hiệu lực) of handed-over certificates."""

    regulation: Identifier
    form: FormSheet
    certificates: tuple[SerialHex, ...] = Field(min_length=1, max_length=10_000)
    effective_at: AwareDatetime | None = None
    """The proposed moment; at once where left out. Publication decides."""
    submission: Submission = Submission()


class SuspendCertificate(Command):
    """Suspend a certificate (tạm dừng)."""

    reason: Text
    submission: Submission = Submission()


class LiftSuspension(Command):
    """Lift a suspension."""

    reason: Text


# --- revocation and return ---------------------------------------------------------------------------------------


class Decision(Command):
    """A decision of a competent body that a ground rests on (e.g. a merger)."""

    kind: Identifier
    number: Text
    effective_on: date


class RequestRevocation(Command):
    """Ask for the revocation of certificates on one ground."""

    regulation: Identifier
    certificates: tuple[SerialHex, ...] = Field(min_length=1, max_length=10_000)
    ground: Identifier
    form: FormSheet | None = None
    decision: Decision | None = None
    breached_duty: Identifier | None = None
    """Clause id of the duty that the subscriber broke, where the ground asks for it."""
    confirmed_by: Text | None = None
    """Who at the managing body confirms the request, where the ground asks for it."""
    invalidity_date: AwareDatetime | None = None
    """When the key is known or suspected to have been compromised (RFC 5280 §5.3.2)."""
    submission: Submission = Submission()


class DecideRevocation(Command):
    """The competent desk confirms a revocation request (it is then executed) or refuses it with a reason."""

    decision: Literal["confirm", "refuse"]
    reason: Text | None = None
    document_number: Text | None = None


class RequestRestore(Command):
    """Ask for a locked device to be made usable again (khôi phục)."""

    regulation: Identifier
    device: Identifier
    ground: Identifier
    """One of the regulation's cases for a restore, e.g. `locked`."""
    form: FormSheet
    submission: Submission = Submission()


class DecideRestore(Command):
    """The competent desk restores the device, or refuses with a reason."""

    decision: Literal["restore", "refuse"]
    reason: Text | None = None
    document_number: Text | None = None


class ReportLoss(Command):
    """A device was lost."""

    circumstances: Text
    form: Identifier | None = None


# --- units -------------------------------------------------------------------------------------------------------


class RegisterUnit(Command):
    """Enter an agency or organisation in the sandbox's list."""

    id: Identifier
    regulation: Identifier
    name: Text
    category: Identifier
    """Kind of body; the regulation says which are eligible."""
    superiors: tuple[Text, ...] = Field(default=(), max_length=4)
    """The bodies above it, top first."""
    locality: Text
    email: Text
    has_seal: bool = True


# --- control -----------------------------------------------------------------------------------------------------


class TurnClock(Command):
    """Turn the sandbox's clock. Exactly one of `set`, `advance_seconds`, `scale`, `freeze`."""

    set: AwareDatetime | None = None
    advance_seconds: Annotated[float, Field(gt=0, le=100 * 366 * 86400)] | None = None
    scale: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    freeze: bool | None = None
    """True stops the clock, False lets it run."""


class ResetSandbox(Command):
    """Empty the sandbox and fill it again from its template; another seed makes another world."""

    seed: Identifier | None = None


class AuthorityKeys(Command):
    """Key algorithms of the hierarchy, in the shape of the real second generation by default."""

    root: Literal["rsa2048", "rsa3072", "rsa4096", "p256", "p384"] = "rsa4096"
    issuing: Literal["rsa2048", "rsa3072", "rsa4096", "p256", "p384"] = "rsa4096"
    ocsp: Literal["rsa2048", "rsa3072", "p256", "p384"] = "rsa2048"
    tsa: Literal["rsa2048", "rsa3072", "p256", "p384"] = "rsa2048"


class CreateSandbox(Command):
    """A new sandbox from a template."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    seed: Identifier | None = None
    regulations: tuple[Identifier, ...] = Field(default=(), max_length=20)
    """Regulations in force here; all that are known where left out."""
    start: AwareDatetime | None = None
    """The clock's first reading; the system's time where left out."""
    frozen: bool = False
    keys: AuthorityKeys = AuthorityKeys()
