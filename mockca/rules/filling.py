"""What is known already of a form's fields, from the certificate, the body, the dossier that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from mockca.rules.facts import CertificateFacts, UnitFacts
from mockca.rules.fields import fact
from mockca.rules.terms import Form, FormField, Match

Known = Mapping[str, object]
"""What is known by name: a dossier's fields as its form calls them; the rest with a dot, as `unit.name`,
`certificate.serial`, `giver.position`."""
DOTTED = frozenset(
    {
        "province",
        "unit.name",
        "unit.locality",
        "unit.email",
        "unit.superior",
        *(f"certificate.{match}" for match in get_args(Match)),
        "certificate.kind",
        "giver.name",
        "giver.position",
        "receiver.name",
        "receiver.position",
        "report.year",
    }
)
"""The names that are not those of a dossier's fields."""
BETWEEN = ", "
"""Stands between the parts of a column that is put together from several fields."""
OR = "|"
"""Stands between fields the first known of which is meant."""


def known_of(
    *,
    province: str | None = None,
    unit: UnitFacts | None = None,
    certificate: CertificateFacts | None = None,
    fields: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """What these things tell, by name."""
    found = dict(fields or {})
    if province is not None:
        found["province"] = province
    if unit is not None:
        found |= {"unit.name": unit.name, "unit.locality": unit.locality, "unit.email": unit.email}
        found["unit.superior"] = unit.superiors[-1] if unit.superiors else None
    if certificate is not None:
        found |= {f"certificate.{match}": fact(certificate, match) for match in get_args(Match)}
        found["certificate.kind"] = certificate.subscriber_kind
    return found


def told_by(form: Form, fields: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """What a request says by name: its fields, with those of the subscriber's line where he stands on its list."""
    listed = form.subject is not None and form.subject.listed
    return {**rows[0], **fields} if listed and rows else dict(fields)


def lines_told(form: Form, told: Mapping[str, object]) -> list[dict[str, object]]:
    """The list of a request again, from what it says by name; empty where its subscriber stands on none."""
    if form.subject is None or not form.subject.listed:
        return []
    return [{name: told[name] for name in form.rows if name in told}]


def filled(rules: Mapping[str, FormField], known: Known) -> dict[str, object]:
    """The value of each field or column that is known, by its name; the others are left out."""
    values = {name: _value(name, rule, known) for name, rule in rules.items()}
    return {name: value for name, value in values.items() if value is not None and value != ""}


def _value(name: str, rule: FormField, known: Known) -> object:
    if rule.matches is not None and known.get(f"certificate.{rule.matches}") is not None:
        return known[f"certificate.{rule.matches}"]
    if rule.names is not None and known.get("unit.name") is not None:
        return known["unit.name"]
    if rule.source:
        parts = [part for part in (_first(one, known) for one in rule.source) if part not in (None, "")]
        return parts[0] if len(parts) == 1 else BETWEEN.join(map(str, parts)) or None
    return known.get(name)


def _first(names: str, known: Known) -> object:
    return next((known[name] for name in names.split(OR) if known.get(name) not in (None, "")), None)
