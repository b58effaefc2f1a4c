"""The trainer's shortcut: certificates that are there as if they had been issued at an instant of the past.

They are as real as any: signed by the sandbox's CA, each with a key of its own, a dossier, an activation where the
regulation announces, an announcement, an end in the schedule. What they lack is a device and the way through the desks:
nobody has their private keys, and the rules of filing were not asked.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from faker import Faker

from mockca.clock import EARLIEST
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import StageCertificates, SubscriberKind
from mockca.desk.expiry import EXPIRE
from mockca.desk.facts import unit_facts
from mockca.desk.sandbox import Sandbox
from mockca.desk.telling import KEEP_AFTER_EXPIRY
from mockca.desk.transaction import changing, journalling_refusals
from mockca.desk.views import StagedView
from mockca.errors import NotFound, Refused, Violation
from mockca.pki import keys
from mockca.pki.keys import KeyAlgorithm
from mockca.pki.names import SubjectName, encode, fold, rfc4514
from mockca.registry import staging as registry
from mockca.registry import units
from mockca.registry.staging import Batch, Staged
from mockca.registry.units import Unit
from mockca.rules.regulation import Regulation
from mockca.rules.subjects import subject_of
from mockca.rules.terms import UNSOURCED, DossierRequirements, SubjectSource

CONTROL = "control"
"""Stands where a clause id would: the control plane is no part of any regulation."""
BATCH = 500
"""Most certificates of one transaction, so that others' requests get their turn in between."""
ALGORITHM = KeyAlgorithm.P256
"""Of the subscribers' keys: the quickest to make, and none is ever used."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A command that may be carried out."""

    regulation: Regulation
    requirements: DossierRequirements
    source: SubjectSource
    units: tuple[Unit, ...]
    issued_at: datetime
    not_after: datetime
    years: int
    expires: bool
    """Whether notAfter is still to come."""
    first: int
    """Number of the dossier before the first one."""


def stage_certificates(
    sandbox: Sandbox, actor: Actor, command: StageCertificates, progress: Callable[[int], None] = lambda _: None
) -> StagedView:
    """Put certificates there, in transactions of at most 500; `progress` is told how many are there by now.

    A run that is cut off leaves whole batches. Refused for a kind, a unit or an instant that will not do; Malformed for
    a name that fits no certificate; Forbidden for anybody but the trainer; Conflict where two run at the same time.
    """
    with journalling_refusals(sandbox, actor, stage_certificates):
        actor.require("stage certificates", (Role.TRAINER,), CONTROL)
        order = _order(sandbox, command)
        serials: list[str] = []
        numbers: list[int] = []
        shares: Counter[str] = Counter()
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as signers:
            waiting = _drafts(sandbox, command, order)
            while drafts := list(islice(waiting, BATCH)):
                staged = list(signers.map(lambda draft: _sign(sandbox, order, command, *draft), drafts))
                numbers += _enter(sandbox, actor, order, command, staged)
                serials += [one.serial for one in staged]
                shares.update(one.unit for one in staged)
                progress(len(serials))
    return StagedView(
        regulation=order.regulation.id,
        subscriber_kind=command.subscriber_kind,
        count=len(serials),
        issued_at=order.issued_at,
        not_after=order.not_after,
        serials=tuple(serials),
        dossiers=tuple(numbers),
        units=dict(shares),
    )


def _order(sandbox: Sandbox, command: StageCertificates) -> _Order:
    regulation = sandbox.regulation(command.regulation)
    requirements = regulation.requirements.get(command.subscriber_kind)
    source = None if requirements is None else regulation.forms[requirements.form].subject
    if requirements is None or source is None:
        raise Refused([_no_such_kind(regulation, command.subscriber_kind)])
    with sandbox.store.read() as connection:
        found = units.listing(connection)
        first = registry.latest(connection)
    for name in command.common_names or ():
        # Here, lest it be found out when half of them are in the registry.
        encode(SubjectName(name))
    now = sandbox.clock.now()
    asked = command.issued_at or now
    last = sandbox.hierarchy.issuing.certificate.not_valid_after_utc
    years = command.years or regulation.max_years.value
    term = timedelta(days=years * regulation.year_days.value)
    if not EARLIEST <= asked <= now or last - asked < term:
        raise Refused([_out_of_range(asked, now, last)])
    issued_at = asked.astimezone(UTC).replace(microsecond=0)
    return _Order(
        regulation=regulation,
        requirements=requirements,
        source=source,
        units=_holders(regulation, requirements, found, command.unit),
        issued_at=issued_at,
        not_after=issued_at + term,
        years=years,
        expires=issued_at + term > now,
        first=first,
    )


def _holders(
    regulation: Regulation, requirements: DossierRequirements, found: Sequence[Unit], wanted: str | None
) -> tuple[Unit, ...]:
    """The unit that was asked for, or all that may have certificates of the kind."""
    here = [unit for unit in found if unit.regulation == regulation.id and unit.ended_on is None]
    if wanted is not None:
        here = [unit for unit in here if unit.id == wanted]
        if not here:
            raise NotFound("unit", wanted)
    eligible = [unit for unit in here if unit.category in regulation.eligible]
    sealed = [unit for unit in eligible if unit.has_seal or not requirements.seal.value]
    if not eligible:
        raise Refused([_not_eligible(regulation, here)])
    if not sealed:
        raise Refused([_no_seal(requirements, eligible)])
    return tuple(sealed)


