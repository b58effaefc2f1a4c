"""One device: its lamp, what is on it, what can be done with it, and the way back when it is locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, current_app, render_template, request, url_for

from mockca.errors import MockcaError
from mockca.web.access import here
from mockca.web.site import live
from mockca.web.site.asking import ask
from mockca.web.site.languages import mark
from mockca.web.site.rendering import page
from mockca.web.site.sessions import require_visitor
from mockca.web.tokens.blueprint import tokens
from mockca.web.tokens.held import Held, certificate_on, require_held
from token_emulator.device import DeviceInfo
from token_emulator.errors import TokenError

SAID: Final = {
    "plugged": ("done", mark("Đã cắm thiết bị. Mọi phần mềm dùng mô-đun PKCS#11 của sandbox đều thấy nó.")),
    "unplugged": ("done", mark("Đã rút thiết bị. Phần mềm đang dùng nó nhận CKR_DEVICE_REMOVED.")),
    "right": ("done", mark("Mã PIN đúng. Số lần thử trở lại đầy đủ.")),
    "wrong": ("problem", mark("Mã PIN sai (CKR_PIN_INCORRECT).")),
    "locked": ("problem", mark("Thiết bị đã khóa (CKR_PIN_LOCKED). Mã PIN đúng cũng không mở được nữa.")),
    "changed": ("done", mark("Đã đổi mã PIN.")),
    "refused": ("problem", mark("Mã PIN mới không theo quy tắc của thiết bị; không mất lần thử nào.")),
    "unlike": ("problem", mark("Hai lần nhập mã PIN mới không giống nhau; không mất lần thử nào.")),
    "expired": ("problem", mark("Đây là mã PIN vận chuyển: phải đổi trước khi ký (CKR_PIN_EXPIRED).")),
    "out": ("problem", mark("Thiết bị chưa được cắm.")),
    "gone": ("problem", mark("Thiết bị không dùng được ở đây.")),
    "full": ("problem", mark("Tám đầu đọc đều đã có thiết bị. Rút bớt một thiết bị.")),
    "empty": ("problem", mark("Chưa nhập mã PIN hoặc văn bản.")),
    "failed": ("problem", mark("Thiết bị báo lỗi; không rõ lần thử có được tính không. Xem số lần thử còn lại.")),
}
"""What came of the last thing done: how it looks, and the words."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """How a locked device is made usable again under its regulation."""

    is_offered: bool
    clause: str
    askers: tuple[str, ...] = ()
    executor: str = ""
    executor_clause: str = ""
    working_days: int | None = None
    number: int | None = None
    """Of the request that is still undecided."""
    link: str = ""
    """Where the visitor goes on; empty where it is for others to do so."""


@tokens.get("/<serial>")
def device(sandbox: str, serial: str) -> Response:
    """The page of a device."""
    del sandbox
    return shown(serial, said=request.args.get("said", ""))


@tokens.get("/<serial>/live")
def device_live(sandbox: str, serial: str) -> Response:
    """The device's lamp and counters as they are now."""
    del sandbox
    one = require_held(require_visitor().actor, serial)
    return live.told(render_template("tokens/lamp.html", one=one))


def shown(serial: str, status: int = 200, *, said: str = "", signed: dict[str, Any] | None = None) -> Response:
    """The page, with what came of the last thing done."""
    actor = require_visitor().actor
    one = require_held(actor, serial)
    return page(
        "tokens/device.html",
        status,
        one=one,
        certificate=certificate_on(one.view),
        info=_seen(one),
        said=SAID.get(said),
        signed=signed,
        way=way_back(one, actor.role),
    )


def way_back(one: Held, role: str) -> WayBack:
    """Who asks, who decides, by which clauses; and what the visitor can do about it."""
    found = certificate_on(one.view)
    if found is None:
        return WayBack(is_offered=False, clause="")
    regulation = here().regulation(found.regulation)
    service = regulation.services["restore"]
    if not service.available:
        return WayBack(is_offered=False, clause=service.clause)
    operation = regulation.operations["request_restore"]
    delegate = regulation.delegate("restore", one.model.kind.value)
    number = _undecided(one.serial)
    link = ""
    if number is None and role in operation.roles:
        link = _office("request_restore", device=one.serial)
    elif number is not None and role == delegate.role:
        link = _office("decide_restore", restore=number)
    return WayBack(
        is_offered=True,
        clause=operation.clause,
        askers=tuple(sorted(operation.roles)),
        executor=delegate.role,
        executor_clause=delegate.clause,
        working_days=delegate.working_days,
        number=number,
        link=link,
    )


def _undecided(serial: str) -> int | None:
    after = 0
    while True:
        found = ask("list_restores", query={"state": "requested", "limit": "500", "after": str(after)})
        for one in found.items:
            if one.device == serial:
                number: int = one.number
                return number
        if found.next is None:
            return None
        after = found.next


def _office(task: str, **about: object) -> str:
    """Where the office does a task; empty where there is no office in this house."""
    if "office.do" not in current_app.view_functions:
        return ""
    return url_for("office.do", sandbox=here().name, task=task, **about)  # type: ignore[arg-type]


def _seen(one: Held) -> DeviceInfo | None:
    """What the module shows of the device without a PIN; None where it cannot be asked."""
    if not one.is_here:
        return None
    try:
        return here().shelf.inspect(one.serial)
    except (TokenError, MockcaError):
        return None
