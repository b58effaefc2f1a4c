"""One filled-in field of a form, or one cell of a list: its type, its bounds, what it must repeat."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mockca.errors import Violation
from mockca.rules.deadlines import local_date
from mockca.rules.facts import CertificateFacts, UnitFacts
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, FieldType, FormField, Match, Sourced

MISSING = "(thiếu / missing)"
"""Stands as the value where there is none."""
SHOWN = 120
"""Characters of a refused value that an error repeats."""
NAME_LIMIT = 64
"""Longest common, organisation or unit name in a certificate (RFC 5280 appendix A, ub-common-name and its kin)."""
MOST = 2**53
"""The largest number that every reader of JSON tells from its neighbours (RFC 8259 §6)."""
TOLD = 3
"""How many certificates' facts an error names, where one of several would do."""
_IDENTITY = re.compile(r"\d{9}|\d{12}|[A-Z]\d{7,8}")
_SERIAL = re.compile(r"[0-9a-f]{1,40}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


def shown(value: object) -> str:
    """A refused value as an error may repeat it."""
    if value is None or value == "":
        return MISSING
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def serial_text(value: object) -> str | None:
    """A certificate's serial number in lower-case hexadecimal without separators, None where it is not one."""
    text = re.sub(r"[\s:]", "", str(value)).lower().removeprefix("0x")
    return text if _SERIAL.fullmatch(text) else None


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case and spaces."""
    return one.casefold().split() == other.casefold().split()


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for case, spaces (around commas, too) and composition."""
    return folded(one) == folded(other)


def folded(text: str) -> str:
    """The text as two that are the same are written: NFC, lower case, single spaces, none around commas."""
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return re.sub(r"\s*,\s*", ",", plain)


def _missing(field: _Field) -> Violation:
    return Violation(
        field=field.path,
        value=MISSING,
        clause=field.rule.clause,
        vi=f"Thiếu mục “{field.rule.vi}”.",
        en=f"Missing: {field.rule.en}.",
        accepted=_accepted(field.rule),
    )


@dataclass(frozen=True, slots=True)
class Background:
    """What the fields of one sheet are judged by."""

    regulation: Regulation
    today: date
    """The date in Việt Nam."""
    unit: UnitFacts | None = None
    """The body that the sheet is filed for, where there is one."""
    about: Sequence[CertificateFacts] = ()
    """The certificates that the sheet is about."""
    count: int | None = None
    """Lines of the sheet's list, or items of the minutes; None where there is nothing to count."""
    longest: Sourced[int] | None = None
    """Longest term that may be asked for, in years; that of a new certificate where it is None."""


def check_fields(
    rules: Mapping[str, FormField], values: Mapping[str, object], background: Background, path: str
) -> list[Violation]:
    """Every one of these fields that is missing, malformed, out of its bounds, or says what it may not.

    `path` is that of the fields' parent in the request. Names without a rule are not looked at.
    """
    found = []
    right = {}
    for name, rule in rules.items():
        field = _Field(rule, f"{path}.{name}", values.get(name), background)
        if blank(field.value):
            if rule.required:
                found.append(_missing(field))
            continue
        wrong = _CHECKS[rule.type](field) or _count(field)
        if wrong is not None:
            found.append(wrong)
        elif rule.matches is not None:
            right[name] = field
    return found + _check_matches(right, background)


def blank(value: object) -> bool:
    """Whether nothing was filled in."""
    return value is None or (isinstance(value, str) and not value.strip())


def fact(certificate: CertificateFacts, match: Match) -> object:
    """What a field that must repeat this fact should say; None where the certificate has no such thing."""
    if match == "issued_on":
        return local_date(certificate.not_before).isoformat()
    if match == "expires_on":
        return local_date(certificate.not_after).isoformat()
    return getattr(certificate, match) or None


@dataclass(frozen=True, slots=True)
class _Field:
    """One filled-in field with what it is judged by."""

    rule: FormField
    path: str
    value: object
    background: Background

    @property
    def regulation(self) -> Regulation:
        return self.background.regulation

    def wrong(self, vi: str, en: str, accepted: str | None = None, clause: str | None = None) -> Violation:
        return Violation(
            field=self.path,
            value=shown(self.value),
            clause=clause or self.rule.clause,
            vi=f"{self.rule.vi}: {vi}",
            en=f"{self.rule.en}: {en}",
            accepted=accepted or _accepted(self.rule),
        )


def _text(field: _Field) -> Violation | None:
    if not isinstance(field.value, str):
        return field.wrong("phải là chữ.", "must be text.")
    unit = field.background.unit
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
    if field.rule.date != "any" and day > field.background.today:
        return field.wrong(
            "ở tương lai.",
            "lies in the future.",
            f"{field.background.today.isoformat()} hoặc trước đó / or earlier",
            UNSOURCED,
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
    least, most = field.regulation.min_years, field.background.longest or field.regulation.max_years
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


def _whole(field: _Field) -> Violation | None:
    if isinstance(field.value, int) and not isinstance(field.value, bool) and 0 <= field.value <= MOST:
        return None
    return field.wrong("phải là số đếm, từ 0.", "must be a count, from 0.")


def _choice(field: _Field) -> Violation | None:
    if isinstance(field.value, str) and field.value in field.rule.choices:
        return None
    return field.wrong("không phải một trong các lựa chọn.", "is none of the choices.")


def _count(field: _Field) -> Violation | None:
    count = field.background.count
    if field.rule.counts is None or count is None or field.value == count:
        return None
    return field.wrong("không bằng số dòng của danh sách.", "differs from the number of lines.", str(count))


def _check_matches(fields: Mapping[str, _Field], background: Background) -> list[Violation]:
    """The fields that should repeat a fact of the certificate concerned and don't.

    Of several certificates the sheet is about the one that most of its fields repeat.
    """
    agreeing = {
        number: [name for name, field in fields.items() if _agrees(field, certificate)]
        for number, certificate in enumerate(background.about)
    }
    most = max((len(names) for names in agreeing.values()), default=0)
    nearest = [background.about[number] for number, names in agreeing.items() if len(names) == most]
    found = []
    for field in fields.values():
        if not nearest or _agrees(field, nearest[0]):
            continue
        possible = nearest[:1] if any(_agrees(field, certificate) for certificate in nearest) else nearest
        wanted = [str(_wanted(field, certificate)) for certificate in possible[:TOLD]]
        found.append(
            field.wrong(
                "không khớp với chứng thư số, thiết bị được nêu.",
                "is not of the certificate or device that this is about.",
                ", ".join([*wanted, *(["…"] if len(possible) > TOLD else [])]),
            )
        )
    return found


def _wanted(field: _Field, certificate: CertificateFacts) -> object:
    match = field.rule.matches
    return None if match is None else fact(certificate, match)


def _agrees(field: _Field, certificate: CertificateFacts) -> bool:
    wanted = _wanted(field, certificate)
    if wanted is None:
        return True
    given, known = str(field.value), str(wanted)
    if field.rule.matches == "serial":
        number = serial_text(given)
        return number is not None and number.lstrip("0") == known.lstrip("0")
    return same_text(given, known)


_CHECKS: Mapping[FieldType, Callable[[_Field], Violation | None]] = {
    "text": _text,
    "email": _email,
    "date": _date,
    "integer": _integer,
    "years": _years,
    "affirmed": _affirmed,
    "identity": _identity,
    "serial": _serial,
    "count": _whole,
    "choice": _choice,
}


def _accepted(rule: FormField) -> str:
    return " | ".join(rule.choices) or _ACCEPTED[rule.type]


_ACCEPTED: Mapping[FieldType, str] = {
    "text": "văn bản / text",
    "email": "ten@co-quan.test",
    "date": "2026-01-31 (ISO 8601)",
    "integer": "số nguyên / a whole number",
    "years": "số năm / a number of years",
    "affirmed": "true",
    "identity": "9 hoặc 12 chữ số, hoặc số hộ chiếu / 9 or 12 digits, or a passport number",
    "serial": "hệ thập lục / hexadecimal, 1-40",
    "count": "số đếm / a count, 0, 1, 2, …",
    "choice": "một trong các lựa chọn / one of the choices",
}
