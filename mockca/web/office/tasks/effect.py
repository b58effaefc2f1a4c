"""Effect: proposed and published, suspended and lifted."""

from __future__ import annotations

from typing import Any

from mockca.desk.commands import LiftSuspension, ProposeActivation, SuspendCertificate
from mockca.errors import NotFound
from mockca.web.office.fields import Sheet, fixed, hidden_group
from mockca.web.office.matter import Matter
from mockca.web.office.models import group_of
from mockca.web.office.papers import letter_group, sheet_groups
from mockca.web.office.tasks.base import task
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate


@task()
def propose_activation(matter: Matter) -> Sheet:
    """The time of effect of handed-over certificates."""
    regulation = matter.regulation
    rules = regulation.activation
    if rules is None:
        raise NotFound("activation", regulation.id)
    known, columns = matter.filled(rules.form)
    form = regulation.forms[rules.form]
    count = {name: len(matter.certificates) for name, rule in form.fields.items() if rule.counts == "rows"}
    return Sheet(
        (
            hidden_group(
                [
                    fixed("regulation", regulation.id),
                    fixed("certificates", [one.serial for one in matter.certificates]),
                ]
            ),
            *sheet_groups(
                regulation, rules.form, "form", matter.samples, values=known | count, columns=columns, lines=0
            ),
            group_of(
                ProposeActivation, title=translate("Hiệu lực"), only=("effective_at",), clause=rules.effect_clause
            ),
            letter_group(regulation, rules.submission, matter.samples, reader="authority"),
        ),
        "propose_activation",
        note=translate("Chứng thư số: {names}").format(
            names=", ".join(f"{one.common_name} ({one.serial})" for one in matter.certificates)
        ),
        clause=rules.clause,
        sampled=True,
        others=_ready_too(matter),
        others_as="certificate",
    )


def _ready_too(matter: Matter) -> tuple[tuple[str, str], ...]:
    """Certificates of the province that wait for their effect, too, and are in no proposal yet."""
    proposals = [one for state in ("proposed", "scheduled") for one in _listed("list_activations", state=state)]
    taken = {serial for one in proposals for serial in one.certificates}
    taken |= {one.serial for one in matter.certificates}
    return tuple(
        (one.serial, f"{one.common_name} · {one.serial}")
        for one in _listed("list_certificates", status="issued")
        if one.serial not in taken and one.regulation == matter.regulation.id
    )


def _listed(operation: str, **query: str) -> Any:
    return ask(operation, query=query | {"limit": "50"}).items


@task()
def publish_activation(matter: Matter) -> Sheet:
    """Publication, which brings effect."""
    number = matter.number("activation")
    return Sheet((), "publish_activation", {"number": number})


@task()
def suspend_certificate(matter: Matter) -> Sheet:
    """A hold that can be lifted."""
    certificate = matter.certificate
    rule = matter.regulation.suspension
    if certificate is None or rule is None:
        raise NotFound("certificate", "?")
    return Sheet(
        (
            group_of(SuspendCertificate, title="", only=("reason",), clause=rule.clause),
            letter_group(matter.regulation, None, matter.samples, reader="authority"),
        ),
        "suspend_certificate",
        {"serial": certificate.serial},
        clause=rule.clause,
    )


@task()
def lift_suspension(matter: Matter) -> Sheet:
    """The hold is lifted."""
    certificate = matter.certificate
    rule = matter.regulation.suspension
    if certificate is None or rule is None:
        raise NotFound("certificate", "?")
    group = group_of(LiftSuspension, title="", clause=rule.clause)
    return Sheet((group,), "lift_suspension", {"serial": certificate.serial}, clause=rule.clause)
