"""The blueprint, and what its pages share."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final

from flask import Blueprint, request

from mockca.web.site.languages import mark
from mockca.web.site.rendering import VIETNAM

portal = Blueprint("portal", __name__)

PAGES: Final = (
    ("portal.front", mark("Công bố")),
    ("portal.look_up", mark("Tra cứu")),
    ("portal.authority", mark("Chứng thư số CA và CRL")),
    ("portal.status", mark("Kiểm tra trạng thái")),
    ("portal.document", mark("Kiểm tra văn bản")),
    ("portal.installing", mark("Cài chứng thư số gốc")),
)
"""The portal's pages, by what one enters."""
PARENTS: Final = {
    "portal.certificate": "portal.look_up",
    "portal.authority_certificate": "portal.authority",
    "portal.crl": "portal.authority",
}
"""Under which of them others are."""
CRL_NAMES: Final = {
    "root": mark("CRL của CA gốc"),
    "issuing": mark("CRL đầy đủ"),
    "delta": mark("CRL thay đổi (delta)"),
}
AUTHORITY_NAMES: Final = {
    "root": mark("CA gốc"),
    "issuing": mark("CA cấp dưới"),
    "ocsp": mark("Dịch vụ OCSP"),
    "tsa": mark("Dịch vụ cấp dấu thời gian"),
}
STATUS_CLASSES: Final = {"issued": "held", "effective": "on", "suspended": "held", "revoked": "off", "expired": "off"}
"""In drawings."""


@portal.context_processor
def _pages() -> dict[str, object]:
    return {
        "portal_pages": PAGES,
        "portal_parents": PARENTS,
        "crl_names": CRL_NAMES,
        "authority_names": AUTHORITY_NAMES,
    }


def clean(text: str, longest: int = 200) -> str:
    """What somebody typed: printable, NFC, not too long."""
    printable = "".join(letter for letter in text if letter.isprintable() and not 0xD800 <= ord(letter) <= 0xDFFF)
    return unicodedata.normalize("NFC", printable).strip()[:longest]


def cursor(name: str = "after") -> int | None:
    """The cursor in the address; None where there is none that could be one."""
    given = request.args.get(name, type=int)
    return given if given is not None and 0 < given <= 2**53 else None


def serial_of(text: str) -> str:
    """A serial number as the registry has it: `0x4F:2A` is `4f2a`. Empty where there is none."""
    return "".join(text.lower().removeprefix("0x").replace(":", "").split()).lstrip("0")[:80]


def instant_of(text: str) -> datetime | None:
    """An instant as forms give it, in Vietnam's time where it names no zone. ValueError for what is none."""
    if not text.strip():
        return None
    found = datetime.fromisoformat(text.strip()[:40])
    return found if found.tzinfo is not None else found.replace(tzinfo=VIETNAM)


@portal.app_template_filter("instant")
def parsed_instant(text: str) -> datetime:
    """An instant from its ISO 8601 form."""
    return datetime.fromisoformat(text)
