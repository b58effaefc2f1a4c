from __future__ import annotations

import pytest
from sqlalchemy import select

from mockca.errors import Conflict
from mockca.randomness import new_credential
from mockca.registry import accounts
from mockca.registry.accounts import Account
from mockca.registry.store import Store
from mockca.registry.tables import accounts as rows

REGISTRAR = Account("registrar@an-giang", "registrar", "an-giang", "so-tttt-an-giang")


def test_a_credential_finds_its_account_and_no_other_text_does(store: Store) -> None:
    credential = new_credential()
    with store.write() as conn:
        assert (
            accounts.add(conn, "registrar@an-giang", "registrar", "an-giang", "so-tttt-an-giang", credential)
            == REGISTRAR
        )
        assert accounts.by_credential(conn, credential) == REGISTRAR
        for other in ("", new_credential(), credential + "x", credential[:-1], "registrar@an-giang", "\udcff"):
            assert accounts.by_credential(conn, other) is None


def test_a_credential_is_nowhere_in_the_database(store: Store) -> None:
    credential = new_credential()
    with store.write() as conn:
        accounts.add(conn, "trainer", "trainer", None, None, credential)
        assert credential not in str(conn.execute(select(rows)).all())


@pytest.mark.parametrize(("name", "credential"), [("trainer", "another"), ("another", "secret")])
def test_a_name_and_a_credential_belong_to_one_account(store: Store, name: str, credential: str) -> None:
    with store.write() as conn:
        accounts.add(conn, "trainer", "trainer", None, None, "secret")
        with pytest.raises(Conflict, match="already in use"):
            accounts.add(conn, name, "trainer", None, None, credential)


def test_accounts_are_listed_by_name(store: Store) -> None:
    with store.write() as conn:
        for name in ("trainer", "authority", "registrar@lai-chau"):
            accounts.add(conn, name, "trainer", None, None, new_credential())
        assert [account.name for account in accounts.listing(conn)] == ["authority", "registrar@lai-chau", "trainer"]
