"""What a certificate's subject says, from the form that asked for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from mockca.rules.facts import UnitFacts
from mockca.rules.regulation import Regulation


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """The parts of a subject, to be written in the order C, L, O, OU…, CN."""

    common_name: str
    organisations: tuple[str, ...]
    """O first, then each OU, top down."""
    locality: str
    email: str | None
    """For the SAN's rfc822Name."""
    validity_days: int


def subject_of(
    regulation: Regulation,
    subscriber_kind: str,
    form_code: str,
    fields: Mapping[str, object],
    unit: UnitFacts,
) -> SubjectFacts:
    """The subject that a checked form asks for.

    A person stands under the unit and its superiors, with the full name as CN, after a state title where the form
    has room for one (TT08-8; no title under ND68-7). An
    organisation stands under its superiors, in capitals. Equipment stands under its owner. A term that was not
    asked for is the longest one; a year counts `year_days`. Raises ValueError for a form that asks for no
    certificate.
    """
    source = regulation.forms[form_code].subject
    if source is None:
        raise ValueError(f"form {form_code} asks for no certificate")
    name = _text(fields[source.common_name])
    title = fields.get(source.title) if source.title is not None else None
    if title:
        name = f"{_text(title)} {name}"
    email = fields.get(source.email) if source.email is not None else None
    years = fields.get("validity_years")
    if not isinstance(years, int):
        years = regulation.max_years.value
    organisation = subscriber_kind == "organisation"
    return SubjectFacts(
        common_name=name.upper() if organisation else name,
        organisations=unit.superiors if organisation else (*unit.superiors, unit.name),
        locality=regulation.province,
        email=_text(email) if email else None,
        validity_days=years * regulation.year_days.value,
    )


def _text(value: object) -> str:
    return " ".join(unicodedata.normalize("NFC", str(value)).split())
