"""The nouns of a regulation, one frozen dataclass each. Every one carries the clause that it comes from.

`unsourced` says that the sources don't give the value and this project chose it; the clause is then the
nearest one, or the word `unsourced` where none is near. Durations are in years, months or working days, as named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")

ANY_DEVICE = "any"
"""Stands for every kind of device that a table doesn't name."""

UNSOURCED = "unsourced"
"""Stands where a clause id would, for what is this project's own choice."""

FieldType = Literal["text", "email", "date", "integer", "years", "affirmed", "identity", "serial"]
"""What a form's field holds. `affirmed` is a tick or signature that must be there; `years` a term asked for;
`identity` a personal identity number; `serial` a certificate's serial number."""


class EffectiveFrom(StrEnum):
    """What makes a certificate effective."""

    ANNOUNCEMENT = "announcement"
    """The authority's publication of it on the portal."""
    NOT_BEFORE = "not_before"
    """The start of its validity."""


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value with where it comes from."""

    value: T
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the authority: offered under this regulation, or not."""

    available: bool
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may do an operation."""

    roles: frozenset[str]
    """Empty where the regulation knows no such operation."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Something that only has a name: a category of bodies, a kind of attachment, a duty."""

    vi: str
    en: str
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form."""

    vi: str
    en: str
    type: FieldType
    required: bool
    clause: str
    unsourced: bool = False
    official: bool = False
    """An e-mail address that must lie under the province's own mail domain, where the regulation has one."""
    exactly: int | None = None
    """The only number accepted."""
    date: Literal["past", "document", "any"] = "past"
    """Which dates do: not in the future; the document's own date, which must not lie before the regulation; any."""
    names: Literal["unit"] | None = None
    """`unit`: the text must be the name of the unit that the dossier is filed for."""


@dataclass(frozen=True, slots=True)
class SubjectSource:
    """Which fields of a form go into the certificate's subject."""

    common_name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """A form (mẫu) and its fields by name."""

    code: str
    vi: str
    en: str
    fields: Mapping[str, FormField]
    subject: SubjectSource | None
    """Set on the forms that ask for a certificate."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class SetRule:
    """A set (bộ) that a dossier must come in."""

    medium: str
    """`paper` or `electronic`."""
    count: int
    via: frozenset[str]
    """The ways by which it may come."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class SubmissionRule:
    """How a document must reach its reader."""

    channels: frozenset[str]
    """`paper` and/or `electronic`; electronic means signed by a certificate in force."""
    paper_first_only: bool
    """Paper is for the first request of a body that has no certificate yet."""
    paper_needs: frozenset[str]
    """What a paper document must show: `signed_by`, `sealed`, `document_number`."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class DossierRequirements:
    """What a dossier for one kind of subscriber is made of."""

    kind: str
    """`person`, `organisation` or `equipment`."""
    form: str
    attachments: Mapping[str, Label]
    """Each of them must be there."""
    alternatives: Mapping[str, Label]
    """One of them must be there, where there are any."""
    seal: Sourced[bool]
    """Whether the unit must have a seal of its own."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class RosterRules:
    """The consolidated list that the registrar sends to the authority."""

    forms: Mapping[str, Sourced[str]]
    """Form by kind of subscriber."""
    attachments: Mapping[str, Mapping[str, Label]]
    """Attachments by kind of subscriber."""
    count_clause: str
    mixed_clause: str
    """Clause by which one list never mixes kinds."""
    submission: SubmissionRule
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of the custody chain: who hands devices to whom, by which minutes."""

    name: str
    vi: str
    en: str
    giver: str
    receiver: str
    form: str
    step: str
    """The step of the device's lifecycle that these minutes are: dispatch, deliver, collect or return."""
    after_revocation: bool
    """Whether the minutes are allowed only once the certificate is revoked or expired."""
    certificate_named: Sourced[bool]
    """Whether each device must be handed over together with its certificate's serial."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class ActivationRules:
    """How a certificate comes into effect, where its notBefore alone does not do it."""

    form: str
    device_state: str
    """State that the device must have reached before effect may be proposed."""
    effect_clause: str
    """Clause by which publication, and nothing else, brings effect."""
    submission: SubmissionRule
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for revocation."""

    id: str
    vi: str
    en: str
    requesters: frozenset[str]
    """Roles that may ask for it."""
    kinds: frozenset[str]
    """Kinds of subscriber that it applies to."""
    confirmation: bool
    """Whether the managing body's confirmation must be named (`confirmed_by`)."""
    decisions: Mapping[str, Label]
    """Kinds of decision, one of which must be in effect; empty where none is asked for."""
    duty: bool
    """Whether the broken duty must be named."""
    invalidity: bool
    """Whether the ground can lie before the request, so that an invalidityDate has a meaning."""
    after_expiry: bool
    """Whether it is for expired certificates, and only for them: no CRL entry follows."""
    submission: SubmissionRule | None
    """How the request must come, where it is not on a form."""
    crl_reason: str | None
    """Reason code by its RFC 5280 §5.3.1 name, None for no code. The laws name none: our choice always."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class RevocationRules:
    """How a revocation is asked for, decided and told."""

    decider: str
    """Role that confirms or refuses requests."""
    at_once: frozenset[str]
    """Roles whose own request is executed without another's decision."""
    forms: Mapping[str, Sourced[str]]
    """Form of the request by kind of subscriber."""
    form_from: frozenset[str]
    """Roles that ask on the form; the others write a letter."""
    effect_clause: str
    """Clause by which validity ends when the request reaches the authority."""
    publish_clause: str
    notice_clause: str
    recovery_clause: str
    """Clause by which the device is taken back; a case with a device outstanding stays open."""
    final: Sourced[bool]
    """Whether revocation is for good."""
    letter: SubmissionRule
    """How the request comes from a role that doesn't ask on the form."""
    lost_form: Sourced[str] | None
    """Minutes that stand in for a device that cannot be returned."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """A hold that can be lifted."""

    lifted_by: frozenset[str]
    crl_reason: str
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class RenewalRules:
    """Renewal (gia hạn): by how much, how often, with how many days left."""

    max_years: Sourced[int]
    form: Sourced[str]
    times: Sourced[int]
    days_left: Sourced[int]


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Change of the certificate's information: its form, and the cases by kind of subscriber."""

    form: Sourced[str]
    cases: Mapping[str, Mapping[str, Label]]


