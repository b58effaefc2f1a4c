"""Checking a filled-in form field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from mockca.errors import Violation
from mockca.rules.facts import UnitFacts
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, FieldType, Form, FormField

MISSING = "(thiếu / missing)"
"""Stands as the value where there is none."""
SHOWN = 120
"""Characters of a refused value that an error repeats."""
NAME_LIMIT = 64
"""Longest common, organisation or unit name in a certificate (RFC 5280 appendix A, ub-common-name and its kin)."""
_IDENTITY = re.compile(r"\d{9}|\d{12}|[A-Z]\d{7,8}")
_SERIAL = re.compile(r"[0-9a-f]{1,40}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


def shown(value: object) -> str:
    """A refused value as an error may repeat it."""
    if value is None or value == "":
        return MISSING
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def check_form(
    regulation: Regulation,
    form: Form,
    fields: Mapping[str, object],
    *,
    today: date,
    unit: UnitFacts | None = None,
    path: str = "form.fields",
) -> list[Violation]:
    """Every field that is missing, malformed, out of its bounds, or unknown to the form."""
    found = []
    for name, rule in form.fields.items():
        value = fields.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if rule.required:
                found.append(_missing(f"{path}.{name}", rule))
            continue
        wrong = _CHECKS[rule.type](_Field(regulation, rule, f"{path}.{name}", value, today, unit))
        if wrong is not None:
            found.append(wrong)
    return found + [
        Violation(
            field=f"{path}.{name}",
            value=shown(fields[name]),
            clause=UNSOURCED,
            vi=f"Biểu mẫu {form.code} không có mục này.",
            en=f"Form {form.code} has no such field.",
            accepted=", ".join(form.fields) or "-",
        )
        for name in sorted(set(fields) - set(form.fields))
    ]


def serial_text(value: object) -> str | None:
    """A certificate's serial number in lower-case hexadecimal without separators, None where it is not one."""
    text = re.sub(r"[\s:]", "", str(value)).lower().removeprefix("0x")
    return text if _SERIAL.fullmatch(text) else None


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case and spaces."""
    return one.casefold().split() == other.casefold().split()


def _missing(path: str, rule: FormField) -> Violation:
    return Violation(
        field=path,
        value=MISSING,
        clause=rule.clause,
        vi=f"Thiếu mục “{rule.vi}”.",
        en=f"Missing: {rule.en}.",
        accepted=_ACCEPTED[rule.type],
    )


class _Field:
    """One filled-in field with what it is judged by."""

    def __init__(
        self,
        regulation: Regulation,
        rule: FormField,
        path: str,
        value: object,
        today: date,
        unit: UnitFacts | None,
    ) -> None:
        self.regulation, self.rule, self.path, self.value = regulation, rule, path, value
        self.today, self.unit = today, unit

    def wrong(self, vi: str, en: str, accepted: str | None = None, clause: str | None = None) -> Violation:
        return Violation(
            field=self.path,
            value=shown(self.value),
            clause=clause or self.rule.clause,
            vi=f"{self.rule.vi}: {vi}",
            en=f"{self.rule.en}: {en}",
            accepted=accepted or _ACCEPTED[self.rule.type],
        )


def _text(field: _Field) -> Violation | None:
    if not isinstance(field.value, str):
        return field.wrong("phải là chữ.", "must be text.")
    unit = field.unit
    if field.rule.names == "unit" and unit is not None and not same_name(field.value, unit.name):
        return field.wrong(
            "không phải là đơn vị của hồ sơ này.", "is not the unit that this dossier is filed for.", unit.name
        )
    return None


def _email(field: _Field) -> Violation | None:
    address = field.value
    if not isinstance(address, str) or len(address) > 254 or not _EMAIL.fullmatch(address):
        return field.wrong("không phải địa chỉ thư điện tử.", "is not an e-mail address.")
    domain = field.regulation.email_domain
    if field.rule.official and domain is not None:
        host = address.rpartition("@")[2].lower()
        if host != domain.value and not host.endswith(f".{domain.value}"):
            return field.wrong(
                "phải là thư điện tử công vụ của tỉnh.",
                "must be an address of the province's own mail system.",
                f"…@{domain.value}",
                domain.clause,
            )
    return None


def _date(field: _Field) -> Violation | None:
    day = _day(field.value)
    if day is None:
        return field.wrong("không phải ngày tháng.", "is not a date.")
    if field.rule.date != "any" and day > field.today:
        return field.wrong(
            "ở tương lai.", "lies in the future.", f"{field.today.isoformat()} hoặc trước đó / or earlier", UNSOURCED
        )
    if field.rule.date == "document" and day < field.regulation.in_force_from.value:
        return field.regulation.not_in_force(field.path, day)
    return None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _integer(field: _Field) -> Violation | None:
    if not isinstance(field.value, int) or isinstance(field.value, bool):
        return field.wrong("phải là số nguyên.", "must be a whole number.")
    exactly = field.rule.exactly
    if exactly is not None and field.value != exactly:
        return field.wrong("không khớp số lượng của hồ sơ.", "differs from what this dossier lists.", str(exactly))
    return None


def _years(field: _Field) -> Violation | None:
    least, most = field.regulation.min_years, field.regulation.max_years
    accepted = f"{least.value}-{most.value}"
    if not isinstance(field.value, int) or isinstance(field.value, bool):
        return field.wrong("phải là số năm.", "must be a number of years.", accepted)
    if field.value > most.value:
        return field.wrong(
            f"vượt quá {most.value} năm.", f"is over the cap of {most.value} years.", accepted, most.clause
        )
    if field.value < least.value:
        return field.wrong(f"dưới {least.value} năm.", f"is less than {least.value} year.", accepted, least.clause)
    return None


def _affirmed(field: _Field) -> Violation | None:
    return None if field.value is True else field.wrong("phải có.", "must be there.")


def _identity(field: _Field) -> Violation | None:
    if isinstance(field.value, str) and _IDENTITY.fullmatch(field.value):
        return None
    return field.wrong("không phải số giấy tờ tùy thân.", "is not an identity number.", clause=UNSOURCED)


def _serial(field: _Field) -> Violation | None:
    if isinstance(field.value, str) and serial_text(field.value) is not None:
        return None
    return field.wrong("không phải số hiệu chứng thư số.", "is not a certificate's serial number.")


_CHECKS: Mapping[FieldType, Callable[[_Field], Violation | None]] = {
    "text": _text,
    "email": _email,
    "date": _date,
    "integer": _integer,
    "years": _years,
    "affirmed": _affirmed,
    "identity": _identity,
    "serial": _serial,
}

_ACCEPTED: Mapping[FieldType, str] = {
    "text": "văn bản / text",
    "email": "ten@co-quan.test",
    "date": "2026-01-31 (ISO 8601)",
    "integer": "số nguyên / a whole number",
    "years": "số năm / a number of years",
    "affirmed": "true",
    "identity": "9 hoặc 12 chữ số, hoặc số hộ chiếu / 9 or 12 digits, or a passport number",
    "serial": "hệ thập lục / hexadecimal, 1-40",
}