def _drafts(sandbox: Sandbox, command: StageCertificates, order: _Order) -> Iterator[tuple[Unit, str, int]]:
    """Unit, common name and serial number of each certificate."""
    holders = islice(cycle(order.units), command.count)
    given = None if command.common_names is None else cycle(command.common_names)
    faker = Faker("vi_VN")
    faker.seed_instance(int.from_bytes(sandbox.randomness.octets(f"staged/{order.first}", 8)))
    for number, unit in enumerate(holders, start=1):
        name = _made_up(faker, command.subscriber_kind, unit, number) if given is None else next(given)
        yield unit, name, sandbox.randomness.serial(f"staged/{order.first}/{number}")


def _made_up(faker: Faker, kind: SubscriberKind, unit: Unit, number: int) -> str:
    if kind is SubscriberKind.ORGANISATION:
        return unit.name
    if kind is SubscriberKind.EQUIPMENT:
        return f"Phần mềm một cửa {number:05d}"
    if faker.boolean():
        middle, given = faker.random_element(("Thị", "Thị Thu", "Thị Kim", "Bích")), faker.first_name_female()
    else:
        middle, given = faker.random_element(("Văn", "Hữu", "Bá", "Gia")), faker.first_name_male()
    return f"{faker.last_name()} {middle} {given}"


def _sign(sandbox: Sandbox, order: _Order, command: StageCertificates, unit: Unit, name: str, serial: int) -> Staged:
    fields: dict[str, object] = {order.source.common_name: name, "validity_years": order.years}
    if order.source.email is not None:
        fields[order.source.email] = _email(name, serial, unit)
    facts = subject_of(order.regulation, command.subscriber_kind, order.requirements.form, fields, unit_facts(unit))
    subject = SubjectName(facts.common_name, facts.organisations, facts.locality, facts.email)
    der = sandbox.issuer.issue(
        subject,
        keys.generate(ALGORITHM).public_key(),
        serial=serial,
        not_before=order.issued_at,
        not_after=order.not_after,
        backdated=True,
    )
    return Staged(f"{serial:x}", unit.id, rfc4514(subject), facts.common_name, fields, ALGORITHM.value, der)


def _email(name: str, serial: int, unit: Unit) -> str:
    """An address of nobody else's, under the unit's mail domain."""
    mailbox = fold(name).encode("ascii", "ignore").decode()[:40]
    return f"{mailbox}.{serial & 0xFFFFFFFF:08x}@{unit.email.rpartition('@')[2]}".lstrip(".")


def _enter(
    sandbox: Sandbox, actor: Actor, order: _Order, command: StageCertificates, staged: Sequence[Staged]
) -> list[int]:
    activation = order.regulation.activation
    batch = Batch(
        regulation=order.regulation.id,
        subscriber_kind=command.subscriber_kind,
        form=order.requirements.form,
        activation_form=None if activation is None else activation.form,
        issued_at=order.issued_at,
        not_after=order.not_after,
        keep_until=order.not_after + KEEP_AFTER_EXPIRY,
        by=actor.account,
    )
    with changing(sandbox, actor) as transaction:
        numbers = registry.enter(transaction.connection, batch, staged, EXPIRE if order.expires else None)
        transaction.record(
            "certificates.staged",
            f"regulation {order.regulation.id}",
            {
                "count": len(staged),
                "issued_at": order.issued_at.isoformat(),
                "dossiers": [numbers[0], numbers[-1]],
                "serials": [one.serial for one in staged],
            },
        )
    return numbers


def _no_such_kind(regulation: Regulation, kind: str) -> Violation:
    return Violation(
        field="subscriber_kind",
        value=kind,
        clause=regulation.eligible_clause,
        vi="Quy định này không cấp chứng thư số cho loại thuê bao này.",
        en="this regulation has no certificates for this kind of subscriber",
        accepted=", ".join(regulation.requirements),
    )


def _not_eligible(regulation: Regulation, found: Sequence[Unit]) -> Violation:
    return Violation(
        field="unit",
        value=", ".join(f"{unit.id} ({unit.category})" for unit in found),
        clause=regulation.eligible_clause,
        vi="Đơn vị không thuộc đối tượng được cấp chứng thư số.",
        en="the unit is not of a category that may have certificates",
        accepted=", ".join(regulation.eligible),
    )


def _no_seal(requirements: DossierRequirements, found: Sequence[Unit]) -> Violation:
    return Violation(
        field="unit",
        value=", ".join(unit.id for unit in found),
        clause=requirements.seal.clause,
        vi="Đơn vị không có con dấu riêng.",
        en="the unit has no seal of its own",
        accepted="a unit with a seal",
    )


def _out_of_range(issued_at: datetime, now: datetime, last: datetime) -> Violation:
    return Violation(
        field="issued_at, years",
        value=issued_at.isoformat(),
        clause=UNSOURCED,
        vi="Chứng thư số phải được cấp trong quá khứ và hết hạn không muộn hơn chứng thư của cơ quan chứng thực.",
        en="certificates are staged for the past, and end no later than the authority's own",
        accepted=f"{EARLIEST.isoformat()} to {now.isoformat()}, ending by {last.isoformat()}",
    )
