"""The typeface of printed forms, the same as that of signatures (`token_emulator.documents.fonts`)."""

from __future__ import annotations

from pathlib import Path

from mockca.errors import SetUpError
from token_emulator.documents import fonts
from token_emulator.documents.errors import FontsMissing
from token_emulator.documents.fonts import BOLD, FOLDERS, ITALIC, SERIF

__all__ = ["BOLD", "ITALIC", "SERIF", "register_fonts"]


def register_fonts(folders: tuple[Path, ...] = FOLDERS) -> None:
    """Make the typeface known to reportlab, once a process; SetUpError, with the command to type, without it."""
    try:
        fonts.register_fonts(folders)
    except FontsMissing as error:
        raise SetUpError(str(error)) from error
