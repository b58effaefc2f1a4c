"""From TOML tables to the nouns of a regulation; one function a noun."""

from __future__ import annotations

from typing import Literal, get_args

from mockca.rules.reading import Table
from mockca.rules.terms import (
    ANY_DEVICE,
    ActivationRules,
    ChangeRules,
    Custody,
    DeadlineRule,
    Delegate,
    DossierRequirements,
    FieldType,
    Form,
    FormField,
    Ground,
    Leg,
    Notice,
    Permission,
    RenewalRules,
    Report,
    RestoreProcedure,
    RestoreRules,
    RevocationRules,
    RosterRules,
    Service,
    SetRule,
    Sourced,
    SubjectSource,
    SubmissionRule,
    Suspension,
)

ROLES = frozenset({"authority", "registrar", "agency", "subscriber", "security"})
"""Roles that a regulation can speak of; the trainer belongs to the control plane."""
KINDS = frozenset({"person", "organisation", "equipment"})
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
    "read_dossiers",
    "read_certificates",
    "read_journal",
)
MEDIA = frozenset({"paper", "electronic"})
WAYS = frozenset({"in_person", "post", "document_system", "email", "portal"})
DEVICE_KINDS = frozenset({ANY_DEVICE, "pki-token", "sim-pki", "hsm"})
DEVICE_STEPS = frozenset({"dispatch", "deliver", "collect", "return"})
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


def services(table: Table) -> dict[str, Service]:
    """All services, each offered or not."""
    found = {}
    for name in SERVICES:
        entry = table.table(name)
        found[name] = Service(entry.flag("available"), *entry.source())
        entry.finish()
    table.finish()
    return found


def operations(table: Table) -> dict[str, Permission]:
    """All operations, each with its roles."""
    found = {}
    for name in OPERATIONS:
        entry = table.table(name)
        found[name] = Permission(entry.choices("roles", ROLES), *entry.source())
        entry.finish()
    table.finish()
    return found


def form(code: str, table: Table) -> Form:
    """A form; its fields take the form's clause and mark unless they carry their own."""
    clause, unsourced = table.source()
    fields_unsourced = table.flag("fields_unsourced", False)
    fields = {name: _field(entry, clause, fields_unsourced) for name, entry in table.tables("fields")}
    subject = table.table_or_none("subject")
    source = None
    if subject is not None:
        source = SubjectSource(subject.text("common_name"), subject.text_or_none("email"))
        subject.finish()
        for name in (source.common_name, source.email):
            if name is not None and name not in fields:
                raise table.fail("subject", f"{name} is not a field of this form")
    found = Form(code, table.text("vi"), table.text("en"), fields, source, clause, unsourced)
    table.finish()
    return found


def _field(table: Table, clause: str, fields_unsourced: bool) -> FormField:
    kind = FIELD_TYPES[table.choice("type", frozenset(FIELD_TYPES), "text")]
    names = table.text_or_none("names")
    if names not in (None, "unit"):
        raise table.fail("names", f"{names!r} is not `unit`")
    own, unsourced = table.source(clause)
    found = FormField(
        vi=table.text("vi"),
        en=table.text("en"),
        type=kind,
        required=table.flag("required", True),
        clause=own,
        unsourced=unsourced or fields_unsourced,
        official=table.flag("official", False),
        exactly=table.whole_or_none("exactly"),
        date=DATES[table.choice("date", frozenset(DATES), "past")],
        names="unit" if names else None,
    )
    table.finish()
    return found


def set_rule(table: Table) -> SetRule:
    """A set that a dossier must come in."""
    clause, unsourced = table.source()
    found = SetRule(table.choice("medium", MEDIA), table.whole("count"), table.choices("via", WAYS), clause, unsourced)
    table.finish()
    return found


