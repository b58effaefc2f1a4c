"""The nouns of a regulation, one frozen dataclass each. Every one carries the clause that it comes from.

`unsourced` says that the sources don't give the value and this project chose it; the clause is then the
nearest one, or the word `unsourced` where none is near. Durations are in years, months or working days, as named."""

from __future__ import annotations

from mockca.rules.terms.base import ANY_DEVICE, UNSOURCED, EffectiveFrom, Label, Sourced, T, plain
from mockca.rules.terms.custody import Custody, Leg, Post
from mockca.rules.terms.dossiers import DossierRequirements, RosterRules, SetRule, SubmissionRule, SubscriberCategory
from mockca.rules.terms.effect import ActivationRules, Suspension
from mockca.rules.terms.forms import FieldType, Form, FormField, FormKind, Match, SubjectSource
from mockca.rules.terms.renewal import ChangeRules, EarlyRenewal, ReissueGround, ReissueRules, RenewalRules
from mockca.rules.terms.reorganisation import Becomes, ReorganisationAction, ReorganisationRule
from mockca.rules.terms.reports import COUNTERS, Report, ReportLine
from mockca.rules.terms.restores import RestoreProcedure, RestoreRules
from mockca.rules.terms.revocation import Forwarder, Ground, RevocationRules
from mockca.rules.terms.services import Contact, DeadlineRule, Delegate, Notice, Permission, Service

__all__ = [
    "ANY_DEVICE",
    "COUNTERS",
    "UNSOURCED",
    "ActivationRules",
    "Becomes",
    "ChangeRules",
    "Contact",
    "Custody",
    "DeadlineRule",
    "Delegate",
    "DossierRequirements",
    "EarlyRenewal",
    "EffectiveFrom",
    "FieldType",
    "Form",
    "FormField",
    "FormKind",
    "Forwarder",
    "Ground",
    "Label",
    "Leg",
    "Match",
    "Notice",
    "Permission",
    "Post",
    "ReissueGround",
    "ReissueRules",
    "RenewalRules",
    "ReorganisationAction",
    "ReorganisationRule",
    "Report",
    "ReportLine",
    "RestoreProcedure",
    "RestoreRules",
    "RevocationRules",
    "RosterRules",
    "Service",
    "SetRule",
    "Sourced",
    "SubjectSource",
    "SubmissionRule",
    "SubscriberCategory",
    "Suspension",
    "T",
    "plain",
]
