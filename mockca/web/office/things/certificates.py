"""Certificates, and what puts them into effect."""

from __future__ import annotations

from flask import Response

from mockca.rules import lifecycle
from mockca.web.access import here
from mockca.web.office import steps, words
from mockca.web.office.blueprint import office
from mockca.web.office.lists import Cell, link
from mockca.web.office.matter import unit_name
from mockca.web.office.things.base import Pair, Table, certificates_of, items, life, linked, serial_cell, shown, visible
from mockca.web.site.asking import ask
from mockca.web.site.languages import VIETNAMESE, current, translate


@office.get("/certificates/<serial>")
def certificate(sandbox: str, serial: str) -> Response:
    """One certificate."""
    del sandbox
    one = ask("read_certificate", serial=serial)
    regulation = here().regulation(one.regulation)
    device = None if one.device is None else visible("read_device", serial=one.device)
    proposals = items("list_activations", certificate=serial)
    cases = items("list_revocations", certificate=serial)
    pairs: list[Pair] = [
        (translate("Số chứng thư"), Cell(one.serial)),
        (translate("Thuê bao"), Cell(one.subject)),
        (translate("Cơ quan"), Cell(unit_name(one.unit))),
        (translate("Trạng thái từ"), Cell(at=one.status.since, clause=one.status.clause)),
        (translate("Giải thích"), Cell(one.status.why)),
        (translate("Cấp từ"), Cell(at=one.not_before)),
        (translate("Hết hạn"), Cell(at=one.not_after)),
        (translate("Khóa"), Cell(words.value(one.algorithm))),
        (translate("Hồ sơ"), linked("dossier", one.dossier)),
        (translate("Thiết bị"), Cell(one.device or "", link("device", serial=one.device) if one.device else "")),
        (translate("Thay cho"), serial_cell(one.replaces)),
        *((translate("Đề nghị có hiệu lực"), linked("activation", each.number)) for each in proposals),
        *((translate("Thu hồi"), linked("revocation", each.number)) for each in cases),
    ]
    proposed = any(each.state != "published" for each in proposals)
    available = list(steps.of_certificate(regulation, one, device, proposed=proposed))
    if device is not None:
        available += [each for each in steps.of_device(regulation, device, one) if each.needed]
    return shown(
        one.common_name,
        one.status.status.value,
        "certificate",
        regulation,
        pairs,
        available,
        drawing=life(lifecycle.CERTIFICATE, regulation, one.status.status.value),
        tables=(_file(serial),),
        about=f"certificate {serial}",
    )


def _file(serial: str) -> Table:
    """Everything on file about the certificate, in its order."""
    found = visible("read_file", serial=serial)
    rows: list[tuple[Cell, ...]] = []
    for each in () if found is None else found.items:
        title = each.title_vi if current() == VIETNAMESE else each.title_en
        page_of = each.kind in ("dossier", "roster", "handover", "activation", "revocation", "restore", "report")
        address = link(each.kind, number=each.number) if page_of else ""
        rows.append((Cell(at=each.at), Cell(words.value(each.kind)), Cell(title, address, clause=each.clause)))
    rows += [
        (Cell(translate("thiếu"), state="bad"), Cell(), Cell(words.told(gap), clause=gap.clause))
        for gap in (() if found is None else found.gaps)
    ]
    return Table(translate("Trong lưu trữ"), (translate("Lúc"), translate("Loại"), translate("Tài liệu")), rows)


@office.get("/activations/<int:number>")
def activation(sandbox: str, number: int) -> Response:
    """One proposal of effect."""
    del sandbox
    one = ask("read_activation", number=number)
    regulation = here().regulation(one.regulation)
    return shown(
        translate("Đề nghị có hiệu lực {number}").format(number=number),
        one.state,
        "activation",
        regulation,
        [
            (translate("Đề nghị lúc"), Cell(at=one.proposed_at)),
            (translate("Có hiệu lực"), Cell(at=one.effective_at)),
        ],
        steps.of_activation(regulation, one),
        drawing=life(lifecycle.ACTIVATION, regulation, one.state),
        tables=(certificates_of(one.certificates),),
        about=f"activation {number}",
    )
