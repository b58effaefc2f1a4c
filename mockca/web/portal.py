"""The public portal: announcements, look-up, downloads, as plain pages. Vietnamese first, English second."""

from __future__ import annotations

import unicodedata

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk import queries
from mockca.desk.sandbox import Sandbox
from mockca.errors import NotFound
from mockca.registry.status import StatusAt, status_at
from mockca.registry.tables import MICROSECOND
from mockca.web.access import here, sandboxes
from mockca.web.authority import authority_view
from mockca.web.site.languages import mark
from mockca.web.site.rendering import page

portal = Blueprint("portal", __name__)

PAGE_SIZE = 20
LONGEST_TIMELINE = 50

KINDS = {"activation": mark("Hiệu lực"), "revocation": mark("Thu hồi")}
CRL_NAMES = {"root": mark("CRL của CA gốc"), "issuing": mark("CRL đầy đủ"), "delta": mark("CRL thay đổi (delta)")}


@portal.get("/")
def home() -> Response:
    """The sandboxes of this server."""
    return page("portal/home.html", sandboxes=[sandboxes().open(name) for name in sandboxes().names()])


@portal.get("/<sandbox>/")
def front(sandbox: str) -> Response:
    """The portal of one sandbox: announcements, look-up, downloads."""
    del sandbox
    kind = request.args.get("kind")
    words = _clean(request.args.get("q", ""))
    after = request.args.get("after", type=int)
    found = queries.announcements(
        here(),
        kind=kind if kind in KINDS else None,
        words=words or None,
        after=after if after is not None and 0 < after <= 2**53 else None,
        limit=PAGE_SIZE,
    )
    return page(
        "portal/front.html",
        page=found,
        kind=kind,
        words=words,
        authority=authority_view(here()),
        kinds=KINDS,
        crl_names=CRL_NAMES,
    )


@portal.get("/<sandbox>/certificates")
def look_up(sandbox: str) -> Response | BaseResponse:
    """A serial number looked up; colons, spaces and capitals are welcome."""
    del sandbox
    given = _clean(request.args.get("serial", ""))
    serial = "".join(given.lower().removeprefix("0x").replace(":", "").split()).lstrip("0")
    if not serial:
        return redirect(url_for("portal.front", sandbox=here().name))
    try:
        found = queries.public_certificate(here(), serial[:80])
    except NotFound:
        return page("portal/certificate.html", status=404, given=given, found=None)
    return page("portal/certificate.html", given=given, found=found, timeline=timeline_of(here(), found.status.serial))


def timeline_of(sandbox: Sandbox, serial: str) -> list[StatusAt]:
    """What became of a certificate until now, oldest first; the latest changes where there were very many."""
    changes: list[StatusAt] = []
    instant = sandbox.clock.now()
    with sandbox.store.read() as connection:
        while len(changes) < LONGEST_TIMELINE and (found := status_at(connection, serial, instant)) is not None:
            changes.append(found)
            instant = found.since - MICROSECOND
    return changes[::-1]


def _clean(text: str) -> str:
    printable = "".join(letter for letter in text if letter.isprintable() and not 0xD800 <= ord(letter) <= 0xDFFF)
    return unicodedata.normalize("NFC", printable).strip()[:200]
