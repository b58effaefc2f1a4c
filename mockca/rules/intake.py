"""What a dossier and a roster must be before anybody looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mockca.errors import NotAvailable, Violation
from mockca.rules.facts import FilingFacts, RosterFacts, SetFacts
from mockca.rules.fields import Background, same_text
from mockca.rules.filling import told_by
from mockca.rules.forms import MISSING, NAME_LIMIT, check_form, shown
from mockca.rules.lists import check_enclosed, check_lines, wrong_form
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import ISSUE, longest_years, requirements_of
from mockca.rules.submissions import check_address, check_submission
from mockca.rules.terms import UNSOURCED, DossierRequirements, Form, Label, SetRule


def check_filing(regulation: Regulation, facts: FilingFacts, today: date) -> list[Violation]:
    """Everything that is wrong with a dossier as it was filed; empty where it can be accepted.

    `today` is the date in Việt Nam.
    """
    found = []
    if today < regulation.in_force_from.value:
        found.append(regulation.not_in_force("regulation", today))
    found += _check_filer(regulation, facts)
    requirements = requirements_of(regulation, facts.operation, facts.subscriber_kind)
    if requirements is None:
        found.append(
            Violation(
                field="subscriber_kind",
                value=facts.subscriber_kind,
                clause=regulation.services[facts.operation].clause,
                vi="Văn bản này không cấp chứng thư số cho loại thuê bao này.",
                en="This regulation issues no certificate to this kind of subscriber.",
                accepted=", ".join(regulation.requirements),
            )
        )
        return found
    if requirements.seal.value and not facts.unit.has_seal:
        found.append(
            Violation(
                field="unit",
                value=facts.unit.id,
                clause=requirements.seal.clause,
                vi="Đơn vị phải có con dấu riêng.",
                en="The unit must have a seal of its own.",
                accepted="đơn vị có con dấu / a unit with a seal",
            )
        )
    found += _check_sheet(regulation, requirements, facts, today)
    found += check_enclosed(regulation, requirements, facts, today)
    found += check_attachments(requirements.attachments, facts.attachments)
    found += _check_alternatives(requirements, facts.attachments)
    found += check_category(requirements, facts, found)
    found += _check_papers(requirements, facts)
    found += _check_duties(regulation.forms[requirements.form], requirements, facts)
    for rule in regulation.sets:
        found += _check_sets(rule, facts.sets)
    found += check_address(regulation, facts.submission, first_desk(regulation))
    return found + check_submission(regulation.filing, facts.submission, first_request=facts.first_request)


def check_roster(regulation: Regulation, facts: RosterFacts, today: date) -> list[Violation]:
    """Everything that is wrong with a roster; NotAvailable where the regulation knows none."""
    rules = regulation.roster
    if rules is None:
        raise NotAvailable("submit_roster", regulation.id, regulation.operations["submit_roster"].clause)
    found = []
    count = len(facts.rows or facts.kinds)
    if facts.declared_count != count:
        found.append(
            Violation(
                field="declared_count",
                value=str(facts.declared_count),
                clause=rules.count_clause,
                vi="Số lượng khai không bằng số dòng của danh sách.",
                en="The declared count differs from the number of entries.",
                accepted=str(count),
            )
        )
    kinds = sorted(set(facts.kinds))
    if len(kinds) > 1:
        found.append(
            Violation(
                field="dossiers",
                value=", ".join(kinds),
                clause=rules.mixed_clause,
                vi="Một danh sách chỉ gồm một loại thuê bao.",
                en="One list holds one kind of subscriber.",
                accepted=" | ".join(rules.forms),
            )
        )
    for kind in kinds[:1]:
        form = rules.forms.get(kind)
        if form is None:
            found.append(
                Violation(
                    field="dossiers",
                    value=kind,
                    clause=rules.clause,
                    vi="Không có danh sách tổng hợp cho loại thuê bao này.",
                    en="There is no list for this kind of subscriber.",
                    accepted=", ".join(rules.forms),
                )
            )
        elif facts.form != form.value:
            found.append(wrong_form("form", facts.form, form.value, form.clause))
        elif facts.rows:
            found += check_lines(
                regulation.forms[form.value],
                facts.rows,
                facts.listed,
                Background(regulation, today),
                form.clause,
            )
    for kind in kinds:
        found += check_attachments(rules.attachments.get(kind, {}), facts.attachments, already=found)
    found += check_address(regulation, facts.submission, "authority")
    return found + check_submission(rules.submission, facts.submission)


def first_desk(regulation: Regulation) -> str:
    """The role that dossiers are sent to: the registrar where it checks them, else the authority."""
    return "registrar" if "registrar" in regulation.operations["check_dossier"].roles else "authority"


def check_attachments(
    required: Mapping[str, Label], given: frozenset[str], already: list[Violation] | None = None
) -> list[Violation]:
    """One violation for each attachment that is not there and not already complained of."""
    known = {item.accepted for item in already or [] if item.field == "attachments"}
    return [
        Violation(
            field="attachments",
            value=MISSING,
            clause=label.clause,
            vi=f"Thiếu tài liệu kèm theo: {label.vi}.",
            en=f"Missing attachment: {label.en}.",
            accepted=kind,
        )
        for kind, label in required.items()
        if kind not in given and kind not in known
    ]


def _check_filer(regulation: Regulation, facts: FilingFacts) -> list[Violation]:
    found = []
    permission = regulation.operations["file_dossier"]
    if facts.filer_role not in permission.roles:
        found.append(
            Violation(
                field="filer",
                value=facts.filer_role,
                clause=permission.clause,
                vi="Người nộp hồ sơ không đúng thẩm quyền.",
                en="This role does not file dossiers.",
                accepted=", ".join(sorted(permission.roles)),
            )
        )
    if facts.unit.category not in regulation.eligible:
        found.append(
            Violation(
                field="unit",
                value=f"{facts.unit.id} ({facts.unit.category})",
                clause=regulation.eligible_clause,
                vi="Đơn vị không thuộc đối tượng được cấp chứng thư số.",
                en="The unit is not of a category that may have certificates.",
                accepted=", ".join(regulation.eligible),
            )
        )
    return found


def _check_sheet(
    regulation: Regulation, requirements: DossierRequirements, facts: FilingFacts, today: date
) -> list[Violation]:
    if facts.form != requirements.form:
        return [wrong_form("form.code", facts.form, requirements.form, requirements.clause)]
    form = regulation.forms[facts.form]
    found = check_form(
        regulation,
        form,
        facts.fields,
        today=today,
        unit=facts.unit,
        about=facts.about,
        rows=facts.rows,
        longest=longest_years(regulation, facts),
    )
    names = [] if facts.subscriber_kind == "organisation" else [("unit", facts.unit.name)]
    names += [("unit", name) for name in facts.unit.superiors]
    if form.subject is not None:
        told = told_by(form, facts.fields, facts.rows)
        title = told.get(form.subject.title) if form.subject.title is not None else None
        name = str(told.get(form.subject.common_name))
        where = "form.rows.0" if form.subject.listed else "form.fields"
        names.append((f"{where}.{form.subject.common_name}", f"{title} {name}" if title else name))
    return found + [
        Violation(
            field=field,
            value=shown(name),
            clause=UNSOURCED,
            vi=f"Tên dài quá {NAME_LIMIT} ký tự, không ghi được vào chứng thư số (RFC 5280).",
            en=f"The name is over {NAME_LIMIT} characters and does not fit into a certificate (RFC 5280).",
            accepted=f"≤ {NAME_LIMIT}",
        )
        for field, name in names
        if len(name) > NAME_LIMIT
    ]


def _check_alternatives(requirements: DossierRequirements, given: frozenset[str]) -> list[Violation]:
    choices = requirements.alternatives
    if not choices or given & set(choices):
        return []
    return [
        Violation(
            field="attachments",
            value=MISSING,
            clause=next(iter(choices.values())).clause,
            vi=f"Phải kèm một trong các tài liệu: {'; '.join(label.vi for label in choices.values())}.",
            en=f"One of these must be attached: {'; '.join(label.en for label in choices.values())}.",
            accepted=" | ".join(choices),
        )
    ]


def check_category(requirements: DossierRequirements, facts: FilingFacts, already: list[Violation]) -> list[Violation]:
    """Whether the person is of a category that may have a certificate, in a body of its, with its attachments."""
    categories = requirements.categories
    if not categories:
        return []
    category = categories.get(facts.category or "")
    if category is None:
        return [
            Violation(
                field="category",
                value=shown(facts.category),
                clause=requirements.clause,
                vi="Phải nêu người đề nghị thuộc đối tượng nào được cấp.",
                en="One of the categories of persons who may be certified must be named.",
                accepted=" | ".join(categories),
            )
        ]
    found = check_attachments(category.attachments, facts.attachments, already)
    if category.units and facts.unit.category not in category.units:
        found.append(
            Violation(
                field="category",
                value=f"{facts.category} ({facts.unit.category})",
                clause=category.clause,
                vi=f"Đối tượng “{category.vi}” không thuộc loại cơ quan này.",
                en=f"Bodies of this kind have no {category.en}.",
                accepted=", ".join(sorted(category.units)),
            )
        )
    return found


def _check_papers(requirements: DossierRequirements, facts: FilingFacts) -> list[Violation]:
    """Whether copies are certified, and the managing body confirms the request, where it must be so."""
    found = []
    if requirements.certified.value:
        found += [
            Violation(
                field="attachments",
                value=f"{kind} (bản sao thường / plain copy)",
                clause=requirements.certified.clause,
                vi=f"Bản sao {kind} phải được công chứng hoặc được cơ quan quản lý xác thực.",
                en=f"The copy {kind} must be notarised, or confirmed by the managing body.",
                accepted="certified: notarised | agency",
            )
            for kind in sorted(facts.uncertified)
        ]
    if requirements.confirmation.value and not (facts.confirmed_by or "").strip():
        found.append(
            Violation(
                field="confirmed_by",
                value=MISSING,
                clause=requirements.confirmation.clause,
                vi="Đề nghị phải có xác nhận của cơ quan quản lý thuê bao.",
                en="The request must be confirmed by the body that manages the subscriber.",
                accepted="họ tên người xác nhận / the confirming person's name",
            )
        )
    return found


def _check_duties(form: Form, requirements: DossierRequirements, facts: FilingFacts) -> list[Violation]:
    """Whether the subscriber of a new certificate still has to return the device of a former one."""
    if not requirements.duties.value or facts.operation != ISSUE or form.subject is None:
        return []
    name = str(told_by(form, facts.fields, facts.rows).get(form.subject.common_name) or "")
    where = "form.rows.0" if form.subject.listed else "form.fields"
    return [
        Violation(
            field=f"{where}.{form.subject.common_name}",
            value=shown(name),
            clause=requirements.duties.clause,
            vi=f"Chưa trả thiết bị {one.device} của chứng thư số {one.certificate} đã thu hồi.",
            en=f"Device {one.device} of the revoked certificate {one.certificate} has not been returned.",
            accepted="trả lại thiết bị, rồi nộp hồ sơ / return the device, then file",
        )
        for one in facts.owed
        if same_text(one.name, name)
    ]


def _check_sets(rule: SetRule, given: tuple[SetFacts, ...]) -> list[Violation]:
    own = [item for item in given if item.medium == rule.medium]
    count = sum(item.count for item in own)
    accepted = f"{rule.count} {rule.medium}: {', '.join(sorted(rule.via))}"
    found = []
    if count != rule.count:
        medium = {"paper": "giấy", "electronic": "điện tử"}[rule.medium]
        found.append(
            Violation(
                field="sets",
                value=f"{count} {rule.medium}",
                clause=rule.clause,
                vi=f"Phải nộp {rule.count} bộ hồ sơ {medium}.",
                en=f"{rule.count} {rule.medium} set must be filed.",
                accepted=accepted,
            )
        )
    found += [
        Violation(
            field="sets",
            value=f"{item.medium} {item.via}",
            clause=rule.clause,
            vi="Bộ hồ sơ gửi không đúng cách.",
            en="The set came by a way that is not provided for.",
            accepted=accepted,
        )
        for item in own
        if item.via not in rule.via
    ]
    return found
