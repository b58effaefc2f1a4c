"""The typeface: Liberation Serif, which has the metrics of Times New Roman and all Vietnamese letters."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from token_emulator.documents.errors import FontsMissing

SERIF = "LiberationSerif"
BOLD, ITALIC, BOLD_ITALIC = f"{SERIF}-Bold", f"{SERIF}-Italic", f"{SERIF}-BoldItalic"
FONTS = Path("/usr/share/fonts")
FOLDERS = (FONTS / "truetype/liberation2", FONTS / "truetype/liberation", FONTS / "liberation")
"""Where Debian and its kin put the fonts."""
STYLES = {SERIF: "Regular", BOLD: "Bold", ITALIC: "Italic", BOLD_ITALIC: "BoldItalic"}
TELLING = "ộ"
"""A letter that the fonts have from version 2 on."""


@cache
def register_fonts(folders: tuple[Path, ...] = FOLDERS) -> dict[str, Path]:
    """Make the typeface known to reportlab, once a process; its files by the names they got there.

    FontsMissing, with the command to type, where it is not installed, or only in a version without Vietnamese letters.
    """
    for folder in folders:
        files = {name: folder / f"{SERIF}-{style}.ttf" for name, style in STYLES.items()}
        if not all(path.is_file() for path in files.values()):
            continue
        fonts = [TTFont(name, str(path)) for name, path in files.items()]
        if not all(ord(TELLING) in font.face.charToGlyph for font in fonts):
            continue
        for font in fonts:
            pdfmetrics.registerFont(font)
        pdfmetrics.registerFontFamily(SERIF, normal=SERIF, bold=BOLD, italic=ITALIC, boldItalic=BOLD_ITALIC)
        return files
    raise FontsMissing(
        "không có phông chữ Liberation Serif 2 để in biểu mẫu / the typeface for printing is missing; "
        "type: sudo apt-get install fonts-liberation2 (Debian 13 and later: fonts-liberation)"
    )
