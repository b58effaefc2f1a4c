"""A server with defects: one that bears them all the time, or one that takes them from each request.

The second kind is for proving checks, many in a short time. A request names its mutant in the header
`Mockca-Mutant`; with `Mockca-Forget: 1` everything that it changed is forgotten again when it has been answered, so
that the next request finds the world as it was. Only one request is handled at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response
from sqlalchemy import Connection

from mockca.desk.crl_issue import _CrlDesk
from mockca.desk.sandbox import Sandboxes
from mockca.errors import NotFound
from mockca.mutants import defects  # noqa: F401 - importing it is what enters the mutants
from mockca.mutants.edges import accepted, emptied, operation_here, refusal, with_more
from mockca.mutants.families import FAMILIES, INVENTS, OVERLOOKS, SAYS_NO, SAYS_YES, TELLS_NOTHING, overlook
from mockca.mutants.mutant import KNOWN
from mockca.mutants.patching import Patch
from mockca.registry.store import Store
from mockca.web.pki import PREFIX, PkiFace, in_front_of

MUTANT, FORGET = "HTTP_MOCKCA_MUTANT", "HTTP_MOCKCA_FORGET"


@dataclass(slots=True)
class _Edge:
    """Which operations answer wrongly at present, by family."""

    active: dict[str, set[str]] = field(default_factory=lambda: {family: set() for family in FAMILIES})

    def of(self, family: str) -> bool:
        return operation_here() in self.active[family]


class Mutated:
    """Composes the server's WSGI application with defects in it."""

    def __init__(self, names: Sequence[str], *, by_request: bool) -> None:
        """`names` are borne all the time; NotFound for a name that no mutant has."""
        for name in names:
            require(name)
        self._names, self._by_request = tuple(names), by_request
        self._edge = _Edge()

    def __call__(self, app: Flask, sandboxes: Sandboxes) -> WSGIApplication:
        """The application to serve."""
        app.before_request(self._before)
        app.after_request(self._after)
        lasting = Patch()
        for name in self._names:
            self._put_in(lasting, name)
        whole = in_front_of(app.wsgi_app, sandboxes)
        if not self._by_request:
            return whole
        _let_forget(lasting)
        return _ByRequest(self, whole, sandboxes)

    def _before(self) -> Response | None:
        return refusal() if self._edge.of(SAYS_NO) else None

    def _after(self, response: Response) -> Response:
        for family, change in ((SAYS_YES, accepted), (TELLS_NOTHING, emptied), (INVENTS, with_more)):
            if self._edge.of(family):
                response = change(response)
        return response

    @contextmanager
    def under(self, name: str, *, anew: bool) -> Iterator[None]:
        """For as long as this lasts, the mutant is in; no CRL of before is served where they are to be made `anew`."""
        try:
            with Patch() as patch:
                self._put_in(patch, name)
                if anew:
                    patch.member(_CrlDesk, "stored", lambda *_: None)
                yield
        finally:
            for operations in self._edge.active.values():
                operations.clear()

    def _put_in(self, patch: Patch, name: str) -> None:
        family, _, about = name.partition(":")
        if family == OVERLOOKS:
            overlook(patch, about)
        elif family in FAMILIES:
            self._edge.active[family].add(about)
        else:
            KNOWN[name].put_in(patch)


class _ByRequest:
    """Takes the mutant from the request."""

    def __init__(self, mutated: Mutated, whole: WSGIApplication, sandboxes: Sandboxes) -> None:
        self._mutated, self._whole, self._sandboxes = mutated, whole, sandboxes
        self._turn = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name: str = environ.get(MUTANT, "")
        with self._turn:
            if not name:
                return list(self._whole(environ, start_response))
            try:
                require(name)
            except NotFound as error:
                start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
                return [str(error).encode()]
            path: str = environ["PATH_INFO"]
            asks_pki = path.startswith(PREFIX, path.find("/", 1))
            _world.forgetting = environ.get(FORGET) == "1"
            try:
                with self._mutated.under(name, anew=_world.forgetting):
                    # What was published before must not be served out of a memory that knows nothing of the defect.
                    whole = PkiFace(self._sandboxes) if asks_pki else self._whole
                    return list(whole(environ, start_response))
            finally:
                _world.forgetting = False


def require(name: str) -> None:
    """NotFound where no mutant has that name."""
    family, _, about = name.partition(":")
    if name not in KNOWN and not (family in FAMILIES and about):
        raise NotFound("mutant", name[:100])


class _World(threading.local):
    forgetting = False


_world = _World()


def _let_forget(patch: Patch) -> None:
    """Have every change of a request that is to be forgotten rolled back."""
    original: Any = Store.write

    @contextmanager
    def write(self: Store) -> Iterator[Connection]:
        with original(self) as connection:
            yield connection
            if _world.forgetting:
                transaction = connection.get_transaction()
                if transaction is not None:
                    transaction.rollback()

    patch.member(Store, "write", write)
