"""Forms and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mockca.rules.terms.base import Label

FieldType = Literal["text", "email", "date", "integer", "count", "years", "affirmed", "identity", "serial", "choice"]
"""What a form's field holds. `affirmed` is a tick or signature that must be there; `years` a term asked for;
`identity` a personal identity number; `serial` a certificate's serial number; `count` a number from nought; `choice`
one of the field's own `choices`."""

Match = Literal["subject", "common_name", "email", "serial", "issued_on", "expires_on", "device"]
"""A fact of the certificate concerned that a field must repeat."""


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
    matches: Match | None = None
    """Fact of the certificate concerned that the field, where it is filled in, must repeat."""
    counts: Literal["rows"] | None = None
    """`rows`: the number must be that of the lines of the list, or of the items of the minutes."""
    choices: tuple[str, ...] = ()
    """What a `choice` may be."""
    source: tuple[str, ...] = ()
    """Where the value comes from when the form is filled in, if its name doesn't tell: names of a dossier's fields, or
    dotted ones (`rules.filling`). Several are put together; `a|b` is the first that is known. The file's key: `from`.
    """
    section: str | None = None
    """Heading under which the field is printed, where it begins a section of the sheet. Of a column: what stands above
    it and those that follow it; empty where nothing does."""
    block: str | None = None
    """The block at the foot that this signature or confirmation stands in: one of the form's signers."""


FormKind = Literal["request", "list", "minutes", "report", "decision"]
"""What a form is on paper: a letter of request, a table, minutes of a handover, a report, a decision."""


@dataclass(frozen=True, slots=True)
class SubjectSource:
    """Which fields of a form go into the certificate's subject."""

    common_name: str
    email: str | None
    title: str | None
    """Field with a state title that, where it is filled in, stands before the name (TT08-8)."""
    listed: bool = False
    """Whether these are columns of the form's own list, whose one line is the subscriber's (ND68-F02)."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form (mẫu) and its fields by name."""

    code: str
    vi: str
    en: str
    fields: Mapping[str, FormField]
    subject: SubjectSource | None
    """Set on the forms that ask for a certificate."""
    rows: Mapping[str, FormField]
    """Columns of the table, where the form is, or has, a list."""
    kind: FormKind
    addressee: str | None
    """Role that the form is addressed to."""
    signers: Mapping[str, Label]
    """Blocks at the foot, left to right: who signs, in which quality."""
    letterhead: bool
    """Whether it begins with the body that writes and a number, as bodies' letters do and a person's requests don't."""
    clause: str
    unsourced: bool = False
