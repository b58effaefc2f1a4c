"""The next slice of the work, looked at and made ready outside any transaction: steps, keys, devices, certificates."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection

from mockca.desk.entering import Draft
from mockca.desk.issuance import finish_device, personalise
from mockca.desk.reorganisation.drafting import draft_change, draft_reissue
from mockca.desk.reorganisation.planning import held_facts
from mockca.desk.sandbox import Sandbox
from mockca.desk.staging import ALGORITHM
from mockca.errors import Malformed, Refused, Violation
from mockca.pki import keys
from mockca.pki.keys import load_public
from mockca.registry import certificates, devices, reorganisations, units
from mockca.registry.certificates import Certificate
from mockca.registry.devices import Device
from mockca.registry.reorganisations import PENDING, REISSUING, Held, Item, Reorganisation
from mockca.registry.units import Unit
from mockca.rules.deadlines import VIETNAM
from mockca.rules.regulation import Regulation
from mockca.rules.reorganised import Step, step_for
from mockca.rules.terms import UNSOURCED, ReorganisationRule
from token_emulator.staged import StagedDevice

DEVICES = 20
"""Most devices of one slice: making or writing one takes as long as dozens of certificates."""


HANDFUL = 25
"""Items that a signer gets at a time."""


@dataclass(frozen=True, slots=True)
class Work:
    """One item, looked at now."""

    item: Item
    former: Certificate
    held: Held
    step: Step
    """What is possible now; of an item that is revoked already, nothing is asked any more."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Items of one state, with what was made ready for them."""

    found: Reorganisation
    regulation: Regulation
    rule: ReorganisationRule
    state: str
    works: tuple[Work, ...]
    bodies: dict[str, Unit]
    drafts: dict[str, Draft] = field(default_factory=dict)
    """New certificates by the former one's serial."""
    failures: dict[str, Violation] = field(default_factory=dict)
    """Why no new certificate can be made, by the former one's serial."""
    staged: dict[str, StagedDevice] = field(default_factory=dict)
    """New devices by the former certificate's serial."""
    recorded: set[str] = field(default_factory=set)
    """Serials of the new devices that the registry knows by now."""


def look(
    sandbox: Sandbox,
    connection: Connection,
    found: Reorganisation,
    now: datetime,
    *,
    limit: int,
    only: Slice | None = None,
) -> Slice:
    """The next items as they stand now; of an earlier look, where given, those that are still to be done.

    What is revoked and waits for its new certificate comes first.
    """
    regulation = sandbox.regulation(found.regulation)
    rule = regulation.reorganisations[found.kind]
    if only is None:
        state = REISSUING
        items = reorganisations.waiting(connection, found.number, REISSUING, limit)
        if not items:
            state = PENDING
            items = reorganisations.waiting(connection, found.number, PENDING, limit)
    else:
        state = only.state
        still = reorganisations.still(connection, found.number, state, [work.item.serial for work in only.works])
        items = [work.item for work in only.works if work.item.serial in still]
    serials = [item.serial for item in items]
    # What a certificate says never changes: it is read once.
    known = certificates.gather(connection, serials) if only is None else [work.former for work in only.works]
    formers = {former.serial: former for former in known}
    held = reorganisations.held(connection, serials, now)
    today = now.astimezone(VIETNAM).date()
    works = []
    for item in items:
        facts = held_facts(held[item.serial], rule, item.successor)
        step = step_for(regulation, rule, facts, today, planned=item.action)
        works.append(Work(item, formers[item.serial], held[item.serial], step))
    if only is None:
        works = _with_few_devices(works, state)
    bodies = units.gather(connection, {item.successor for item in items if item.successor is not None})
    return Slice(found, regulation, rule, state, tuple(works), bodies)


def _with_few_devices(works: Sequence[Work], state: str) -> list[Work]:
    """The first of them, up to where too many devices would have to be made or written."""
    count = 0
    for place, work in enumerate(works):
        on_device = work.former.device is not None and (state == REISSUING or _changes(work))
        count += on_device
        if count > DEVICES:
            return list(works[:place])
    return list(works)


