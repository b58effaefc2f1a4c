"""Which sandbox a request is about and who is asking: bearer credentials (RFC 6750), looked up by their hash."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import cast

from flask import current_app, g, request

from mockca.desk.actors import Actor, Role
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.errors import Forbidden
from mockca.randomness import new_credential
from mockca.web.problems import Unauthenticated

EXTENSION = "mockca"
ADMIN_FILE = "admin-credential"
LONGEST_CREDENTIAL = 512


def sandboxes() -> Sandboxes:
    """The sandboxes that this application serves."""
    return cast(Sandboxes, current_app.extensions[EXTENSION])


def here() -> Sandbox:
    """The sandbox that the request's path names; NotFound where there is none."""
    if "sandbox" not in g:
        g.sandbox = sandboxes().open((request.view_args or {})["sandbox"])
    return cast(Sandbox, g.sandbox)


def actor() -> Actor:
    """Who is asking; set by `sign_in`."""
    return cast(Actor, g.actor)


def bearer() -> str | None:
    """The request's bearer credential; None where there is none that could be one."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not 0 < len(credential) <= LONGEST_CREDENTIAL:
        return None
    return credential


def sign_in() -> None:
    """Find out who is asking; Unauthenticated where no account of the sandbox has the credential."""
    sandbox, credential = here(), bearer()
    if credential is None:
        raise Unauthenticated(sandbox.name, given=False)
    account = sandbox.account(credential)
    if account is None:
        raise Unauthenticated(sandbox.name, given=True)
    g.actor = Actor(account.name, account.role, account.regulation, account.unit)


def require_trainer() -> None:
    """Let only the trainer pass: the control plane is no part of the authority's own work."""
    if actor().role != Role.TRAINER:
        raise Forbidden(actor().role, "control", (Role.TRAINER,), "unsourced")


def require_admin() -> None:
    """Let only the holder of the data folder's admin credential pass."""
    credential = bearer()
    if credential is None:
        raise Unauthenticated("mockca", given=False)
    try:
        expected = (sandboxes().home / ADMIN_FILE).read_text("ascii").strip()
    except FileNotFoundError:
        raise Unauthenticated("mockca", given=True) from None
    if not hmac.compare_digest(_digest(credential), _digest(expected)):
        raise Unauthenticated("mockca", given=True)


def ensure_admin_credential(home: Path) -> str:
    """The credential that may make sandboxes; made at the first call, in a file that only its owner reads."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / ADMIN_FILE
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(new_credential() + "\n")
    except FileExistsError:
        pass
    return path.read_text("ascii").strip()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
