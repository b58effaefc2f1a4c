"""A device in somebody's hand: what the registry and the device itself say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from mockca.desk.actors import Actor
from mockca.desk.views import CertificateView, DeviceView
from mockca.errors import Forbidden
from mockca.rules.lifecycle import STATE_NAMES
from mockca.web.access import here
from mockca.web.drawings.token import token
from mockca.web.site.asking import ask
from mockca.web.site.languages import VIETNAMESE, current, mark, translate
from token_emulator.errors import DeviceFailed, UnknownDevice
from token_emulator.models import DeviceModel, device_model
from token_emulator.pin import TokenFlags, Who, flags, tries_left
from token_emulator.state import Condition, Record

CUSTODY: Final = "custody"
"""Stands where a clause id would: that a device is used by who holds it is in its nature."""
CONDITIONS: Final = {
    Condition.PACKED: mark("Thiết bị đã được đóng gói mang đi nơi khác."),
    Condition.LOST: mark("Thiết bị đã được báo mất."),
    Condition.DAMAGED: mark("Thiết bị bị hỏng."),
    Condition.RETURNED: mark("Thiết bị đã được trả lại cơ quan chứng thực."),
    Condition.WIPED: mark("Khóa và PIN trên thiết bị đã bị xóa vĩnh viễn."),
}
LAMPS: Final = {
    "gone": ("box", mark("không có ở đây")),
    "locked": ("off", mark("đã khóa")),
    "final": ("held", mark("còn một lần thử")),
    "low": ("held", mark("đã nhập sai PIN")),
    "transport": ("held", mark("phải đổi PIN")),
    "ready": ("on", mark("sẵn sàng")),
    "unplugged": ("box", mark("chưa cắm")),
}
"""How the lamp shines in each condition, and what is written beside it."""


@dataclass(frozen=True, slots=True)
class Held:
    """One device."""

    view: DeviceView
    record: Record | None
    """What the device remembers; None where it is not on this machine."""
    reader: int | None
    model: DeviceModel

    @property
    def serial(self) -> str:
        return self.view.serial

    @property
    def flags(self) -> TokenFlags:
        """As C_GetTokenInfo shows them."""
        return TokenFlags(0) if self.record is None else flags(self.record.policy, self.record.pins)

    @property
    def flag_names(self) -> tuple[str, ...]:
        """Those that are set, as PKCS#11 calls them."""
        return tuple(f"CKF_{flag.name}" for flag in TokenFlags if flag in self.flags)

    @property
    def is_here(self) -> bool:
        """Whether it can be plugged in on this machine."""
        return self.record is not None and self.record.condition is Condition.HERE

    @property
    def is_locked(self) -> bool:
        return TokenFlags.USER_PIN_LOCKED in self.flags

    @property
    def tries_left(self) -> int:
        return 0 if self.record is None else tries_left(self.record.policy, self.record.pins, Who.USER)

    @property
    def so_tries_left(self) -> int:
        return 0 if self.record is None else tries_left(self.record.policy, self.record.pins, Who.SO)

    @property
    def lamp(self) -> str:
        """A key of LAMPS."""
        if not self.is_here:
            return "gone"
        if self.is_locked:
            return "locked"
        if self.reader is None:
            return "unplugged"
        for flag, name in (
            (TokenFlags.USER_PIN_FINAL_TRY, "final"),
            (TokenFlags.USER_PIN_COUNT_LOW, "low"),
            (TokenFlags.USER_PIN_TO_BE_CHANGED, "transport"),
        ):
            if flag in self.flags:
                return name
        return "ready"

    @property
    def why_gone(self) -> str:
        """What became of it, in the page's language; empty where it is here."""
        if self.record is None:
            return translate("Thiết bị không có trên máy này.")
        return translate(CONDITIONS[self.record.condition]) if self.record.condition in CONDITIONS else ""

    @property
    def state(self) -> str:
        """Where it is in its life by the registry, in the page's language."""
        state = self.view.state
        return STATE_NAMES["device"][state] if current() == VIETNAMESE else state.replace("_", " ")

    def drawing(self) -> Markup:
        """The device as it looks now."""
        kind, told = LAMPS[self.lamp]
        label = self.serial if self.record is None else self.record.label
        return token(
            f"device-{self.serial}",
            f"{translate('Thiết bị số')} {self.serial}",
            label,
            kind,
            translate(told),
            plugged=self.reader is not None,
        )


def held(view: DeviceView, plugged: dict[str, int] | None = None) -> Held:
    """The device with what it remembers itself."""
    shelf = here().shelf
    try:
        record = shelf.state(view.serial)
    except (UnknownDevice, DeviceFailed):
        record = None
    readers = shelf.plugged() if plugged is None else plugged
    return Held(view, record, readers.get(view.serial), device_model(view.model))


def require_held(actor: Actor, serial: str) -> Held:
    """The device, where it is in this actor's hands.

    NotFound for one that they may not see, Forbidden for one that somebody else holds.
    """
    view: DeviceView = ask("read_device", serial=serial)
    if view.holder != actor.role:
        raise Forbidden(actor.role, f"use device {view.serial}", (view.holder,), CUSTODY)
    return held(view)


def certificate_on(view: DeviceView) -> CertificateView | None:
    """The certificate that was put onto the device."""
    if view.certificate is None:
        return None
    found: CertificateView = ask("read_certificate", serial=view.certificate)
    return found
