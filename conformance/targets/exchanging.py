"""One request of a mapping, made from its templates and sent, and what its answer is worth."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpx

from conformance.mapping.model import File, Request
from conformance.mapping.templates import MISSING, BadTemplate, Missing, compiled
from conformance.redaction import Redactor
from conformance.targets.wire import LONGEST_JSON, Answer, Wire
from scenarios.port import Exchange, PortError

LONGEST_EVIDENCE = 4000
"""Characters of a body that are kept as evidence."""
JSON = "application/json"


@dataclass(slots=True)
class Session:
    """Who asks: his cookies and headers, once he has signed in."""

    actor: str
    cookies: CookieJar = field(default_factory=CookieJar)
    headers: dict[str, str] = field(default_factory=dict)
    is_signed_in: bool = False
    """Whether something shows who he is, so that 401 means that it no longer does."""

    def cookie_values(self) -> dict[str, str]:
        """The cookies by name."""
        return {cookie.name: cookie.value or "" for cookie in self.cookies}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and the exchange as evidence."""

    answer: Answer
    exchange: Exchange
    value: Any
    """The answer as the request says that it is to be read; MISSING where it is not that."""

    def what(self) -> str:
        """What came instead of what was to be read."""
        kind = self.answer.media_type or "no media type"
        return "what cannot be read as JSON" if "json" in kind else f"{kind} instead of JSON"


class Exchanging:
    """Sends the requests of one mapping to one target."""

    def __init__(self, wire: Wire, url: str, headers: Mapping[str, str], redactor: Redactor) -> None:
        self._wire, self.url, self._headers, self._redactor = wire, url, headers, redactor

    def send(self, request: Request, context: Mapping[str, Any], session: Session, *, url: str | None = None) -> Reply:
        """Make the request, to `url` where given, and read the answer. Raises PortError where none came."""
        try:
            made = self._made(request, context, session, url or self._address(request, context))
        except ValueError as error:
            raise PortError(f"the mapping cannot make its request: {error}") from error
        content = made.read()
        known = dict(made.headers)
        headers = {name: value for name, value in known.items() if name not in ("host", "content-length")}
        answer = self._wire.send(
            made.method,
            str(made.url),
            headers=headers,
            content=content or None,
            cookies=session.cookies,
            longest=LONGEST_JSON,
        )
        for value in session.cookie_values().values():
            self._redactor.learn(value)
        value = _read(request, answer)
        return Reply(answer, self._exchange(made, content, answer, value, session), value)

    def is_ours(self, url: str) -> bool:
        """Whether an address is on the target itself, so that it may learn who asks."""
        return _origin(url) == _origin(self.url)

    def _address(self, request: Request, context: Mapping[str, Any]) -> str:
        template = compiled(request.path)
        # A path that begins with an expression is an address that the target gave: it is quoted already.
        is_given = request.path.startswith("${")
        path = template.text(context) if is_given else template.text(context, lambda text: quote(text, safe=""))
        if isinstance(path, Missing):
            raise BadTemplate(f"{request.path} leads nowhere: the step says nothing of it, or no earlier answer did")
        address = urljoin(f"{self.url}/", path) if is_given and not path.startswith("/") else f"{self.url}{path}"
        query = {
            name: text
            for name, inner in request.query.items()
            if not isinstance(text := compiled(inner).text(context), Missing)
        }
        if not query:
            return address
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    def _made(self, request: Request, context: Mapping[str, Any], session: Session, url: str) -> httpx.Request:
        headers = _texts(self._headers, context) | _texts(request.headers, context)
        if self.is_ours(url):
            headers |= session.headers
        headers.setdefault("Accept", f"{JSON}, */*;q=0.1" if request.answer == "json" else "*/*")
        body: dict[str, Any] = {}
        if request.body is not None:
            body["content"] = json.dumps(filled(request.body, context), ensure_ascii=False).encode()
            headers.setdefault("Content-Type", JSON)
        elif request.form is not None:
            body["data"] = _texts(request.form, context)
        elif request.parts is not None:
            body["files"] = list(_parts(request.parts, context))
        elif request.text is not None:
            text = compiled(request.text).text(context)
            body["content"] = b"" if isinstance(text, Missing) else text.encode()
        try:
            encoded = [(name.encode("ascii"), value.encode()) for name, value in headers.items()]
            return httpx.Request(request.method, url, headers=encoded, **body)
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
            raise BadTemplate(f"{request.method} {url}: {error}") from error

    def _exchange(self, made: httpx.Request, content: bytes, answer: Answer, value: Any, session: Session) -> Exchange:
        kind = made.headers.get("content-type", "")
        headers = [(name, f"${_variable(session.actor, name)}") for name in session.headers]
        if len(session.cookies):
            headers.append(("Cookie", f"${_variable(session.actor, 'cookie')}"))
        if kind:
            headers.insert(0, ("Content-Type", kind))
        return Exchange(
            method=made.method,
            url=self._redactor.text(answer.url),
            request=_cut(self._shown(content, kind)),
            status=answer.status,
            response=_cut(self._answered(answer, value)),
            headers=tuple(headers),
        )

    def _shown(self, content: bytes, kind: str) -> str:
        text = content[: LONGEST_EVIDENCE * 4].decode("utf-8", "replace")
        if "json" in kind and len(content) <= LONGEST_EVIDENCE * 4:
            return self._redactor.json(json.loads(content))
        return self._redactor.text(text)

    def _answered(self, answer: Answer, value: Any) -> str:
        if isinstance(value, dict | list):
            return self._redactor.json(value)
        return self._redactor.text(answer.content[:LONGEST_EVIDENCE].decode("utf-8", "replace"))


def filled(tree: Any, context: Mapping[str, Any]) -> Any:
    """The JSON value with its templates worth what they are; what is missing is left out."""
    if isinstance(tree, str):
        return compiled(tree).value(context)
    if isinstance(tree, Mapping):
        made = ((compiled(key).text(context), filled(inner, context)) for key, inner in tree.items())
        return {key: inner for key, inner in made if not isinstance(key, Missing) and not isinstance(inner, Missing)}
    if isinstance(tree, list | tuple):
        return [inner for one in tree if not isinstance(inner := filled(one, context), Missing)]
    return tree


def _texts(templates: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, str]:
    made = ((name, compiled(text).text(context)) for name, text in templates.items())
    return {name: text for name, text in made if not isinstance(text, Missing)}


def _parts(parts: Mapping[str, str | File], context: Mapping[str, Any]) -> Any:
    for name, part in parts.items():
        if not isinstance(part, File):
            text = compiled(part).text(context)
            if not isinstance(text, Missing):
                yield name, (None, text.encode())
            continue
        made = [compiled(one).text(context) for one in (part.file, part.content, part.type)]
        if not any(isinstance(one, Missing) for one in made):
            yield name, (made[0], str(made[1]).encode(), made[2])


def _read(request: Request, answer: Answer) -> Any:
    match request.answer:
        case "nothing":
            return None
        case "bytes":
            return base64.b64encode(answer.content).decode()
        case "text":
            return answer.content.decode("utf-8", "replace")
    if "json" not in answer.media_type:
        return MISSING
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return MISSING


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _variable(actor: str, header: str) -> str:
    return f"{actor}_{header}".upper().replace("-", "_")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_EVIDENCE else text[:LONGEST_EVIDENCE] + " …"
