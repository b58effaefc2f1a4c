"""Who sits at the browser: accounts that a session has signed in to, one a sandbox, in a signed cookie.

The cookie holds names and stamps, never a credential. A stamp is bound to the account's credential, so a sandbox that
was made anew under an old name knows nobody. Whoever may play (the trainer, a learner in a sandbox of their own) takes
on the part of any account of the sandbox without knowing its credential.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask, g, request, session
from flask_wtf.csrf import CSRFProtect

from mockca.desk.actors import Actor, Role
from mockca.desk.sandbox import Sandbox
from mockca.errors import Forbidden, MockcaError
from mockca.randomness import new_credential
from mockca.registry import accounts
from mockca.registry.accounts import Account
from mockca.web.access import here

SECRET_FILE: Final = "session-secret"  # noqa: S105 - a file name
KEPT: Final = "sandboxes"
csrf: Final = CSRFProtect()


class NotSignedIn(MockcaError):
    """A page was asked for that only somebody who is signed in to the sandbox may see."""

    def __init__(self, sandbox: str) -> None:
        self.sandbox = sandbox
        super().__init__(sandbox)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in to a sandbox."""

    actor: Actor
    """The account whose part they have at present."""
    came_in: Actor
    """The account that they signed in to."""
    may_play: bool
    """Whether they may take on the part of any account."""


def install(app: Flask, home: Path, *, secure: bool) -> None:
    """Give the application sessions; `secure` where its public address is HTTPS."""
    app.secret_key = _secret(home)
    app.config.update(
        SESSION_COOKIE_NAME="mockca",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=True,
    )
    csrf.init_app(app)


def sign_in(sandbox: Sandbox, account: Account, *, may_play: bool = False) -> None:
    """Remember in the session that this account has signed in."""
    kept = dict(session.get(KEPT, {}))
    kept[sandbox.name] = {
        "by": account.name,
        "as": account.name,
        "stamp": _stamp(sandbox, account.name),
        "plays": may_play or account.role == Role.TRAINER,
    }
    session[KEPT] = kept


def sign_out(sandbox: str) -> None:
    """Forget who is signed in to a sandbox."""
    session[KEPT] = {name: entry for name, entry in session.get(KEPT, {}).items() if name != sandbox}
    g.pop("visitor", None)


def play(sandbox: Sandbox, name: str) -> None:
    """Take on the part of another account; the trainer's is nobody else's.

    Forbidden to who may not; NotFound where there is no such account.
    """
    who = visitor()
    if who is None:
        raise NotSignedIn(sandbox.name)
    if not who.may_play and name != who.came_in.account:
        raise Forbidden(who.actor.role, "play", (Role.TRAINER,), "unsourced")
    wanted = sandbox.account_named(name)
    if wanted.role == Role.TRAINER and who.came_in.role != Role.TRAINER:
        raise Forbidden(who.actor.role, "play", (Role.TRAINER,), "unsourced")
    session[KEPT] = session[KEPT] | {sandbox.name: session[KEPT][sandbox.name] | {"as": name}}
    g.pop("visitor", None)


def visitor() -> Visitor | None:
    """Who is signed in to the sandbox that the request's path names; None for nobody."""
    if "sandbox" not in (request.view_args or {}):
        return None
    if "visitor" not in g:
        g.visitor = _visitor(here(), session.get(KEPT, {}).get(here().name))
    found: Visitor | None = g.visitor
    return found


def require_visitor(*roles: Role) -> Visitor:
    """Who is signed in, in one of these roles (any where none is given); the desk's handlers then act for them.

    NotSignedIn, Forbidden.
    """
    who = visitor()
    if who is None:
        raise NotSignedIn(here().name)
    if roles:
        who.actor.require("page", roles, "unsourced")
    g.actor = who.actor
    return who


def require_trainer() -> Visitor:
    """Whoever came in as the trainer, whatever part they have at present; the desk's handlers then act for the trainer.

    NotSignedIn, Forbidden.
    """
    who = require_visitor()
    who.came_in.require("control", (Role.TRAINER,), "unsourced")
    g.actor = who.came_in
    return who


def _visitor(sandbox: Sandbox, entry: Any) -> Visitor | None:
    if entry is None or entry["stamp"] != _stamp(sandbox, entry["by"]):
        return None
    came_in = _actor(sandbox, entry["by"])
    actor = came_in if entry["as"] == entry["by"] else _actor(sandbox, entry["as"])
    return Visitor(actor, came_in, bool(entry["plays"]))


def _actor(sandbox: Sandbox, name: str) -> Actor:
    account = sandbox.account_named(name)
    return Actor(account.name, account.role, account.regulation, account.unit)


def _stamp(sandbox: Sandbox, name: str) -> str | None:
    with sandbox.store.read() as connection:
        return accounts.stamp(connection, name)


def _secret(home: Path) -> str:
    """What cookies are signed with, for all workers and after a restart; in a file that only its owner reads."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / SECRET_FILE
    if not path.exists():
        draft = home / f".{SECRET_FILE}.{new_credential()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(new_credential() + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text("ascii").strip()
