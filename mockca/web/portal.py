"""The public portal: announcements, look-up, downloads, as plain pages. Vietnamese first, English second."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk import queries
from mockca.desk.sandbox import Sandbox
from mockca.errors import NotFound
from mockca.registry.status import StatusAt, status_at
from mockca.registry.tables import MICROSECOND
from mockca.web.access import here, sandboxes
from mockca.web.authority import authority_view

portal = Blueprint("portal", __name__)

PAGE_SIZE = 20
LONGEST_TIMELINE = 50
VIETNAM = timezone(timedelta(hours=7), "+07:00")

STATUS_WORDS = {
    "issued": ("Đã cấp, chưa có hiệu lực", "issued, not yet effective"),
    "effective": ("Đang có hiệu lực", "effective"),
    "suspended": ("Tạm dừng", "suspended"),
    "revoked": ("Đã thu hồi", "revoked"),
    "expired": ("Hết hạn", "expired"),
}
KIND_WORDS = {"activation": ("Hiệu lực", "activation"), "revocation": ("Thu hồi", "revocation")}
REASON_WORDS = {
    "unspecified": "không nêu",
    "keyCompromise": "khóa bí mật bị lộ hoặc nghi bị lộ",
    "cACompromise": "khóa của CA bị lộ",
    "affiliationChanged": "thay đổi nơi công tác hoặc thông tin",
    "superseded": "đã được thay thế",
    "cessationOfOperation": "chấm dứt sử dụng",
    "certificateHold": "tạm dừng",
    "privilegeWithdrawn": "vi phạm quy định",
}
CRL_WORDS = {"root": "CRL của CA gốc", "issuing": "CRL đầy đủ", "delta": "CRL thay đổi (delta)"}


@portal.app_template_filter("time")
def vietnam_time(instant: datetime) -> str:
    """An instant as people in Vietnam write it; in UTC where the calendar ends before +07:00 does."""
    try:
        return instant.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
    except OverflowError:
        return instant.astimezone(UTC).strftime("%d/%m/%Y %H:%M:%SZ")


@portal.get("/")
def home() -> Response:
    """The sandboxes of this server."""
    return _page("home.html", sandboxes=[sandboxes().open(name) for name in sandboxes().names()])


@portal.get("/<sandbox>/")
def front(sandbox: str) -> Response:
    """The portal of one sandbox: announcements, look-up, downloads."""
    del sandbox
    kind = request.args.get("kind")
    words = _clean(request.args.get("q", ""))
    after = request.args.get("after", type=int)
    page = queries.announcements(
        here(),
        kind=kind if kind in KIND_WORDS else None,
        words=words or None,
        after=after if after is not None and 0 < after <= 2**53 else None,
        limit=PAGE_SIZE,
    )
    return _page("portal.html", page=page, kind=kind, words=words, authority=authority_view(here()))


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
        return _page("certificate.html", status=404, given=given, found=None)
    return _page("certificate.html", given=given, found=found, timeline=timeline_of(here(), found.status.serial))


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


def _page(template: str, status: int = 200, **values: object) -> Response:
    named = "sandbox" in (request.view_args or {})
    html = render_template(
        template,
        sandbox=here() if named else None,
        now=here().clock.now() if named else None,
        status_words=STATUS_WORDS,
        kind_words=KIND_WORDS,
        reason_words=REASON_WORDS,
        crl_words=CRL_WORDS,
        **values,
    )
    response = Response(html, status=status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
