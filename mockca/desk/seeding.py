"""What a new sandbox starts with: each province's bodies, and the accounts that act for them.

Of every province there are a registrar, an agency and another one, a section without a seal, a company that is not
eligible, and one body of each category that is: `peoples-council@an-giang` acts for `peoples-council-an-giang`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import Connection

from mockca.desk import bodies
from mockca.desk.actors import Role
from mockca.randomness import Randomness, new_credential
from mockca.registry import accounts, units
from mockca.registry.accounts import Account
from mockca.registry.units import Unit
from mockca.rules.regulation import Regulation

NOT_A_PUBLIC_BODY = "company"
"""Category of a private company; no regulation lists it as eligible."""


@dataclass(frozen=True, slots=True)
class Credential:
    """An account with what it signs in by. Written to the sandbox's own credentials file, nowhere else."""

    name: str
    role: str
    regulation: str | None
    unit: str | None
    credential: str

    def as_dict(self) -> dict[str, str | None]:
        return asdict(self)


def accounts_of(regulations: Iterable[Regulation]) -> list[Credential]:
    """Fresh credentials for every account of a sandbox with these regulations."""
    people: list[tuple[str, Role, str | None, str | None]] = [
        ("authority", Role.AUTHORITY, None, None),
        ("trainer", Role.TRAINER, None, None),
    ]
    for regulation in regulations:
        people += [
            (f"{name}@{regulation.id}", role, regulation.id, unit and f"{unit}-{regulation.id}")
            for name, (role, unit) in _accounts_in(regulation).items()
        ]
    return [Credential(name, role.value, scope, unit, new_credential()) for name, role, scope, unit in people]


def _accounts_in(regulation: Regulation) -> dict[str, tuple[Role, str | None]]:
    """Role and unit, both without the province, of each account that a province has."""
    filers = regulation.operations["file_dossier"].roles
    filer = Role.AGENCY if Role.AGENCY in filers else Role.SUBSCRIBER
    of_categories = {category: (filer, category) for category in regulation.eligible}
    return of_categories | {
        "registrar": (Role.REGISTRAR, "registrar"),
        "agency": (Role.AGENCY, "agency"),
        "subscriber": (Role.SUBSCRIBER, "agency"),
        "other-agency": (Role.AGENCY, "other-agency"),
        "other-subscriber": (Role.SUBSCRIBER, "other-agency"),
        "section": (Role.AGENCY, "section"),
        "company": (Role.AGENCY, "company"),
        "security": (Role.SECURITY, None),
    }


def enter_accounts(connection: Connection, credentials: Iterable[Credential]) -> None:
    """Enter the accounts; of each credential only its hash is kept."""
    accounts.enter(
        connection,
        ((Account(entry.name, entry.role, entry.regulation, entry.unit), entry.credential) for entry in credentials),
    )


def enter_units(connection: Connection, regulations: Sequence[Regulation], randomness: Randomness, start: date) -> None:
    """Enter each province's bodies, named by the sandbox's randomness as at its first day."""
    for regulation in regulations:
        units.enter(connection, units_of(regulation, randomness, start))


def units_of(regulation: Regulation, randomness: Randomness, start: date) -> list[Unit]:
    """The bodies that a sandbox which starts on that day has in this regulation's province."""
    day = bodies.in_force(regulation, start)
    domain = regulation.email_domain.value if regulation.email_domain else f"{regulation.id}.test"

    def unit(group: str, kind: str, category: str) -> Unit:
        body = bodies.body(group, kind, regulation, day, randomness)
        return Unit(
            id=f"{kind}-{regulation.id}",
            regulation=regulation.id,
            name=body.name,
            category=body.category or category,
            superiors=list(body.superiors),
            locality=regulation.province,
            email=f"{kind}@{domain}",
            has_seal=body.has_seal,
        )

    first = next(iter(regulation.eligible))
    found = {category: unit("category", category, category) for category in regulation.eligible}
    for kind in bodies.standing():
        found[kind] = unit("standing", kind, NOT_A_PUBLIC_BODY if kind == NOT_A_PUBLIC_BODY else first)
    if regulation.registrar_name is not None:
        found["registrar"] = replace(found["registrar"], name=regulation.registrar_name.value)
    return list(found.values())
