"""The papers of a request as fields: a regulation's forms, attachments, sets, letters, signatories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from mockca.desk.commands import DossierSet, Signatory, Submission
from mockca.rules.regulation import Regulation
from mockca.rules.terms import (
    DossierRequirements,
    Form,
    FormField,
    Label,
    SetRule,
    SubmissionRule,
    SubscriberCategory,
)
from mockca.web.office import words
from mockca.web.office.fields import Field, Group, Kind, fixed
from mockca.web.office.models import group_of
from mockca.web.office.samples import Samples
from mockca.web.site.languages import translate

KINDS: Final[Mapping[str, Kind]] = {
    "email": "email",
    "date": "date",
    "integer": "number",
    "count": "number",
    "years": "number",
    "affirmed": "tick",
    "choice": "choice",
}
"""How the types of a form's fields are drawn; the others are text."""


def sheet_groups(
    regulation: Regulation,
    code: str,
    at: str,
    samples: Samples,
    *,
    values: Mapping[str, Any],
    columns: Mapping[str, Any] | None = None,
    lines: int = 0,
    longest: int | None = None,
) -> list[Group]:
    """A form of the regulation, section by section, with what is known already.

    `lines`: how many lines of its list are asked for; `columns` is what each of them says before anybody types.
    """
    form = regulation.forms[code]
    groups: list[Group] = []
    title, fields = "", [fixed(f"{at}.code", code)]
    signed: list[Field] = []
    for name, rule in form.fields.items():
        if rule.section is not None:
            groups += [_section(form, title, fields)] if title or len(fields) > 1 else []
            fields = [] if groups else fields
            title = rule.section
        drawn = _form_field(regulation, f"{at}.fields.{name}", name, rule, samples, values.get(name), longest)
        (signed if rule.type == "affirmed" else fields).append(drawn)
    groups += [_section(form, title, fields)] if fields else []
    for number in range(lines):
        groups.append(_line(regulation, form, f"{at}.rows", number, samples, columns or {}))
    if signed:
        groups.append(Group(translate("Cam kết, chữ ký, xác nhận"), tuple(signed), clause=form.clause))
    return groups


def _section(form: Form, title: str, fields: Sequence[Field]) -> Group:
    return Group(title or words.told(form), tuple(fields), path=f"form.{form.code}", clause=form.clause)


def _line(
    regulation: Regulation, form: Form, at: str, number: int, samples: Samples, values: Mapping[str, Any]
) -> Group:
    fields = tuple(
        _form_field(regulation, f"{at}.{number}.{name}", name, rule, samples, values.get(name), None)
        for name, rule in form.rows.items()
    )
    title = translate("Dòng {number} của danh sách").format(number=number + 1)
    return Group(f"{title} {form.code}", fields, path=at, clause=form.clause)


def _form_field(
    regulation: Regulation,
    path: str,
    name: str,
    rule: FormField,
    samples: Samples,
    known: Any,
    longest: int | None,
) -> Field:
    hint = ""
    if rule.type == "years":
        most = longest or regulation.max_years.value
        hint = translate("Từ {least} đến {most} năm.").format(least=regulation.min_years.value, most=most)
        known = None if isinstance(known, int) and known > most else known
    elif rule.type == "email" and rule.official and regulation.email_domain is not None:
        hint = translate("Thư điện tử công vụ: …@{domain}").format(domain=regulation.email_domain.value)
    elif rule.type == "identity":
        hint = translate("9 hoặc 12 chữ số, hoặc số hộ chiếu")
    elif rule.matches is not None:
        hint = translate("Phải đúng như trên chứng thư số, thiết bị.")
    return Field(
        path=path,
        label=words.told(rule),
        kind=KINDS.get(rule.type, "text"),
        required=rule.required,
        value=known,
        hint=hint,
        clause=rule.clause,
        choices=tuple((one, words.value(one)) for one in rule.choices),
        sample=samples.of_field(regulation, name, rule, longest),
    )


def attachment_group(
    required: Mapping[str, Label],
    at: str = "attachments",
    *,
    alternatives: Mapping[str, Label] | None = None,
    categories: Mapping[str, SubscriberCategory] | None = None,
    certified: str = "",
    clause: str = "",
) -> Group:
    """A file name, and a file where there is one, for each document that the regulation asks for.

    `alternatives`: one of them is. `categories`: some are asked of persons of one category alone. `certified` is the
    clause by which each must be a certified copy; empty where a plain one will do.
    """
    wanted: dict[str, tuple[Label, str, bool]] = {kind: (label, "", True) for kind, label in required.items()}
    first = next(iter(alternatives or {}), None)
    for kind, label in (alternatives or {}).items():
        wanted.setdefault(kind, (label, translate("Cần một trong các giấy tờ này."), kind == first))
    for place, category in enumerate((categories or {}).values()):
        for kind, label in category.attachments.items():
            hint = translate("Đối tượng: {name}").format(name=words.told(category))
            wanted.setdefault(kind, (label, hint, place == 0))
    fields: list[Field] = []
    for number, (kind, (label, hint, sampled)) in enumerate(wanted.items()):
        path, name = f"{at}.{number}", words.told(label)
        fields += [
            fixed(f"{path}.kind", kind),
            Field(
                path=f"{path}.file_name",
                label=name,
                required=kind in required,
                hint=hint,
                clause=label.clause,
                sample=f"{kind}.pdf" if sampled else None,
            ),
            Field(path=f"{path}.content", label=translate("Tệp: {name}").format(name=name), kind="file"),
        ]
        if certified:
            fields.append(
                Field(
                    path=f"{path}.certified",
                    label=translate("Chứng thực: {name}").format(name=name),
                    kind="choice",
                    required=kind in required,
                    choices=(("notarised", words.value("notarised")), ("agency", words.value("agency"))),
                    clause=certified,
                    sample="notarised" if sampled else None,
                )
            )
    return Group(words.part("attachments"), tuple(fields), path=at, clause=clause)