def _changes(work: Work) -> bool:
    return work.step.action is not None and work.step.action.action == "change"


def prepare(sandbox: Sandbox, part: Slice, on_devices: dict[str, Device], stack: ExitStack) -> None:
    """Make and sign what the slice needs; new devices are discarded with `stack` unless it ends well."""
    now = sandbox.clock.now()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as signers:
        if part.state == PENDING:
            changing = [work for work in part.works if _changes(work)]
            _gather(part, changing, _each(signers, changing, lambda work: _change(sandbox, part, work, now)))
            return
        without = [work for work in part.works if work.former.device is None]
        _gather(part, without, _each(signers, without, lambda work: _reissue(sandbox, part, work, now)))
    for work in part.works:
        device = on_devices.get(work.former.device or "")
        if device is not None:
            _gather(part, [work], [_reissue_on_device(sandbox, part, work, device, stack)])


def _each(
    signers: Executor, works: Sequence[Work], make: Callable[[Work], Draft | Violation]
) -> list[Draft | Violation]:
    """What is made of each item, in their order; handing a signer one by one costs as much as a signature."""
    handfuls = [works[at : at + HANDFUL] for at in range(0, len(works), HANDFUL)]
    return list(chain.from_iterable(signers.map(lambda handful: [make(work) for work in handful], handfuls)))


def _gather(part: Slice, works: Sequence[Work], made: Sequence[Draft | Violation]) -> None:
    for work, draft in zip(works, made, strict=True):
        if isinstance(draft, Violation):
            part.failures[work.item.serial] = draft
        else:
            part.drafts[work.item.serial] = draft


def _change(sandbox: Sandbox, part: Slice, work: Work, now: datetime) -> Draft | Violation:
    return _or_why(
        work,
        lambda: draft_change(
            sandbox, part.regulation, work.former, _body(part, work), number=part.found.number, now=now
        ),
    )


def _reissue(sandbox: Sandbox, part: Slice, work: Work, now: datetime) -> Draft | Violation:
    key = keys.generate(ALGORITHM).public_key()
    return _or_why(
        work,
        lambda: draft_reissue(
            sandbox,
            part.regulation,
            work.former,
            _body(part, work),
            key,
            number=part.found.number,
            now=now,
            device=None,
            model="",
        ),
    )


def _reissue_on_device(sandbox: Sandbox, part: Slice, work: Work, old: Device, stack: ExitStack) -> Draft | Violation:
    """A new device of the former one's model, for the reissue's dossier, with the certificate on it."""
    unit = _body(part, work)
    try:
        made = personalise(sandbox, old.model, old.algorithm, dossier=int(work.item.outcome["dossier"]), unit=unit.id)
    except Refused as error:
        return error.violations[0]
    staged = part.staged[work.item.serial] = stack.enter_context(made)
    draft = _or_why(
        work,
        lambda: draft_reissue(
            sandbox,
            part.regulation,
            work.former,
            unit,
            load_public(staged.public_key_der),
            number=part.found.number,
            now=sandbox.clock.now(),
            device=staged.serial,
            model=old.model,
        ),
    )
    if isinstance(draft, Draft):
        finish_device(staged, draft.der)
    return draft


def _body(part: Slice, work: Work) -> Unit:
    assert work.item.successor is not None  # noqa: S101 - no rule makes a new certificate for nobody
    return part.bodies[work.item.successor]


def _or_why(work: Work, make: Callable[[], Draft]) -> Draft | Violation:
    try:
        return make()
    except Malformed as error:
        return Violation(
            field="certificate",
            value=work.item.serial,
            clause=UNSOURCED,
            vi="Không lập được chứng thư số mới.",
            en=f"No new certificate can be made: {error}",
            accepted="-",
        )


def old_devices(connection: Connection, part: Slice) -> dict[str, Device]:
    """The devices of the former certificates, by their serials."""
    serials = [work.former.device for work in part.works if work.former.device is not None]
    return {device.serial: device for device in devices.gather(connection, serials)}
