"""The status of a certificate that somebody pastes or uploads, or that somebody signed a file with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from flask import Response, request

from mockca.desk.due import run_due
from mockca.web.access import here
from mockca.web.portal.blueprint import clean, instant_of, portal
from mockca.web.portal.standing import Told, told_of, told_of_serial
from mockca.web.portal.uploads import Given, given
from mockca.web.site.languages import mark, translate
from mockca.web.site.rendering import page
from token_emulator.documents.apart import Inspection, InspectionFailed

NOTHING = mark("Hãy dán chứng thư số, số chứng thư, hoặc chọn một tệp.")
NO_INSTANT = mark("Thời điểm không đúng; viết ví dụ 2026-03-10T08:30.")
TO_COME = mark("Thời điểm này chưa đến theo đồng hồ của sandbox; cổng thông tin chỉ trả lời đến lúc này.")
UNREADABLE = mark("Đây không phải chứng thư số (PEM, DER, base64, hệ 16) và cũng không phải tệp đã ký số đọc được.")
NO_SIGNATURE = mark("Tệp đọc được nhưng không có chữ ký nào.")
TOO_HARD = mark("Không đọc xong tệp trong giới hạn thời gian và bộ nhớ.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for."""

    at: datetime
    is_now: bool
    text: str = ""


class Unanswerable(Exception):
    """Nothing can be told; the text says why, in the page's language."""


@portal.route("/<sandbox>/status", methods=["GET", "POST"])
def status(sandbox: str) -> Response:
    """The form, and below it what is told."""
    del sandbox
    if request.method == "GET":
        return page("portal/status.html", told=(), why="", at="", name="")
    at = clean(request.form.get("at", ""), 40)
    came = given()
    try:
        told = _told(came, _instant(at))
    except Unanswerable as error:
        return page("portal/status.html", 422, told=(), why=str(error), at=at, name=came.name)
    return page("portal/status.html", told=told, why="", at=at, name=came.name)


def _instant(text: str) -> datetime:
    run_due(here())
    now = here().clock.now()
    try:
        found = instant_of(text)
    except (ValueError, OverflowError):
        raise Unanswerable(translate(NO_INSTANT)) from None
    if found is not None and found > now:
        raise Unanswerable(translate(TO_COME))
    return found or now


def _told(came: Given, at: datetime) -> tuple[Told, ...]:
    if came.is_empty:
        raise Unanswerable(translate(NOTHING))
    if came.serial:
        return (told_of_serial(here(), came.serial, at),)
    if came.certificate is not None:
        return (told_of(here(), came.certificate, at),)
    return tuple(told_of(here(), one, at) for one in signers_of(came.content))


def signers_of(content: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates that a file was signed with, each once. Raises Unanswerable."""
    try:
        with Inspection(content) as inspection:
            seen = inspection.read()
    except InspectionFailed:
        raise Unanswerable(translate(TOO_HARD)) from None
    if seen.why:
        raise Unanswerable(translate(UNREADABLE))
    ders = dict.fromkeys(one.certificate for one in seen.signers if one.certificate is not None)
    found = []
    for der in ders:
        try:
            found.append(x509.load_der_x509_certificate(der))
        except ValueError:
            continue
    if not found:
        raise Unanswerable(translate(NO_SIGNATURE))
    return tuple(found)
