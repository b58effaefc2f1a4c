"""Every ground of every regulation: who may ask on it, for whose certificate, on which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mockca.errors import Forbidden
from mockca.rules.facts import CertificateFacts, RevocationFacts, SheetFacts
from mockca.rules.fields import fact
from mockca.rules.grounds import check_revocation
from mockca.rules.loading import available, load
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Form, FormField
from tests.rules.samples import NOW, PAPER, TODAY, certificate, clauses, revocation

ROLES = ("subscriber", "agency", "registrar", "security", "authority")
PEOPLE, BODIES, EQUIPMENT = ("person",), ("organisation",), ("equipment",)
ALL = ("person", "organisation", "equipment")
SECURITY = ("subscriber agency", ALL)
BY_AGENCY = ("agency", ALL)
ND68 = {
    "expired": BY_AGENCY,
    "key-compromise": BY_AGENCY,
    "device-lost": BY_AGENCY,
    "device-broken": BY_AGENCY,
    "other-insecurity": BY_AGENCY,
    "security-demand": ("security", ALL),
    "agency-request": BY_AGENCY,
    "position-changed": ("agency", PEOPLE),
    "left": ("agency", PEOPLE),
    "reorganised": ("agency", BODIES),
    "equipment-stopped": ("agency", EQUIPMENT),
}
GROUNDS: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "dong-thap": ND68,
    "an-giang": {
        "expired": ("subscriber agency registrar", ALL),
        "key-compromise": SECURITY,
        "device-lost": SECURITY,
        "device-copied": SECURITY,
        "other-insecurity": SECURITY,
        "security-demand": ("security", ALL),
        "manager-request": ("registrar", ALL),
        "position-changed": ("subscriber agency registrar", PEOPLE),
        "retired": ("subscriber agency registrar", PEOPLE),
        "reorganised": ("subscriber agency registrar", BODIES),
        "duty-breach": ("registrar", ALL),
    },
    "cao-bang": {
        "expired": BY_AGENCY,
        "key-compromise": SECURITY,
        "device-lost": SECURITY,
        "left": ("agency", PEOPLE),
        "reorganised": ("agency", BODIES),
    },
    "lai-chau": ND68,
    "ninh-binh": {
        "expired": ("agency registrar", ALL),
        "key-compromise": SECURITY,
        "device-lost": SECURITY,
        "device-broken": SECURITY,
        "other-insecurity": SECURITY,
        "security-demand": ("security", ALL),
        "manager-request": ("registrar", ALL),
        "duty-breach": ("registrar", ALL),
        "position-changed": ("agency", PEOPLE),
        "left": ("agency", PEOPLE),
        "competence-changed": ("agency", PEOPLE),
        "reorganised": ("agency registrar", BODIES),
    },
    "ninh-binh-2025": ND68,
    "thai-binh": {
        "expired": ("agency registrar", ALL),
        "key-compromise": BY_AGENCY,
        "device-lost": BY_AGENCY,
        "device-broken": BY_AGENCY,
        "other-insecurity": BY_AGENCY,
        "security-demand": ("security", ALL),
        "manager-request": ("registrar", ALL),
        "duty-breach": ("registrar", ALL),
        "position-changed": ("agency", PEOPLE),
        "left": ("agency", PEOPLE),
        "competence-changed": ("agency", PEOPLE),
        "reorganised": ("agency registrar", BODIES),
        "damaged": BY_AGENCY,
        "moved": ("agency", PEOPLE),
        "crime": ("agency registrar", PEOPLE),
    },
}
"""By regulation and ground: who may ask, and for which kinds of subscriber."""
FORMS: Mapping[str, Mapping[tuple[str, str], str]] = {
    "dong-thap": {("agency", kind): "ND68-F05" for kind in ALL},
    "an-giang": {
        ("subscriber", "person"): "TT05-F05",
        ("agency", "person"): "TT05-F05",
        ("subscriber", "organisation"): "AG-F03",
        ("agency", "organisation"): "AG-F03",
    },
    "cao-bang": {
        ("subscriber", "person"): "TT185-F09",
        ("agency", "person"): "TT185-F10",
        ("subscriber", "organisation"): "TT185-F09",
        ("agency", "organisation"): "TT185-F10",
    },
    "lai-chau": {("agency", kind): "ND68-F05" for kind in ALL},
    "ninh-binh": {(role, kind): "TT08-F09" for role in ("subscriber", "agency") for kind in ALL},
    "ninh-binh-2025": {("agency", kind): "ND68-F05" for kind in ALL},
    "thai-binh": {("agency", kind): "TB-F05" for kind in ("person", "organisation")},
}
"""By regulation, role and kind: the form; who is not there writes a letter."""
LISTS = {("thai-binh", "agency", kind): "TB-F06" for kind in ("person", "organisation")}
"""The list that must be enclosed."""
CONFIRMED = {"key-compromise", "device-lost", "device-copied", "device-broken", "other-insecurity"}
"""Grounds whose request the managing body confirms; a subscriber's in Cao Bằng is confirmed by being passed on."""
BEFORE = {("thai-binh", ground) for ground in ("left", "moved", "position-changed")}
UNFIT = {(name, "position-changed") for name in ("dong-thap", "lai-chau", "ninh-binh", "ninh-binh-2025")}
NAMES = {"person": "Vũ Thị Mẫu", "organisation": "SỞ Y TẾ", "equipment": "Máy chủ mẫu"}


CASES = [
    (regulation, ground, role, kind)
    for regulation, grounds in GROUNDS.items()
    for ground, (roles, kinds) in grounds.items()
    for role in roles.split()
    for kind in kinds
]
"""Every rightful combination of regulation, ground, role and kind of subscriber."""
WRONGFUL = [
    (regulation, ground, role)
    for regulation, grounds in GROUNDS.items()
    for ground, (roles, _) in grounds.items()
    for role in ROLES
    if role not in roles.split()
]


