"""Dossiers: filed and mended, checked, listed, decided, issued."""

from __future__ import annotations

from typing import Any, Final

from mockca.desk.commands import CheckDossier, DecideDossier, IssueCertificate, SubmitRoster
from mockca.desk.views import CertificateView
from mockca.errors import NotFound
from mockca.rules.deadlines import local_date
from mockca.rules.intake import first_desk
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import CHANGE, ISSUE, REISSUE, RENEW, requirements_of
from mockca.rules.terms import DossierRequirements
from mockca.web.office import words
from mockca.web.office.fields import Field, Group, Sheet, fixed, hidden_group
from mockca.web.office.matter import Matter, subject_name
from mockca.web.office.models import group_of
from mockca.web.office.papers import attachment_group, certified_clause, letter_group, set_groups, sheet_groups
from mockca.web.office.tasks.base import task
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate

OPERATIONS: Final = (ISSUE, RENEW, CHANGE, REISSUE)
MOST_CHOICES: Final = 200
ROSTERED_AT_ONCE: Final = 500


@task()
def file_dossier(matter: Matter) -> Sheet:
    """A new dossier, for a new certificate or one that there is."""
    operation = matter.text("operation", ISSUE)
    kind = matter.text("kind", "person" if matter.certificate is None else matter.certificate.subscriber_kind)
    return _filing(matter, "file_dossier", operation, kind, matter.certificate, {})


@task()
def refile_dossier(matter: Matter) -> Sheet:
    """A returned dossier, mended."""
    dossier = matter.dossier
    if dossier is None:
        raise NotFound("dossier", "?")
    former = None if dossier.replaces is None else ask("read_certificate", serial=dossier.replaces)
    sheet = _filing(matter, "refile_dossier", dossier.operation, dossier.subscriber_kind, former, dossier.fields)
    groups = tuple(_kept(group, dossier.attachments) for group in sheet.groups)
    return Sheet(
        groups,
        sheet.operation,
        {"number": dossier.number},
        note="; ".join(dossier.reasons),
        clause=sheet.clause,
        sampled=True,
    )


def _kept(group: Group, attachments: tuple[str, ...]) -> Group:
    """The attachments that the returned dossier had, named again."""
    if group.path != "attachments":
        return group
    kinds = {one.item: one.value for one in group.fields if one.path.endswith(".kind")}
    fields = []
    for one in group.fields:
        kind = kinds.get(one.item)
        if one.path.endswith(".file_name") and kind in attachments:
            one = Field(one.path, one.label, one.kind, one.required, f"{kind}.pdf", one.hint, one.clause)
        fields.append(one)
    return Group(group.title, tuple(fields), group.path, group.clause, group.note)


def _filing(
    matter: Matter,
    name: str,
    operation: str,
    kind: str,
    former: CertificateView | None,
    told: dict[str, Any],
) -> Sheet:
    regulation = matter.regulation
    if operation not in OPERATIONS:
        raise NotFound("operation", operation)
    regulation.require_service(operation)
    requirements = requirements_of(regulation, operation, kind)
    if requirements is None:
        raise NotFound("form", f"{operation}/{kind}")
    known, columns = matter.filled(requirements.form)
    form = regulation.forms[requirements.form]
    listed = 1 if form.subject is not None and form.subject.listed else 0
    groups = [
        hidden_group(
            [
                fixed("regulation", regulation.id),
                fixed("operation", operation),
                fixed("subscriber_kind", kind),
                fixed("certificate", None if former is None else former.serial),
            ]
        ),
        _special(matter, requirements, operation, kind),
        *sheet_groups(
            regulation,
            form.code,
            "form",
            matter.samples,
            values=known | told,
            columns=columns | told,
            lines=listed,
            longest=_longest(regulation, operation, former),
        ),
    ]
    if requirements.list_form is not None:
        fields, line = matter.filled(requirements.list_form.value)
        groups += sheet_groups(
            regulation, requirements.list_form.value, "enclosed.0", matter.samples, values=fields, columns=line, lines=1
        )
    if requirements.attachments or requirements.alternatives or requirements.categories:
        groups.append(
            attachment_group(
                requirements.attachments,
                alternatives=requirements.alternatives,
                categories=requirements.categories,
                certified=certified_clause(requirements),
                clause=requirements.clause,
            )
        )
    groups += set_groups(regulation.sets)
    groups.append(letter_group(regulation, regulation.filing, matter.samples, reader=first_desk(regulation)))
    return Sheet(
        tuple(group for group in groups if group.fields),
        name,
        clause=requirements.clause,
        sampled=True,
    )


def _longest(regulation: Regulation, operation: str, former: CertificateView | None) -> int | None:
    """The longest term that may be asked for, where it is not a new certificate's."""
    rules = regulation.renewal
    if operation != RENEW or rules is None or former is None:
        return None
    early = rules.early
    old = early is not None and local_date(former.not_before) < early.before
    return early.max_years if early is not None and old else rules.max_years.value


