"""A blueprint whose requests are checked, and whose answers are made, by the models that its contract shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from inspect import cleandoc
from typing import Any, ClassVar

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models import RawModel
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from mockca.errors import MockcaError
from mockca.web import performing
from mockca.web.problems import MEDIA_TYPE, STATUS_TEXTS, shape_problem


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file, not a view."""

    content: bytes
    media_type: str
    name: str
    """File name for whoever saves it."""


Handler = Callable[..., BaseModel | File]
PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}
JSON = "application/json"

MOST_OCTETS = 2 * 1024 * 1024
"""Longest request body, in octets: a dossier with its attachments."""


class Upload(RawModel):
    """A request body that is a file. A subclass says which; its handler's argument is called `raw`.

    flask-openapi3 wants a kind of Request there; nothing of one is used.
    """

    schemas: ClassVar[dict[str, dict[str, Any]]] = {}
    """Each media type that it may have, with the schema of what it holds, for the contract."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self.content, self.media_type = content, media_type

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.mimetypes = list(cls.schemas)


class BadShape(MockcaError):
    """A part of the request does not fit its model."""

    def __init__(self, error: ValidationError, where: str) -> None:
        self.problem = shape_problem(error, where)
        super().__init__(where)


def _operation_id(*, name: str, path: str, method: str) -> str:
    """An operation is called as its handler is."""
    del path, method
    return name


def problem_responses(statuses: Sequence[int]) -> dict[str | int, dict[str, Any]]:
    """The problem answers that an operation declares."""
    declared: dict[str | int, dict[str, Any]] = {}
    for status in statuses:
        declared[status] = {
            "description": STATUS_TEXTS[status][1],
            "content": {MEDIA_TYPE: {"schema": PROBLEM_REFERENCE}},
        }
    if 401 in declared:
        declared[401]["headers"] = {
            "WWW-Authenticate": {"description": "RFC 6750 §3", "required": True, "schema": {"type": "string"}}
        }
    return declared


def answer(view: BaseModel, status: int = 200) -> Response:
    """A view as JSON. Nothing that bears a person's data or a PIN letter may stay in a cache."""
    response = Response(view.model_dump_json(), status=status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a face: what answers it, and the models of what it is asked with."""

    handler: Handler
    status: int
    """HTTP status of its answer."""
    view: Any
    """The model of its answer; anything else where that is a file."""
    path: type[BaseModel] | None
    query: type[BaseModel] | None
    header: type[BaseModel] | None
    body: type[BaseModel] | None

    def __call__(self, **arguments: BaseModel | Upload) -> BaseModel | File:
        """What the handler answers. TypeError where that is not what the contract says."""
        told = self.handler(**arguments)
        # A view is checked when it is made, so what is left to check is that it is the one declared.
        if not isinstance(told, File) and (not isinstance(self.view, type) or not isinstance(told, self.view)):
            raise TypeError(f"{self.handler.__name__} answered with a {type(told).__name__}")
        return told

    def ask(
        self,
        path: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        header: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> BaseModel | File:
        """Ask it from within, by the same models as over HTTP. BadShape, and all that the handler raises."""
        arguments: dict[str, BaseModel | Upload] = {}
        with self.looked_on(path, query or {}, lambda: body) as told:
            for where, model, texts in (
                ("path", self.path, path),
                ("query", self.query, query),
                ("header", self.header, header),
            ):
                if model is not None:
                    arguments[where] = _texts(model, dict(texts or {}), where)
            if self.body is not None:
                arguments["body"] = shaped(self.body, json.dumps(body or {}))
            told.append(self(**arguments))
        return told[0]

    @contextmanager
    def looked_on(
        self, path: Mapping[str, str], query: Mapping[str, str], body: Callable[[], object]
    ) -> Iterator[list[BaseModel | File]]:
        """Tell whoever looks on (`performing`) what came of it: the answer put into the list, or a refusal."""
        told: list[BaseModel | File] = []
        name = self.handler.__name__
        try:
            yield told
        except MockcaError as error:
            performing.tell(name, path, query, body, refusal=error)
            raise
        performing.tell(name, path, query, body, answer=told[0])


class Face(APIBlueprint):
    """One face of the authority. Operations are declared with `reads`, `makes`, `replaces` and `does`."""

    def __init__(self, name: str, import_name: str, *, title: str, secured: str | None, **options: Any) -> None:
        """`secured` names the security scheme of the face's operations; None makes them public."""
        super().__init__(
            name,
            import_name,
            abp_tags=[Tag(name=name, description=title)],
            operation_id_callback=_operation_id,
            **options,
        )
        self.secured = secured
        self.models: dict[str, type[BaseModel]] = {}
        """Every model that the contract shows, by its schema's name."""
        self.public_endpoints: set[str] = set()
        self.operations: dict[str, Operation] = {}
        """Every operation, by its id in the contract."""
        self.uploads: dict[str, type[Upload]] = {}
        """The files that operations take, by the operation's name."""

    def reads(self, rule: str, view: type[BaseModel], *, public: bool = False) -> Callable[[Handler], Handler]:
        """A GET that answers with a view."""
        return partial(self._declare, "get", rule, view, 200, (), public)

    def prints(self, rule: str, *media_types: str) -> Callable[[Handler], Handler]:
        """A GET that answers with a File of one of these media types."""
        binary = {"schema": {"type": "string", "format": "binary"}}
        shape = {"description": "OK", "content": dict.fromkeys(media_types, binary)}
        return partial(self._declare, "get", rule, shape, 200, (), False)

    def makes(self, rule: str, view: type[BaseModel]) -> Callable[[Handler], Handler]:
        """A POST that makes something: 201."""
        return partial(self._declare, "post", rule, view, 201, (409,), False)

    def does(self, rule: str, view: type[BaseModel]) -> Callable[[Handler], Handler]:
        """A POST that changes something: 200."""
        return partial(self._declare, "post", rule, view, 200, (409,), False)

    def takes(self, rule: str, view: type[BaseModel]) -> Callable[[Handler], Handler]:
        """A POST of a file (`raw`) that changes nothing: 200."""
        return partial(self._declare, "post", rule, view, 200, (), False)

    def replaces(self, rule: str, view: type[BaseModel]) -> Callable[[Handler], Handler]:
        """A PUT: 200."""
        return partial(self._declare, "put", rule, view, 200, (409,), False)

    def removes(self, rule: str, view: type[BaseModel]) -> Callable[[Handler], Handler]:
        """A DELETE that answers with what is no more: 200."""
        return partial(self._declare, "delete", rule, view, 200, (), False)

    def keeps(self, rule: str) -> Callable[[Handler], Handler]:
        """A DELETE that is there to be refused: what is on file stays."""
        return partial(self._declare, "delete", rule, None, 0, (), False)

    def _declare(
        self,
        method: str,
        rule: str,
        view: type[BaseModel] | dict[str, Any] | None,
        status: int,
        extra: Sequence[int],
        public: bool,
        handler: Handler,
    ) -> Handler:
        if isinstance(view, type):
            self.models[view.__name__] = view
        secured = None if public else self.secured
        statuses = {404, 500, 503, *extra}
        statuses |= {401, 403} if secured else set()
        statuses |= {400, 413, 415, 422} if {"body", "raw"} & handler.__annotations__.keys() else set()
        statuses |= {422} if {"query", "header", "path"} & handler.__annotations__.keys() else set()
        if public:
            self.public_endpoints.add(f"{self.name}.{handler.__name__}")
        summary, _, description = cleandoc(handler.__doc__ or "").partition("\n")
        declare = getattr(self, method)(
            rule,
            summary=summary,
            description=" ".join(description.split()) or None,
            responses=({} if view is None else {status: view}) | problem_responses(sorted(statuses)),
            security=[{secured: []}] if secured else [],
        )
        declare(handler)
        return handler

    # flask-openapi3 calls this for each route; its own checks read JSON in lax mode, where "5" passes for 5.
    def create_view_func(  # type: ignore[override]
        self,
        func: Handler,
        header: type[BaseModel] | None,
        cookie: None,
        path: type[BaseModel] | None,
        query: type[BaseModel] | None,
        form: None,
        body: type[BaseModel] | None,
        raw: type[Upload] | None,
        *,
        responses: dict[str | int, Any],
        **_: Any,
    ) -> Callable[..., Response]:
        """The view: arguments read by the models, the handler called, its view written as JSON."""
        del cookie, form
        if raw is not None:
            self.uploads[func.__name__] = raw
        if body is not None:
            self.models[body.__name__] = body
        done = [(int(code), model) for code, model in responses.items() if int(code) < 400]
        status, declared = done[0] if done else (500, ())
        operation = self.operations[func.__name__] = Operation(func, status, declared, path, query, header, body)

        def view(**route: str) -> Response:
            arguments: dict[str, BaseModel | Upload] = {}
            with operation.looked_on(route, request.args, sent) as told:
                if path is not None:
                    arguments["path"] = _texts(path, route, "path")
                if header is not None:
                    known = {
                        field.alias or name: request.headers.get(field.alias or name)
                        for name, field in header.model_fields.items()
                    }
                    arguments["header"] = _texts(
                        header, {name: text for name, text in known.items() if text is not None}, "header"
                    )
                if query is not None:
                    arguments["query"] = _texts(query, request.args.to_dict(), "query")
                if body is not None:
                    arguments["body"] = _body(body)
                if raw is not None:
                    arguments["raw"] = _uploaded(raw)
                told.append(operation(**arguments))
            return _file(told[0]) if isinstance(told[0], File) else answer(told[0], status)

        view.__name__ = func.__name__
        return view


def sent() -> object:
    """The JSON that the request brought; None where it is none."""
    try:
        return json.loads(request.get_data(cache=True)) if request.mimetype == JSON else None
    except (ValueError, RecursionError, HTTPException):
        return None


def _file(file: File) -> Response:
    response = Response(file.content, content_type=file.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def _texts(model: type[BaseModel], texts: dict[str, str], where: str) -> BaseModel:
    try:
        return model.model_validate_strings(texts)
    except ValidationError as error:
        raise BadShape(error, where) from None


def _body(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    data = request.get_data(cache=True)
    if len(data) > MOST_OCTETS:
        raise RequestEntityTooLarge
    return shaped(model, data)


def shaped(model: type[BaseModel], data: bytes | str) -> BaseModel:
    """A body as its model reads it from JSON; BadShape."""
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise BadShape(error, "") from None


def _uploaded(upload: type[Upload]) -> Upload:
    if request.mimetype not in upload.schemas:
        raise UnsupportedMediaType
    data = request.get_data(cache=False)
    if len(data) > MOST_OCTETS:
        raise RequestEntityTooLarge
    return upload(data, request.mimetype)
