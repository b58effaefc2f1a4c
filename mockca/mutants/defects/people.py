"""Defects about who may do and see what, and who is told."""

from __future__ import annotations

from typing import Any

from mockca.desk import notices
from mockca.desk.actors import Actor
from mockca.mutants.mutant import mutant
from mockca.mutants.patching import Patch
from mockca.registry import announcements
from mockca.rules.regulation import Permission, Regulation


@mutant("Vai nào cũng làm được mọi việc", "Any role may do anything")
def any_role_accepted(patch: Patch) -> None:
    def admit(self: Regulation, *asked: str) -> Permission:
        return self.operations[asked[1]]

    patch.member(Regulation, "require_role", admit)
    patch.member(Regulation, "require_role_for", admit)


@mutant("Cơ quan nào cũng xem được hồ sơ của nhau", "Bodies see one another's files")
def files_open_to_all(patch: Patch) -> None:
    patch.member(Actor, "sees_unit", lambda *_: True)


@mutant("Không gửi thông báo nào", "Nobody is told of anything")
def notices_not_sent(patch: Patch) -> None:
    patch.everywhere(announcements.notify, lambda *_, **__: 0)
    patch.everywhere(announcements.notify_all, lambda *_: None)


@mutant("Thông báo gửi nhầm cơ quan", "Notices go to another body")
def notices_to_another(patch: Patch) -> None:
    letters = notices.letters

    def elsewhere(*arguments: Any, unit: str, **named: Any) -> list[dict[str, Any]]:
        return letters(*arguments, unit=f"not-{unit}", **named)

    patch.everywhere(letters, elsewhere)
