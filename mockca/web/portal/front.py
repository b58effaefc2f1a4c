"""Announcements, newest first, as a page and as an Atom feed (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, request, url_for

from mockca.desk import queries
from mockca.desk.views import AnnouncementView, Page
from mockca.web.access import here, sandboxes
from mockca.web.authority import authority_view
from mockca.web.portal.blueprint import clean, cursor, portal
from mockca.web.site.languages import current, mark, translate
from mockca.web.site.rendering import page, vietnam_time

PAGE_SIZE: Final = 20
FEED_SIZE: Final = 50
KINDS: Final = {"activation": mark("Hiệu lực"), "revocation": mark("Thu hồi")}
ATOM: Final = "http://www.w3.org/2005/Atom"
ATOM_TYPE: Final = "application/atom+xml; charset=utf-8"


@portal.get("/")
def home() -> Response:
    """The sandboxes of this server."""
    return page("portal/home.html", sandboxes=[sandboxes().open(name) for name in sandboxes().names()])


@portal.get("/<sandbox>/")
def front(sandbox: str) -> Response:
    """What was announced, by words and kind, and where to look for more."""
    del sandbox
    kind, words = _kind(), clean(request.args.get("q", ""))
    return page(
        "portal/front.html",
        page=_found(kind, words, PAGE_SIZE),
        kind=kind,
        words=words,
        authority=authority_view(here()),
        kinds=KINDS,
    )


@portal.get("/<sandbox>/announcements.atom")
def feed(sandbox: str) -> Response:
    """The same as a feed, by the same words and kind."""
    del sandbox
    kind, words = _kind(), clean(request.args.get("q", ""))
    content = atom(_found(kind, words, FEED_SIZE), here().endpoints.base, here().clock.now(), _query(kind, words))
    response = Response(content, content_type=ATOM_TYPE)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def atom(found: Page, base: str, now: datetime, query: str) -> bytes:
    """The feed's XML. `base` is the sandbox's public address, `query` what the feed was asked with."""
    feed_element = Element("feed", {"xmlns": ATOM, "xml:lang": current()})
    address = f"{base}/announcements.atom"
    _tell(feed_element, "title", translate("Công bố của cơ quan chứng thực (MÔ PHỎNG)"))
    _tell(feed_element, "id", address + query)
    _tell(feed_element, "updated", _stamp(found.items[0].published_at if found.items else now))
    SubElement(feed_element, "link", {"rel": "self", "href": address + query})
    SubElement(feed_element, "link", {"rel": "alternate", "type": "text/html", "href": f"{base}/{query}"})
    if found.next is not None:
        joined = f"{query}&after={found.next}" if query else f"?after={found.next}"
        SubElement(feed_element, "link", {"rel": "next", "href": address + joined})
    author = SubElement(feed_element, "author")
    _tell(author, "name", translate("Cơ quan chứng thực số chuyên dùng (MÔ PHỎNG)"))
    for one in found.items:
        _enter(feed_element, one, base)
    content: bytes = tostring(feed_element, "utf-8", xml_declaration=True)
    return content


def _enter(parent: Element, one: AnnouncementView, base: str) -> None:
    entry = SubElement(parent, "entry")
    page_of = f"{base}/certificates/{one.serial}"
    effect = translate("có hiệu lực từ") if one.kind == "activation" else translate("hết hiệu lực từ")
    _tell(entry, "title", f"{translate(KINDS[one.kind])}: {one.common_name}, {one.serial}")
    _tell(entry, "id", f"{page_of}#announcement-{one.number}")
    _tell(entry, "updated", _stamp(one.published_at))
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page_of})
    SubElement(entry, "category", {"term": one.kind})
    _tell(entry, "summary", f"{one.unit}. {one.serial}: {effect} {vietnam_time(one.effective_at)}.")


def _tell(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _kind() -> str | None:
    kind = request.args.get("kind")
    return kind if kind in KINDS else None


def _found(kind: str | None, words: str, limit: int) -> Page:
    return queries.announcements(here(), kind=kind, words=words or None, after=cursor(), limit=limit)


def _query(kind: str | None, words: str) -> str:
    given = {name: value for name, value in (("kind", kind), ("q", words)) if value}
    return f"?{urlencode(given)}" if given else ""


@portal.app_template_global()
def feed_address(kind: str | None, words: str) -> str:
    """The feed of what the page shows."""
    return url_for("portal.feed", sandbox=here().name) + _query(kind, words)
