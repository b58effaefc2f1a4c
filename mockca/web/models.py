"""What the contract needs beside commands and views: paths, queries, headers, pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from mockca.desk.commands import Identifier, Number, SerialHex, SnapshotName
from mockca.desk.views import (
    ActivationView,
    AnnouncementView,
    AppointmentView,
    ArchiveItemView,
    CertificateStatus,
    CertificateView,
    DeadlineView,
    DeviceView,
    DossierView,
    GapView,
    JournalEntryView,
    LetterView,
    NoticeView,
    OwedReportView,
    RegulationView,
    ReorganisationItemView,
    ReorganisationView,
    ReportView,
    RestoreView,
    RevocationView,
    SandboxView,
    ShortcomingView,
    StatisticsView,
    UnitView,
    UpcomingReportView,
    View,
)


def _instant(text: Any) -> Any:
    if isinstance(text, str) and "T" not in text.upper():
        raise PydanticCustomError("datetime_parsing", "not an instant of RFC 3339")
    return text


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("datetime_parsing", "beyond the calendar") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_in_utc)]
"""An instant of RFC 3339 with its offset, read into UTC."""


class Parameters(BaseModel):
    """Base of what a path, a query or a header holds: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- paths -------------------------------------------------------------------------------------------------------


class InSandbox(Parameters):
    sandbox: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class OfNumber(InSandbox):
    number: Number


class OfSnapshot(InSandbox):
    snapshot: SnapshotName


class OfSerial(InSandbox):
    serial: SerialHex


class OfDevice(InSandbox):
    serial: Identifier


class OfOuting(OfDevice):
    number: Number


class OfRegulation(InSandbox):
    regulation: Identifier


# --- headers -----------------------------------------------------------------------------------------------------


class Retry(Parameters):
    """A repeated request with the same key gets the first one's answer and changes nothing again."""

    key: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")] | None = Field(
        default=None, alias="Idempotency-Key", description="Khóa chống lặp. Makes a repetition harmless."
    )


# --- queries -----------------------------------------------------------------------------------------------------

Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Slice(Parameters):
    """Which slice of a list."""

    after: Annotated[int, Field(ge=0, le=2**53)] | None = Field(
        default=None, description="`next` của lần trước. The `next` of the slice before."
    )
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class DossierQuery(Slice):
    state: Identifier | None = None
    unit: Identifier | None = None


class CertificateQuery(Slice):
    unit: Identifier | None = None
    name: Words | None = Field(default=None, description="Một phần tên. Part of the common name.")
    status: CertificateStatus | None = Field(default=None, description="Trạng thái lúc này. The present status.")


class StatusQuery(Parameters):
    at: Moment | None = Field(
        default=None, description="Thời điểm cần biết; để trống là bây giờ. The instant asked about; now by default."
    )


class CustodyQuery(Parameters):
    at: Moment | None = Field(
        default=None, description="Thời điểm cần biết; để trống là bây giờ. The instant asked about; now by default."
    )


class UnitSlice(Slice):
    unit: Identifier | None = None


class ShortcomingQuery(UnitSlice):
    device: Identifier | None = None
    kind: Identifier | None = None


class ArchiveQuery(UnitSlice):
    q: Words | None = Field(
        default=None,
        description="Một phần tên người, cơ quan, hoặc số văn bản. Part of a name, a body's name, a document's number.",
    )
    kind: (
        Literal[
            "dossier",
            "roster",
            "handover",
            "activation",
            "revocation",
            "restore",
            "custodian",
            "appointment",
            "report",
            "reorganisation",
        ]
        | None
    ) = None
    certificate: SerialHex | None = None
    device: Identifier | None = None
    since: Moment | None = None
    until: Moment | None = Field(default=None, description="Trước thời điểm này. Before this instant.")


class ReorganisationItemQuery(Slice):
    state: Literal["pending", "reissuing", "done", "exception"] | None = None


class ReportQuery(Parameters):
    format: Literal["pdf", "csv"] = "pdf"


class ActivationQuery(Slice):
    state: Identifier | None = None
    certificate: SerialHex | None = None


class DeviceQuery(Slice):
    state: Identifier | None = None
    holder: Identifier | None = Field(default=None, description="Vai đang giữ. The role that holds them.")


