"""What the schema of a mapping cannot see: names that lead nowhere, words that cannot be read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from conformance.law import law
from conformance.mapping import conversions
from conformance.mapping.model import (
    BasicSignIn,
    Case,
    File,
    HeaderSignIn,
    LoginSignIn,
    Mapping,
    OAuthSignIn,
    Reading,
    Refusals,
    Request,
    SignIn,
)
from conformance.mapping.templates import Template, compiled
from scenarios import Operation
from scenarios.yaml_lines import Place

Found = tuple[Place, str]
"""Where, and what is wrong."""

EVERYWHERE = frozenset({"actor", "account", "regulation", "now", "today", "url", "remembered"})
"""What expressions can begin with in any request."""
OF_OPERATION = EVERYWHERE | {"body", "taken", "cookies"}
OF_SIGN_IN = EVERYWHERE | {"taken", "cookies"}
PORTAL = "portal"
"""The one value that `compare_faces` is asked for; the rest comes from other operations and from the publisher."""


def faults_of(mapping: Mapping) -> Iterator[Found]:
    """Every mistake."""
    checker = _Checker(mapping)
    yield from checker.maps()
    yield from checker.tree(mapping.headers, ("headers",), OF_OPERATION)
    yield from checker.sign_in(mapping.sign_in, ("sign_in",))
    for actor, sign_in in mapping.sign_in_of.items():
        yield from checker.sign_in(sign_in, ("sign_in_of", actor))
    yield from checker.clock()
    yield from checker.refusals(mapping.refusals, ("refusals",), frozenset())
    if mapping.reset is not None:
        yield from checker.case(mapping.reset, ("reset",))
    known = [operation.value for operation in Operation]
    for name, cases in mapping.operations.items():
        place: Place = ("operations", name)
        if name not in known:
            likely = get_close_matches(name, known, n=3) or known
            yield place, f"no such operation; there are: {', '.join(likely)}"
        for index, case in enumerate(cases):
            yield from checker.case(case, (*place, index) if len(cases) > 1 else place)
            if case.when is None and index < len(cases) - 1:
                yield (*place, index + 1), "is never reached: the case before it has no `when`"
    yield from checker.faces()


class _Checker:
    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping

    def maps(self) -> Iterator[Found]:
        for name, words in self._mapping.maps.items():
            for our, their in words.items():
                if len(set(their)) < len(their):
                    yield ("maps", name, our), "the same word stands here twice"

    def sign_in(self, sign_in: SignIn, place: Place) -> Iterator[Found]:
        match sign_in:
            case HeaderSignIn():
                yield from self.tree(sign_in.headers, (*place, "headers"), OF_SIGN_IN)
            case BasicSignIn() | OAuthSignIn():
                for name, value in sign_in:
                    if isinstance(value, str):
                        yield from self.tree(value, (*place, name), OF_SIGN_IN)
            case LoginSignIn():
                yield from self._requests(sign_in.requests, (*place, "requests"), OF_SIGN_IN)
                yield from self.tree(sign_in.headers, (*place, "headers"), OF_SIGN_IN)

    def clock(self) -> Iterator[Found]:
        clock, timeless = self._mapping.clock, EVERYWHERE - {"now", "today"}
        if clock.date is not None:
            yield from self.tree(clock.date, ("clock", "date"), timeless)
        if clock.request is not None and clock.now is not None:
            yield from self._requests((clock.request,), ("clock", "request"), timeless)
            yield from self.reading(clock.now, ("clock", "now"), timeless, frozenset())
            if clock.now.time is None and clock.now.day is None:
                yield ("clock", "now"), "say how the time is written: `time: iso`, `time: dd/MM/yyyy HH:mm:ss`, …"

    def refusals(self, refusals: Refusals, place: Place, requests: frozenset[str]) -> Iterator[Found]:
        if refusals.when is not None:
            yield from self.tree(refusals.when, (*place, "when"), {"answer", "status"})
        for word, clauses in refusals.codes.items():
            for clause in clauses:
                if clause not in law().clauses:
                    likely = ", ".join(get_close_matches(clause, law().clauses, n=3)) or "none like it"
                    yield (*place, "codes", word), f"no clause {clause!r}; there are: {likely}"
        for name in ("message", "state", "clauses", "fields"):
            reading = getattr(refusals, name)
            if reading is not None:
                yield from self.reading(reading, (*place, name), {"status"}, requests)

    def case(self, case: Case, place: Place) -> Iterator[Found]:
        if case.when is not None:
            yield from self.tree(case.when, (*place, "when"), EVERYWHERE | {"body"})
        requests = case.requests or ()
        yield from self._requests(requests, (*place, "requests"), OF_OPERATION)
        names = frozenset(request.name for request in requests if request.name)
        for path, reading in case.values.items():
            yield from self.reading(reading, (*place, "values", path), OF_OPERATION, names)
        if case.state is not None:
            yield from self.reading(case.state, (*place, "state"), OF_OPERATION, names)
        for key, reading in case.remember.items():
            yield from self.tree(key, (*place, "remember", key), OF_OPERATION | {"values"})
            yield from self.reading(reading, (*place, "remember", key), OF_OPERATION, names)
        yield from self.refusals(case.refusals, (*place, "refusals"), names)

    def faces(self) -> Iterator[Found]:
        operations = self._mapping.operations
        cases = [case for case in operations.get(Operation.COMPARE_FACES, ()) if case.requests]
        for case in cases:
            if PORTAL not in case.values:
                yield ("operations", Operation.COMPARE_FACES.value), f"its `values` must have `{PORTAL}`"
        for needed in (Operation.READ_CERTIFICATE, Operation.READ_STATUS):
            if cases and not any(case.requests for case in operations.get(needed.value, ())):
                yield ("operations", Operation.COMPARE_FACES.value), f"needs {needed.value} to be mapped, too"

    def reading(
        self, reading: Reading, place: Place, roots: Iterable[str], requests: frozenset[str]
    ) -> Iterator[Found]:
        if reading.of is not None and reading.of not in requests:
            yield (
                (*place, "of"),
                f"no request is called {reading.of!r}; there are: {', '.join(sorted(requests)) or 'none'}",
            )
        if reading.map is not None:
            yield from self._used("ours", reading.map, (*place, "map"))
        if reading.value is not None:
            yield from self.tree(reading.value, (*place, "value"), {*roots, "answer"})
        if reading.keep is not None:
            yield from self.tree(reading.keep, (*place, "keep"), {*roots, "item"})
        for path, inner in reading.each.items():
            yield from self.reading(inner, (*place, "each", path), roots, frozenset())

    def tree(self, value: Any, place: Place, roots: Iterable[str]) -> Iterator[Found]:
        """Mistakes in a value and all that it contains."""
        if isinstance(value, str):
            yield from self._template(compiled(value), place, frozenset(roots))
        elif isinstance(value, File):
            for name, inner in value:
                yield from self.tree(inner, (*place, name), roots)
        elif isinstance(value, dict):
            for key, inner in value.items():
                yield from self.tree(key, (*place, key), roots)
                yield from self.tree(inner, (*place, key), roots)
        elif isinstance(value, list | tuple):
            for index, inner in enumerate(value):
                yield from self.tree(inner, (*place, index), roots)

    def _requests(self, requests: Iterable[Request], place: Place, roots: frozenset[str]) -> Iterator[Found]:
        requests = tuple(requests)
        for index, request in enumerate(requests):
            here: Place = (*place, index) if len(requests) > 1 else place
            for name in ("when", "path", "query", "headers", "body", "form", "parts", "text"):
                written = "json" if name == "body" else name
                yield from self.tree(getattr(request, name), (*here, written), roots)
            for name, reading in request.take.items():
                yield from self.reading(reading, (*here, "take", name), roots, frozenset())
            if request.paging is not None and request.paging.last is not None:
                yield from self.tree(request.paging.last, (*here, "paging", "last"), {"answer"})

    def _template(self, template: Template, place: Place, roots: frozenset[str]) -> Iterator[Found]:
        for name in sorted(template.names - roots):
            yield place, f"{template.source}: {name!r} is nothing here; there are: {', '.join(sorted(roots))}"
        for use, name in template.maps:
            yield from self._used(use, name, place)
        for how in template.formats:
            if not conversions.is_format(how):
                yield place, f"{template.source}: {how!r} is no format of dates"

    def _used(self, use: str, name: str, place: Place) -> Iterator[Found]:
        words = self._mapping.maps.get(name)
        if words is None:
            yield place, f"no map is called {name!r}; `maps` has: {', '.join(self._mapping.maps) or 'none'}"
        elif use == "ours":
            seen: dict[str, str] = {}
            for our, their in words.items():
                for word in their:
                    if word in seen:
                        both = f"{seen[word]!r} and {our!r}"
                        yield place, f"{word!r} cannot be read back: in the map {name!r} it stands for {both}"
                    seen[word] = our
