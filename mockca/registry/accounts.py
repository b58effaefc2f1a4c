"""Who may come in. Of a credential only its SHA-256 is kept: it has 256 random bits, so it needs no salt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from mockca.registry.tables import accounts


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a sandbox."""

    name: str
    role: str
    regulation: str | None
    """None for those who serve every regulation: the authority and the trainer."""
    unit: str | None


def enter(conn: Connection, entries: Iterable[tuple[Account, str]]) -> None:
    """Enter accounts, each with its credential; IntegrityError where a name or a credential is taken."""
    rows = [{**asdict(account), "credential_hash": _hash(credential)} for account, credential in entries]
    if rows:
        conn.execute(insert(accounts), rows)


_BY_CREDENTIAL = select(accounts).where(accounts.c.credential_hash == bindparam("digest"))


def by_credential(conn: Connection, credential: str) -> Account | None:
    """Whose credential this is; None for nobody's."""
    row = conn.execute(_BY_CREDENTIAL, {"digest": _hash(credential)}).one_or_none()
    return None if row is None else _account(row)


def get(conn: Connection, name: str) -> Account | None:
    """The account of this name; None where there is none."""
    row = conn.execute(select(accounts).where(accounts.c.name == name)).one_or_none()
    return None if row is None else _account(row)


def stamp(conn: Connection, name: str) -> str | None:
    """What changes with the account's credential, and does not give it away; None where there is no account."""
    digest = conn.execute(select(accounts.c.credential_hash).where(accounts.c.name == name)).scalar_one_or_none()
    return None if digest is None else sha256(f"stamp/{digest}".encode()).hexdigest()[:32]


def listing(conn: Connection) -> list[Account]:
    """All accounts by name."""
    return [_account(row) for row in conn.execute(select(accounts).order_by(accounts.c.name))]


def _account(row: Row[Any]) -> Account:
    return Account(name=row.name, role=row.role, regulation=row.regulation, unit=row.unit)


def _hash(credential: str) -> str:
    return sha256(credential.encode("utf-8", "surrogatepass")).hexdigest()
