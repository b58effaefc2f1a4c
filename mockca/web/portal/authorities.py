"""The authority's own certificates and its CRLs, with what stands in them."""

from __future__ import annotations

from ssl import DER_cert_to_PEM_cert
from typing import Final

from flask import Response, request, url_for
from markupsafe import Markup

from mockca.desk.due import run_due
from mockca.desk.publication import CrlName, current_record
from mockca.errors import NotFound
from mockca.pki.hierarchy import SIGNERS
from mockca.web.access import here
from mockca.web.authority import authority_view
from mockca.web.drawings.chain import Link, chain
from mockca.web.portal.blueprint import AUTHORITY_NAMES, CRL_NAMES, portal, serial_of
from mockca.web.portal.decoding import certificate_content, crl_content, crl_entry
from mockca.web.site.languages import translate
from mockca.web.site.rendering import page, vietnam_day

ENTRIES: Final = 50
"""Of a CRL, on one page."""


@portal.get("/<sandbox>/authority")
def authority(sandbox: str) -> Response:
    """Where the authority publishes: certificates, CRLs, OCSP, time stamps."""
    del sandbox
    contents = {role: certificate_content(getattr(here().hierarchy, role).certificate) for role in SIGNERS}
    return page(
        "portal/authority.html",
        authority=authority_view(here()),
        contents=contents,
        chain=hierarchy_drawing("issuing"),
    )


@portal.get("/<sandbox>/authority/certificates/<role>")
def authority_certificate(sandbox: str, role: str) -> Response:
    """What stands in one of the authority's certificates."""
    del sandbox
    if role not in SIGNERS:
        raise NotFound("page", f"authority/certificates/{role}"[:80])
    published = {"root": here().endpoints.root_crt, "issuing": here().endpoints.issuing_crt}
    return page(
        "portal/authority-certificate.html",
        role=role,
        content=certificate_content(getattr(here().hierarchy, role).certificate),
        address=published.get(role),
        pem=url_for("portal.authority_pem", sandbox=here().name, role=role),
        chain=hierarchy_drawing(role),
    )


@portal.get("/<sandbox>/authority/certificates/<role>.pem")
def authority_pem(sandbox: str, role: str) -> Response:
    """One of the authority's certificates in PEM."""
    del sandbox
    if role not in SIGNERS:
        raise NotFound("page", f"{role}.pem"[:80])
    response = Response(
        DER_cert_to_PEM_cert(getattr(here().hierarchy, role).der), content_type="application/x-pem-file"
    )
    response.headers.set("Content-Disposition", "attachment", filename=f"{here().name}-{role}.pem")
    return response


@portal.get("/<sandbox>/authority/crls/<name>")
def crl(sandbox: str, name: str) -> Response:
    """A CRL as it is now: its extensions, and its entries a page at a time, or the one that is asked for."""
    del sandbox
    if name not in CRL_NAMES:
        raise NotFound("page", f"authority/crls/{name}"[:80])
    run_due(here())
    record = current_record(here(), CrlName(name))
    first = max(0, min(request.args.get("from", 0, type=int) or 0, 2**31))
    content = crl_content(record.der, first, ENTRIES)
    given = serial_of(request.args.get("serial", ""))
    sought = None
    if given and set(given) <= set("0123456789abcdef"):
        sought = crl_entry(record.der, int(given, 16))
    following = first + ENTRIES if first + ENTRIES < content.count else None
    before = max(0, first - ENTRIES) if first else None
    endpoints = here().endpoints
    addresses = {"root": endpoints.root_crl, "issuing": endpoints.issuing_crl, "delta": endpoints.issuing_delta}
    return page(
        "portal/crl.html",
        name=name,
        content=content,
        first=first,
        following=following,
        before=before,
        given=given,
        sought=sought,
        address=addresses[name],
    )


def hierarchy_drawing(role: str) -> Markup:
    """The chain from the root down to one of the authority's certificates."""
    roles = {"root": ("root",), "issuing": ("root", "issuing")}.get(role, ("root", "issuing", role))
    contents = [(one, certificate_content(getattr(here().hierarchy, one).certificate)) for one in roles]
    links = [
        Link(
            translate(AUTHORITY_NAMES[one]),
            dict(content.subject)["CN"],
            f"{vietnam_day(content.not_before)} – {vietnam_day(content.not_after)}",
            "on" if one == role else "box",
        )
        for one, content in contents
    ]
    return chain(f"chain-{role}", translate("Đường dẫn chứng thực"), links, translate("ký"))
