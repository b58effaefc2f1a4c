"""Certificates looked up: by serial number, name, body or device; each with its life, its chain and its content."""

from __future__ import annotations

from datetime import datetime, timedelta
from ssl import DER_cert_to_PEM_cert
from typing import Final

from cryptography import x509
from flask import Response, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk import public
from mockca.desk.public import PublicFile
from mockca.errors import NotFound
from mockca.registry.status import Status, StatusAt
from mockca.web.access import here
from mockca.web.drawings.chain import Link, chain
from mockca.web.drawings.timeline import Moment, timeline
from mockca.web.portal.blueprint import AUTHORITY_NAMES, STATUS_CLASSES, clean, cursor, portal, serial_of
from mockca.web.portal.decoding import certificate_content
from mockca.web.site.languages import translate, translate_many
from mockca.web.site.rendering import page, vietnam_day, vietnam_time, word

PAGE_SIZE: Final = 20
LONGEST_TIMELINE: Final = 50
CERTIFICATE_TYPE: Final = "application/pkix-cert"
PEM_TYPE: Final = "application/x-pem-file"


@portal.get("/<sandbox>/certificates")
def look_up(sandbox: str) -> Response | BaseResponse:
    """Announced certificates like what was typed; a whole serial number leads to its page."""
    del sandbox
    given = clean(request.args.get("serial", "") or request.args.get("q", ""))
    serial = serial_of(given)
    if serial and _is_announced(serial):
        return redirect(url_for("portal.certificate", sandbox=here().name, serial=serial))
    found, following = public.search(here(), _words(given, serial) or None, after=cursor(), limit=PAGE_SIZE)
    if not found and given.startswith("0"):  # of a device's number, that is no padding
        found, following = public.search(here(), given, after=cursor(), limit=PAGE_SIZE)
    status = 404 if given and not found else 200
    return page("portal/look-up.html", status, given=given, found=found, following=following)


@portal.get("/<sandbox>/certificates/<serial>")
def certificate(sandbox: str, serial: str) -> Response:
    """All that is public of one certificate."""
    del sandbox
    try:
        file = _file(serial)
    except NotFound:
        return page("portal/look-up.html", 404, given=clean(serial, 80), found=(), following=None)
    sandbox_now = here().clock.now()
    return page(
        "portal/certificate.html",
        file=file,
        state=file.status,
        content=certificate_content(x509.load_der_x509_certificate(file.certificate.der)),
        life=life(file.changes, sandbox_now, file.certificate.not_after),
        chain=chain_of(file),
    )


@portal.get("/<sandbox>/certificates/<serial>/certificate.<ending>")
def download(sandbox: str, serial: str, ending: str) -> Response:
    """The certificate itself, in DER (crt) or PEM (pem)."""
    del sandbox
    file = _file(serial)
    if ending not in ("crt", "pem"):
        raise NotFound("page", f"certificate.{ending}"[:80])
    der = file.certificate.der
    content, kind = (der, CERTIFICATE_TYPE) if ending == "crt" else (DER_cert_to_PEM_cert(der).encode(), PEM_TYPE)
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=f"{file.certificate.serial}.{ending}")
    return response


def _words(given: str, serial: str) -> str:
    return serial if set(serial) <= set("0123456789abcdef") and len(serial) > 3 else given


def life(changes: tuple[StatusAt, ...], now: datetime, ends: datetime) -> Markup:
    """A certificate's life until now as a drawing, and its end where that is yet to come."""
    moments = []
    for number, one in enumerate(changes):
        until = changes[number + 1].since if number + 1 < len(changes) else now
        reason = word(one.reason, "reason") if one.reason and one.status is Status.REVOKED else ""
        moments.append(
            Moment(
                STATUS_CLASSES[one.status.value],
                vietnam_time(one.since),
                word(one.status, "status"),
                reason,
                _lasted(until - one.since) if until > one.since else "",
            )
        )
    ended = bool(changes) and changes[-1].status in (Status.REVOKED, Status.EXPIRED)
    moments.append(Moment("box", vietnam_time(now), translate("Bây giờ, theo đồng hồ của sandbox")))
    if not ended and ends > now:
        left = _lasted(ends - now)
        moments[-1] = Moment(moments[-1].kind, moments[-1].when, moments[-1].what, lasted=left)
        moments.append(Moment("box", vietnam_time(ends), translate("Hết hạn"), is_to_come=True))
    return timeline("life", translate("Diễn biến của chứng thư số"), moments)


def chain_of(file: PublicFile) -> Markup:
    """Root, issuing CA and the certificate as a drawing."""
    hierarchy = here().hierarchy
    links = [
        Link(translate(AUTHORITY_NAMES[role]), _common_name(signer.certificate), _term(signer.certificate))
        for role, signer in (("root", hierarchy.root), ("issuing", hierarchy.issuing))
    ]
    own = file.certificate
    kind = STATUS_CLASSES[file.status.status.value]
    term = f"{vietnam_day(own.not_before)} – {vietnam_day(own.not_after)}"
    links.append(Link(translate("Thuê bao"), own.common_name, term, kind))
    return chain("chain", translate("Đường dẫn chứng thực"), links, translate("ký"))


def _file(serial: str) -> PublicFile:
    return public.public_file(here(), serial_of(serial), most_changes=LONGEST_TIMELINE)


def _is_announced(serial: str) -> bool:
    return public.announced_by(here(), serial, here().clock.now())


def _common_name(one: x509.Certificate) -> str:
    return str(one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


def _term(one: x509.Certificate) -> str:
    return f"{vietnam_day(one.not_valid_before_utc)} – {vietnam_day(one.not_valid_after_utc)}"


def _lasted(time: timedelta) -> str:
    """In the largest unit that it fills."""
    seconds = int(time.total_seconds())
    if days := seconds // 86400:
        return translate_many("%(num)d ngày", "%(num)d ngày", days) % {"num": days}
    if hours := seconds // 3600:
        return translate_many("%(num)d giờ", "%(num)d giờ", hours) % {"num": hours}
    if minutes := seconds // 60:
        return translate_many("%(num)d phút", "%(num)d phút", minutes) % {"num": minutes}
    return translate_many("%(num)d giây", "%(num)d giây", seconds) % {"num": seconds} if seconds else ""
