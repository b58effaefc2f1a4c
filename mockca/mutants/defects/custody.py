"""Defects about devices: who holds them, what becomes of them, how they are restored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from mockca.desk import revocation_cases
from mockca.mutants.mutant import mutant
from mockca.mutants.patching import Patch
from mockca.registry import custodians, devices
from mockca.rules.lifecycle import Lifecycle
from mockca.rules.regulation import Regulation


@mutant("Giao một thiết bị hai lần", "A device is handed over twice on the same leg")
def handed_over_twice(patch: Patch) -> None:
    step_of = Lifecycle.step

    def step(self: Lifecycle, regulation: Regulation, state: str, step: str, **named: Any) -> str:
        for transition in self.table(regulation):
            if self.kind == "device" and transition.step == step and transition.target == state:
                return state
        return step_of(self, regulation, state, step, **named)

    patch.member(Lifecycle, "step", step)


@mutant("Giao nhận xong mà người giữ không đổi", "After a handover the holder is still the giver")
def holder_not_moved(patch: Patch) -> None:
    update = devices.update

    def without_holder(connection: Connection, serial: str, **values: Any) -> None:
        values.pop("holder", None)
        update(connection, serial, **values)

    patch.everywhere(update, without_holder)


@mutant("Việc thu hồi được khép lại khi thiết bị chưa về", "A revocation is closed while its device is still out")
def closed_with_device_out(patch: Patch) -> None:
    patch.everywhere(revocation_cases.outstanding, lambda *_: ())


@mutant("Không ghi ai giữ thiết bị", "Custodians are not written down")
def custodians_forgotten(patch: Patch) -> None:
    patch.everywhere(custodians.of_device, lambda *_: [])


@mutant("Hai người cùng giữ một thiết bị", "The former custodian's time does not end")
def two_custodians(patch: Patch) -> None:
    patch.everywhere(custodians.end, lambda *_: None)
