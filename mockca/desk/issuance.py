"""Issuance: the key is made on a token, or comes in a CSR; the certificate is signed; then all is recorded at once."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from mockca.desk.actors import Actor
from mockca.desk.certificate_views import told
from mockca.desk.commands import IssueCertificate
from mockca.desk.due import run_due
from mockca.desk.due_dates import met
from mockca.desk.ended import require_standing
from mockca.desk.entering import Draft, enter
from mockca.desk.facts import unit_facts
from mockca.desk.notices import tell
from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import require_certificate, require_status
from mockca.desk.succession import key_of, successor_end, successor_subject
from mockca.desk.transaction import Transaction, journalling_refusals, perform, recall
from mockca.desk.views import IssuedView, PinLetter
from mockca.errors import Conflict, NotFound, OutOfOrder, Refused, SetUpError, Violation
from mockca.pki import csr as pki_csr
from mockca.pki.keys import PublicKey, load_public
from mockca.pki.names import SubjectName
from mockca.randomness import pin
from mockca.registry import devices, dossiers, units
from mockca.registry.certificates import Certificate
from mockca.registry.dossiers import Dossier
from mockca.registry.status import Status
from mockca.registry.units import Unit
from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import KEEPS_KEY
from mockca.rules.subjects import SubjectFacts, subject_of
from token_emulator.errors import TokenError, UnknownModel
from token_emulator.staged import StagedDevice

USER_PIN_LENGTH = 8
SO_PIN_LENGTH = 12


@dataclass(frozen=True, slots=True)
class _Order:
    """A dossier that may be issued."""

    dossier: Dossier
    unit: Unit
    regulation: Regulation
    issued: str
    """The state that issuing leads to."""
    former: Certificate | None
    """The certificate whose key the next one is for, where it renews or changes that one."""


def issue_certificate(
    sandbox: Sandbox,
    actor: Actor,
    command: IssueCertificate,
    *,
    number: int,
    idempotency_key: str | None = None,
) -> IssuedView:
    """Issue the certificate for an approved dossier; with a device, its PIN letter goes along.

    The slow parts, making the key and signing, run outside the write transaction. A device that the transaction
    does not record is discarded; after a crash in between, the sandbox's next opening sweeps it away.
    """
    this = partial(_issue_certificate, number=number)
    with ExitStack() as devices_in_hand:
        with journalling_refusals(sandbox, actor, this):
            with sandbox.store.read() as connection:
                answered = recall(connection, actor, this, command, idempotency_key)
                if answered is not None:
                    return _with_letter(sandbox, answered)
                order = _order(sandbox, actor, connection, number)
            staged: StagedDevice | None = None
            key: PublicKey
            if order.former is not None:
                key = key_of(order.former)
            elif command.csr is not None:
                key = pki_csr.parse(command.csr).public_key
            else:
                made = personalise(
                    sandbox,
                    command.device_model,
                    command.algorithm.value,
                    dossier=number,
                    unit=order.dossier.unit,
                )
                staged = devices_in_hand.enter_context(made)
                key = load_public(staged.public_key_der)
        draft = _sign(sandbox, order, key, staged, command.device_model)
        if staged is not None:
            finish_device(staged, draft.der)
        enter_it = partial(this, order=order, draft=draft)
        view = perform(sandbox, actor, enter_it, command, idempotency_key=idempotency_key)
        if order.former is not None:
            run_due(sandbox)
        if staged is not None and staged.serial != view.certificate.device:
            # A concurrent request with the same key was quicker: its device is the one that is recorded.
            staged.discard()
    return _with_letter(sandbox, view)


def _order(sandbox: Sandbox, actor: Actor, connection: Connection, number: int) -> _Order:
    """Check that the dossier may be issued now by this actor; read what is needed for it."""
    dossier = dossiers.get(connection, number)
    if dossier is None:
        raise NotFound("dossier", str(number))
    regulation = sandbox.regulation(dossier.regulation)
    actor.require_province(regulation, "issue_certificate")
    regulation.require_role_for(actor.role, "issue_certificate", dossier.operation)
    issued = lifecycle.DOSSIER.step(regulation, dossier.state, "issue", name=str(number))
    unit = units.get(connection, dossier.unit)
    assert unit is not None  # noqa: S101 - a foreign key of the dossier
    require_standing(connection, regulation, unit)
    former = None
    if dossier.operation in KEEPS_KEY and dossier.replaces is not None:
        former = require_certificate(connection, dossier.replaces)
        _require_alive(connection, regulation, dossier, former, sandbox.clock.now())
    return _Order(dossier, unit, regulation, issued, former)


def _require_alive(
    connection: Connection, regulation: Regulation, dossier: Dossier, former: Certificate, now: datetime
) -> None:
    """Raise OutOfOrder where the certificate to be renewed or changed has ended, or is on hold, by now."""
    found = require_status(connection, former.serial, now)
    if found.status is not Status.EFFECTIVE:
        clause = regulation.services[dossier.operation].clause
        raise OutOfOrder("certificate", former.serial, found.status.value, dossier.operation, (), clause)


def personalise(sandbox: Sandbox, model: str, algorithm: str, *, dossier: int, unit: str) -> StagedDevice:
    """Make a device for a dossier, its key on it; Refused for an unknown model, SetUpError where the machine lacks
    something."""
    label = f"MOCK {dossier} {unit}"[:32]
    user_pin, so = pin_letter(sandbox, dossier).user_pin, so_pin(sandbox, dossier)
    try:
        return sandbox.shelf.personalise(model, algorithm, user_pin, so, label)
    except UnknownModel as error:
        raise Refused([_unknown_model(error)]) from error
    except TokenError as error:
        raise SetUpError(str(error)) from error


def finish_device(staged: StagedDevice, certificate: bytes) -> None:
    """Write the certificate to the device and put it onto the shelf; SetUpError where that goes wrong."""
    try:
        staged.write_certificate(certificate)
        staged.place()
    except TokenError as error:
        raise SetUpError(str(error)) from error


def _unknown_model(error: UnknownModel) -> Violation:
    return Violation(
        field="device_model",
        value=error.model,
        clause="unsourced",
        vi="Không có kiểu thiết bị này.",
        en="there is no such device model",
        accepted=", ".join(error.known),
    )


def _sign(sandbox: Sandbox, order: _Order, key: PublicKey, staged: StagedDevice | None, model: str) -> Draft:
    dossier, regulation, former = order.dossier, order.regulation, order.former
    serial = sandbox.randomness.serial(f"dossier/{dossier.number}")
    not_before = sandbox.clock.now().replace(microsecond=0)
    if former is not None:
        subject = successor_subject(dossier, former, order.unit, regulation)
        not_after = successor_end(dossier, former, not_before, regulation)
        device = former.device
    else:
        facts = subject_of(regulation, dossier.subscriber_kind, dossier.form, dossier.fields, unit_facts(order.unit))
        subject, device = _name(facts), staged.serial if staged else None
        not_after = not_before + timedelta(days=facts.validity_days)
    return Draft(
        regulation=regulation,
        operation=dossier.operation,
        subscriber_kind=dossier.subscriber_kind,
        unit=dossier.unit,
        replaces=dossier.replaces,
        subject=subject,
        public_key=key,
        serial=serial,
        not_before=not_before,
        not_after=not_after,
        der=sandbox.issuer.issue(subject, key, serial=serial, not_before=not_before, not_after=not_after),
        device=device,
        model=model,
    )


def _name(subject: SubjectFacts) -> SubjectName:
    return SubjectName(
        common_name=subject.common_name,
        organisations=subject.organisations,
        locality=subject.locality,
        email=subject.email,
    )


def _issue_certificate(
    transaction: Transaction, command: IssueCertificate, *, order: _Order, draft: Draft, number: int
) -> IssuedView:
    del command
    connection, regulation = transaction.connection, draft.regulation
    serial = f"{draft.serial:x}"
    if not dossiers.issue(connection, number, serial, before=order.dossier.state, after=order.issued):
        raise Conflict(f"dossier {number} was issued by another request just now")
    entered = enter(connection, draft, dossier=number, at=transaction.now)
    if entered.superseded is not None:
        tell(
            connection,
            regulation,
            "certificate.superseded",
            transaction.now,
            unit=entered.superseded.unit,
            serial=entered.superseded.serial,
            more=f"Chứng thư số {entered.superseded.serial} được thay bằng {serial}.",
        )
    met(transaction, regulation, "certificate.issued", f"dossier {number}")
    tell(
        connection,
        regulation,
        "certificate.issued",
        transaction.now,
        unit=draft.unit,
        serial=serial,
        more=f"Chứng thư số {serial} của {draft.subject.common_name}.",
    )
    transaction.record(
        DONE[draft.operation],
        f"certificate {serial}",
        {"dossier": number, "device": draft.device, "not_after": draft.not_after.isoformat()},
        _clauses(regulation, draft.operation),
    )
    holder = _holder(transaction, draft)
    return IssuedView(certificate=told(regulation, entered.certificate, entered.status, holder, transaction.now))


DONE = {
    "issue": "certificate.issued",
    "renew": "certificate.renewed",
    "change": "certificate.changed",
    "reissue": "certificate.reissued",
}
"""What the journal calls each operation when it is done."""


def _clauses(regulation: Regulation, operation: str) -> list[str]:
    if operation not in KEEPS_KEY:
        return [regulation.operations["issue_certificate"].clause, regulation.max_years.clause]
    return [regulation.permission("issue_certificate", operation).clause, regulation.services[operation].clause]


def _holder(transaction: Transaction, draft: Draft) -> str | None:
    device = None if draft.device is None else devices.get(transaction.connection, draft.device)
    return None if device is None else device.holder


def pin_letter(sandbox: Sandbox, dossier: int) -> PinLetter:
    """The first PINs of the device made for a dossier. Derived each time, never stored."""
    return PinLetter(
        user_pin=pin(sandbox.device_secret, f"user/{dossier}", USER_PIN_LENGTH), so_pin=so_pin(sandbox, dossier)
    )


def so_pin(sandbox: Sandbox, dossier: int) -> str:
    """The SO PIN of the device made for a dossier, by which alone it can be restored."""
    return pin(sandbox.device_secret, f"so/{dossier}", SO_PIN_LENGTH)


def _with_letter(sandbox: Sandbox, view: IssuedView) -> IssuedView:
    if view.certificate.device is None:
        return view
    return view.model_copy(update={"pin_letter": pin_letter(sandbox, view.certificate.dossier)})
