"""What a new sandbox starts with: for each province a registrar, agencies, a company; an account for each role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from faker import Faker
from sqlalchemy import Connection

from mockca.desk.actors import Role
from mockca.randomness import Randomness, new_credential
from mockca.registry import accounts, units
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


def accounts_of(regulations: Iterable[str]) -> list[Credential]:
    """Fresh credentials for every account of a sandbox with these regulations."""
    people: list[tuple[str, Role, str | None, str | None]] = [
        ("authority", Role.AUTHORITY, None, None),
        ("trainer", Role.TRAINER, None, None),
    ]
    for regulation in regulations:
        people += [
            (f"registrar@{regulation}", Role.REGISTRAR, regulation, f"registrar-{regulation}"),
            (f"agency@{regulation}", Role.AGENCY, regulation, f"agency-{regulation}"),
            (f"subscriber@{regulation}", Role.SUBSCRIBER, regulation, f"agency-{regulation}"),
            (f"other-agency@{regulation}", Role.AGENCY, regulation, f"other-agency-{regulation}"),
            (f"company@{regulation}", Role.AGENCY, regulation, f"company-{regulation}"),
            (f"security@{regulation}", Role.SECURITY, regulation, None),
        ]
    return [Credential(name, role.value, scope, unit, new_credential()) for name, role, scope, unit in people]


def enter_accounts(connection: Connection, credentials: Iterable[Credential]) -> None:
    """Enter the accounts; of each credential only its hash is kept."""
    for entry in credentials:
        accounts.add(connection, entry.name, entry.role, entry.regulation, entry.unit, entry.credential)


def enter_units(connection: Connection, regulations: Sequence[Regulation], randomness: Randomness) -> None:
    """Enter each province's bodies, named by the sandbox's randomness."""
    for regulation in regulations:
        for unit in units_of(regulation, randomness):
            units.add(connection, unit)


def units_of(regulation: Regulation, randomness: Randomness) -> list[Unit]:
    """The bodies that a sandbox has in this regulation's province."""
    faker = Faker("vi_VN")
    faker.seed_instance(int.from_bytes(randomness.octets(f"units/{regulation.id}", 8)))
    committee = f"Ủy ban nhân dân tỉnh {regulation.province}"
    domain = regulation.email_domain.value if regulation.email_domain else f"{regulation.id}.test"
    category = next(iter(regulation.eligible))
    district = faker.last_name()

    def unit(role: str, name: str, superiors: list[str], kind: str, has_seal: bool = True) -> Unit:
        return Unit(
            id=f"{role}-{regulation.id}",
            regulation=regulation.id,
            name=name,
            category=kind,
            superiors=superiors,
            locality=regulation.province,
            email=f"{role}@{domain}",
            has_seal=has_seal,
        )

    return [
        unit("registrar", f"Sở Thông tin và Truyền thông tỉnh {regulation.province}", [committee], category),
        unit("agency", "Văn phòng Ủy ban nhân dân tỉnh", [committee], category),
        unit("other-agency", f"Ủy ban nhân dân huyện {district}", [committee], category),
        unit("company", f"Công ty TNHH Phần mềm {faker.last_name()}", [], NOT_A_PUBLIC_BODY),
    ]
