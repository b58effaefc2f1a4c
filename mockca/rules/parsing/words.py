"""The words that a rules file may use."""

from __future__ import annotations

from typing import Literal, get_args

from mockca.rules.reading import KINDS as KINDS
from mockca.rules.terms import ANY_DEVICE, FieldType, FormKind, Match

ROLES = frozenset({"authority", "registrar", "agency", "subscriber", "security"})
"""Roles that a regulation can speak of; the trainer belongs to the control plane."""
SERVICES = ("issue", "activate", "suspend", "revoke", "renew", "change", "reissue", "restore")
OPERATIONS = (
    "file_dossier",
    "check_dossier",
    "submit_roster",
    "decide_dossier",
    "issue_certificate",
    "record_handover",
    "propose_activation",
    "publish_activation",
    "suspend",
    "lift_suspension",
    "request_revocation",
    "decide_revocation",
    "request_restore",
    "decide_restore",
    "report_loss",
    "register_unit",
    "forward_revocation",
    "keep_device",
    "appoint",
    "file_report",
    "request_report",
    "read_reports",
    "reorganise",
    "read_archive",
    "read_dossiers",
    "read_certificates",
    "read_journal",
)
MEDIA = frozenset({"paper", "electronic"})
WAYS = frozenset({"in_person", "post", "document_system", "email", "portal"})
DEVICE_KINDS = frozenset({ANY_DEVICE, "pki-token", "sim-pki", "hsm"})
DEVICE_STEPS = frozenset({"dispatch", "forward", "deliver", "collect", "return"})
DEVICE_STATES = frozenset({"prepared", "in_transit", "in_use", "collected", "returned"})
REASONS = frozenset(
    {
        "keyCompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "certificateHold",
        "privilegeWithdrawn",
    }
)
"""CRLReason names of RFC 5280 §5.3.1 that an end-entity certificate's ground may map to."""
DATES: dict[str, Literal["past", "document", "any"]] = {"past": "past", "document": "document", "any": "any"}
FIELD_TYPES: dict[str, FieldType] = {name: name for name in get_args(FieldType)}

FORM_KINDS: dict[str, FormKind] = {name: name for name in get_args(FormKind)}
MATCHES: dict[str, Match] = {name: name for name in get_args(Match)}
CUSTODIANS = frozenset({"clerk", "responsible", "owner"})
"""Who may keep a device: the clerk (văn thư), another person in charge, the person whom its certificate names."""
TRANSPORT = frozenset({"in_person", "cipher_service", "post"})
REPLACED = frozenset({"superseded", "kept"})
ENDED = frozenset({"revoked", "expired"})
ACTIONS = frozenset({"revoke", "change", "reissue", "keep"})
