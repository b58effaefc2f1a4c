"""Devices, and the minutes by which they go from hand to hand."""

from __future__ import annotations

from typing import Any

from flask import Response

from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.web.access import here
from mockca.web.drawings import custody as custody_drawing
from mockca.web.office import steps, words
from mockca.web.office.blueprint import office
from mockca.web.office.lists import Cell, link
from mockca.web.office.things.base import Pair, Table, life, serial_cell, shown, visible
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate
from mockca.web.site.rendering import vietnam_time, word
from mockca.web.site.sessions import require_visitor


@office.get("/handovers/<int:number>")
def handover(sandbox: str, number: int) -> Response:
    """The minutes of one handover."""
    del sandbox
    one = ask("read_handover", number=number)
    regulation = here().regulation(one.regulation)
    leg = regulation.legs.get(one.leg)
    return shown(
        translate("Biên bản giao nhận {number}").format(number=one.document_number or number),
        "",
        "handover",
        regulation,
        [
            (
                translate("Chặng"),
                Cell(one.leg if leg is None else words.told(leg), clause="" if leg is None else leg.clause),
            ),
            (translate("Bên giao"), Cell(one.giver)),
            (translate("Bên nhận"), Cell(one.receiver)),
            (translate("Lúc"), Cell(at=one.at)),
            (words.part("via"), Cell(words.value(one.via) if one.via else "")),
        ],
        [],
        tables=(
            Table(
                translate("Thiết bị đã giao"),
                (translate("Thiết bị"), translate("Chứng thư số")),
                [
                    (Cell(each.device, link("device", serial=each.device)), serial_cell(each.certificate))
                    for each in one.items
                ],
            ),
        ),
        document=link("document", kind="handover", number=number),
        about=f"handover {number}",
    )


@office.get("/devices/<serial>")
def device(sandbox: str, serial: str) -> Response:
    """One device and its chain of custody."""
    del sandbox
    one = ask("read_device", serial=serial)
    chain = visible("read_custody", serial=serial)
    certificate_on = None if one.certificate is None else ask("read_certificate", serial=one.certificate)
    regulation = here().regulation(certificate_on.regulation if certificate_on is not None else _own())
    pairs: list[Pair] = [
        (translate("Số hiệu"), Cell(one.serial)),
        (translate("Loại"), Cell(one.model)),
        (translate("Người giữ"), Cell(word(one.holder, "role"))),
        (translate("Chứng thư số"), serial_cell(one.certificate)),
        (translate("Thuê bao"), Cell("" if certificate_on is None else certificate_on.common_name)),
        (translate("Tên người giữ"), Cell("" if chain is None else chain.name or "")),
    ]
    tables = [] if chain is None else [_custodians(chain), _outings(chain, serial)]
    lacking = visible("list_shortcomings", query={"device": serial})
    available = list(steps.of_device(regulation, one, certificate_on))
    return shown(
        translate("Thiết bị {serial}").format(serial=serial),
        one.state,
        "device",
        regulation,
        pairs,
        available,
        drawing=life(lifecycle.DEVICE, regulation, one.state)
        if chain is None
        else custody_drawing.draw(_holdings(regulation, chain), title=translate("Chuỗi giao nhận"))
        + life(lifecycle.DEVICE, regulation, one.state),
        tables=tables,
        about=f"device {serial}",
        warnings=() if lacking is None else lacking.items,
    )


def _own() -> str:
    return require_visitor().actor.regulation or next(iter(here().regulations))


def _holdings(regulation: Regulation, chain: Any) -> list[custody_drawing.Holding]:
    found = []
    for each in chain.chain:
        leg = regulation.legs.get(each.leg or "")
        found.append(
            custody_drawing.Holding(
                holder=word(each.holder, "role"),
                name=each.name or "",
                since=vietnam_time(each.since)[:16],
                by="" if leg is None else words.told(leg),
                clause="" if leg is None else leg.clause,
                link=link("handover", number=each.handover) if each.handover else "",
                present=each.until is None,
            )
        )
    return found


def _custodians(chain: Any) -> Table:
    rows = [
        (
            Cell(each.name),
            Cell(words.value(each.post)),
            Cell(each.decision_number or ""),
            Cell(at=each.since),
            Cell(at=each.until),
        )
        for each in chain.custodians
    ]
    columns = (
        translate("Người giữ"),
        translate("Chức trách"),
        translate("Quyết định"),
        translate("Từ"),
        translate("Đến"),
    )
    return Table(translate("Giao cho ai giữ"), columns, rows)


def _outings(chain: Any, serial: str) -> Table:
    rows = [
        (
            Cell(each.carrier),
            Cell(each.purpose),
            Cell(at=each.out_at),
            Cell(
                "" if each.back_at else translate("Mang về"),
                "" if each.back_at else link("do", task="bring_back", device=serial, outing=each.number),
                at=each.back_at,
            ),
        )
        for each in chain.outings
    ]
    columns = (translate("Người mang"), translate("Mục đích"), translate("Mang ra"), translate("Mang về"))
    return Table(translate("Mang ra ngoài trụ sở"), columns, rows)
