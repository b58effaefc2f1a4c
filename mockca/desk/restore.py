"""Restoring a locked device: asked for by the agency, done or refused by the desk that the delegation names."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from mockca.desk.actors import Actor
from mockca.desk.commands import DecideRestore, RequestRestore
from mockca.desk.custody import require_device
from mockca.desk.device_kinds import device_kind
from mockca.desk.facts import certificate_facts, submission_facts
from mockca.desk.issuance import USER_PIN_LENGTH, pin_letter, so_pin
from mockca.desk.notices import tell_unit
from mockca.desk.restore_cases import require_case, restore_view
from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import require_certificate, require_status
from mockca.desk.transaction import Transaction, changing, journalling_refusals, perform, reading, recall
from mockca.desk.views import PinLetter, RestoredView, RestoreView
from mockca.errors import BeyondRestore, Conflict, Forbidden, NotFound, OutOfOrder, Refused, SetUpError, Violation
from mockca.randomness import pin
from mockca.registry import deadlines, devices, restores
from mockca.registry.certificates import Certificate
from mockca.registry.devices import Device
from mockca.registry.restores import Restore
from mockca.registry.status import Status
from mockca.rules import lifecycle
from mockca.rules.deadlines import due_after
from mockca.rules.facts import RestoreFacts
from mockca.rules.regulation import Delegate, Regulation
from mockca.rules.restores import check_restore
from token_emulator.errors import PinIncorrect, PinLocked, TokenError, UnknownDevice

DEADLINE = "restore"
"""Kind of the term that a delegation in working days sets."""


def request_restore(transaction: Transaction, command: RequestRestore) -> RestoreView:
    """Ask for a device to be restored. It counts as locked from here on; the request goes to whom is delegated."""
    regulation = transaction.sandbox.regulation(command.regulation)
    transaction.actor.require_province(regulation, "request_restore")
    regulation.require_service("restore")
    regulation.require_role(transaction.actor.role, "request_restore")
    device, certificate = _require_device(transaction, regulation, command.device)
    kind = device_kind(device.model)
    violations = check_restore(
        regulation,
        RestoreFacts(
            device=device.serial,
            device_kind=kind,
            certificate=certificate_facts(transaction, certificate),
            ground=command.ground,
            form=command.form.code,
            fields=command.form.fields,
            submission=submission_facts(transaction, command.submission, command.form.fields),
            today=transaction.today,
        ),
    )
    if violations:
        raise Refused(violations)
    _require_alive(transaction, regulation, certificate)
    _lock(transaction, regulation, device)
    delegate = regulation.delegate("restore", kind)
    number = restores.add(
        transaction.connection,
        regulation=regulation.id,
        unit=certificate.unit,
        device=device.serial,
        device_kind=kind,
        certificate=certificate.serial,
        executor=delegate.role,
        state=lifecycle.RESTORE.initial(regulation),
        ground=command.ground,
        request=command.model_dump(mode="json", exclude={"submission": {"signature"}}),
        requested_by=transaction.actor.account,
        requested_at=transaction.now,
    )
    _set_term(transaction, regulation, delegate, number)
    transaction.record(
        "restore.requested",
        f"restore {number}",
        {"device": device.serial, "ground": command.ground, "executor": delegate.role},
        [regulation.operations["request_restore"].clause, delegate.clause],
    )
    return restore_view(transaction, number)


def decide_restore(
    sandbox: Sandbox,
    actor: Actor,
    command: DecideRestore,
    *,
    number: int,
    idempotency_key: str | None = None,
) -> RestoredView:
    """Restore the device, by its SO PIN, or refuse with a reason.

    The slow part, the device itself, runs outside the write transaction; decisions wait for one another, so that
    none is recorded that the device doesn't bear out. A crash in between leaves a device with the very PIN that
    the repeated decision sets again.
    """
    this = partial(_decide_restore, number=number)
    with _one_at_a_time(sandbox):
        with journalling_refusals(sandbox, actor, this):
            with reading(sandbox, actor) as transaction:
                answered = recall(transaction.connection, actor, this, command, idempotency_key)
                if answered is not None:
                    return _with_letter(sandbox, answered)
                case, regulation = _decidable(transaction, number, command)
                device, _ = require_device(transaction, case.device)
            if command.decision == "restore":
                _restore_device(sandbox, actor, case, regulation, device)
        view = perform(sandbox, actor, this, command, idempotency_key=idempotency_key)
    return _with_letter(sandbox, view)


def restore_letter(sandbox: Sandbox, dossier: int, number: int) -> PinLetter:
    """The transport PIN that restore `number` sets on the device made for a dossier. Derived, never stored."""
    return PinLetter(user_pin=pin(sandbox.device_secret, f"user/{dossier}/restore/{number}", USER_PIN_LENGTH))


def letter_of(sandbox: Sandbox, serial: str) -> PinLetter:
    """The PINs that the authority last gave a device: at its issue, or when it was last restored. Raises NotFound.

    For who has the sandbox's folder, and no role: over HTTP a letter is shown with the answer that it goes with.
    """
    with sandbox.store.read() as connection:
        device = devices.get(connection, serial)
        if device is None:
            raise NotFound("device", serial)
        done = restores.last_in(connection, serial, "restored")
    first = pin_letter(sandbox, device.dossier)
    if done is None:
        return first
    return first.model_copy(update={"user_pin": restore_letter(sandbox, device.dossier, done.number).user_pin})


def _require_device(transaction: Transaction, regulation: Regulation, serial: str) -> tuple[Device, Certificate]:
    device, certificate = require_device(transaction, serial)
    if certificate.regulation != regulation.id:
        raise NotFound("device", serial)
    return device, certificate


def _require_alive(transaction: Transaction, regulation: Regulation, certificate: Certificate) -> None:
    """Raise OutOfOrder where the certificate has ended: its device goes back, restored or not."""
    found = require_status(transaction.connection, certificate.serial, transaction.now)
    if found.status in (Status.REVOKED, Status.EXPIRED):
        clause = regulation.revocation.recovery_clause
        raise OutOfOrder("certificate", certificate.serial, found.status.value, "restore", (), clause)


def _lock(transaction: Transaction, regulation: Regulation, device: Device) -> None:
    """Record that the device is locked; OutOfOrder where it cannot be, Conflict where it is asked for already."""
    if device.state == "locked":
        asked = restores.open_for(transaction.connection, device.serial, lifecycle.RESTORE.initial(regulation))
        if asked is not None:
            raise Conflict(f"restore {asked.number} for device {device.serial} is still undecided")
        return
    state = lifecycle.DEVICE.step(regulation, device.state, "lock", name=device.serial)
    devices.update(transaction.connection, device.serial, state=state)


def _set_term(transaction: Transaction, regulation: Regulation, delegate: Delegate, number: int) -> None:
    if delegate.working_days is None:
        return
    due = due_after(transaction.now, delegate.working_days)
    connection = transaction.connection
    term = deadlines.add(connection, regulation.id, DEADLINE, f"restore {number}", delegate.clause, due)
    restores.update(connection, number, deadline=term)


@contextmanager
def _one_at_a_time(sandbox: Sandbox) -> Iterator[None]:
    with (sandbox.home / "keys" / "device.secret").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _decidable(transaction: Transaction, number: int, command: DecideRestore) -> tuple[Restore, Regulation]:
    """The request and its regulation, where this decision on it is open to this actor now."""
    case = require_case(transaction, number)
    regulation = transaction.regulation(case.regulation, "decide_restore")
    delegate = regulation.delegate("restore", case.device_kind)
    if transaction.actor.role != case.executor:
        raise Forbidden(transaction.actor.role, "decide_restore", (case.executor,), delegate.clause)
    lifecycle.RESTORE.step(regulation, case.state, command.decision, name=str(number), clause=delegate.clause)
    if command.decision == "refuse":
        if not command.reason:
            raise Refused([_reason_missing(regulation.require_restore().procedure(case.device_kind).refused.clause)])
        return case, regulation
    device, certificate = require_device(transaction, case.device)
    lifecycle.DEVICE.step(regulation, device.state, "restore", name=device.serial, clause=delegate.clause)
    _require_alive(transaction, regulation, certificate)
    return case, regulation


def _restore_device(sandbox: Sandbox, actor: Actor, case: Restore, regulation: Regulation, device: Device) -> None:
    """Log in by the SO PIN and set the new transport PIN; what the device says to that is journalled."""
    letter = restore_letter(sandbox, device.dossier, case.number)
    clause = regulation.delegate("restore", case.device_kind).clause
    try:
        sandbox.shelf.restore(device.serial, so_pin(sandbox, device.dossier), letter.user_pin)
    except PinLocked as error:
        _record_failure(sandbox, actor, case, "SO locked", clause)
        ways = [step for step in lifecycle.DEVICE.allowed(regulation, device.state) if step != "restore"]
        raise BeyondRestore(device.serial, device.state, ways, clause) from error
    except PinIncorrect as error:
        _record_failure(sandbox, actor, case, "SO refused", clause)
        raise Conflict(
            f"device {device.serial} does not take the SO PIN that it was handed out with; the try counts, and "
            "after the last one the device is only good for return"
        ) from error
    except UnknownDevice as error:
        _record_failure(sandbox, actor, case, "not here", clause)
        raise Conflict(f"device {device.serial} is not here; it must be brought in to be restored") from error
    except TokenError as error:
        raise SetUpError(str(error)) from error


def _record_failure(sandbox: Sandbox, actor: Actor, case: Restore, why: str, clause: str) -> None:
    with changing(sandbox, actor) as transaction:
        detail = {"device": case.device, "why": why}
        transaction.record("restore.failed", f"restore {case.number}", detail, [clause])


def _decide_restore(transaction: Transaction, command: DecideRestore, *, number: int) -> RestoredView:
    case, regulation = _decidable(transaction, number, command)
    connection = transaction.connection
    done = command.decision == "restore"
    procedure = regulation.require_restore().procedure(case.device_kind)
    state = lifecycle.RESTORE.step(regulation, case.state, command.decision, name=str(number))
    restores.update(
        connection,
        number,
        state=state,
        decided_by=transaction.actor.account,
        decided_at=transaction.now,
        refusal=None if done else command.reason,
        document_number=command.document_number,
    )
    certificate = require_certificate(connection, case.certificate)
    more = f"Thiết bị {case.device}, chứng thư số {certificate.serial} của {certificate.common_name}."
    if done:
        back = lifecycle.DEVICE.step(regulation, "locked", "restore", name=case.device)
        devices.update(connection, case.device, state=back)
    else:
        more += f" Lý do: {command.reason}"
    told = procedure.done if done else procedure.refused
    tell_unit(connection, regulation, told, transaction.now, unit=case.unit, serial=certificate.serial, more=more)
    deadlines.met(connection, DEADLINE, f"restore {number}", transaction.now)
    detail = {"device": case.device} | ({} if done else {"why": command.reason})
    transaction.record(f"restore.{'done' if done else 'refused'}", f"restore {number}", detail, [told.clause])
    return RestoredView(restore=restore_view(transaction, number))


def _with_letter(sandbox: Sandbox, view: RestoredView) -> RestoredView:
    if view.restore.state != "restored":
        return view
    with sandbox.store.read() as connection:
        device = devices.get(connection, view.restore.device)
    assert device is not None  # noqa: S101 - a foreign key of the restore
    return view.model_copy(update={"pin_letter": restore_letter(sandbox, device.dossier, view.restore.number)})


def _reason_missing(clause: str) -> Violation:
    return Violation(
        field="reason",
        value="",
        clause=clause,
        vi="Từ chối khôi phục phải nêu rõ lý do.",
        en="a refusal must give its reason",
        accepted="one sentence or more saying why",
    )
