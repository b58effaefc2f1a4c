"""Lists: what comes enclosed with a dossier or a request, and lines against what they stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mockca.errors import Violation
from mockca.rules.facts import CertificateFacts, FilingFacts, ListedFacts, SheetFacts, UnitFacts
from mockca.rules.fields import Background, folded, same_text
from mockca.rules.filling import filled, known_of, told_by
from mockca.rules.forms import MISSING, MOST_TOLD, Line, check_form, check_rows, shown
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, DossierRequirements, Form, Sourced


@dataclass(frozen=True, slots=True)
class Originals:
    """What the lines of a list stand for, in words."""

    vi: str
    en: str


DOSSIERS = Originals("hồ sơ", "dossier")
CERTIFICATES = Originals("chứng thư số", "certificate")


def wrong_form(field: str, given: str | None, wanted: str, clause: str) -> Violation:
    """The violation of using another form than the one prescribed."""
    return Violation(
        field=field,
        value=shown(given),
        clause=clause,
        vi=f"Phải dùng biểu mẫu {wanted}.",
        en=f"Form {wanted} must be used.",
        accepted=wanted,
    )


def check_enclosed(
    regulation: Regulation, requirements: DossierRequirements, facts: FilingFacts, today: date
) -> list[Violation]:
    """Whether the list that the dossier must hold is there, rightly filled in, with the dossier's own subject on it."""
    found = []
    wanted = requirements.list_form
    if wanted is not None and not any(sheet.form == wanted.value for sheet in facts.enclosed):
        found.append(_no_list(facts.enclosed, wanted))
    form = regulation.forms[requirements.form]
    for number, sheet in enumerate(facts.enclosed):
        path = f"enclosed.{number}"
        if sheet.form not in regulation.forms:
            found.append(_unknown_form(regulation, sheet, path))
            continue
        own = regulation.forms[sheet.form]
        found += check_form(
            regulation, own, sheet.fields, today=today, unit=facts.unit, path=f"{path}.fields", rows=sheet.rows
        )
        if wanted is not None and sheet.form == wanted.value and form.subject is not None:
            told = told_by(form, facts.fields, facts.rows)
            says = filled(own.rows, known_of(province=regulation.province, unit=facts.unit, fields=told))
            name = str(told.get(form.subject.common_name) or "")
            if name and sheet.rows and not any(stands_for(row, name, says) for row in sheet.rows):
                found.append(_not_listed(f"{path}.rows", name, wanted))
    return found


def listed_facts(
    regulation: Regulation, form: Form, number: int, filed_on: str, fields: Mapping[str, object], unit: UnitFacts
) -> ListedFacts:
    """What a list of this form says of a dossier, filed on the form `filed_on`."""
    own = regulation.forms[filed_on]
    name = "" if own.subject is None else str(fields.get(own.subject.common_name) or "")
    known = known_of(province=regulation.province, unit=unit, fields=fields)
    return ListedFacts(str(number), name, filled(form.rows, known))


def check_named(
    regulation: Regulation,
    lists: Mapping[str, Sourced[str]],
    enclosed: Sequence[SheetFacts],
    certificates: Iterable[CertificateFacts],
    today: date,
) -> list[Violation]:
    """Whether the lists that a request about certificates must hold are there, with a line for each of them.

    `lists` are the forms of those lists by kind of subscriber; a kind that is not there needs none.
    """
    wanted: dict[str, tuple[Sourced[str], list[CertificateFacts]]] = {}
    for certificate in certificates:
        form = lists.get(certificate.subscriber_kind)
        if form is not None:
            wanted.setdefault(form.value, (form, []))[1].append(certificate)
    given = {sheet.form for sheet in enclosed}
    found = [_no_list(enclosed, form) for form, _ in wanted.values() if form.value not in given]
    for number, sheet in enumerate(enclosed):
        path = f"enclosed.{number}"
        own = regulation.forms.get(sheet.form)
        if own is None:
            found.append(_unknown_form(regulation, sheet, path))
        elif sheet.form not in wanted:
            found += check_form(regulation, own, sheet.fields, today=today, path=f"{path}.fields", rows=sheet.rows)
        else:
            form, named = wanted[sheet.form]
            count = len(sheet.rows)
            found += check_form(
                regulation, own, sheet.fields, today=today, path=f"{path}.fields", rows=None, count=count
            )
            listed = [_named_facts(regulation, own, one) for one in named]
            background = Background(regulation, today)
            found += check_lines(own, sheet.rows, listed, background, form.clause, path=f"{path}.rows", of=CERTIFICATES)
    return found


