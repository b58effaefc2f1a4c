"""The keeping of devices: custodians, outings, appointments. The list of bodies."""

from __future__ import annotations

from dataclasses import replace

from mockca.desk.commands import Appoint, AssignCustodian, AssignmentDecision, CustodyMinutes, RegisterUnit, TakeOut
from mockca.errors import NotFound
from mockca.web.office import words
from mockca.web.office.fields import Field, Group, Sheet, fixed
from mockca.web.office.matter import Matter
from mockca.web.office.models import group_of
from mockca.web.office.papers import sheet_groups, signatory_group
from mockca.web.office.tasks.base import task
from mockca.web.site.languages import translate


@task()
def assign_custodian(matter: Matter) -> Sheet:
    """Who keeps a device from now on."""
    rules, certificate = matter.regulation.custody, matter.certificate
    if matter.device is None or certificate is None:
        raise NotFound("device", "?")
    kind = certificate.subscriber_kind
    wanted = rules.classification.get(kind)
    who = rules.custodians.get(kind)
    of_body = kind == "organisation"
    decided = rules.assignment_decision if of_body else None
    groups = [
        group_of(
            AssignCustodian,
            title=translate("Người giữ"),
            given={
                "name": Field("name", words.part("name"), required=True, sample=_keeper(matter)),
                "position": Field("position", words.part("position"), sample=matter.samples.position("custodian")),
                "classification": Field(
                    "classification",
                    words.part("classification"),
                    "choice",
                    choices=tuple((one, words.value(one)) for one in ("mat", "toi-mat", "seal", "public-asset")),
                    clause="" if wanted is None else wanted.clause,
                    sample=None if wanted is None else wanted.value,
                ),
                "post": replace(
                    _post(), clause="" if who is None else who.clause, sample="clerk" if of_body else "owner"
                ),
            },
            clause=matter.regulation.operations["keep_device"].clause,
        ),
        group_of(
            AssignmentDecision,
            "decision",
            given={
                "number": Field(
                    "decision.number", words.part("number"), required=decided is not None, sample="1/QĐ-MP"
                ),
                "date": Field(
                    "decision.date",
                    words.part("date"),
                    "date",
                    required=decided is not None,
                    sample=matter.samples.today.isoformat(),
                ),
            },
            clause="" if decided is None else decided.clause,
            folded=decided is None,
        ),
    ]
    if rules.change_form is not None:
        known, _ = matter.filled(rules.change_form.value)
        groups += [
            replace(one, folded=True)
            for one in sheet_groups(matter.regulation, rules.change_form.value, "form", matter.samples, values=known)
        ]
    groups += _minutes(matter)
    return Sheet(tuple(groups), "assign_custodian", {"serial": matter.device.serial}, sampled=True)


def _keeper(matter: Matter) -> str:
    """Who keeps it in made-up data: the person whom the certificate names, or somebody of the body."""
    certificate = matter.certificate
    if certificate is not None and certificate.subscriber_kind == "person":
        return certificate.common_name
    return matter.samples.official("custodian")


def _post() -> Field:
    kinds = ("clerk", "responsible", "owner")
    return Field(
        "post", words.part("post"), "choice", required=True, choices=tuple((one, words.value(one)) for one in kinds)
    )


def _minutes(matter: Matter) -> list[Group]:
    """The minutes between the one who kept it and the next; the form's parts that are left blank are not sent."""
    rule = matter.regulation.custody.change_minutes
    clause = "" if rule is None else rule.clause
    number = group_of(CustodyMinutes, "minutes", only=("document_number",), clause=clause, folded=True)
    sides = []
    for side in ("giver", "receiver"):
        group = signatory_group(side, matter.samples, papers={}, appointed="", title=words.group(side))
        fields = tuple(
            replace(one, path=f"minutes.{one.path}", required=False, sample=None)
            for one in group.fields
            if not one.path.endswith("appointed_by")
        )
        sides.append(Group(group.title, fields, f"minutes.{side}", clause, folded=True))
    return [replace(number, fields=tuple(replace(one, required=False) for one in number.fields)), *sides]


@task()
def take_out(matter: Matter) -> Sheet:
    """A device leaves the office for work."""
    rule = matter.regulation.custody.outside_permission
    clause = matter.regulation.operations["keep_device"].clause if rule is None else rule.clause
    group = group_of(TakeOut, title="", clause=clause)
    return Sheet((group,), "take_out", {"serial": matter.text("device")}, clause=clause)


@task()
def bring_back(matter: Matter) -> Sheet:
    """A device comes back to the office."""
    return Sheet((), "bring_back", {"serial": matter.text("device"), "number": matter.number("outing")})


@task()
def appoint(matter: Matter) -> Sheet:
    """Somebody is appointed to a post of the regulation."""
    posts = {name: one for name, one in matter.regulation.posts.items() if matter.role == one.role}
    group = group_of(
        Appoint,
        title="",
        without=("unit",),
        given={
            "post": Field(
                "post",
                words.part("post"),
                "choice",
                required=True,
                choices=tuple((name, f"{words.told(one)} ({one.clause})") for name, one in posts.items()),
                sample=next(iter(posts), None),
            ),
            "name": Field("name", words.part("name"), required=True, sample=matter.samples.official("officer")),
            "position": Field("position", words.part("position"), sample=matter.samples.position("officer")),
        },
    )
    return Sheet((group,), "appoint", clause=matter.regulation.operations["appoint"].clause, sampled=True)


@task()
def register_unit(matter: Matter) -> Sheet:
    """A body is entered in the list."""
    regulation = matter.regulation
    categories = tuple((name, words.told(one)) for name, one in regulation.eligible.items())
    group = group_of(
        RegisterUnit,
        title="",
        given={
            "regulation": fixed("regulation", regulation.id),
            "name": Field("name", translate("Tên cơ quan, tổ chức"), required=True),
            "category": Field(
                "category",
                words.part("category"),
                "choice",
                required=True,
                choices=categories,
                clause=regulation.eligible_clause,
            ),
            "locality": Field("locality", words.part("locality"), required=True, value=regulation.province),
        },
    )
    return Sheet((group,), "register_unit", clause=regulation.operations["register_unit"].clause)
