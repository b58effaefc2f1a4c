"""Revocations, restores, reports, and any document of the workflow on paper."""

from __future__ import annotations

from flask import Response

from mockca.rules import lifecycle
from mockca.web.access import here
from mockca.web.face import File
from mockca.web.office import steps, words
from mockca.web.office.blueprint import office
from mockca.web.office.lists import Cell, link
from mockca.web.office.things.base import Table, certificates_of, life, serial_cell, shown, visible
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate
from mockca.web.site.rendering import word


@office.get("/revocations/<int:number>")
def revocation(sandbox: str, number: int) -> Response:
    """One request for revocation."""
    del sandbox
    one = ask("read_revocation", number=number)
    regulation = here().regulation(one.regulation)
    ground = regulation.grounds.get(one.ground)
    out = [
        (Cell(each, link("device", serial=each)), Cell(translate("chưa nộp lại"), state="hold"))
        for each in one.devices_outstanding
    ]
    available = list(steps.of_revocation(regulation, one))
    for serial in one.devices_outstanding[:10]:
        held = visible("read_device", serial=serial)
        if held is not None and held.certificate:
            on_it = ask("read_certificate", serial=held.certificate)
            available += [each for each in steps.of_device(regulation, held, on_it) if each.needed]
    return shown(
        translate("Yêu cầu thu hồi {number}").format(number=number),
        one.state,
        "revocation",
        regulation,
        [
            (translate("Căn cứ"), Cell(one.ground if ground is None else words.told(ground), clause=one.clause)),
            (translate("Lý do trong CRL"), Cell(word(one.crl_reason, "reason") if one.crl_reason else "")),
            (translate("Đề nghị bởi"), Cell(one.requested_by)),
            (translate("Đề nghị lúc"), Cell(at=one.requested_at)),
            (translate("Hạn"), Cell(at=one.due)),
            (translate("Chuyển đi lúc"), Cell(at=one.forwarded_at)),
            (translate("Thu hồi lúc"), Cell(at=one.executed_at)),
            (translate("Lý do từ chối"), Cell(one.refusal or "")),
        ],
        available,
        drawing=life(lifecycle.REVOCATION, regulation, one.state),
        tables=(
            certificates_of(one.certificates),
            Table(translate("Thiết bị phải thu lại"), (translate("Thiết bị"), translate("Tình trạng")), out),
        ),
        document=link("document", kind="revocation", number=number),
        warnings=one.warnings,
        about=f"revocation {number}",
    )


@office.get("/restores/<int:number>")
def restore(sandbox: str, number: int) -> Response:
    """One request to restore a device."""
    del sandbox
    one = ask("read_restore", number=number)
    regulation = here().regulation(one.regulation)
    return shown(
        translate("Đề nghị khôi phục {number}").format(number=number),
        one.state,
        "restore",
        regulation,
        [
            (translate("Thiết bị"), Cell(one.device, link("device", serial=one.device))),
            (translate("Chứng thư số"), serial_cell(one.certificate)),
            (translate("Nơi quyết định"), Cell(word(one.executor, "role"), clause=one.clause)),
            (translate("Đề nghị lúc"), Cell(at=one.requested_at)),
            (translate("Hạn"), Cell(at=one.due)),
            (translate("Quyết định lúc"), Cell(at=one.decided_at)),
            (translate("Lý do từ chối"), Cell(one.refusal or "")),
        ],
        steps.of_restore(regulation, one),
        drawing=life(lifecycle.RESTORE, regulation, one.state),
        document=link("document", kind="restore", number=number),
        warnings=one.warnings,
        about=f"restore {number}",
    )


@office.get("/reports/<int:number>")
def report(sandbox: str, number: int) -> Response:
    """One report."""
    del sandbox
    one = ask("read_report", number=number)
    regulation = here().regulation(one.regulation)
    rows = [(Cell(name.replace("_", " ")), Cell(str(count))) for name, count in one.counts.items()]
    return shown(
        words.told(one),
        "",
        "report",
        regulation,
        [
            (translate("Kỳ"), Cell(one.period_vi, clause=one.clause)),
            (translate("Cơ quan"), Cell(one.unit_name)),
            (words.part("document_number"), Cell(one.document_number or "")),
            (words.part("signed_by"), Cell(one.signed_by or "")),
            (translate("Gửi lúc"), Cell(at=one.filed_at)),
            (translate("Hạn"), Cell(at=one.due)),
            (words.part("remarks"), Cell(one.remarks or "")),
        ],
        [],
        tables=(Table(translate("Số liệu"), (translate("Chỉ tiêu"), translate("Số lượng")), rows),),
        document=link("document", kind="report", number=number),
        about=f"report {number}",
    )


@office.get("/documents/<kind>/<int:number>.pdf")
def document(sandbox: str, kind: str, number: int) -> Response:
    """A document of the workflow, to be printed."""
    del sandbox
    file: File = ask("print_document", kind=kind, number=number)
    response = Response(file.content, content_type=file.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "inline", filename=file.name)
    return response
