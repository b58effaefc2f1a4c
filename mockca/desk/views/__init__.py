"""What the authority answers: one model a noun. The HTTP contract's response bodies.

Instants are ISO 8601 in UTC; serial numbers are lower-case hexadecimal. A field is null where it does not apply."""

from __future__ import annotations

from mockca.desk.views.answers import AnswersView, AnswerView
from mockca.desk.views.archive import ArchiveFileView, ArchiveItemView, GapView
from mockca.desk.views.base import Page, View
from mockca.desk.views.certificates import CertificateStatus, CertificateView, IssuedView, PinLetter, StatusView
from mockca.desk.views.control import ClockView, ComingView, JournalEntryView, RegulationView, SandboxView
from mockca.desk.views.devices import DeviceView, HandoverItemView, HandoverView
from mockca.desk.views.dossiers import DossierView, RosterView, SheetView
from mockca.desk.views.effect import ActivationView
from mockca.desk.views.exchanges import (
    BrokenRuleView,
    ExchangeListView,
    ExchangeView,
    FiredView,
    NearestView,
    NearFaultView,
    RecordingView,
    WhyView,
)
from mockca.desk.views.faults import FaultListView, FaultView, TimestampingView
from mockca.desk.views.forms import FilledFormView, FormFieldView, ReadingView
from mockca.desk.views.keeping import (
    AppointmentView,
    CustodianView,
    CustodyView,
    HoldingView,
    OutingView,
    ShortcomingView,
    WarningView,
)
from mockca.desk.views.problems import Problem, ViolationView
from mockca.desk.views.public import AnnouncementView, NoticeView, PublicCertificateView
from mockca.desk.views.reorganisations import LetterView, ReorganisationItemView, ReorganisationView
from mockca.desk.views.reports import (
    BodyFiguresView,
    BodyView,
    CounterView,
    DeadlineView,
    OwedReportView,
    PeriodFiguresView,
    ReportDraftView,
    ReportPartView,
    ReportRequestView,
    ReportView,
    RestoreFigures,
    StatisticsView,
    UpcomingReportView,
)
from mockca.desk.views.restores import RestoredView, RestoreView
from mockca.desk.views.revocations import RevocationView
from mockca.desk.views.snapshots import SnapshotListView, SnapshotView
from mockca.desk.views.staging import StagedView
from mockca.desk.views.units import UnitView, WhoAmI

__all__ = [
    "ActivationView",
    "AnnouncementView",
    "AnswerView",
    "AnswersView",
    "AppointmentView",
    "ArchiveFileView",
    "ArchiveItemView",
    "BodyFiguresView",
    "BodyView",
    "BrokenRuleView",
    "CertificateStatus",
    "CertificateView",
    "ClockView",
    "ComingView",
    "CounterView",
    "CustodianView",
    "CustodyView",
    "DeadlineView",
    "DeviceView",
    "DossierView",
    "ExchangeListView",
    "ExchangeView",
    "FaultListView",
    "FaultView",
    "FilledFormView",
    "FiredView",
    "FormFieldView",
    "GapView",
    "HandoverItemView",
    "HandoverView",
    "HoldingView",
    "IssuedView",
    "JournalEntryView",
    "LetterView",
    "NearFaultView",
    "NearestView",
    "NoticeView",
    "OutingView",
    "OwedReportView",
    "Page",
    "PeriodFiguresView",
    "PinLetter",
    "Problem",
    "PublicCertificateView",
    "ReadingView",
    "RecordingView",
    "RegulationView",
    "ReorganisationItemView",
    "ReorganisationView",
    "ReportDraftView",
    "ReportPartView",
    "ReportRequestView",
    "ReportView",
    "RestoreFigures",
    "RestoreView",
    "RestoredView",
    "RevocationView",
    "RosterView",
    "SandboxView",
    "SheetView",
    "ShortcomingView",
    "SnapshotListView",
    "SnapshotView",
    "StagedView",
    "StatisticsView",
    "StatusView",
    "TimestampingView",
    "UnitView",
    "UpcomingReportView",
    "View",
    "ViolationView",
    "WarningView",
    "WhoAmI",
    "WhyView",
]
