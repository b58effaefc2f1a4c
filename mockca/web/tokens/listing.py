"""The devices in one's hands."""

from __future__ import annotations

from flask import Response

from mockca.desk.actors import Role
from mockca.web.access import here
from mockca.web.portal.blueprint import cursor
from mockca.web.site.asking import ask
from mockca.web.site.rendering import page
from mockca.web.site.sessions import require_visitor
from mockca.web.tokens.blueprint import tokens
from mockca.web.tokens.held import certificate_on, held

PAGE_SIZE = 12


@tokens.get("/")
def front(sandbox: str) -> Response:
    """The devices that the visitor holds; the trainer sees everybody's, each with its holder."""
    del sandbox
    actor = require_visitor().actor
    query = {"limit": str(PAGE_SIZE)}
    if actor.role != Role.TRAINER:
        query["holder"] = actor.role
    after = cursor()
    if after is not None:
        query["after"] = str(after)
    found = ask("list_devices", query=query)
    plugged = here().shelf.plugged()
    return page(
        "tokens/front.html",
        devices=[(held(one, plugged), certificate_on(one)) for one in found.items],
        following=found.next,
        total=found.total,
    )