@dataclass(frozen=True, slots=True)
class RestoreProcedure:
    """How one kind of device is restored."""

    form: Sourced[str]
    submission: SubmissionRule
    done: Label
    """What the agency is told at the same time as the device is restored."""
    refused: Label
    """What it is told in writing, with the reason, where the restore is refused."""


@dataclass(frozen=True, slots=True)
class RestoreRules:
    """Making a locked device usable again."""

    grounds: Mapping[str, Label]
    """The cases in which it may be asked for."""
    procedures: Mapping[str, RestoreProcedure]
    """By kind of device; `any` for those that have none of their own."""
    clause: str
    unsourced: bool = False

    def procedure(self, device: str) -> RestoreProcedure:
        """How a device of this kind is restored."""
        return self.procedures.get(device) or self.procedures[ANY_DEVICE]


@dataclass(frozen=True, slots=True)
class Delegate:
    """Who carries out an operation for one kind of device."""

    operation: str
    device: str
    """Kind of device, `any` for all."""
    role: str
    working_days: int | None
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A time limit in working days, between two events."""

    kind: str
    vi: str
    en: str
    days: int
    """Working days after the day of the start."""
    starts: str
    """Event that starts it, such as `handover.authority-registrar`."""
    ends: str
    """Event that meets it."""
    owner: str
    """Role that has to meet it."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody must be told of something."""

    event: str
    to: str
    vi: str
    en: str
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A periodic report."""

    vi: str
    en: str
    every_months: int | None
    """None where the text gives no period."""
    recipients: tuple[str, ...]
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Custody:
    """How the device is kept."""

    classification: Sourced[str] | None
    """Level of state secret it is handled as (độ mật)."""
    outside_permission: Sourced[bool] | None
    """Whether taking it out of the office needs the head's permission."""
    assignment_decision: Sourced[bool] | None
    """Whether an organisation's device needs a decision that assigns it to a clerk."""


def plain(value: Any) -> Any:
    """The same value in lists, dictionaries and JSON's own types; frozen sets become sorted lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value
