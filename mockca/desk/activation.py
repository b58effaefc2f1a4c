"""Activation: the registrar proposes the time of effect, the authority publishes it."""

from __future__ import annotations

from mockca.desk.commands import ProposeActivation
from mockca.desk.due import PUBLISH_ACTIVATION
from mockca.desk.facts import submission_facts
from mockca.desk.publishing import publish_scheduled
from mockca.desk.statuses import require_certificate, require_status
from mockca.desk.transaction import Transaction
from mockca.desk.views import ActivationView
from mockca.errors import Conflict, NotAvailable, NotFound, OutOfOrder, Refused
from mockca.registry import activations, devices, schedule
from mockca.registry.activations import Activation
from mockca.registry.certificates import Certificate
from mockca.rules import effect, lifecycle
from mockca.rules.facts import ActivationFacts
from mockca.rules.regulation import Regulation
from mockca.rules.terms import ActivationRules


def propose_activation(transaction: Transaction, command: ProposeActivation) -> ActivationView:
    """Propose the time of effect of handed-over certificates."""
    regulation = transaction.sandbox.regulation(command.regulation)
    transaction.actor.require_province(regulation, "propose_activation")
    rules = _rules(regulation)
    regulation.require_role(transaction.actor.role, "propose_activation")
    named = [require_certificate(transaction.connection, serial) for serial in dict.fromkeys(command.certificates)]
    violations = effect.check_activation(
        regulation,
        ActivationFacts(
            form=command.form.code,
            fields=command.form.fields,
            wanted_at=command.effective_at,
            now=transaction.now,
            submission=submission_facts(
                transaction,
                command.submission,
                {**command.form.fields, "certificates": command.certificates},
            ),
        ),
    )
    if violations:
        raise Refused(violations)
    for certificate in named:
        _require_ready(transaction, regulation, rules, certificate)
    number = activations.add(
        transaction.connection,
        [certificate.serial for certificate in named],
        regulation=regulation.id,
        form=command.form.code,
        fields=dict(command.form.fields),
        state=lifecycle.ACTIVATION.initial(regulation),
        proposed_by=transaction.actor.account,
        proposed_at=transaction.now,
        wanted_at=command.effective_at,
    )
    transaction.record(
        "activation.proposed",
        f"activation {number}",
        {"certificates": [certificate.serial for certificate in named]},
        [rules.clause],
    )
    return activation_view(transaction, number)


def publish_activation(transaction: Transaction, command: None = None, *, number: int) -> ActivationView:
    """Publish a proposal: at once, or at the proposed time where that is still to come."""
    del command
    activation = _require(transaction, number)
    regulation = transaction.regulation(activation.regulation, "publish_activation")
    wanted = activation.wanted_at
    later = wanted is not None and wanted > transaction.now
    step = "schedule" if later else "publish"
    state = lifecycle.ACTIVATION.step(regulation, activation.state, step, name=str(number))
    if later and wanted is not None:
        activations.update(transaction.connection, number, state=state, effective_at=wanted)
        schedule.add(transaction.connection, wanted, PUBLISH_ACTIVATION, str(number))
        transaction.record(
            "activation.scheduled",
            f"activation {number}",
            {"effective_at": wanted.isoformat()},
            [regulation.effective_from.clause],
        )
    else:
        publish_scheduled(transaction.sandbox, transaction.connection, number, transaction.now)
    return activation_view(transaction, number)


def activation_view(transaction: Transaction, number: int) -> ActivationView:
    """The proposal, for those who may see it; NotFound otherwise."""
    activation = _require(transaction, number)
    return ActivationView(
        number=activation.number,
        regulation=activation.regulation,
        state=activation.state,
        certificates=activations.serials_of(transaction.connection, number),
        proposed_at=activation.proposed_at,
        effective_at=activation.effective_at,
    )


def _require(transaction: Transaction, number: int) -> Activation:
    activation = activations.get(transaction.connection, number)
    if activation is None or not transaction.actor.sees_unit(activation.regulation, ""):
        raise NotFound("activation", str(number))
    return activation


def _rules(regulation: Regulation) -> ActivationRules:
    if regulation.activation is None:
        raise NotAvailable("activate", regulation.id, regulation.effective_from.clause)
    return regulation.activation


def _require_ready(
    transaction: Transaction, regulation: Regulation, rules: ActivationRules, certificate: Certificate
) -> None:
    """The certificate waits for its effect, and its device has reached the subscriber."""
    connection = transaction.connection
    if certificate.regulation != regulation.id:
        raise NotFound("certificate", certificate.serial)
    found = require_status(connection, certificate.serial, transaction.now)
    lifecycle.CERTIFICATE.step(regulation, found.status.value, "activate", name=certificate.serial, clause=rules.clause)
    device = None if certificate.device is None else devices.get(connection, certificate.device)
    if device is not None and device.state != rules.device_state:
        raise OutOfOrder(
            "device",
            device.serial,
            device.state,
            "activate",
            lifecycle.DEVICE.allowed(regulation, device.state),
            rules.clause,
        )
    pending = activations.pending_for(connection, certificate.serial)
    if pending is not None:
        raise Conflict(f"certificate {certificate.serial} is in proposal {pending.number} already")
