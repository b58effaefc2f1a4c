"""How the accounts of a target sign in, as its mapping says."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from conformance.mapping.model import (
    BasicSignIn,
    HeaderSignIn,
    LoginSignIn,
    NoSignIn,
    OAuthSignIn,
    Request,
    SignIn,
)
from conformance.mapping.readings import read
from conformance.mapping.templates import BadTemplate, Missing, compiled
from conformance.redaction import Redactor
from conformance.targets.credentials import NOBODY
from conformance.targets.exchanging import Exchanging, Session
from scenarios.port import PortError

Context = Callable[[str], dict[str, Any]]
"""What expressions can lead to for an actor, his account with its credential among it."""


class SignIns:
    """The sessions of one run, one an actor, each begun when it is first needed."""

    def __init__(
        self, how: SignIn, how_of: Mapping[str, SignIn], exchanging: Exchanging, context: Context, redactor: Redactor
    ) -> None:
        self._how, self._how_of = how, how_of
        self._exchanging, self._context, self._redactor = exchanging, context, redactor
        self._sessions: dict[str, Session] = {}

    def of(self, actor: str) -> Session:
        """The actor's session. Raises PortError where he cannot sign in."""
        if actor not in self._sessions:
            self._sessions[actor] = Session(actor) if actor == NOBODY else self._begun(actor)
        return self._sessions[actor]

    def is_renewed(self, actor: str) -> bool:
        """Begin the actor's session anew after 401; False where there is nothing that could have run out."""
        if not isinstance(self._how_of.get(actor, self._how), LoginSignIn | OAuthSignIn):
            return False
        self._sessions[actor] = self._begun(actor)
        return True

    def forget(self) -> None:
        """The target was emptied, and its sessions with it."""
        self._sessions.clear()

    def _begun(self, actor: str) -> Session:
        session = Session(actor)
        context = self._context(actor)
        try:
            match self._how_of.get(actor, self._how):
                case NoSignIn():
                    return session
                case HeaderSignIn(headers=headers):
                    self._with_headers(session, headers, context)
                case BasicSignIn() as basic:
                    pair = f"{_text(basic.username, context)}:{_text(basic.password, context)}"
                    session.headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
                case LoginSignIn() as login:
                    self._log_in(session, login, context)
                case OAuthSignIn() as oauth:
                    self._fetch_token(session, oauth, context)
        except BadTemplate as error:
            raise PortError(f"{actor} cannot sign in by the mapping: {error}") from error
        for value in session.headers.values():
            self._redactor.learn(value)
            self._redactor.learn(value.rpartition(" ")[2])
        session.is_signed_in = True
        return session

    def _log_in(self, session: Session, login: LoginSignIn, context: dict[str, Any]) -> None:
        context["taken"] = {}
        for request in login.requests:
            context["cookies"] = session.cookie_values()
            if request.when is not None and not compiled(request.when).value(context):
                continue
            reply = self._exchanging.send(request, context, session)
            status = reply.answer.status
            if not 200 <= status < 300 and status not in request.accepted:
                raise PortError(f"{session.actor} cannot sign in: {reply.answer.url} answered {status}")
            for name, reading in request.take.items():
                taken = read(reading, {"": reply.value}, context)
                if isinstance(taken, Missing):
                    raise PortError(f"{session.actor} cannot sign in: {reply.answer.url} gave no {name}")
                context["taken"][name] = taken
        context["cookies"] = session.cookie_values()
        self._with_headers(session, login.headers, context)

    def _fetch_token(self, session: Session, oauth: OAuthSignIn, context: dict[str, Any]) -> None:
        form: dict[str, str] = {"grant_type": oauth.grant}
        if oauth.grant == "password":
            form |= {"username": oauth.username, "password": oauth.password}
        if oauth.scope is not None:
            form["scope"] = oauth.scope
        headers: dict[str, str] = {}
        if oauth.client_in == "body":
            form |= {"client_id": oauth.client_id, "client_secret": oauth.client_secret}
        else:
            pair = f"{_text(oauth.client_id, context)}:{_text(oauth.client_secret, context)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        address = _text(oauth.token, context)
        url = address if "://" in address else f"{self._exchanging.url}{address}"
        request = Request(method="POST", path="/", form=form, headers=headers)
        reply = self._exchanging.send(request, context, session, url=url)
        token = reply.value.get("access_token") if isinstance(reply.value, Mapping) else None
        if reply.answer.status != 200 or not isinstance(token, str):
            raise PortError(f"{session.actor} cannot sign in: {url} answered {reply.answer.status} without a token")
        session.headers["Authorization"] = f"Bearer {token}"

    def _with_headers(self, session: Session, headers: Mapping[str, str], context: Mapping[str, Any]) -> None:
        for name, text in headers.items():
            session.headers[name] = _text(text, context)


def _text(template: str, context: Mapping[str, Any]) -> str:
    text = compiled(template).text(context)
    if isinstance(text, Missing):
        raise BadTemplate(f"{template} leads nowhere")
    return text
