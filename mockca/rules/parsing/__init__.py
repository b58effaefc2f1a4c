"""From TOML tables to the nouns of a regulation; one function a noun."""

from __future__ import annotations

from mockca.rules.parsing.custody import custody_rules, leg, post
from mockca.rules.parsing.dossiers import requirements, roster, set_rule, submission, submission_or_none
from mockca.rules.parsing.effect import activation, suspension
from mockca.rules.parsing.forms import form
from mockca.rules.parsing.renewal import change, reissue, renewal_rules
from mockca.rules.parsing.reorganisation import reorganisation, require_possible
from mockca.rules.parsing.reports import report, with_sums
from mockca.rules.parsing.restores import restore
from mockca.rules.parsing.revocation import ground, revocation_rules
from mockca.rules.parsing.services import contact, deadline, delegation, notice, operations, service_table
from mockca.rules.parsing.words import (
    DATES,
    DEVICE_KINDS,
    DEVICE_STATES,
    DEVICE_STEPS,
    FIELD_TYPES,
    KINDS,
    MEDIA,
    OPERATIONS,
    REASONS,
    ROLES,
    SERVICES,
    WAYS,
)

__all__ = [
    "DATES",
    "DEVICE_KINDS",
    "DEVICE_STATES",
    "DEVICE_STEPS",
    "FIELD_TYPES",
    "KINDS",
    "MEDIA",
    "OPERATIONS",
    "REASONS",
    "ROLES",
    "SERVICES",
    "WAYS",
    "activation",
    "change",
    "contact",
    "custody_rules",
    "deadline",
    "delegation",
    "form",
    "ground",
    "leg",
    "notice",
    "operations",
    "post",
    "reissue",
    "renewal_rules",
    "reorganisation",
    "report",
    "require_possible",
    "requirements",
    "restore",
    "revocation_rules",
    "roster",
    "service_table",
    "set_rule",
    "submission",
    "submission_or_none",
    "suspension",
    "with_sums",
]