def _named_facts(regulation: Regulation, form: Form, certificate: CertificateFacts) -> ListedFacts:
    """What a list of this form says of a certificate: what it repeats, and the name in the column for such names."""
    requirements = regulation.requirements.get(certificate.subscriber_kind)
    subject = None if requirements is None else regulation.forms[requirements.form].subject
    fields = {} if subject is None else {subject.common_name: certificate.common_name}
    known = known_of(province=regulation.province, certificate=certificate, fields=fields)
    return ListedFacts(certificate.serial, certificate.common_name, filled(form.rows, known))


def check_lines(
    form: Form,
    rows: Sequence[Line],
    originals: Sequence[ListedFacts],
    background: Background,
    clause: str,
    *,
    path: str = "rows",
    of: Originals = DOSSIERS,
) -> list[Violation]:
    """Whether each line of a list is right in itself and that of one original, and whether each original has one.

    `clause` is the one by which lines and originals go together.
    """
    found = check_rows(form, rows, background, path)
    if not form.rows:
        return found
    left: defaultdict[str, list[ListedFacts]] = defaultdict(list)
    for original in originals:
        left[folded(original.name)].append(original)
    for number, row in enumerate(rows):
        names = dict.fromkeys(folded(value) for value in row.values() if isinstance(value, str))
        candidates = [one for name in names for one in left.get(name, ()) if stands_for(row, one.name, one.says)]
        if not candidates:
            found.append(_no_original(f"{path}.{number}", row, clause, of))
            continue
        own = max(candidates, key=lambda one: sum(_same(row.get(column), said) for column, said in one.says.items()))
        left[folded(own.name)].remove(own)
        found += _differing(form, f"{path}.{number}", row, own, of)
    found += [
        Violation(
            field=path,
            value=f"{one.number} ({one.name})",
            clause=clause,
            vi=f"{of.vi.capitalize()} {one.number} của {one.name} không có dòng nào trong danh sách.",
            en=f"{of.en.capitalize()} {one.number} of {one.name} has no line on the list.",
            accepted=f"mỗi {of.vi} một dòng / one line a {of.en}",
        )
        for same in left.values()
        for one in same
    ]
    return found[:MOST_TOLD]


def stands_for(row: Line, name: str, says: Mapping[str, object]) -> bool:
    """Whether a line is of the subscriber with this name.

    `says` is what the line should say; a line that gives the name in some column is that subscriber's.
    """
    columns = [column for column, said in says.items() if _same(said, name)] or list(row)
    return any(_same(row.get(column), name) for column in columns)


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    return same_text(str(one), str(other))


def _differing(form: Form, path: str, row: Line, own: ListedFacts, of: Originals) -> list[Violation]:
    return [
        Violation(
            field=f"{path}.{column}",
            value=shown(row.get(column)),
            clause=form.rows[column].clause,
            vi=f"Mục “{form.rows[column].vi}” không khớp bản gốc: {of.vi} {own.number}.",
            en=f"The column “{form.rows[column].en}” differs from its original: {of.en} {own.number}.",
            accepted=shown(said),
        )
        for column, said in own.says.items()
        if len(form.rows[column].source) < 2 and row.get(column) not in (None, "") and not _same(row.get(column), said)
    ]


def _no_list(enclosed: Sequence[SheetFacts], wanted: Sourced[str]) -> Violation:
    if not enclosed:
        return Violation(
            field="enclosed",
            value=MISSING,
            clause=wanted.clause,
            vi=f"Hồ sơ phải kèm danh sách theo biểu mẫu {wanted.value}.",
            en=f"The dossier must hold the list on form {wanted.value}.",
            accepted=wanted.value,
        )
    return wrong_form("enclosed.0.code", enclosed[0].form, wanted.value, wanted.clause)


def _unknown_form(regulation: Regulation, sheet: SheetFacts, path: str) -> Violation:
    return Violation(
        field=f"{path}.code",
        value=shown(sheet.form),
        clause=UNSOURCED,
        vi="Quy định không có biểu mẫu này.",
        en="The regulation has no such form.",
        accepted=", ".join(code for code, form in regulation.forms.items() if form.kind == "list") or "-",
    )


def _not_listed(path: str, name: str, wanted: Sourced[str]) -> Violation:
    return Violation(
        field=path,
        value=shown(name),
        clause=wanted.clause,
        vi=f"Danh sách {wanted.value} không có tên {shown(name)}.",
        en=f"The list {wanted.value} does not name {shown(name)}.",
        accepted=shown(name),
    )


def _no_original(path: str, row: Line, clause: str, of: Originals) -> Violation:
    told = ", ".join(str(value) for value in row.values() if isinstance(value, str))
    return Violation(
        field=path,
        value=shown(told),
        clause=clause,
        vi=f"Dòng này không có bản gốc: không ứng với {of.vi} nào.",
        en=f"This line has no original: no {of.en} stands behind it.",
        accepted=f"mỗi dòng một {of.vi} / one {of.en} a line",
    )
