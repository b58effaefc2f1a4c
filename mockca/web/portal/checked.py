"""Signed documents, checked against this sandbox's authority, and judged by a regulation where one is chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from cryptography import x509
from flask import Response, request

from mockca.desk.due import run_due
from mockca.desk.evidence import Evidence, evidence_for
from mockca.web.access import here
from mockca.web.portal.blueprint import portal
from mockca.web.portal.uploads import given
from mockca.web.site.languages import mark, translate
from mockca.web.site.rendering import page
from token_emulator.documents.apart import Inspection, InspectionFailed, Known, Seen

NOTHING: Final = mark("Hãy chọn một tệp PDF, XML hoặc CMS đã ký số.")
TOO_HARD: Final = mark("Không kiểm tra xong tệp trong giới hạn thời gian và bộ nhớ.")
VERDICTS: Final = {
    "ok": mark("Hợp lệ"),
    "failed": mark("Không hợp lệ"),
    "indeterminate": mark("Chưa kết luận được"),
}
VERDICT_CLASSES: Final = {"ok": "good", "failed": "bad", "indeterminate": "hold"}
CHECKS: Final = {
    "signature": mark("Chữ ký"),
    "status": mark("Trạng thái chứng thư số"),
    "path": mark("Đường dẫn chứng thực"),
}
NOT_BEFORE: Final = "not_before"
PDF: Final = "pdf"


@portal.route("/<sandbox>/document", methods=["GET", "POST"])
def document(sandbox: str) -> Response:
    """The form, and below it the verdict."""
    del sandbox
    chosen = _chosen()
    if request.method == "GET":
        return _page(chosen)
    came = given()
    if not came.content:
        return _page(chosen, 422, why=translate(NOTHING))
    try:
        report = examined(came.content, chosen)
    except InspectionFailed:
        return _page(chosen, 422, why=translate(TOO_HARD), name=came.name)
    return _page(chosen, report=report, name=came.name)


def examined(content: bytes, regulation: str | None) -> dict[str, Any]:
    """The report on a document as of now (`Inspection.check`). Raises InspectionFailed."""
    run_due(here())
    with Inspection(content) as inspection:
        seen = inspection.read()
        evidence = evidence_for(here(), _signed(seen))
        return inspection.check(
            Known(
                at=here().clock.now(),
                effect=_effect(evidence, regulation),
                anchors=evidence.anchors,
                certificates=evidence.certificates,
                crls=evidence.crls,
                ocsps=evidence.ocsps,
                effective=dict(evidence.effective),
                regulation=regulation,
            )
        )


def _signed(seen: Seen) -> dict[str, set[datetime]]:
    """When each certificate of this authority signed, by its serial number."""
    signed: dict[str, set[datetime]] = {}
    ours = here().hierarchy.issuing.subject
    for one in seen.signers:
        if one.certificate is None:
            continue
        try:
            certificate = x509.load_der_x509_certificate(one.certificate)
            issuer = certificate.issuer.public_bytes()
        except ValueError:
            continue
        if issuer == ours:
            signed.setdefault(f"{certificate.serial_number:x}", set()).update(one.times)
    return signed


def _effect(evidence: Evidence, regulation: str | None) -> str:
    """When certificates take effect: by the regulation that was chosen, else by the signers'."""
    names = {regulation} if regulation else set(evidence.regulations.values())
    effects = {here().regulation(name).effective_from.value.value for name in names if name}
    # Where the signers' regulations differ the stricter one counts.
    return "announcement" if "announcement" in effects else NOT_BEFORE


def _chosen() -> str | None:
    chosen = request.form.get("regulation", "")
    return chosen if chosen in here().regulations else None


def _page(
    chosen: str | None, status: int = 200, *, report: dict[str, Any] | None = None, why: str = "", name: str = ""
) -> Response:
    return page(
        "portal/document.html",
        status,
        report=report,
        chosen=chosen,
        why=why,
        name=name,
        verdicts=VERDICTS,
        classes=VERDICT_CLASSES,
        checks=CHECKS,
    )
