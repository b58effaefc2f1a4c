"""The languages of the pages. Their texts stand in the templates in Vietnamese; English comes from gettext catalogues.

`translations/<language>/<room>.po` are read when the application starts, so nothing has to be compiled.
`python -m mockca.web.site.extracting` brings them up to date with the templates.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

TRANSLATIONS: Final = Path(__file__).parents[1] / "translations"
VIETNAMESE: Final = "vi"
LANGUAGES: Final = {VIETNAMESE: "Tiếng Việt", "en": "English"}
"""Each language by its code, as it calls itself. The first is the one that nobody has to ask for."""
COOKIE: Final = "language"
SHARED: Final = "site"
"""The room whose texts all others use."""


def install(app: Flask) -> None:
    """Let the templates of this application speak the request's language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(translate, translate_many, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters["spoken"] = spoken
    for language in LANGUAGES:
        catalogue(language)


def current() -> str:
    """The code of the request's language: the one that the visitor chose, else Vietnamese."""
    if not has_request_context():
        return VIETNAMESE
    if "language" not in g:
        chosen = request.cookies.get(COOKIE, VIETNAMESE)
        g.language = chosen if chosen in LANGUAGES else VIETNAMESE
    language: str = g.language
    return language


@cache
def catalogue(language: str) -> dict[str, gettext.NullTranslations]:
    """The texts of a language, by room."""
    found: dict[str, gettext.NullTranslations] = {}
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        found[path.stem] = gettext.GNUTranslations(compiled)
    return found


def _by_room() -> list[gettext.NullTranslations]:
    """The catalogues in which to look: the room's own, what all rooms share, then the others'."""
    rooms = catalogue(current())
    own = request.blueprint if has_request_context() else None
    return [rooms[name] for name in sorted(rooms, key=lambda name: (name != own, name != SHARED, name))]


def mark(text: str) -> str:
    """A Vietnamese text of the code that is translated where it is shown."""
    return text


def translate(text: str) -> str:
    """A Vietnamese text in the request's language; where rooms say it differently, as its own room does."""
    return next((told for one in _by_room() if (told := one.gettext(text)) != text), text)


def translate_many(singular: str, plural: str, n: int) -> str:
    """A Vietnamese text with a number in the request's language."""
    given = singular if n == 1 else plural
    return next((told for one in _by_room() if (told := one.ngettext(singular, plural, n)) != given), given)


def spoken(text: str) -> str:
    """The part of a text `tiếng Việt / English`, as problems have it, that is in the request's language."""
    vietnamese, slash, english = text.partition(" / ")
    return english if slash and current() != VIETNAMESE else vietnamese
