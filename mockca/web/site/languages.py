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
def catalogue(language: str) -> gettext.NullTranslations:
    """The texts of a language, from all its files."""
    found = gettext.NullTranslations()
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        translations.add_fallback(found)
        found = translations
    return found


def mark(text: str) -> str:
    """A Vietnamese text of the code that is translated where it is shown."""
    return text


def translate(text: str) -> str:
    """A Vietnamese text in the request's language."""
    return catalogue(current()).gettext(text)


def translate_many(singular: str, plural: str, n: int) -> str:
    """A Vietnamese text with a number in the request's language."""
    return catalogue(current()).ngettext(singular, plural, n)


def spoken(text: str) -> str:
    """The part of a text `tiếng Việt / English`, as problems have it, that is in the request's language."""
    vietnamese, slash, english = text.partition(" / ")
    return english if slash and current() != VIETNAMESE else vietnamese
