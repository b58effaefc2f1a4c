"""Revocation and restore: asked for on a ground, passed on, decided."""

from __future__ import annotations

from mockca.desk.commands import (
    DecideRestore,
    DecideRevocation,
    Decision,
    ForwardRevocation,
    RequestRestore,
    RequestRevocation,
    Unfit,
)
from mockca.desk.device_kinds import device_kind
from mockca.errors import NotFound
from mockca.rules.grounds import form_for, forwarder_of
from mockca.rules.terms import Ground
from mockca.web.office import words
from mockca.web.office.fields import Field, Group, Sheet, fixed, hidden_group
from mockca.web.office.matter import Matter
from mockca.web.office.models import group_of
from mockca.web.office.papers import attachment_group, letter_group, sheet_groups
from mockca.web.office.tasks.base import task
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate


def grounds_for(matter: Matter) -> list[Ground]:
    """The grounds on which this role may ask for the revocation of this certificate."""
    certificate = matter.certificate
    if certificate is None:
        return []
    ended = certificate.status.status.value == "expired"
    return [
        ground
        for ground in matter.regulation.grounds.values()
        if matter.role in ground.requesters
        and certificate.subscriber_kind in ground.kinds
        and ground.after_expiry == ended
    ]


@task(grave=True)
def request_revocation(matter: Matter) -> Sheet:
    """A request on one ground, which says what else is asked for."""
    regulation, certificate = matter.regulation, matter.certificate
    if certificate is None:
        raise NotFound("certificate", "?")
    ground = regulation.grounds.get(matter.text("ground"))
    if ground is None:
        return Sheet((), "request_revocation", clause=regulation.revocation.clause)
    form = form_for(regulation, matter.role, certificate.subscriber_kind)
    groups = [
        hidden_group(
            [
                fixed("regulation", regulation.id),
                fixed("certificates", [one.serial for one in matter.certificates]),
                fixed("ground", ground.id),
            ]
        ),
        _of_ground(matter, ground),
    ]
    if ground.decisions:
        groups.append(
            group_of(
                Decision,
                "decision",
                given={
                    "kind": Field(
                        "decision.kind",
                        words.part("kind"),
                        "choice",
                        required=True,
                        choices=tuple((name, words.told(one)) for name, one in ground.decisions.items()),
                        sample=next(iter(ground.decisions)),
                    ),
                    "number": Field("decision.number", words.part("number"), required=True, sample="1/QĐ-MP"),
                    "effective_on": Field(
                        "decision.effective_on",
                        words.part("effective_on"),
                        "date",
                        required=True,
                        sample=matter.samples.today.isoformat(),
                    ),
                },
                clause=ground.clause,
            )
        )
    if ground.unfit:
        groups.append(group_of(Unfit, "unfit", clause=ground.clause))
    if form is not None:
        known, columns = matter.filled(form.value)
        groups += sheet_groups(regulation, form.value, "form", matter.samples, values=known, columns=columns)
    listed = regulation.revocation.lists.get(certificate.subscriber_kind)
    if listed is not None:
        known, columns = matter.filled(listed.value)
        groups += sheet_groups(
            regulation, listed.value, "enclosed.0", matter.samples, values=known, columns=columns, lines=1
        )
    if ground.attachments:
        groups.append(attachment_group(ground.attachments, clause=ground.clause))
    letter = ground.submission or (regulation.revocation.letter if form is None else None)
    forwarder = forwarder_of(regulation, matter.role)
    reader = regulation.revocation.decider if forwarder is None else forwarder.role
    reader = "authority" if matter.role in regulation.revocation.at_once else reader
    groups.append(letter_group(regulation, letter, matter.samples, reader=reader))
    return Sheet(
        tuple(group for group in groups if group.fields),
        "request_revocation",
        note=f"{words.told(ground)} · {certificate.common_name} ({certificate.serial})",
        clause=ground.clause,
        sampled=True,
    )


