"""Forms and their fields."""

from __future__ import annotations

from mockca.rules.parsing.words import DATES, FIELD_TYPES, FORM_KINDS, MATCHES, ROLES
from mockca.rules.reading import Table
from mockca.rules.terms import Form, FormField, SubjectSource


def form(code: str, table: Table) -> Form:
    """A form; its fields take the form's clause and mark unless they carry their own."""
    clause, unsourced = table.source()
    fields_unsourced = table.flag("fields_unsourced", False)
    fields = {name: _field(entry, clause, fields_unsourced) for name, entry in table.tables("fields")}
    rows = {name: _field(entry, clause, fields_unsourced) for name, entry in table.tables("rows")}
    subject = table.table_or_none("subject")
    source = None
    if subject is not None:
        source = SubjectSource(
            subject.text("common_name"),
            subject.text_or_none("email"),
            subject.text_or_none("title"),
            subject.flag("listed", False),
        )
        subject.finish()
        for name in (source.common_name, source.email, source.title):
            if name is not None and name not in (rows if source.listed else fields):
                raise table.fail("subject", f"{name} is not a {'column' if source.listed else 'field'} of this form")
    found = Form(
        code=code,
        vi=table.text("vi"),
        en=table.text("en"),
        fields=fields,
        subject=source,
        rows=rows,
        kind=FORM_KINDS[table.choice("kind", frozenset(FORM_KINDS), "request")],
        addressee=table.choice("addressee", ROLES | {""}, "") or None,
        signers=table.labels("signers", clause),
        letterhead=table.flag("letterhead", True),
        clause=clause,
        unsourced=unsourced,
    )
    for name, field in fields.items():
        if field.block is not None and field.block not in found.signers:
            raise table.fail(f"fields.{name}.block", f"{field.block!r} is none of the form's signers")
        if field.block is not None and field.section is not None:
            raise table.fail(f"fields.{name}.section", "what stands at the foot begins no section")
    table.finish()
    return found


def _field(table: Table, clause: str, fields_unsourced: bool) -> FormField:
    kind = FIELD_TYPES[table.choice("type", frozenset(FIELD_TYPES), "text")]
    choices = table.texts("choices", [])
    if (kind == "choice") != bool(choices):
        raise table.fail("choices", "a `choice`, and no other field, has choices")
    matches = table.choice("matches", frozenset(MATCHES) | {""}, "")
    counts = table.choice("counts", frozenset({"rows", ""}), "")
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
        matches=MATCHES[matches] if matches else None,
        counts="rows" if counts else None,
        choices=choices,
        source=table.texts("from", []),
        section=table.text_or_none("section"),
        block=table.text_or_none("block"),
    )
    table.finish()
    return found