def value_of(regulation: Regulation, rule: FormField, about: CertificateFacts) -> object:
    if rule.matches is not None:
        return fact(about, rule.matches)
    domain = "mau.test" if regulation.email_domain is None else regulation.email_domain.value
    return {
        "text": "Mẫu",
        "email": f"mau@{domain}",
        "date": TODAY.isoformat(),
        "integer": 1 if rule.exactly is None else rule.exactly,
        "affirmed": True,
        "identity": "034190000001",
        "serial": about.serial,
        "choice": about.subscriber_kind,
    }[rule.type]


def sheet(regulation: Regulation, form: Form, about: CertificateFacts) -> SheetFacts:
    """The form filled in about a certificate, with one line for it where the form is a list."""
    row = {name: value_of(regulation, rule, about) for name, rule in form.rows.items()}
    column = {"person": "full_name", "organisation": "organisation_name"}.get(about.subscriber_kind, "")
    fields = {name: value_of(regulation, rule, about) for name, rule in form.fields.items()}
    return SheetFacts(form.code, fields, ({**row, column: about.common_name},) if row else ())


def rightful(name: str, ground: str, role: str, kind: str) -> RevocationFacts:
    """A request that nothing is wrong with."""
    regulation = load(name)
    rule = regulation.grounds[ground]
    own = certificate(
        subscriber_kind=kind,
        common_name=NAMES[kind],
        subject=f"CN={NAMES[kind]},C=VN",
        email=f"mau@{regulation.email_domain.value}" if regulation.email_domain else "mau@mau.test",
        device="00ab",
        organisation="Sở Y tế",
        **({"not_after": NOW - timedelta(days=1)} if rule.after_expiry else {}),
    )
    form = FORMS[name].get((role, kind))
    listed = LISTS.get((name, role, kind))
    filled = None if form is None else sheet(regulation, regulation.forms[form], own)
    values: dict[str, Any] = {
        "requester_role": role,
        "ground": ground,
        "form": form,
        "fields": {} if filled is None else filled.fields,
        "enclosed": () if listed is None else (sheet(regulation, regulation.forms[listed], own),),
        "confirmed_by": "Phạm Văn Mẫu" if ground in CONFIRMED and (name, role) != ("cao-bang", "subscriber") else None,
        "submission": PAPER,
        "certificates": (own,),
        "attachments": frozenset({"prosecution-notice"}) if ground == "crime" else frozenset(),
        "event_on": TODAY + timedelta(days=9) if (name, ground) in BEFORE else None,
        "unfit": {"organisation": "Sở Công Thương"} if (name, ground) in UNFIT else {},
        "breached_duty": next(iter(regulation.duties), None) if ground == "duty-breach" else None,
    }
    if ground == "reorganised":
        values |= {"decision_kind": "merge", "decision_number": "9/QĐ-UBND", "decision_effective_on": TODAY}
    return revocation(**values)


def test_every_ground_of_every_regulation_stands_in_the_table() -> None:
    assert {name: set(load(name).grounds) for name in available()} == {
        name: set(grounds) for name, grounds in GROUNDS.items()
    }


@pytest.mark.parametrize(("name", "ground", "role", "kind"), CASES)
def test_who_may_ask_does_so_on_the_right_form(name: str, ground: str, role: str, kind: str) -> None:
    regulation = load(name)
    facts = rightful(name, ground, role, kind)
    assert regulation.require_role(role, "request_revocation")
    assert regulation.require_ground(role, ground).id == ground
    assert check_revocation(regulation, facts) == []


@pytest.mark.parametrize(("name", "ground", "role", "kind"), CASES)
def test_another_form_or_a_letter_without_number_is_refused(name: str, ground: str, role: str, kind: str) -> None:
    regulation = load(name)
    facts = rightful(name, ground, role, kind)
    if facts.form is not None:
        found = clauses(check_revocation(regulation, replace(facts, form="XX-F99")))
        assert [field for field, _ in found] == ["form.code"]
        assert found[0][1] != "unsourced"
    elif role not in regulation.revocation.form_from:
        found = clauses(check_revocation(regulation, replace(facts, submission=replace(PAPER, document_number=None))))
        assert [field for field, _ in found] == ["submission.document_number"]


@pytest.mark.parametrize(("name", "ground", "role"), WRONGFUL)
def test_who_may_not_ask_on_a_ground_is_refused_by_a_clause(name: str, ground: str, role: str) -> None:
    regulation = load(name)
    with pytest.raises(Forbidden) as caught:
        regulation.require_ground(role, ground)
    assert caught.value.clause == regulation.grounds[ground].clause
    roles, kinds = GROUNDS[name][ground]
    facts = rightful(name, ground, roles.split()[0], kinds[0])
    found = clauses(check_revocation(regulation, replace(facts, requester_role=role)))
    assert ("requester", regulation.grounds[ground].clause) in found


@pytest.mark.parametrize(
    ("name", "ground"),
    [(name, ground) for name, grounds in GROUNDS.items() for ground, (_, kinds) in grounds.items() if kinds != ALL],
)
def test_a_ground_is_for_its_own_kinds_of_subscribers(name: str, ground: str) -> None:
    regulation = load(name)
    roles, kinds = GROUNDS[name][ground]
    facts = rightful(name, ground, roles.split()[0], kinds[0])
    (other,) = [kind for kind in ("person", "organisation") if kind not in kinds][:1]
    wrong = replace(facts.certificates[0], subscriber_kind=other)
    found = clauses(check_revocation(regulation, replace(facts, certificates=(wrong,))))
    assert ("certificates.0", regulation.grounds[ground].clause) in found
