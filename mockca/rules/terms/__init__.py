"""The nouns of a regulation, one frozen dataclass each. Every one carries the clause that it comes from.

`unsourced` says that the sources don't give the value and this project chose it; the clause is then the
nearest one, or the word `unsourced` where none is near. Durations are in years, months or working days, as named."""

from __future__ import annotations

from mockca.rules.terms.base import ANY_DEVICE, UNSOURCED, EffectiveFrom, Label, Sourced, T, plain
from mockca.rules.terms.custody import Custody, Leg
from mockca.rules.terms.dossiers import DossierRequirements, RosterRules, SetRule, SubmissionRule
from mockca.rules.terms.effect import ActivationRules, Suspension
from mockca.rules.terms.forms import FieldType, Form, FormField, SubjectSource
from mockca.rules.terms.renewal import ChangeRules, RenewalRules
from mockca.rules.terms.reports import Report
from mockca.rules.terms.restores import RestoreProcedure, RestoreRules
from mockca.rules.terms.revocation import Ground, RevocationRules
from mockca.rules.terms.services import DeadlineRule, Delegate, Notice, Permission, Service

__all__ = [
    "ANY_DEVICE",
    "UNSOURCED",
    "ActivationRules",
    "ChangeRules",
    "Custody",
    "DeadlineRule",
    "Delegate",
    "DossierRequirements",
    "EffectiveFrom",
    "FieldType",
    "Form",
    "FormField",
    "Ground",
    "Label",
    "Leg",
    "Notice",
    "Permission",
    "RenewalRules",
    "Report",
    "RestoreProcedure",
    "RestoreRules",
    "RevocationRules",
    "RosterRules",
    "Service",
    "SetRule",
    "Sourced",
    "SubjectSource",
    "SubmissionRule",
    "Suspension",
    "T",
    "plain",
]
