from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mockca.randomness import new_credential
from mockca.registry import accounts
from mockca.registry.accounts import Account
from mockca.registry.store import Store
from mockca.registry.tables import accounts as rows

TRAINER = Account("trainer", "trainer", None, None)
REGISTRAR = Account("registrar@an-giang", "registrar", "an-giang", "so-tttt-an-giang")


def test_a_credential_finds_its_account_and_no_other_text_does(store: Store) -> None:
    credential = new_credential()
    with store.write() as conn:
        accounts.enter(conn, [(REGISTRAR, credential)])
        assert accounts.by_credential(conn, credential) == REGISTRAR
        for other in ("", new_credential(), credential + "x", credential[:-1], "registrar@an-giang", "\udcff"):
            assert accounts.by_credential(conn, other) is None


def test_a_credential_is_nowhere_in_the_database(store: Store) -> None:
    credential = new_credential()
    with store.write() as conn:
        accounts.enter(conn, [(TRAINER, credential)])
        assert credential not in str(conn.execute(select(rows)).all())


@pytest.mark.parametrize(("name", "credential"), [("trainer", "another"), ("another", "secret")])
def test_a_name_and_a_credential_belong_to_one_account(store: Store, name: str, credential: str) -> None:
    with store.write() as conn:
        accounts.enter(conn, [(TRAINER, "secret")])
        with pytest.raises(IntegrityError):
            accounts.enter(conn, [(Account(name, "trainer", None, None), credential)])


def test_accounts_are_listed_by_name(store: Store) -> None:
    with store.write() as conn:
        names = ("trainer", "authority", "registrar@lai-chau")
        accounts.enter(conn, ((Account(name, "trainer", None, None), new_credential()) for name in names))
        accounts.enter(conn, ())
        assert [account.name for account in accounts.listing(conn)] == ["authority", "registrar@lai-chau", "trainer"]
