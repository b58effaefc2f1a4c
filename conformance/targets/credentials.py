"""Who signs in with what: the accounts of a target, read from a JSON file.

    {"sandbox": "demo", "url": "http://127.0.0.1:8400/demo",
     "accounts": [{"name": "registrar@an-giang", "role": "registrar", "regulation": "an-giang",
                   "unit": "…", "credential": "…"}, …]}

An actor of a scenario is an account's name, with or without the province: under `an-giang`, the actor `registrar` is
the account `registrar@an-giang` where there is one, else `registrar`. The actor `nobody` has no credential.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from conformance.errors import BadCredentials

NOBODY = "nobody"


class Account(BaseModel):
    """One account; the credential does not show in its repr."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    credential: SecretStr
    username: str | None = None
    """What it signs in as, where that is not its name."""


class Credentials(BaseModel):
    """The accounts of one target."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    accounts: tuple[Account, ...] = ()

    def of(self, actor: str, regulation: str) -> str | None:
        """The credential of an actor under a regulation; None where no account fits."""
        found = self.account(actor, regulation)
        return None if found is None else found.credential.get_secret_value()

    def account(self, actor: str, regulation: str) -> Account | None:
        """The account of an actor under a regulation; None where none fits."""
        by_name = {account.name: account for account in self.accounts}
        return by_name.get(f"{actor}@{regulation}") or by_name.get(actor)

    def secrets(self) -> tuple[str, ...]:
        """Every credential, for hiding them."""
        return tuple(account.credential.get_secret_value() for account in self.accounts)


def read_credentials(path: Path) -> Credentials:
    """Read the file. Raises BadCredentials, without repeating what stands in it."""
    try:
        return Credentials.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadCredentials(f"{path}: {error.strerror}; `mockca serve` writes it to <data>/<sandbox>/") from None
    except UnicodeDecodeError:
        raise BadCredentials(f"{path}: not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise BadCredentials(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(str(part) for part in each['loc']) or 'file'}: {each['msg']}"
            for each in error.errors(include_url=False, include_input=False)
        )
        raise BadCredentials(f"{path}: {places}") from None
