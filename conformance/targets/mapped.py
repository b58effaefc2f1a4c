"""A target with an HTTP interface of its own, reached by a mapping file, as a port for scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from conformance.errors import BadTarget
from conformance.mapping import model
from conformance.mapping.checking import PORTAL
from conformance.mapping.model import Case, Paging, Request
from conformance.mapping.naming import names_in
from conformance.mapping.paths import found_at
from conformance.mapping.playable import chosen
from conformance.mapping.readings import LAST, read, values_of
from conformance.mapping.templates import MAPS, MISSING, ZONE, BadTemplate, Missing, compiled
from conformance.publisher.authority import Authority
from conformance.publisher.comparison import NOT_FOUND, Comparison
from conformance.publisher.faces import UNREADABLE
from conformance.redaction import Redactor
from conformance.targets.credentials import NOBODY, Credentials
from conformance.targets.exchanging import Exchanging, Reply
from conformance.targets.refusals import refusal_of
from conformance.targets.routes import ROUTES
from conformance.targets.sign_in import SignIns
from conformance.targets.wire import Wire
from scenarios.paths import BadPath, get
from scenarios.port import Body, Exchange, Operation, Outcome, PortError, Verdict
from scenarios.references import VIETNAM, moment

TRAINER = "trainer"
MOST_REMEMBERED = 100_000
LACKING = (405, 501)
"""Statuses that say that there is no such thing."""


class MappedTarget:
    """An authority behind a URL, spoken to as its mapping says."""

    def __init__(
        self,
        url: str,
        regulation: str,
        mapping: model.Mapping,
        credentials: Credentials | None = None,
        *,
        timeout: float = 30.0,
        cacert: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url, self.regulation = url.rstrip("/"), regulation
        self._mapping = mapping
        self._credentials = credentials or Credentials()
        self._wire = Wire(timeout=timeout, cacert=cacert, transport=transport)
        self.redactor = Redactor(self._credentials.secrets(), mapping.secrets)
        self._exchanging = Exchanging(self._wire, self.url, mapping.headers, self.redactor)
        self._sign_ins = SignIns(
            mapping.sign_in, mapping.sign_in_of, self._exchanging, self._context_of_sign_in, self.redactor
        )
        self._comparison = Comparison(self._wire, self.now, self.redactor)
        self._remembered: dict[str, Any] = {}
        self._with_time: dict[int, bool] = {}

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def check(self) -> None:
        """Raise BadTarget where the mapping is for another regulation, nobody can sign in, or no time can be told."""
        known = self._mapping.regulations
        if known and self.regulation not in known:
            raise BadTarget(f"the mapping of {self._mapping.name} is for {', '.join(known)}, not for {self.regulation}")
        actors = ("authority", "registrar", "agency")
        actor = next((one for one in actors if self._credentials.of(one, self.regulation) is not None), None)
        if actor is None:
            raise BadTarget(
                f"no credential for authority, registrar or agency under {self.regulation}; "
                "give the accounts with --credentials FILE"
            )
        try:
            self._sign_ins.of(actor)
            self.now()
        except PortError as error:
            raise BadTarget(self.redactor.text(error.what)) from error

    def reset(self) -> None:
        """Empty it as the mapping says. Raises BadTarget."""
        if self._mapping.reset is None:
            raise BadTarget(f"the mapping of {self._mapping.name} has no `reset`, so --reset cannot be had")
        try:
            outcome = self._play(None, self._mapping.reset, TRAINER, {})
        except PortError as error:
            raise BadTarget(self.redactor.text(error.what)) from error
        if outcome.verdict is not Verdict.ACCEPTED:
            raise BadTarget(f"{self.url} could not be reset: {outcome.message}")
        self._comparison.forget()
        self._sign_ins.forget()
        self._remembered.clear()

    # --- scenarios.port.Port ----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The target's time, as the mapping says that it is told."""
        clock = self._mapping.clock
        if clock.date is not None:
            request = Request(path=clock.date, answer="text")
            reply = self._exchanging.send(request, self._context(NOBODY, {}), self._sign_ins.of(NOBODY))
            try:
                told = parsedate_to_datetime(reply.answer.headers["date"])
            except (KeyError, ValueError) as error:
                raise PortError(f"{reply.answer.url} has no Date header to tell the time by") from error
            return told if told.tzinfo else told.replace(tzinfo=UTC)
        assert clock.request is not None  # noqa: S101 - the model asks for one way
        assert clock.now is not None  # noqa: S101 - likewise
        actor = clock.actor if self._has_account(clock.actor) else NOBODY
        reply = self._ask(clock.request, actor, self._context(actor, {}))
        instant = moment(read(clock.now, {LAST: reply.value}, self._context(actor, {})))
        if not 200 <= reply.answer.status < 300 or instant is None:
            raise PortError(
                f"{reply.answer.url} answered {reply.answer.status} without a time where the mapping's `clock` looks",
                (reply.exchange,),
            )
        return instant

    def perform(self, operation: Operation, actor: str, body: Body) -> Outcome:
        """Do the operation as the mapping says."""
        if actor != NOBODY and not self._has_account(actor):
            return Outcome(Verdict.UNSUPPORTED, message=f"no credential for {actor} under {self.regulation}")
        try:
            case = self._case(operation, actor, body)
            if case is None:
                return Outcome(Verdict.UNSUPPORTED, message=f"the mapping has no {operation.value} like this")
            if case.unsupported is not None:
                return Outcome(Verdict.UNSUPPORTED, message=case.unsupported)
            if operation is Operation.COMPARE_FACES:
                return self._compare_faces(case, actor, body)
            outcome = self._play(operation, case, actor, body)
        except BadTemplate as error:
            raise PortError(f"the mapping's {operation.value}: {error}") from error
        if operation is Operation.READ_AUTHORITY and outcome.verdict is Verdict.ACCEPTED:
            found = Authority(self._wire, self.now).look(outcome.values)
            found["faults"] = [self.redactor.text(fault) for fault in found["faults"]]
            return Outcome(Verdict.ACCEPTED, found, exchanges=outcome.exchanges)
        return outcome

    # --- one operation ----------------------------------------------------------------------------------------

    def _has_account(self, actor: str) -> bool:
        return self._credentials.of(actor, self.regulation) is not None

    def _case(self, operation: Operation, actor: str, body: Body) -> Case | None:
        return chosen(self._mapping.operations.get(operation.value, ()), self._context(actor, body))

    def _play(self, operation: Operation | None, case: Case, actor: str, body: Body) -> Outcome:
        context = self._context(actor, body)
        if self._tells_time(case):
            now = self.now()
            context |= {"now": now.isoformat(), "today": now.astimezone(VIETNAM).date().isoformat()}
        answers: dict[str, Any] = {}
        exchanges: list[Exchange] = []
        try:
            for request in case.requests or ():
                context["cookies"] = self._sign_ins.of(actor).cookie_values()
                if request.when is not None and not _is_true(self._worth(request.when, context)):
                    continue
                reply, value = self._answered(request, actor, context)
                exchanges.append(reply.exchange)
                ended = self._ended(request, case, reply, context)
                if ended is not None:
                    return replace(ended, exchanges=tuple(exchanges))
                answers[LAST] = value
                if request.name is not None:
                    answers[request.name] = value
                for name, reading in request.take.items():
                    taken = read(reading, {LAST: value}, context)
                    if not isinstance(taken, Missing):
                        context["taken"][name] = taken
        except PortError as error:
            raise PortError(error.what, (*exchanges, *error.exchanges)) from error
        return self._accepted(operation, case, context, answers, tuple(exchanges))

    def _answered(self, request: Request, actor: str, context: dict[str, Any]) -> tuple[Reply, Any]:
        """The answer to one request, and what is read of it: the elements of all pages, where it comes in pages."""
        if request.paging is None:
            reply = self._ask(request, actor, context)
            return reply, reply.value
        items: list[Any] = []
        for reply in self._pages(request, request.paging, actor, context):
            found = MISSING if isinstance(reply.value, Missing) else found_at(request.paging.items, reply.value)
            items += found if isinstance(found, list) else []
        return reply, items

    def _pages(self, request: Request, paging: Paging, actor: str, context: dict[str, Any]) -> Iterator[Reply]:
        mark: Any = {"page": paging.first, "offset": 0}.get(paging.by)
        seen = 0
        for number in count():
            asked, url = request, None
            if paging.by == "link":
                url = mark
            elif mark is not None and paging.parameter is not None:
                asked = request.model_copy(update={"query": {**request.query, paging.parameter: _literal(mark)}})
            reply = self._ask(asked, actor, context, url=url)
            yield reply
            if isinstance(reply.value, Missing) or not 200 <= reply.answer.status < 300:
                return
            found = found_at(paging.items, reply.value)
            here = len(found) if isinstance(found, list) else 0
            seen += here
            if paging.last is not None and _is_true(self._worth(paging.last, {**context, "answer": reply.value})):
                return
            if paging.by in ("page", "offset"):
                if not here:
                    return
                mark = paging.first + number + 1 if paging.by == "page" else seen
            else:
                mark = found_at(paging.next or "$", reply.value)
                if isinstance(mark, Missing) or mark in (None, "", False):
                    return
                if paging.by == "link":
                    mark = self._followed(mark, reply)
            if number + 1 >= paging.most:
                return

    def _followed(self, link: Any, reply: Reply) -> str:
        url = str(httpx.URL(reply.answer.url).join(str(link)))
        if not self._exchanging.is_ours(url):
            raise PortError(f"{reply.answer.url} continues on another host, {url}", (reply.exchange,))
        return url

    def _ask(self, request: Request, actor: str, context: dict[str, Any], *, url: str | None = None) -> Reply:
        """One request; once more after signing in anew where the session is over."""
        session = self._sign_ins.of(actor)
        reply = self._exchanging.send(request, context, session, url=url)
        if reply.answer.status == 401 and session.is_signed_in and self._sign_ins.is_renewed(actor):
            session = self._sign_ins.of(actor)
            reply = self._exchanging.send(request, {**context, "cookies": session.cookie_values()}, session, url=url)
        if reply.answer.status == 401 and session.is_signed_in:
            raise PortError(f"{reply.answer.url} does not know {actor} (401)", (reply.exchange,))
        return reply

    def _ended(self, request: Request, case: Case, reply: Reply, context: Mapping[str, Any]) -> Outcome | None:
        """The outcome where it ends here: refused or unsupported. Raises PortError where it is no verdict."""
        status, url = reply.answer.status, reply.answer.url
        if status in LACKING:
            return Outcome(Verdict.UNSUPPORTED, message=f"{url} answered {status}")
        refused = refusal_of(self._mapping.refusals, case.refusals, reply, self.redactor, context)
        if refused is not None:
            return refused
        if not 200 <= status < 300 and status not in request.accepted:
            raise PortError(f"{url} answered {status}, which is neither accepted nor a refusal by the mapping")
        if isinstance(reply.value, Missing):
            raise PortError(f"{url} answered {status} with {reply.what()}")
        return None

    def _accepted(
        self,
        operation: Operation | None,
        case: Case,
        context: dict[str, Any],
        answers: Mapping[str, Any],
        exchanges: tuple[Exchange, ...],
    ) -> Outcome:
        values = values_of(case.values, answers, context)
        for key, reading in case.remember.items():
            name = compiled(key).text({**context, "values": values})
            value = read(reading, answers, context)
            if not isinstance(name, Missing) and not isinstance(value, Missing):
                if len(self._remembered) >= MOST_REMEMBERED:
                    raise PortError(f"the mapping remembers more than {MOST_REMEMBERED} values")
                self._remembered[name] = value
        if case.state is not None:
            state = read(case.state, answers, context)
            told = None if isinstance(state, Missing) or state is None else str(state)
        else:
            told = _state(values, operation)
        shown = self.redactor.value(values)
        return Outcome(Verdict.ACCEPTED, shown, state=told, exchanges=exchanges)

    def _compare_faces(self, case: Case, actor: str, body: Body) -> Outcome:
        def other(operation: Operation, serial: str) -> Outcome:
            return self.perform(operation, actor, {"certificate": serial})

        def portal(serial: str) -> tuple[str, Outcome]:
            told = self._play(None, case, NOBODY, {**body, "certificate": serial})
            if told.verdict is Verdict.ACCEPTED:
                return str(told.values.get(PORTAL, UNREADABLE)), told
            return NOT_FOUND if _is_not_found(told) else f"refused: {told.message}", told

        def status(serial: str, public: Outcome) -> Outcome:
            if actor == NOBODY:  # who may ask the portal and nothing else
                return replace(public, state=public.values.get(PORTAL))
            return other(Operation.READ_STATUS, serial)

        return self._comparison.of(
            body,
            certificate=lambda serial: other(Operation.READ_CERTIFICATE, serial),
            portal=portal,
            status=status,
        )

    # --- what expressions see ---------------------------------------------------------------------------------

    def _context(self, actor: str, body: Body) -> dict[str, Any]:
        account = self._credentials.account(actor, self.regulation)
        known = {} if account is None else {"name": account.name, "username": account.username or account.name}
        return {
            "actor": actor,
            "account": known,
            "body": body,
            "regulation": self.regulation,
            "url": self.url,
            "taken": {},
            "cookies": {},
            "remembered": self._remembered,
            MAPS: self._mapping.maps,
            ZONE: ZoneInfo(self._mapping.zone),
        }

    def _context_of_sign_in(self, actor: str) -> dict[str, Any]:
        context = self._context(actor, {})
        credential = self._credentials.of(actor, self.regulation)
        if credential is not None:
            context["account"] = {**context["account"], "credential": credential}
        return context

    def _tells_time(self, case: Case) -> bool:
        if id(case) not in self._with_time:
            self._with_time[id(case)] = bool({"now", "today"} & names_in(case))
        return self._with_time[id(case)]

    def _worth(self, expression: str, context: Mapping[str, Any]) -> Any:
        return compiled(expression).value(context)


def _state(values: Mapping[str, Any], operation: Operation | None) -> str | None:
    """The state where the contract has it."""
    route = ROUTES.get(operation) if operation is not None else None
    if route is None or route.state is None:
        return None
    try:
        return str(get(values, route.state))
    except BadPath:
        return None


def _is_true(value: Any) -> bool:
    return not isinstance(value, Missing) and bool(value)


def _is_not_found(outcome: Outcome) -> bool:
    return bool(outcome.exchanges) and outcome.exchanges[-1].status == 404


def _literal(mark: Any) -> str:
    """A value as a template that is worth it."""
    return str(mark).replace("${", "$ {")
