"""Restoring a locked device: by the desk that the delegation names, in its time, or refused in writing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from mockca.cli import main
from mockca.desk import custody, queries, restore, revocation
from mockca.desk.commands import DecideRestore, DecideRevocation, FormSheet, ReportLoss, RequestRestore, Submission
from mockca.desk.device_kinds import device_kind
from mockca.desk.issuance import pin_letter
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.signatures import canonical
from mockca.desk.statistics import figures
from mockca.desk.views import IssuedView, RestoredView, RestoreView
from mockca.errors import (
    BeyondRestore,
    Conflict,
    Forbidden,
    MockcaError,
    NotAvailable,
    NotFound,
    OutOfOrder,
    Refused,
    SetUpError,
)
from mockca.registry import journal
from tests.desk.conftest import PAPER, START, People
from tests.desk.signing import Signer
from token_emulator.errors import PinIncorrect, PinLocked
from token_emulator.models import device_model

FRIDAY = datetime(2025, 3, 7, 16, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
RESTORE = DecideRestore(decision="restore")
REFUSE = DecideRestore(decision="refuse", reason="Thông tin trên đơn chưa xác minh được", document_number="5/STTTT")


@dataclass
class Desk:
    """An agency with a key to sign by, and a device of its subscriber that has locked."""

    people: People
    signer: Signer
    issued: IssuedView

    @property
    def sandbox(self) -> Sandbox:
        return self.people.sandbox

    @property
    def device(self) -> str:
        assert self.issued.certificate.device is not None
        return self.issued.certificate.device

    def request(self, **changes: Any) -> RequestRestore:
        fields = {
            "cooperating_full_name": "Lò Thị Phối Hợp",
            "cooperating_phone": "0213000001",
            "cooperating_email": "ltphop@laichau.test",
            "subscriber_name": "Giàng A Mẫu",
            "device_number": self.device,
            "restore_reason": "Nhập sai mã PIN quá số lần",
        } | changes.pop("fields", {})
        command = RequestRestore(
            regulation=self.people.regulation,
            device=self.device,
            ground="locked",
            form=FormSheet(code="ND68-F06", fields=fields),
            submission=self.signer.signs(canonical(fields)),
        )
        return command.model_copy(update=changes)

    def asks(self, role: str = "agency", **changes: Any) -> RestoreView:
        return self.people.does(role, restore.request_restore, self.request(**changes))

    def decides(
        self, number: int, command: DecideRestore = RESTORE, role: str = "registrar", key: str | None = None
    ) -> RestoredView:
        return restore.decide_restore(
            self.sandbox, self.people.actor(role), command, number=number, idempotency_key=key
        )

    def state(self) -> str:
        return queries.device(self.sandbox, self.people.actor("agency"), self.device).state

    def notices(self) -> list[tuple[str, str]]:
        """Clause and text of the notices on restores to the agency."""
        found = queries.notices(self.sandbox, self.people.actor("agency")).items
        return [(one.clause, one.text) for one in found if one.clause.startswith(("LC-13", "ND68-22"))]

    def journal(self, about: str) -> list[tuple[str, tuple[str, ...]]]:
        with self.sandbox.store.read() as connection:
            return [(one.action, tuple(one.clauses)) for one in journal.entries(connection, about=about)]


def desk_with(people: People, model: str) -> Desk:
    dossier = people.approved()
    signer = Signer(people)
    issued = people.issues(dossier, algorithm="p256", device_model=model)
    people.hands_over("authority-agency", issued)
    people.hands_over("agency-subscriber", issued)
    return Desk(people, signer, issued)


@pytest.fixture
def desk(lai_chau: People) -> Desk:
    return desk_with(lai_chau, "generic-10")


def letter_shown(desk: Desk) -> list[str]:
    """What `mockca sandbox letter` says of the device."""
    place = ["--data", str(desk.sandbox.home.parent), "--sandbox", desk.sandbox.home.name]
    told = CliRunner().invoke(main, ["sandbox", "letter", desk.device[:8], *place])
    assert told.exit_code == 0, told.output
    return told.output.split()


def test_whoever_has_the_folder_reads_the_letter_of_a_device_again(desk: Desk) -> None:
    letter = desk.issued.pin_letter
    assert letter is not None
    assert letter_shown(desk) == ["PIN", letter.user_pin, "SO", "PIN", letter.so_pin]
    with pytest.raises(NotFound):
        restore.letter_of(desk.sandbox, "0" * 16)


def test_a_locked_token_is_restored_by_the_registrar_with_a_new_pin_and_its_old_key(desk: Desk) -> None:
    asked = desk.asks()
    assert (asked.state, asked.executor, asked.clause) == ("requested", "registrar", "LC-13.2.b")
    assert desk.state() == "locked"
    restored = desk.decides(asked.number)
    assert (restored.restore.state, restored.restore.late, desk.state()) == ("restored", False, "in_use")
    assert restored.pin_letter is not None
    assert restored.pin_letter.so_pin is None
    shelf, new = desk.sandbox.shelf, restored.pin_letter.user_pin
    assert desk.issued.pin_letter is not None
    assert letter_shown(desk) == ["PIN", new, "SO", "PIN", desk.issued.pin_letter.so_pin]
    old = desk.issued.pin_letter.user_pin
    assert new != old
    assert shelf.sign(desk.device, new, b"abc")
    with pytest.raises(PinIncorrect):
        shelf.sign(desk.device, old, b"abc")
    assert desk.notices() == [
        (
            "LC-13.2.b",
            f"Thiết bị đã được khôi phục. Thiết bị {desk.device}, chứng thư số {asked.certificate} của Giàng A Mẫu.",
        )
    ]
    actions = desk.journal(f"restore {asked.number}")
    assert actions == [("restore.requested", ("LC-13.2.a", "LC-13.2.b")), ("restore.done", ("LC-13.2.b",))]


def test_a_request_of_friday_afternoon_is_in_time_until_the_end_of_monday(desk: Desk) -> None:
    desk.sandbox.clock.set(FRIDAY)
    asked = desk.asks()
    assert asked.due == datetime(2025, 3, 11, tzinfo=FRIDAY.tzinfo)
    desk.sandbox.clock.set(FRIDAY + timedelta(days=3, hours=7))
    assert desk.decides(asked.number).restore.late is False
    (term,) = [
        one for one in queries.deadlines(desk.sandbox, desk.people.actor("registrar")).items if one.kind == "restore"
    ]
    assert (term.about, term.clause, term.overdue) == (f"restore {asked.number}", "LC-13.2.b", False)


def test_a_late_restore_shows_before_and_after_it_is_done(desk: Desk) -> None:
    desk.sandbox.clock.set(FRIDAY)
    asked = desk.asks()
    desk.sandbox.clock.set(FRIDAY + timedelta(days=4))
    registrar = desk.people.actor("registrar")
    assert [one.about for one in queries.deadlines(desk.sandbox, registrar, overdue=True).items] == [
        f"restore {asked.number}"
    ]
    assert queries.restore(desk.sandbox, registrar, asked.number).late is True
    assert desk.decides(asked.number).restore.late is True
    assert queries.deadlines(desk.sandbox, registrar, overdue=True).items == ()
    assert "deadline.missed" in [action for action, _ in desk.journal(f"restore {asked.number}")]


def test_a_refusal_is_a_written_notice_with_its_reason_and_the_device_stays_locked(desk: Desk) -> None:
    number = desk.asks().number
    for reason in (None, " "):
        with pytest.raises(Refused) as error:
            desk.decides(number, DecideRestore(decision="refuse", reason=reason))
        (violation,) = error.value.violations
        assert (violation.field, violation.clause) == ("reason", "LC-13.2.b.2")
    refused = desk.decides(number, REFUSE)
    assert (refused.restore.state, refused.restore.refusal, refused.pin_letter) == ("refused", REFUSE.reason, None)
    ((clause, text),) = desk.notices()
    assert clause == "LC-13.2.b.2"
    assert text.endswith(f"Lý do: {REFUSE.reason}")
    assert desk.state() == "locked"
    again = desk.asks()
    assert again.number == number + 1
    assert desk.decides(again.number).restore.state == "restored"


@pytest.mark.parametrize(
    ("role", "clause"),
    [("subscriber", "LC-13.2.a"), ("registrar", "LC-13.2.a"), ("authority", "LC-13.2.a")],
)
def test_only_the_agency_asks(desk: Desk, role: str, clause: str) -> None:
    with pytest.raises(Forbidden) as error:
        desk.asks(role)
    assert (error.value.clause, error.value.allowed) == (clause, ("agency",))


@pytest.mark.parametrize(
    ("changes", "field", "clause"),
    [
        ({"submission": PAPER}, "submission.channel", "LC-8.2"),
        ({"submission": Submission(channel="electronic")}, "submission.signature", "LC-8.2"),
        ({"fields": {"cooperating_phone": "0"}, "submission": None}, "submission.signature", "LC-8.2"),
        ({"ground": "bored"}, "ground", "LC-13.1"),
        ({"form": FormSheet(code="ND68-F05", fields={})}, "form.code", "LC-13.2.a"),
        ({"fields": {"device_number": "0" * 16}}, "form.fields.device_number", "ND68-F06"),
        ({"fields": {"restore_reason": None}}, "form.fields.restore_reason", "ND68-F06"),
    ],
)
def test_a_spoiled_request_is_refused_by_its_clause(
    desk: Desk, changes: dict[str, Any], field: str, clause: str
) -> None:
    if changes.get("submission", PAPER) is None:
        changes = changes | {"submission": desk.signer.signs(b"something else")}
    with pytest.raises(Refused) as error:
        desk.asks(**changes)
    assert (field, clause) in [(violation.field, violation.clause) for violation in error.value.violations]
    assert desk.state() == "in_use"


def test_a_device_that_is_not_ones_own_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.asks("other-agency")
    with pytest.raises(NotFound):
        desk.asks(device="f" * 16)
    number = desk.asks().number
    with pytest.raises(NotFound):
        queries.restore(desk.sandbox, desk.people.actor("other-agency"), number)
    with pytest.raises(NotFound):
        desk.decides(99)


def test_the_authority_keeps_to_the_regulation_that_the_device_is_under(desk: Desk, an_giang: People) -> None:
    issued = an_giang.effective(algorithm="p256")
    with pytest.raises(NotFound):
        desk.asks(device=issued.certificate.device)


def test_one_request_at_a_time(desk: Desk) -> None:
    number = desk.asks().number
    with pytest.raises(Conflict, match=f"restore {number} "):
        desk.asks()


def test_a_device_that_nobody_uses_yet_cannot_have_locked(lai_chau: People) -> None:
    dossier = lai_chau.approved()
    signer = Signer(lai_chau)
    desk = Desk(lai_chau, signer, lai_chau.issues(dossier, algorithm="p256"))
    with pytest.raises(OutOfOrder) as error:
        desk.asks()
    assert (error.value.state, error.value.clause) == ("prepared", "LC-13.2.a")


@pytest.mark.parametrize(
    ("role", "clause", "allowed"),
    [
        ("subscriber", "LC-7.2.a", ("authority", "registrar")),
        ("agency", "LC-7.2.a", ("authority", "registrar")),
        ("authority", "LC-13.2.b", ("registrar",)),
    ],
)
@pytest.mark.parametrize("command", [RESTORE, REFUSE])
def test_a_token_is_decided_by_the_registrar_alone(
    desk: Desk, role: str, clause: str, allowed: tuple[str, ...], command: DecideRestore
) -> None:
    number = desk.asks().number
    with pytest.raises(Forbidden) as error:
        desk.decides(number, command, role)
    assert (error.value.clause, error.value.allowed) == (clause, allowed)


def test_another_kind_of_device_is_decided_by_the_authority_without_a_term(lai_chau: People) -> None:
    desk = desk_with(lai_chau, "hsm")
    with pytest.raises(Refused) as refused:
        desk.asks(submission=Submission(channel="paper", document_number="9/CV"))
    assert [(one.field, one.clause) for one in refused.value.violations] == [("submission.signed_by", "ND68-22")]
    asked = desk.asks(submission=PAPER)
    assert (asked.device_kind, asked.executor, asked.clause, asked.due) == ("hsm", "authority", "LC-13.3", None)
    with pytest.raises(Forbidden) as error:
        desk.decides(asked.number)
    assert (error.value.clause, error.value.allowed) == ("LC-13.3", ("authority",))
    restored = desk.decides(asked.number, role="authority")
    assert (restored.restore.state, restored.restore.late) == ("restored", False)
    assert [clause for clause, _ in desk.notices()] == ["ND68-22"]


def test_a_decided_request_is_not_decided_again(desk: Desk) -> None:
    number = desk.asks().number
    desk.decides(number)
    for command in (RESTORE, REFUSE):
        with pytest.raises(OutOfOrder) as error:
            desk.decides(number, command)
        assert error.value.state == "restored"


def test_a_repetition_gets_the_same_pin_and_another_restore_another_one(desk: Desk) -> None:
    number = desk.asks().number
    first = desk.decides(number, key="k1")
    assert desk.decides(number, key="k1") == first
    with pytest.raises(Conflict):
        desk.decides(number, REFUSE, key="k1")
    second = desk.decides(desk.asks().number)
    assert second.pin_letter != first.pin_letter
    assert second.pin_letter is not None
    assert desk.sandbox.shelf.sign(desk.device, second.pin_letter.user_pin, b"abc")


def test_the_new_pin_is_stored_nowhere(desk: Desk) -> None:
    restored = desk.decides(desk.asks().number, key="k1")
    assert restored.pin_letter is not None
    for file in Path(desk.sandbox.home).rglob("registry.db*"):
        assert restored.pin_letter.user_pin.encode() not in file.read_bytes()


def test_of_many_decisions_at_once_one_counts_and_the_device_bears_it_out(desk: Desk) -> None:
    number = desk.asks().number

    def attempt(command: DecideRestore) -> RestoredView | None:
        try:
            return desk.decides(number, command)
        except OutOfOrder:
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = [answer for answer in pool.map(attempt, [RESTORE, REFUSE] * 2) if answer is not None]
    (answer,) = answers
    letter = answer.pin_letter or pin_letter(desk.sandbox, desk.issued.certificate.dossier)
    assert desk.sandbox.shelf.sign(desk.device, letter.user_pin, b"abc")
    assert desk.state() == ("in_use" if answer.pin_letter else "locked")


def test_the_device_of_an_ended_certificate_is_for_return_only(desk: Desk) -> None:
    number = desk.asks().number
    serial = desk.issued.certificate.serial
    form = FormSheet(code="ND68-F05", fields={"revocation_reason": "Nghỉ hưu"})
    case = desk.people.asks_to_revoke("agency", serial, "left", form=form)
    confirm = DecideRevocation(decision="confirm")
    desk.people.does("authority", revocation.decide_revocation, confirm, number=case.number)
    with pytest.raises(OutOfOrder) as error:
        desk.decides(number)
    assert (error.value.kind, error.value.state, error.value.clause) == ("certificate", "revoked", "ND68-20")
    assert desk.decides(number, REFUSE).restore.state == "refused"
    with pytest.raises(OutOfOrder):
        desk.asks()
    desk.people.hands_over("subscriber-agency", desk.issued)
    desk.people.hands_over("agency-authority", desk.issued)
    assert desk.state() == "returned"


def test_a_locked_device_can_be_lost_and_is_then_not_restored(desk: Desk) -> None:
    number = desk.asks().number
    lost = ReportLoss(circumstances="Rơi khi mang đi khôi phục", form="ND68-F09")
    assert desk.people.does("agency", custody.report_loss, lost, serial=desk.device).state == "lost"
    with pytest.raises(OutOfOrder) as error:
        desk.decides(number)
    assert error.value.state == "lost"


def with_locked_so(desk: Desk) -> Sandbox:
    for _ in range(device_model("generic-10").pin.so_max_tries):
        with suppress(PinIncorrect, PinLocked):
            desk.sandbox.shelf.restore(desk.device, "00000000", "12345678")
    return desk.sandbox


def with_another_so_pin(desk: Desk) -> Sandbox:
    return replace(desk.sandbox, device_secret=b"another")


def without_the_device(desk: Desk) -> Sandbox:
    desk.sandbox.shelf.remove(desk.device)
    return desk.sandbox


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [(with_locked_so, BeyondRestore), (with_another_so_pin, Conflict), (without_the_device, Conflict)],
)
def test_a_device_that_does_not_take_it_stays_locked_and_that_is_journalled(
    desk: Desk, spoil: Callable[[Desk], Sandbox], kind: type[MockcaError]
) -> None:
    number = desk.asks().number
    sandbox = spoil(desk)
    with pytest.raises(kind, match=desk.device) as error:
        restore.decide_restore(sandbox, desk.people.actor("registrar"), RESTORE, number=number)
    if isinstance(error.value, BeyondRestore):
        assert (error.value.state, error.value.allowed) == ("locked", ("collect", "report_damage", "report_loss"))
    assert desk.state() == "locked"
    assert ("restore.failed", ("LC-13.2.b",)) in desk.journal(f"restore {number}")
    assert [action for action, _ in desk.journal(f"decide_restore {number}")] == ["refused"]
    assert queries.restore(desk.sandbox, desk.people.actor("agency"), number).state == "requested"


def test_a_machine_that_cannot_drive_devices_says_so(desk: Desk) -> None:
    number = desk.asks().number
    shutil.rmtree(desk.sandbox.home / "tokens" / "devices" / desk.device / "store")
    with pytest.raises(SetUpError, match=desk.device):
        desk.decides(number)
    assert desk.state() == "locked"


def test_requests_are_listed_by_those_who_may_see_them(desk: Desk) -> None:
    refused = desk.decides(desk.asks().number, REFUSE).restore
    asked = desk.asks()
    for role in ("agency", "subscriber", "registrar", "authority"):
        page = queries.restores(desk.sandbox, desk.people.actor(role))
        assert page.items == (refused, asked)
    (first,) = queries.restores(desk.sandbox, desk.people.actor("registrar"), state="requested").items
    assert first == asked
    assert queries.restores(desk.sandbox, desk.people.actor("other-agency")).items == ()
    page = queries.restores(desk.sandbox, desk.people.actor("authority"), limit=1)
    assert (page.items, page.next, page.total) == ((refused,), refused.number, 2)


def test_the_figures_count_what_became_of_requests(desk: Desk, an_giang: People) -> None:
    desk.decides(desk.asks().number, REFUSE)
    desk.decides(desk.asks().number)
    desk.asks()
    desk.sandbox.clock.set(START + timedelta(days=7))
    (own,) = figures(desk.sandbox, desk.people.actor("registrar"))
    assert own.certificates == {"effective": 2}
    assert own.restores.model_dump() == {"requested": 3, "restored": 1, "refused": 1, "late": 1}
    assert (own.regulation, own.revocations) == ("lai-chau", {})
    serial = an_giang.effective().certificate.serial
    an_giang.asks_to_revoke("registrar", serial, "manager-request")
    an_giang.effective()
    everywhere = {one.regulation: one for one in figures(desk.sandbox, desk.people.actor("authority"))}
    other, same = everywhere["an-giang"], everywhere["lai-chau"]
    assert same.restores == own.restores
    assert other.certificates == {"effective": 1, "revoked": 1}
    assert other.revocations == {"manager-request": 1}
    assert other.restores.requested == 0
    with pytest.raises(Forbidden):
        figures(desk.sandbox, desk.people.actor("agency"))


def test_there_is_no_restore_in_an_giang(an_giang: People) -> None:
    issued = an_giang.effective(algorithm="p256")
    command = RequestRestore(
        regulation="an-giang",
        device=issued.certificate.device or "",
        ground="locked",
        form=FormSheet(code="ND68-F06"),
        submission=PAPER,
    )
    for role in ("agency", "subscriber", "registrar"):
        with pytest.raises(NotAvailable) as error:
            an_giang.does(role, restore.request_restore, command)
        assert (error.value.operation, error.value.clause) == ("restore", "TT05-2")


def test_one_province_does_not_ask_in_another(desk: Desk, an_giang: People) -> None:
    with pytest.raises(Forbidden):
        an_giang.does("agency", restore.request_restore, desk.request())


def test_a_device_whose_model_is_unknown_counts_as_a_token() -> None:
    assert device_kind("abacus") == device_kind("generic-10") == "pki-token"


def test_a_reset_forgets_restores(desk: Desk, sandboxes: Sandboxes) -> None:
    desk.asks()
    fresh = sandboxes.reset("demo")
    assert queries.restores(fresh, desk.people.actor("authority")).total == 0