def _special(matter: Matter, requirements: DossierRequirements, operation: str, kind: str) -> Group:
    """What stands beside the form: case, category, who confirms."""
    fields = []
    cases = _cases(matter.regulation, operation, kind)
    if cases:
        fields.append(Field("case", words.part("case"), "choice", required=True, choices=cases, sample=cases[0][0]))
    if requirements.categories:
        choices = tuple((name, words.told(one)) for name, one in requirements.categories.items())
        clause = next(iter(requirements.categories.values())).clause
        chosen = matter.text("category") or None
        fields.append(
            Field(
                "category",
                words.part("category"),
                "choice",
                required=True,
                value=chosen,
                choices=choices,
                clause=clause,
                sample=choices[0][0],
            )
        )
    if requirements.confirmation.value:
        fields.append(
            Field(
                "confirmed_by",
                words.part("confirmed_by"),
                required=True,
                clause=requirements.confirmation.clause,
                sample=matter.samples.official("head"),
            )
        )
    return Group(translate("Nội dung đề nghị"), tuple(fields), clause=requirements.clause)


def _cases(regulation: Regulation, operation: str, kind: str) -> tuple[tuple[str, str], ...]:
    if operation == CHANGE and regulation.change is not None:
        return tuple((name, words.told(one)) for name, one in regulation.change.cases.get(kind, {}).items())
    if operation == REISSUE and regulation.reissue is not None:
        grounds = regulation.reissue.grounds.items()
        return tuple((name, words.told(one)) for name, one in grounds if kind in one.kinds)
    return ()


@task()
def check_dossier(matter: Matter) -> Sheet:
    """The first desk's verdict."""
    number = matter.number("dossier")
    clause = matter.regulation.operations["check_dossier"].clause
    group = group_of(CheckDossier, title="", note=translate("Trả lại thì phải nêu lý do."), clause=clause)
    return Sheet((group,), "check_dossier", {"number": number}, clause=clause)


@task()
def decide_dossier(matter: Matter) -> Sheet:
    """The authority's decision."""
    number = matter.number("dossier")
    clause = matter.regulation.operations["decide_dossier"].clause
    group = group_of(DecideDossier, title="", note=translate("Từ chối thì phải nêu lý do."), clause=clause)
    return Sheet((group,), "decide_dossier", {"number": number}, clause=clause)


@task()
def issue_certificate(matter: Matter) -> Sheet:
    """The key is made and the certificate issued."""
    number = matter.number("dossier")
    clause = matter.regulation.operations["issue_certificate"].clause
    group = group_of(IssueCertificate, title=translate("Khóa và thiết bị"), clause=clause)
    return Sheet((group,), "issue_certificate", {"number": number}, clause=clause)


@task()
def submit_roster(matter: Matter) -> Sheet:
    """Accepted dossiers of one kind are put on a list and sent."""
    regulation = matter.regulation
    rules = regulation.roster
    if rules is None:
        raise NotFound("roster", regulation.id)
    accepted = ask("list_dossiers", query={"state": "accepted", "limit": str(MOST_CHOICES)}).items
    mine = [one for one in accepted if one.regulation == regulation.id]
    kind = matter.text("kind") or (matter.dossier or next(iter(mine), None) or _nobody()).subscriber_kind
    if kind not in rules.forms:
        raise NotFound("form", kind)
    listed = [one for one in mine if one.subscriber_kind == kind][:ROSTERED_AT_ONCE]
    form = rules.forms[kind]
    number = matter.samples.document("roster")
    dossiers = Field(
        "dossiers",
        translate("Hồ sơ đã tiếp nhận"),
        "several",
        required=True,
        value=[one.number for one in listed],
        choices=tuple((str(one.number), f"{one.number} · {subject_name(one)}") for one in listed),
        numbers=True,
        clause=rules.clause,
    )
    count = Field(
        "declared_count",
        words.part("declared_count"),
        "number",
        required=True,
        value=len(listed),
        clause=rules.count_clause,
    )
    groups = (
        group_of(
            SubmitRoster,
            title=words.told(regulation.forms[form.value]),
            given={
                "regulation": regulation.id,
                "form": form.value,
                "document_number": Field(
                    "document_number", words.part("document_number"), required=True, sample=number, clause=form.clause
                ),
                "declared_count": count,
                "dossiers": dossiers,
            },
            clause=form.clause,
        ),
        attachment_group(rules.attachments.get(kind, {}), clause=rules.clause),
        letter_group(regulation, rules.submission, matter.samples, reader="authority"),
    )
    return Sheet(
        tuple(group for group in groups if group.fields),
        "submit_roster",
        clause=rules.clause,
        sampled=True,
        note="" if listed else translate("Chưa có hồ sơ nào được tiếp nhận."),
    )


def _nobody() -> Any:
    raise NotFound("dossier", "accepted")


def filings(regulation: Regulation) -> list[dict[str, Any]]:
    """What dossiers a regulation knows: by operation and kind of subscriber, with form and clause."""
    found = []
    for operation in OPERATIONS:
        service = regulation.services.get(operation)
        if service is None:
            continue
        for kind in ("person", "organisation", "equipment"):
            requirements = requirements_of(regulation, operation, kind) if service.available else None
            if requirements is not None or not service.available:
                found.append(
                    {
                        "operation": operation,
                        "kind": kind,
                        "available": requirements is not None,
                        "clause": service.clause if requirements is None else requirements.clause,
                        "form": None if requirements is None else regulation.forms[requirements.form],
                    }
                )
            if not service.available:
                break
    return found
