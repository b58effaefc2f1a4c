"""Signatures as they stand in a document, whatever kind of document that is: facts, no judgement."""

from __future__ import annotations

from token_emulator.documents.checking.reading.documents import BROKEN, Document, read
from token_emulator.documents.checking.reading.signature import Changes, Coverage, Malformed, Signature, Stamp

__all__ = ["BROKEN", "Changes", "Coverage", "Document", "Malformed", "Signature", "Stamp", "read"]