def _of_ground(matter: Matter, ground: Ground) -> Group:
    """What this ground asks for besides."""
    asked = {
        "confirmed_by": ground.confirmation,
        "breached_duty": ground.duty,
        "invalidity_date": ground.invalidity,
        "event_on": ground.before_event,
    }
    duties = tuple((name, words.told(one)) for name, one in matter.regulation.duties.items())
    return group_of(
        RequestRevocation,
        title=words.told(ground),
        only=tuple(name for name, wanted in asked.items() if wanted),
        given={
            "confirmed_by": Field(
                "confirmed_by",
                words.part("confirmed_by"),
                required=True,
                clause=ground.clause,
                sample=matter.samples.official("head"),
            ),
            "breached_duty": Field(
                "breached_duty",
                words.part("breached_duty"),
                "choice",
                required=True,
                choices=duties,
                sample=duties[0][0] if duties else None,
            ),
            "event_on": Field(
                "event_on",
                words.part("event_on"),
                "date",
                required=ground.before_event,
                sample=matter.samples.today.isoformat(),
            ),
        },
        clause=ground.clause,
    )


@task()
def forward_revocation(matter: Matter) -> Sheet:
    """The managing body confirms a subscriber's request and passes it on."""
    number = matter.number("revocation")
    case = ask("read_revocation", number=number)
    regulation = matter.sandbox.regulation(case.regulation)
    forwarder = regulation.revocation.forwarder
    if forwarder is None:
        raise NotFound("revocation", str(number))
    named = Matter({"certificate": case.certificates[0]})
    known, columns = named.filled(forwarder.form)
    return Sheet(
        (
            group_of(ForwardRevocation, title="", only=("decision", "reason"), clause=forwarder.clause),
            *sheet_groups(regulation, forwarder.form, "form", named.samples, values=known, columns=columns),
            letter_group(
                regulation,
                regulation.grounds[case.ground].submission,
                named.samples,
                reader=regulation.revocation.decider,
            ),
        ),
        "forward_revocation",
        {"number": number},
        clause=forwarder.clause,
        sampled=True,
    )


@task(grave=True)
def decide_revocation(matter: Matter) -> Sheet:
    """A request is confirmed, which revokes, or refused."""
    number = matter.number("revocation")
    case = ask("read_revocation", number=number)
    clause = matter.sandbox.regulation(case.regulation).revocation.effect_clause
    group = group_of(DecideRevocation, title="", note=translate("Từ chối thì phải nêu lý do."), clause=clause)
    return Sheet((group,), "decide_revocation", {"number": number}, clause=clause)


@task()
def request_restore(matter: Matter) -> Sheet:
    """A locked device is to be made usable again."""
    regulation, device = matter.regulation, matter.device
    rules = regulation.require_restore()
    if device is None:
        raise NotFound("device", "?")
    procedure = rules.procedure(device_kind(device.model))
    known, columns = matter.filled(procedure.form.value)
    choices = tuple((name, words.told(one)) for name, one in rules.grounds.items())
    return Sheet(
        (
            group_of(
                RequestRestore,
                title=translate("Lý do khôi phục"),
                given={
                    "regulation": regulation.id,
                    "device": device.serial,
                    "ground": Field(
                        "ground",
                        words.part("reason"),
                        "choice",
                        required=True,
                        choices=choices,
                        clause=rules.clause,
                        sample=choices[0][0],
                    ),
                },
                clause=rules.clause,
            ),
            *sheet_groups(
                regulation,
                procedure.form.value,
                "form",
                matter.samples,
                values=known,
                columns=columns,
                lines=1 if regulation.forms[procedure.form.value].rows else 0,
            ),
            letter_group(regulation, procedure.submission, matter.samples, reader="registrar"),
        ),
        "request_restore",
        clause=rules.clause,
        sampled=True,
    )


@task()
def decide_restore(matter: Matter) -> Sheet:
    """The competent desk restores the device, or refuses."""
    number = matter.number("restore")
    case = ask("read_restore", number=number)
    group = group_of(DecideRestore, title="", note=translate("Từ chối thì phải nêu lý do."), clause=case.clause)
    return Sheet((group,), "decide_restore", {"number": number}, clause=case.clause)
