"""Why a check could not be begun. What is wrong with a document is never an exception."""

from __future__ import annotations

from token_emulator.errors import TokenError


class CheckingError(TokenError):
    """The evidence cannot be used. The text says which file, and what to do."""
