"""`mockca token`: the token emulator's own command line."""

from __future__ import annotations

from token_emulator.cli import command

__all__ = ["command"]
