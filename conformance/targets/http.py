"""A target that speaks the HTTP contract (contract/openapi.json), as a port for scenarios."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from conformance.errors import BadTarget
from conformance.publisher.authority import Authority
from conformance.publisher.comparison import Comparison, not_found
from conformance.redaction import Redactor
from conformance.targets.credentials import NOBODY, Credentials
from conformance.targets.routes import API, ROUTES, Route
from conformance.targets.wire import LONGEST_JSON, Answer, Wire
from scenarios.paths import BadPath, get
from scenarios.port import Body, Exchange, Operation, Outcome, PortError, Verdict
from scenarios.references import moment

PROBLEM = "application/problem+json"
LONGEST_EVIDENCE = 4000
"""Characters of a body that are kept as evidence."""
MOST_PAGES = 20
"""Slices of a list that are read."""
TRAINER = "trainer"
PORTAL = Route("GET", f"{API}/public/certificates/{{certificate}}", "status.status")
"""What anybody may ask about a serial number."""


class HttpTarget:
    """An authority behind a URL, its path ending in the sandbox's name."""

    def __init__(
        self,
        url: str,
        regulation: str,
        credentials: Credentials | None = None,
        *,
        timeout: float = 30.0,
        cacert: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url, self.regulation = url.rstrip("/"), regulation
        self._credentials = credentials or Credentials()
        self._wire = Wire(timeout=timeout, cacert=cacert, transport=transport)
        self.redactor = Redactor(self._credentials.secrets())
        self._comparison = Comparison(self._wire, self.now, self.redactor)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def check(self) -> None:
        """Raise BadTarget where the target does not answer as the contract says, or does not know the regulation."""
        actor = next((one for one in ("authority", "registrar", "agency") if self._credential(one)), None)
        if actor is None:
            raise BadTarget(
                f"no credential for authority, registrar or agency under {self.regulation}; "
                "give the accounts with --credentials FILE"
            )
        try:
            outcome = self._ask(actor, Route("GET", f"{API}/regulations/{self.regulation}"), {})
        except PortError as error:
            raise BadTarget(self.redactor.text(error.what)) from error
        if outcome.verdict is not Verdict.ACCEPTED:
            raise BadTarget(f"{self.url} does not know the regulation {self.regulation}: {outcome.message}")

    def reset(self) -> None:
        """Empty the sandbox. Raises BadTarget where the target will not."""
        try:
            outcome = self._ask(TRAINER, Route("POST", "/control/reset"), {})
        except PortError as error:
            raise BadTarget(self.redactor.text(error.what)) from error
        if outcome.verdict is not Verdict.ACCEPTED:
            raise BadTarget(f"{self.url} could not be reset: {outcome.message}")
        self._comparison.forget()

    def believe_as(self, other: HttpTarget) -> None:
        """Know the CRLs that another target has met: a delta is held against what its reader may have."""
        self._comparison.remember_as(other._comparison)

    # --- scenarios.port.Port ----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The sandbox's clock; the Date header where there is no trainer's credential to read it with."""
        if self._credential(TRAINER):
            outcome = self._ask(TRAINER, Route("GET", "/control/clock"), {})
            instant = moment(outcome.values.get("now"))
            if instant is not None:
                return instant
            if "now" in outcome.values:
                raise PortError("its clock gives no instant with a time zone under `now`", outcome.exchanges)
        answer = self._wire.send("GET", f"{self.url}{API}/public/authority")
        try:
            told = parsedate_to_datetime(answer.headers["date"])
        except (KeyError, ValueError) as error:
            raise PortError(f"{answer.url} has no Date header to tell the time by") from error
        return told if told.tzinfo else told.replace(tzinfo=UTC)

    def tsa(self) -> str | None:
        """Where the authority says that time stamps are given; None where it says nothing. Raises PortError."""
        told = self._ask(NOBODY, Route("GET", f"{API}/public/authority"), {}).values.get("tsa")
        return str(told) if told else None

    def perform(self, operation: Operation, actor: str, body: Body) -> Outcome:
        """Do the operation over HTTP."""
        if actor != NOBODY and self._credential(actor) is None:
            return Outcome(Verdict.UNSUPPORTED, message=f"no credential for {actor} under {self.regulation}")
        match operation:
            case Operation.COMPARE_FACES:
                return self._compare_faces(actor, body)
            case Operation.READ_AUTHORITY:
                return self._read_authority(actor)
            case Operation.READ_UNIT:
                return self._own_unit(actor)
            case Operation.READ_ANNOUNCEMENTS:
                return self._list(
                    NOBODY, f"{API}/public/announcements", {"q": body["certificate"]}, "serial", body["certificate"]
                )
            case Operation.READ_NOTICES:
                return self._list(actor, f"{API}/notices", {}, "serial", body["certificate"])
            case Operation.READ_DEADLINES:
                return self._list(actor, f"{API}/deadlines", {"about": body["about"]}, "about", body["about"])
            case Operation.READ_SHORTCOMINGS:
                path = f"{API}/custody/shortcomings"
                return self._list(actor, path, {"device": body["device"]}, "device", body["device"])
            case Operation.READ_APPOINTMENTS:
                return self._list(actor, f"{API}/appointments", {"unit": body["unit"]}, "unit", body["unit"])
        return self._ask(actor, ROUTES[operation], body)

    # --- one request ------------------------------------------------------------------------------------------

    def _credential(self, actor: str) -> str | None:
        return self._credentials.of(actor, self.regulation)

    def _ask(self, actor: str, route: Route, body: Body) -> Outcome:
        content = {key: value for key, value in body.items() if f"{{{key}}}" not in route.path}
        path = route.path
        for key in body.keys() - content.keys():
            path = path.replace(f"{{{key}}}", quote(str(body[key]), safe=""))
        query = {key: str(content.pop(key)) for key in route.query if key in content}
        url = f"{self.url}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": f"application/json, {PROBLEM}"}
        credential = self._credential(actor)
        if credential is not None:
            headers["Authorization"] = f"Bearer {credential}"
        sent = None
        if route.method != "GET":
            headers["Content-Type"] = "application/json"
            sent = json.dumps(content, ensure_ascii=False).encode()
        answer = self._wire.send(route.method, url, headers=headers, content=sent, longest=LONGEST_JSON)
        return self._outcome(actor, route, content, answer, has_credential=credential is not None)

    def _outcome(
        self, actor: str, route: Route, content: Mapping[str, Any], answer: Answer, *, has_credential: bool
    ) -> Outcome:
        is_problem = answer.media_type == PROBLEM
        values = self._json_object(answer)
        exchange = self._exchange(route.method, content, answer, values)
        if answer.status == 501 or (answer.status in (404, 405) and not is_problem):
            return Outcome(Verdict.UNSUPPORTED, message=f"{answer.url} answered {answer.status}", exchanges=(exchange,))
        if answer.status >= 500 or answer.status == 429:
            raise PortError(f"{answer.url} answered {answer.status}", (exchange,))
        if answer.status == 401 and has_credential:
            raise PortError(f"{answer.url} does not know {actor}'s credential (401)", (exchange,))
        if 400 <= answer.status < 500:
            if not is_problem or values is None:
                raise PortError(
                    f"{answer.url} refused with {answer.status} but {_what(answer)} where {PROBLEM} belongs",
                    (exchange,),
                )
            return refusal_of(values, exchange)
        if not 200 <= answer.status < 300 or values is None:
            raise PortError(f"{answer.url} answered {answer.status} with {_what(answer)}", (exchange,))
        return Outcome(Verdict.ACCEPTED, values, state=state_in(values, route.state), exchanges=(exchange,))

    def _json_object(self, answer: Answer) -> Mapping[str, Any] | None:
        """The answer's JSON object without anything secret; None where it is none."""
        if answer.media_type not in ("application/json", PROBLEM):
            return None
        try:
            values = self.redactor.value(json.loads(answer.content))
        except (ValueError, RecursionError):
            return None
        return values if isinstance(values, dict) else None

    def _exchange(
        self, method: str, content: Mapping[str, Any], answer: Answer, values: Mapping[str, Any] | None
    ) -> Exchange:
        if values is not None:
            received = self.redactor.json(values)
        else:
            received = self.redactor.text(answer.content[:LONGEST_EVIDENCE].decode("utf-8", "replace"))
        return Exchange(
            method=method,
            url=self.redactor.text(answer.url),
            request="" if method == "GET" else _cut(self.redactor.json(content)),
            status=answer.status,
            response=_cut(received),
        )

    # --- several requests -------------------------------------------------------------------------------------

    def _list(self, actor: str, path: str, query: Mapping[str, Any], key: str, wanted: object) -> Outcome:
        items: list[Any] = []
        exchanges: list[Exchange] = []
        after: Any = None
        for _ in range(MOST_PAGES):
            asked = {**query} if after is None else {**query, "after": after}
            outcome = self._ask(actor, Route("GET", path, query=tuple(asked)), asked)
            exchanges += outcome.exchanges
            if outcome.verdict is not Verdict.ACCEPTED:
                return outcome
            page = outcome.values.get("items")
            items += [one for one in page if isinstance(one, Mapping)] if isinstance(page, list) else []
            after = outcome.values.get("next")
            if after is None:
                break
        fitting = [one for one in items if str(one.get(key)) == str(wanted)]
        return Outcome(Verdict.ACCEPTED, {"items": fitting}, exchanges=tuple(exchanges[-1:]))

    def _own_unit(self, actor: str) -> Outcome:
        who = self._ask(actor, Route("GET", f"{API}/me"), {})
        if who.verdict is not Verdict.ACCEPTED:
            return who
        unit = who.values.get("unit")
        listed = self._list(actor, f"{API}/units", {}, "id", unit)
        if listed.verdict is not Verdict.ACCEPTED:
            return listed
        if not listed.values["items"]:
            raise PortError(f"{actor} belongs to {unit}, which is in no list of units", listed.exchanges)
        return Outcome(Verdict.ACCEPTED, listed.values["items"][0], exchanges=listed.exchanges)

    def _read_authority(self, actor: str) -> Outcome:
        told = self._ask(actor, Route("GET", f"{API}/public/authority"), {})
        if told.verdict is not Verdict.ACCEPTED:
            return told
        found = Authority(self._wire, self.now).look(told.values)
        found["faults"] = [self.redactor.text(fault) for fault in found["faults"]]
        return Outcome(Verdict.ACCEPTED, found, exchanges=told.exchanges)

    def _compare_faces(self, actor: str, body: Body) -> Outcome:
        def portal(serial: str) -> tuple[str, Outcome]:
            told = self._ask(NOBODY, PORTAL, {"certificate": serial})
            return _portal_word(told), told

        def status(serial: str, public: Outcome) -> Outcome:
            if actor == NOBODY:
                return replace(public, values=_object(public.values.get("status")))
            return self._ask(actor, ROUTES[Operation.READ_STATUS], {"certificate": serial})

        return self._comparison.of(
            body,
            certificate=lambda serial: self._ask(actor, ROUTES[Operation.READ_CERTIFICATE], {"certificate": serial}),
            portal=portal,
            status=status,
        )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _what(answer: Answer) -> str:
    if answer.media_type in ("application/json", PROBLEM):
        return "JSON that is no object" if _is_json(answer.content) else "what cannot be read as JSON"
    return f"{answer.media_type or 'no media type'} instead of JSON"


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def state_in(values: Mapping[str, Any], path: str | None) -> str | None:
    """The state that an answer tells of at a route's path; None where it tells none."""
    if path is None:
        return None
    try:
        return str(get(values, path))
    except BadPath:
        return None


def refusal_of(values: Mapping[str, Any], *exchanges: Exchange) -> Outcome:
    """What a problem (RFC 9457) of the contract comes to."""
    violations = values.get("violations")
    broken = [one for one in violations if isinstance(one, Mapping)] if isinstance(violations, list) else []
    clauses = [values.get("clause"), *(one.get("clause") for one in broken)]
    return Outcome(
        Verdict.REFUSED,
        values,
        clauses=tuple(dict.fromkeys(str(clause) for clause in clauses if clause)),
        fields=tuple(dict.fromkeys(str(one["field"]) for one in broken if one.get("field"))),
        state=None if values.get("state") is None else str(values["state"]),
        message=str(values.get("detail") or values.get("title") or "refused"),
        exchanges=exchanges,
    )


def _portal_word(outcome: Outcome) -> str:
    if outcome.verdict is not Verdict.ACCEPTED:
        return not_found(outcome)
    status = outcome.values.get("status")
    word = str(status.get("status")) if isinstance(status, Mapping) else "unreadable"
    return "not listed" if word == "issued" and not outcome.values.get("announcements") else word


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_EVIDENCE else text[:LONGEST_EVIDENCE] + " …"
