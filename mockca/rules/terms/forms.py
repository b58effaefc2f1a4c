"""Forms and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "email", "date", "integer", "years", "affirmed", "identity", "serial"]
"""What a form's field holds. `affirmed` is a tick or signature that must be there; `years` a term asked for;
`identity` a personal identity number; `serial` a certificate's serial number."""


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


@dataclass(frozen=True, slots=True)
class SubjectSource:
    """Which fields of a form go into the certificate's subject."""

    common_name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """A form (mẫu) and its fields by name."""

    code: str
    vi: str
    en: str
    fields: Mapping[str, FormField]
    subject: SubjectSource | None
    """Set on the forms that ask for a certificate."""
    clause: str
    unsourced: bool = False
