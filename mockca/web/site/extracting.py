"""Brings the catalogues up to date with what the templates and the code say: `python -m mockca.web.site.extracting`.

New texts are added without a translation, old ones go; what is translated stays. A test fails while one lacks its
English.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from mockca.web.site.languages import LANGUAGES, TRANSLATIONS, VIETNAMESE

WEB = Path(__file__).parents[1]
TEMPLATES = WEB / "templates"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "translate": None, "translate_many": (1, 2), "mark": None}


def rooms() -> dict[str, tuple[Path, ...]]:
    """The files with texts of each room: its templates, and its code where that is a package or module."""
    found: dict[str, list[Path]] = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        found.setdefault(path.relative_to(TEMPLATES).parts[0], []).append(path)
    for room, paths in found.items():
        package = WEB / room
        paths += sorted(package.rglob("*.py")) if package.is_dir() else [WEB / f"{room}.py"]
    return {room: tuple(path for path in paths if path.exists()) for room, paths in found.items()}


def texts(room: str) -> Catalog:
    """What this room says, without translations."""
    catalogue = Catalog(project="mockca", charset="utf-8")
    for path in rooms()[room]:
        for line, message, comments, context in _extracted(path):
            del line
            catalogue.add(message, locations=[(str(path.relative_to(WEB)), 0)], auto_comments=comments, context=context)
    return catalogue


def _extracted(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    method = "jinja2" if path.suffix == ".html" else "python"
    options = {"newstyle_gettext": "true", "trimmed": "true"} if method == "jinja2" else {}
    yield from extract_from_file(method, path, keywords=KEYWORDS, options=options)


def read(language: str, room: str) -> Catalog:
    """The catalogue of a room as it stands; an empty one where there is none."""
    path = TRANSLATIONS / language / f"{room}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, room: str) -> Catalog:
    """The catalogue of a room as it should be today."""
    known = read(language, room)
    fresh = Catalog(locale=language, project="mockca", charset="utf-8", fuzzy=False)
    for message in texts(room):
        if message.id:
            translated = known.get(message.id)
            fresh.add(message.id, translated.string if translated else None, locations=message.locations)
    return fresh


def untranslated(language: str, room: str) -> list[Message]:
    """The texts of a room that have no translation in the catalogue as it stands."""
    return [message for message in updated(language, room) if message.id and not _is_whole(message)]


def _is_whole(message: Message) -> bool:
    given = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(given)


def write() -> None:
    """Write every catalogue anew."""
    for language in LANGUAGES:
        if language == VIETNAMESE:
            continue
        for room in rooms():
            catalogue = updated(language, room)
            path = TRANSLATIONS / language / f"{room}.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalogue, omit_header=True, sort_output=True, width=110, include_lineno=False)


if __name__ == "__main__":
    write()
