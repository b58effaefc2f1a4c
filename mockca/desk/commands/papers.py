"""The papers of a request: filled-in forms, attachments, how they came, who signs, decisions they rest on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mockca.desk.commands.base import Command, Identifier, Text

Row = Annotated[dict[Identifier, bool | int | Text | None], Field(max_length=40)]
"""One line of a list: values by column."""


class FormSheet(Command):
    """A filled-in form: its code in the regulation (`TT05-F01`) and its fields by name."""

    code: Identifier
    fields: dict[Identifier, bool | int | Text | None] = Field(default_factory=dict, max_length=80)
    rows: tuple[Row, ...] = Field(default=(), max_length=10_000)
    """Lines of the form's table, where it has one."""


class Attachment(Command):
    """A document filed with a dossier. The content is optional; the kind is what the rules look at."""

    kind: Identifier
    file_name: Text
    content: Annotated[str, StringConstraints(max_length=1_400_000, pattern=r"^[A-Za-z0-9+/]*={0,2}$")] | None = None
    """Base64 of the file, at most 1 MiB decoded."""
    certified: Literal["notarised", "agency"] | None = None
    """By whom the copy is certified; null for a plain copy."""


class DossierSet(Command):
    """One set (bộ) of a dossier: on paper or electronic, and by which way it came."""

    medium: Literal["paper", "electronic"]
    via: Literal["in_person", "post", "document_system", "email", "portal"]
    count: Annotated[int, Field(ge=1, le=20)] = 1


class Submission(Command):
    """How a document reached its reader: on paper (number, signer, seal), or electronically signed."""

    channel: Literal["paper", "electronic"] = "paper"
    document_number: Text | None = None
    """The letter's number and symbol (số, ký hiệu)."""
    signed_by: Text | None = None
    sealed: bool = False
    addressed_to: Identifier | None = None
    """The receiver's identifier on the document exchange."""
    signature: Annotated[str, StringConstraints(max_length=60_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")] | None = None
    """For `electronic`: Base64 of a detached CMS signature over the document's canonical JSON (docs/api.md)."""


class Signatory(Command):
    """Who signs a minute for one side."""

    name: Text
    position: Text | None = None
    signed: bool = False
    papers: tuple[Identifier, ...] = Field(default=(), max_length=10)
    """Kinds of papers that were shown, e.g. `introduction-letter`, `identity-card`."""
    appointed_by: Text | None = None
    """The body or the decision by which this person was appointed to receive."""


class Decision(Command):
    """A decision of a competent body that a ground rests on (e.g. a merger)."""

    kind: Identifier
    number: Text
    effective_on: date