class RestoreQuery(Slice):
    state: Identifier | None = None


class RevocationQuery(Slice):
    state: Identifier | None = None
    certificate: SerialHex | None = None


class DeadlineQuery(Slice):
    overdue: bool | None = None
    about: Words | None = Field(default=None, description="Về việc gì, ví dụ `device 00ab`. The matter, as it stands.")


class JournalQuery(Slice):
    about: Words | None = None


class ExchangeQuery(Parameters):
    before: Annotated[int, Field(ge=1, le=2**53)] | None = Field(
        default=None, description="`next` của lần trước. The `next` of the slice before."
    )
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    endpoint: Literal["api", "ocsp", "crl", "aia", "tsa"] | None = None
    operation: Words | None = None
    account: Words | None = None
    serial: Identifier | None = None
    refused: bool | None = Field(default=None, description="Trạng thái HTTP từ 400. With a status from 400 on.")
    disturbed: bool | None = Field(default=None, description="Có lỗi theo yêu cầu. Changed by a fault on order.")


class AnnouncementQuery(Slice):
    kind: Literal["activation", "revocation"] | None = None
    q: Words | None = Field(
        default=None,
        description="Tên, cơ quan, số chứng thư hoặc số thiết bị. A name, a body, a serial or a device number.",
    )
    limit: Annotated[int, Field(ge=1, le=200)] = 20


# --- answers -----------------------------------------------------------------------------------------------------


class Listed(View):
    """A slice of a list."""

    next: int | None = None
    """What to ask for `after` to get the following slice; null at the end."""
    total: int | None = None


class DossierList(Listed):
    items: tuple[DossierView, ...]


class CertificateList(Listed):
    items: tuple[CertificateView, ...]


class ArchiveList(Listed):
    items: tuple[ArchiveItemView, ...]


class GapList(Listed):
    items: tuple[GapView, ...]


class ShortcomingList(Listed):
    items: tuple[ShortcomingView, ...]


class AppointmentList(Listed):
    items: tuple[AppointmentView, ...]


class DeviceList(Listed):
    items: tuple[DeviceView, ...]


class ActivationList(Listed):
    items: tuple[ActivationView, ...]


class RevocationList(Listed):
    items: tuple[RevocationView, ...]


class RestoreList(Listed):
    items: tuple[RestoreView, ...]


class ReorganisationList(Listed):
    items: tuple[ReorganisationView, ...]


class ReorganisationItemList(Listed):
    items: tuple[ReorganisationItemView, ...]


class LetterList(Listed):
    items: tuple[LetterView, ...]


class ReportList(Listed):
    items: tuple[ReportView, ...]


class OwedReportList(Listed):
    items: tuple[OwedReportView, ...]
    upcoming: tuple[UpcomingReportView, ...]
    """What the caller's own body will owe next."""


class StatisticsList(View):
    items: tuple[StatisticsView, ...]


class UnitList(Listed):
    items: tuple[UnitView, ...]


class NoticeList(Listed):
    items: tuple[NoticeView, ...]


class DeadlineList(Listed):
    items: tuple[DeadlineView, ...]


class JournalList(Listed):
    items: tuple[JournalEntryView, ...]


class AnnouncementList(Listed):
    items: tuple[AnnouncementView, ...]


class RegulationList(View):
    items: tuple[RegulationView, ...]


class SandboxList(View):
    items: tuple[SandboxView, ...]


class HealthView(View):
    status: Literal["ok"]
    sandboxes: int


class AuthorityCertificateView(View):
    role: Literal["root", "issuing"]
    subject: str
    serial: str
    sha256: str
    """Fingerprint of the DER certificate, lower-case hexadecimal."""
    not_after: AwareDatetime
    url: str
    pem: str


class CrlView(View):
    name: Literal["root", "issuing", "delta"]
    url: str
    number: int
    this_update: AwareDatetime
    next_update: AwareDatetime


class AuthorityView(View):
    """Where the authority's certificates and their status are published."""

    certificates: tuple[AuthorityCertificateView, ...]
    crls: tuple[CrlView, ...]
    ocsp: str
    tsa: str
    policy: str
