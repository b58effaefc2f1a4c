"""Forms over HTTP: filled in from the registry, lists read back from files, templates."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from mockca.desk import forms
from mockca.desk.commands import Identifier, Number, SerialHex
from mockca.desk.views import FilledFormView, ReadingView
from mockca.paper.tables import CSV, JSON, MEDIA_TYPES, MOST_COLUMNS, MOST_LINES, XLSX
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.face import File, Upload
from mockca.web.models import InSandbox, Parameters

BINARY = {"type": "string", "format": "binary"}
LINES = {
    "type": "array",
    "maxItems": MOST_LINES,
    "items": {
        "type": "object",
        "maxProperties": MOST_COLUMNS,
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    },
}


class OfForm(InSandbox):
    """A form of a regulation."""

    code: Identifier


class Under(Parameters):
    """Under which regulation."""

    regulation: Annotated[
        Identifier | None, Field(description="Quy định nào; để trống là của tài khoản. The account's own by default.")
    ] = None


class FillAbout(Under):
    """What the form is to be filled in about."""

    unit: Identifier | None = None
    certificate: SerialHex | None = None
    device: Identifier | None = None
    dossier: Number | None = None


class TemplateQuery(Under):
    format: Literal["csv", "xlsx"] = "xlsx"


class ListFile(Upload):
    """A list as CSV, Excel workbook, or JSON: an array of lines, or an object with `rows`."""

    schemas: ClassVar[dict[str, dict[str, Any]]] = {
        CSV: BINARY,
        XLSX: BINARY,
        JSON: {"anyOf": [LINES, {"type": "object", "required": ["rows"], "properties": {"rows": LINES}}]},
    }


@api.reads("/forms/<code>", FilledFormView)
def fill_form(path: OfForm, query: FillAbout) -> FilledFormView:
    """Biểu mẫu với những gì hệ thống đã biết. A form with what the registry knows.

    It may be about a body, a certificate, a device or a dossier that the account may see.
    """
    about = forms.About(unit=query.unit, certificate=query.certificate, device=query.device, dossier=query.dossier)
    return forms.filled_form(here(), actor(), path.code, about, query.regulation)


@api.takes("/forms/<code>/reading", ReadingView)
def read_list(path: OfForm, query: Under, raw: ListFile) -> ReadingView:
    """Đọc danh sách từ tệp CSV, Excel hoặc JSON. Read a list out of a file; nothing is kept.

    The lines come back by the form's columns, each mistake with the line and column of the file.
    """
    return forms.read_list(here(), actor(), path.code, raw.content, raw.media_type, query.regulation)


@api.prints("/forms/<code>/template", *(MEDIA_TYPES[style] for style in ("csv", "xlsx")))
def list_template(path: OfForm, query: TemplateQuery) -> File:
    """Danh sách trống để điền. An empty list to be filled in, with one made-up line."""
    content = forms.template(here(), actor(), path.code, query.format, query.regulation)
    return File(content, MEDIA_TYPES[query.format], f"{path.code}.{query.format}")