def set_groups(rules: Iterable[SetRule]) -> list[Group]:
    """The sets that a dossier must come in: of each the way by which it came."""
    fields: list[Field] = []
    clause = ""
    for number, rule in enumerate(rules):
        medium, path = words.value(rule.medium), f"sets.{number}"
        clause = rule.clause
        fields += [
            fixed(f"{path}.medium", rule.medium),
            fixed(f"{path}.count", rule.count),
            Field(
                path=f"{path}.via",
                label=translate("{medium}, {count} bộ: nộp bằng cách nào").format(medium=medium, count=rule.count),
                kind="choice",
                required=True,
                choices=tuple((via, words.value(via)) for via in sorted(_ways(), key=lambda one: one not in rule.via)),
                hint=translate("Được nhận: {ways}").format(
                    ways=", ".join(words.value(one) for one in sorted(rule.via))
                ),
                clause=rule.clause,
                sample=sorted(rule.via)[0],
            ),
        ]
    return [Group(translate("Bộ hồ sơ"), tuple(fields), path="sets", clause=clause)] if fields else []


def _ways() -> tuple[str, ...]:
    return get_args(DossierSet.model_fields["via"].annotation)


def letter_group(
    regulation: Regulation, rule: SubmissionRule | None, samples: Samples, *, reader: str, at: str = "submission"
) -> Group:
    """How the document is sent: on paper with its number, signer and seal, or electronically signed."""
    needs = frozenset() if rule is None or "paper" not in rule.channels else rule.paper_needs
    contacts = tuple(
        (one.identifier, f"{one.identifier} ({words.value(role)})") for role, one in regulation.contacts.items()
    )
    right = regulation.contacts.get(reader)
    told = {
        "channel": "electronic" if rule is not None and "paper" not in rule.channels else "paper",
        "document_number": samples.document(at),
        "signed_by": samples.official("signer"),
        "sealed": True,
        "addressed_to": None if right is None else right.identifier,
    }
    group = group_of(Submission, at, needed=needs, clause="" if rule is None else rule.clause, folded=rule is None)
    fields = []
    for one in group.fields:
        name = one.path.rpartition(".")[2]
        if name == "addressed_to" and not contacts:
            continue
        kept = one if name != "addressed_to" else _chosen(one, contacts)
        fields.append(_with_sample(kept, told.get(name)))
    note = (
        ""
        if rule is None
        else translate("Được nhận: {ways}").format(ways=", ".join(words.value(one) for one in sorted(rule.channels)))
    )
    return Group(group.title, tuple(fields), path=at, clause=group.clause, note=note, folded=group.folded)


def signatory_group(side: str, samples: Samples, *, papers: Mapping[str, Label], appointed: str, title: str) -> Group:
    """Who signs minutes for one side."""
    group = group_of(Signatory, side, title=title, needed=frozenset({"signed"}))
    told = {"name": samples.official(side), "position": samples.position(side), "signed": True}
    fields = []
    for one in group.fields:
        name = one.path.rpartition(".")[2]
        if name == "appointed_by" and side == "giver":
            continue
        if name == "papers":
            if side == "giver" or not papers:
                continue
            one = Field(
                one.path,
                one.label,
                "several",
                required=True,
                choices=tuple((kind, words.told(label)) for kind, label in papers.items()),
                clause=next(iter(papers.values())).clause,
                sample=list(papers),
            )
        elif name == "appointed_by":
            one = Field(
                one.path, one.label, required=bool(appointed), clause=appointed, sample=samples.office("appointer")
            )
        else:
            one = _with_sample(one, told.get(name))
        fields.append(one)
    return Group(group.title, tuple(fields), path=side)


def certified_clause(requirements: DossierRequirements) -> str:
    return requirements.certified.clause if requirements.certified.value else ""


def _with_sample(one: Field, sample: Any) -> Field:
    return replace(one, sample=sample)


def _chosen(one: Field, choices: tuple[tuple[str, str], ...]) -> Field:
    return replace(one, kind="choice", choices=choices)
