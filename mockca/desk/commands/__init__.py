"""What people ask the authority for: one model a use case, with limits. The HTTP contract's request bodies."""

from __future__ import annotations

from mockca.desk.commands.answers import SetAnswers
from mockca.desk.commands.base import (
    CONTROL_CHARACTERS,
    Command,
    Identifier,
    KeyAlgorithmName,
    Number,
    SerialHex,
    SubscriberKind,
    Text,
)
from mockca.desk.commands.control import AuthorityKeys, CreateSandbox, ResetSandbox, TurnClock
from mockca.desk.commands.dossiers import CheckDossier, DecideDossier, FileDossier, IssueCertificate, SubmitRoster
from mockca.desk.commands.effect import LiftSuspension, ProposeActivation, SuspendCertificate
from mockca.desk.commands.exchanges import SetRecording
from mockca.desk.commands.faults import AddFault, SetTimestamping
from mockca.desk.commands.handovers import HandoverItem, RecordHandover, ReportDamage, ReportLoss
from mockca.desk.commands.keeping import Appoint, AssignCustodian, AssignmentDecision, CustodyMinutes, TakeOut
from mockca.desk.commands.papers import Attachment, Decision, DossierSet, FormSheet, Row, Signatory, Submission
from mockca.desk.commands.reorganisations import PlanReorganisation, Share, SuccessorBody, WorkReorganisation
from mockca.desk.commands.reports import FileReport, RequestReport
from mockca.desk.commands.restores import DecideRestore, RequestRestore
from mockca.desk.commands.revocations import DecideRevocation, ForwardRevocation, RequestRevocation, Unfit
from mockca.desk.commands.snapshots import RestoreSnapshot, SnapshotName, TakeSnapshot
from mockca.desk.commands.staging import MOST_STAGED, StageCertificates
from mockca.desk.commands.units import RegisterUnit

__all__ = [
    "CONTROL_CHARACTERS",
    "MOST_STAGED",
    "AddFault",
    "Appoint",
    "AssignCustodian",
    "AssignmentDecision",
    "Attachment",
    "AuthorityKeys",
    "CheckDossier",
    "Command",
    "CreateSandbox",
    "CustodyMinutes",
    "DecideDossier",
    "DecideRestore",
    "DecideRevocation",
    "Decision",
    "DossierSet",
    "FileDossier",
    "FileReport",
    "FormSheet",
    "ForwardRevocation",
    "HandoverItem",
    "Identifier",
    "IssueCertificate",
    "KeyAlgorithmName",
    "LiftSuspension",
    "Number",
    "PlanReorganisation",
    "ProposeActivation",
    "RecordHandover",
    "RegisterUnit",
    "ReportDamage",
    "ReportLoss",
    "RequestReport",
    "RequestRestore",
    "RequestRevocation",
    "ResetSandbox",
    "RestoreSnapshot",
    "Row",
    "SerialHex",
    "SetAnswers",
    "SetRecording",
    "SetTimestamping",
    "Share",
    "Signatory",
    "SnapshotName",
    "StageCertificates",
    "Submission",
    "SubmitRoster",
    "SubscriberKind",
    "SuccessorBody",
    "SuspendCertificate",
    "TakeOut",
    "TakeSnapshot",
    "Text",
    "TurnClock",
    "Unfit",
    "WorkReorganisation",
]
