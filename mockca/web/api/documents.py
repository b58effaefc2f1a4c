"""Documents on paper, over HTTP."""

from __future__ import annotations

from typing import Literal

from mockca.desk import documents
from mockca.desk.commands import Identifier, Number
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.face import File
from mockca.web.models import InSandbox, Parameters

PDF = "application/pdf"


class OfDocument(InSandbox):
    """One document of the workflow."""

    kind: Literal["dossier", "roster", "handover", "revocation", "forwarding", "restore", "notice", "report"]
    number: Number


class OfForm(InSandbox):
    """A form of a regulation."""

    code: Identifier


class Of(Parameters):
    """Under which regulation."""

    regulation: Identifier


@api.prints("/documents/<kind>/<number>", PDF)
def print_document(path: OfDocument) -> File:
    """In hồ sơ, danh sách, biên bản, đơn, thông báo, báo cáo. Print a dossier, list, minutes, request, … as PDF."""
    found = documents.document(here(), actor(), path.kind, path.number)
    return File(found.content, PDF, found.name)


@api.prints("/documents/form/<code>", PDF)
def print_form(path: OfForm, query: Of) -> File:
    """In biểu mẫu trắng. Print a form of a regulation, to be filled in by hand."""
    found = documents.blank_form(here().regulation(query.regulation), path.code)
    return File(found.content, PDF, found.name)
