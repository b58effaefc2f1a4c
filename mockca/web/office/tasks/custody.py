"""Handovers: minutes of each leg, signed by both sides. Loss, damage."""

from __future__ import annotations

from dataclasses import replace

from mockca.desk.commands import RecordHandover, ReportDamage, ReportLoss
from mockca.desk.views import DeviceView
from mockca.errors import NotFound
from mockca.rules.filling import filled
from mockca.rules.regulation import Form, Leg, Regulation
from mockca.web.office import words
from mockca.web.office.fields import Field, Group, Sheet, fixed, hidden_group
from mockca.web.office.matter import Matter
from mockca.web.office.models import group_of
from mockca.web.office.papers import KINDS, sheet_groups, signatory_group
from mockca.web.office.tasks.base import task
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate
from mockca.web.site.rendering import word

MOST_DEVICES = 200
MOST_COMPANIONS = 50


def legs_from(regulation: Regulation, holder: str, allowed: tuple[str, ...]) -> list[Leg]:
    """The legs that a device may go next."""
    return [leg for leg in regulation.legs.values() if leg.giver == holder and leg.step in allowed]


@task()
def record_handover(matter: Matter) -> Sheet:
    """Minutes of one leg for one device or several that go the same way."""
    regulation = matter.regulation
    device = matter.device
    if device is None:
        raise NotFound("device", "?")
    legs = legs_from(regulation, device.holder, device.allowed)
    named = regulation.legs.get(matter.text("leg"))
    leg = named or next(iter(legs), None)
    if leg is None:
        raise NotFound("leg", matter.text("leg") or device.state)
    serials = [device.serial, *_fellows(matter)]
    form = regulation.forms[leg.form]
    items: list[Field] = []
    rows: list[Field] = []
    for number, serial in enumerate(serials):
        one = device if serial == device.serial else ask("read_device", serial=serial)
        items += [fixed(f"items.{number}.certificate", one.certificate), fixed(f"items.{number}.device", one.serial)]
        rows += _row(matter, form, number, one)
    counted = {name: len(serials) for name, rule in form.fields.items() if rule.counts == "rows"}
    minutes = [
        one
        for group in sheet_groups(
            regulation,
            form.code,
            "form",
            matter.samples,
            values=filled(form.fields, {"province": regulation.province}) | counted,
        )
        for one in group.fields
        if one.path.startswith("form.fields.")
    ]
    appointed = leg.receiver_appointed.clause if leg.receiver_appointed.value else ""
    return Sheet(
        (
            hidden_group([fixed("regulation", regulation.id), fixed("leg", leg.name), fixed("form", leg.form), *items]),
            group_of(
                RecordHandover,
                title=f"{words.told(leg)}: {words.told(form)}",
                given={
                    "document_number": Field(
                        "document_number",
                        words.part("document_number"),
                        sample=matter.samples.document("minutes"),
                        clause=form.clause,
                    ),
                    "copies": Field(
                        "copies",
                        words.part("copies"),
                        "number",
                        required=leg.copies is not None,
                        clause="" if leg.copies is None else leg.copies.clause,
                        sample=None if leg.copies is None else leg.copies.value,
                    ),
                    "via": _way(leg),
                },
                only=("document_number", "copies", "via"),
                clause=leg.clause,
            ),
            Group("", tuple(_renamed(one) for one in minutes), clause=form.clause),
            Group(translate("Từng thiết bị"), tuple(rows), path="items", clause=form.clause),
            signatory_group(
                "giver", matter.samples, papers={}, appointed="", title=_side(translate("Bên giao"), leg.giver)
            ),
            signatory_group(
                "receiver",
                matter.samples,
                papers=leg.receiver_papers,
                appointed=appointed,
                title=_side(translate("Bên nhận"), leg.receiver),
            ),
        ),
        "record_handover",
        note=translate("Thiết bị: {serials}").format(serials=", ".join(serials)),
        clause=leg.clause,
        sampled=True,
        others=_going_too(matter, leg, device, serials),
        others_as="with",
    )


def _fellows(matter: Matter) -> list[str]:
    """Further devices that were chosen to go along."""
    return [serial for serial in matter.text("with").split(",") if serial][:MOST_DEVICES]


def _going_too(matter: Matter, leg: Leg, device: DeviceView, serials: list[str]) -> tuple[tuple[str, str], ...]:
    """Devices that may go the same leg by the same minutes."""
    query = {"state": device.state, "holder": device.holder, "limit": str(MOST_COMPANIONS)}
    found = []
    for one in ask("list_devices", query=query).items:
        if one.serial in serials or one.certificate is None or leg.step not in one.allowed:
            continue
        on_it = ask("read_certificate", serial=one.certificate)
        if on_it.regulation == matter.regulation.id:
            found.append((one.serial, f"{on_it.common_name} · {one.serial}"))
    return tuple(found)


def _row(matter: Matter, form: Form, number: int, device: DeviceView) -> list[Field]:
    """The columns of the minutes that the request does not tell already."""
    known = {"certificate.serial": device.certificate, "certificate.device": device.serial}
    told = filled(form.rows, known)
    asked = [name for name in form.rows if name not in told]
    if not asked:
        return []
    _, columns = matter.filled(form.code) if number == 0 else ({}, {})
    return [
        Field(
            f"items.{number}.row.{name}",
            f"{words.told(form.rows[name])} · {device.serial}",
            KINDS.get(form.rows[name].type, "text"),
            required=form.rows[name].required,
            value=columns.get(name),
            clause=form.rows[name].clause,
            sample=matter.samples.of_field(matter.regulation, name, form.rows[name]),
        )
        for name in asked
    ]


def _renamed(one: Field) -> Field:
    """A field of the minutes' form, where the request has it."""
    return replace(one, path=one.path.removeprefix("form."))


def _side(title: str, role: str) -> str:
    return f"{title}: {word(role, 'role')}"


def _way(leg: Leg) -> Field:
    ways = ("in_person", "cipher_service", "post")
    rule = leg.transport
    return Field(
        "via",
        words.part("via"),
        "choice",
        required=rule is not None,
        choices=tuple((way, words.value(way)) for way in ways),
        clause="" if rule is None else rule.clause,
        sample=None if rule is None else sorted(rule.value)[0],
    )


@task(grave=True)
def report_loss(matter: Matter) -> Sheet:
    """A device is lost."""
    return _report(matter, "report_loss", ReportLoss)


@task()
def report_damage(matter: Matter) -> Sheet:
    """A device works no longer."""
    return _report(matter, "report_damage", ReportDamage)


def _report(matter: Matter, name: str, model: type[ReportLoss] | type[ReportDamage]) -> Sheet:
    regulation, lost = matter.regulation, matter.regulation.revocation.lost_form
    clause = regulation.operations[name].clause
    given = {} if lost is None else {"form": lost.value}
    group = group_of(model, title="", given=given, without=("form",) if lost is None else ())
    return Sheet((group,), name, {"serial": matter.text("device")}, clause=clause)
