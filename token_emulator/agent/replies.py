"""What pages get back, field by field as the real agent answers (facts: sign-service §3)."""

from __future__ import annotations

from typing import Any

from token_emulator.agent.outcomes import Refusal
from token_emulator.agent.transfer import Stored

Reply = dict[str, Any] | list[Any] | str
"""JSON, or a text as it is."""


def stored(answer: Stored, number: str, day: str) -> Reply:
    """A document is signed and with its handler; number and day are what the page sent, where the handler says none."""
    return {
        "Status": 0,
        "Message": "",
        "FileName": answer.file_name,
        "FileServer": answer.file_server,
        "DocumentNumber": answer.document_number or number,
        "DocumentDate": answer.document_date or day,
    }


def document_refused(refusal: Refusal) -> Reply:
    """A document operation failed."""
    return {
        "Status": refusal.outcome.status,
        "Message": refusal.text,
        "FileName": "",
        "FileServer": "",
        "DocumentNumber": "",
        "DocumentDate": "",
    }


def text_refused(refusal: Refusal) -> Reply:
    """An operation on text failed: `Error` in place of `Message`; both, for pages of either kind."""
    return {"Status": refusal.outcome.status, "Error": refusal.text, "Message": refusal.text, "Signature": ""}


def batch_refused(refusal: Refusal) -> Reply:
    """SignFiles failed as a whole."""
    return {"Status": refusal.outcome.status, "Message": refusal.text, "Files": []}


def refused(refusal: Refusal) -> Reply:
    """Any other operation failed."""
    return {"Status": refusal.outcome.status, "Message": refusal.text, "Error": refusal.text}