def submission(table: Table) -> SubmissionRule:
    """How a document must come."""
    clause, unsourced = table.source()
    found = SubmissionRule(
        channels=table.choices("channels", MEDIA),
        paper_first_only=table.flag("paper_first_only", False),
        paper_needs=table.choices("paper_needs", frozenset({"signed_by", "sealed", "document_number"}), []),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def submission_or_none(table: Table | None) -> SubmissionRule | None:
    """The rule, or None where there is no table."""
    return None if table is None else submission(table)


def requirements(kind: str, table: Table) -> DossierRequirements:
    """A dossier's parts for one kind of subscriber."""
    clause, unsourced = table.source()
    found = DossierRequirements(
        kind=kind,
        form=table.text("form"),
        attachments=table.labels("attachments", clause),
        alternatives=table.labels("alternatives", clause),
        seal=table.sourced_flag_or_none("seal") or Sourced(False, clause, True),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def roster(table: Table | None) -> RosterRules | None:
    """The roster's rules, None where the regime has no roster."""
    if table is None:
        return None
    clause, unsourced = table.source()
    attachments = table.table("attachments")
    found = RosterRules(
        forms=table.sourced_texts("forms"),
        attachments={kind: attachments.labels(kind) for kind in sorted(KINDS) if attachments.has(kind)},
        count_clause=table.text("count_clause"),
        mixed_clause=table.text("mixed_clause"),
        submission=submission(table.table("submission")),
        clause=clause,
        unsourced=unsourced,
    )
    attachments.finish()
    table.finish()
    return found


def leg(name: str, table: Table) -> Leg:
    """One leg of the custody chain."""
    clause, unsourced = table.source()
    found = Leg(
        name=name,
        vi=table.text("vi"),
        en=table.text("en"),
        giver=table.choice("giver", ROLES),
        receiver=table.choice("receiver", ROLES),
        form=table.text("form"),
        step=table.choice("step", DEVICE_STEPS),
        after_revocation=table.flag("after_revocation", False),
        certificate_named=table.sourced_flag_or_none("certificate_named") or Sourced(False, clause, True),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def activation(table: Table | None) -> ActivationRules | None:
    """Activation, None where notBefore alone brings effect."""
    if table is None:
        return None
    clause, unsourced = table.source()
    found = ActivationRules(
        form=table.text("form"),
        device_state=table.choice("device_state", DEVICE_STATES),
        effect_clause=table.text("effect_clause"),
        submission=submission(table.table("submission")),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def ground(name: str, table: Table) -> Ground:
    """A ground for revocation."""
    clause, unsourced = table.source()
    reason = table.choice("crl_reason", REASONS | {""}, "")
    found = Ground(
        id=name,
        vi=table.text("vi"),
        en=table.text("en"),
        requesters=table.choices("requesters", ROLES),
        kinds=table.choices("kinds", KINDS, sorted(KINDS)),
        confirmation=table.flag("confirmation", False),
        decisions=table.labels("decisions", clause),
        duty=table.flag("duty", False),
        invalidity=table.flag("invalidity", False),
        after_expiry=table.flag("after_expiry", False),
        submission=submission_or_none(table.table_or_none("submission")),
        crl_reason=reason or None,
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def revocation(table: Table) -> RevocationRules:
    """How revocation goes."""
    clause, unsourced = table.source()
    found = RevocationRules(
        decider=table.choice("decider", ROLES),
        at_once=table.choices("at_once", ROLES, []),
        forms=table.sourced_texts("forms"),
        form_from=table.choices("form_from", ROLES),
        effect_clause=table.text("effect_clause"),
        publish_clause=table.text("publish_clause"),
        notice_clause=table.text("notice_clause"),
        recovery_clause=table.text("recovery_clause"),
        final=table.sourced_flag("final"),
        letter=submission(table.table("letter")),
        lost_form=table.sourced_text_or_none("lost_form"),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def suspension(table: Table | None) -> Suspension | None:
    """Suspension, None where the regime knows none."""
    if table is None:
        return None
    clause, unsourced = table.source()
    found = Suspension(table.choices("lifted_by", ROLES), table.choice("crl_reason", REASONS), clause, unsourced)
    table.finish()
    return found


def renewal(table: Table | None) -> RenewalRules | None:
    """Renewal, None where the regime knows none."""
    if table is None:
        return None
    found = RenewalRules(
        max_years=table.sourced_whole("max_years"),
        form=table.sourced_text("form"),
        times=table.sourced_whole("times"),
        days_left=table.sourced_whole("days_left"),
    )
    table.finish()
    return found


def change(table: Table | None) -> ChangeRules | None:
    """Change of information, None where the regime knows none."""
    if table is None:
        return None
    cases = table.table("cases")
    found = ChangeRules(
        form=table.sourced_text("form"),
        cases={kind: cases.labels(kind) for kind in sorted(KINDS) if cases.has(kind)},
    )
    cases.finish()
    table.finish()
    return found


def restore(table: Table | None) -> RestoreRules | None:
    """Restoring a locked device, None where the regime knows none."""
    if table is None:
        return None
    clause, unsourced = table.source()
    procedures = {device: _restore_procedure(entry) for device, entry in table.tables("procedures")}
    if ANY_DEVICE not in procedures or not procedures.keys() <= DEVICE_KINDS:
        raise table.fail("procedures", f"one for `{ANY_DEVICE}` and others for {', '.join(sorted(DEVICE_KINDS))} only")
    found = RestoreRules(table.labels("grounds", clause), procedures, clause, unsourced)
    table.finish()
    return found


def _restore_procedure(table: Table) -> RestoreProcedure:
    found = RestoreProcedure(
        form=table.sourced_text("form"),
        submission=submission(table.table("submission")),
        done=table.table("done").label(),
        refused=table.table("refused").label(),
    )
    table.finish()
    return found


def delegation(table: Table) -> dict[tuple[str, str], Delegate]:
    """The table operation x kind of device."""
    found = {}
    for operation in SERVICES:
        for device, entry in table.tables(operation):
            if device not in DEVICE_KINDS:
                raise table.fail(operation, f"{device!r} is none of {', '.join(sorted(DEVICE_KINDS))}")
            clause, unsourced = entry.source()
            found[operation, device] = Delegate(
                operation,
                device,
                entry.choice("role", ROLES),
                entry.whole_or_none("working_days"),
                clause,
                unsourced,
            )
            entry.finish()
    table.finish()
    return found


def deadline(name: str, table: Table) -> DeadlineRule:
    """A time limit in working days."""
    clause, unsourced = table.source()
    found = DeadlineRule(
        kind=name,
        vi=table.text("vi"),
        en=table.text("en"),
        days=table.whole("days"),
        starts=table.text("starts"),
        ends=table.text("ends"),
        owner=table.choice("owner", ROLES),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def notice(table: Table) -> Notice:
    """A duty to tell somebody."""
    clause, unsourced = table.source()
    found = Notice(
        table.text("event"), table.choice("to", ROLES), table.text("vi"), table.text("en"), clause, unsourced
    )
    table.finish()
    return found


def report(table: Table) -> Report:
    """A periodic report."""
    clause, unsourced = table.source()
    found = Report(
        table.text("vi"),
        table.text("en"),
        table.whole_or_none("every_months"),
        table.texts("recipients"),
        clause,
        unsourced,
    )
    table.finish()
    return found


def custody(table: Table | None) -> Custody:
    """How devices are kept; all None where the text is silent."""
    if table is None:
        return Custody(None, None, None)
    found = Custody(
        table.sourced_text_or_none("classification"),
        table.sourced_flag_or_none("outside_permission"),
        table.sourced_flag_or_none("assignment_decision"),
    )
    table.finish()
    return found
