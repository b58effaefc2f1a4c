"""The HTTP contract as OpenAPI 3.1, made from what an application declares."""

from __future__ import annotations

import json
from typing import Any

from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mockca.desk.views import Problem
from mockca.web.face import Face
from mockca.web.problems import MEDIA_TYPE

FACES = "faces"
"""Name of the application's extension that holds its faces."""
VERSION = "0.1.0"
REFERENCE = "#/components/schemas/{model}"

DESCRIPTION = """\
Hợp đồng HTTP của hệ thống mô phỏng cơ quan chứng thực. The HTTP contract of this mock of a certification authority.

Every error is `application/problem+json` (RFC 9457) and names what was wrong, the clause, what would be accepted and \
what to do next. Instants are ISO 8601 with an offset; serial numbers are lower-case hexadecimal. A POST or PUT with \
an `Idempotency-Key` may be repeated: the repetition gets the first one's answer.
"""


def contract_of(app: OpenAPI) -> dict[str, Any]:
    """The contract of an application, made once for each."""
    kept: dict[str, Any] | None = app.extensions.get("contract")
    if kept is None:
        kept = app.extensions["contract"] = _document(app)
    return kept


def _document(app: OpenAPI) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(app.api_doc))
    document["info"] = {"title": "mockca (MÔ PHỎNG / MOCK)", "version": VERSION, "description": DESCRIPTION}
    document["servers"] = [{"url": "/", "description": "The server that serves this document."}]
    # flask-openapi3's schema class drops keywords that it doesn't know (propertyNames, numeric bounds' types).
    document["components"]["schemas"] = _schemas(app.extensions[FACES])
    uploads = {name: upload for face in app.extensions[FACES] for name, upload in face.uploads.items()}
    for operations in document["paths"].values():
        for operation in operations.values():
            if operation.get("description") == operation["summary"]:
                del operation["description"]
            # flask-openapi3 declares its own answer to bad requests where there is none of ours.
            for status in [each for each, answer in operation["responses"].items() if _is_foreign(each, answer)]:
                del operation["responses"][status]
            upload = uploads.get(operation["operationId"])
            if upload is not None:
                content = {media_type: {"schema": schema} for media_type, schema in upload.schemas.items()}
                operation["requestBody"] = {"content": content, "required": True}
            for parameter in operation.get("parameters", ()):
                _require_present(parameter)
    return document


def _schemas(faces: tuple[Face, ...]) -> dict[str, Any]:
    models: dict[str, type[BaseModel]] = {"Problem": Problem}
    for face in faces:
        models |= face.models
    _, definitions = models_json_schema(
        [(model, "validation") for _, model in sorted(models.items())], ref_template=REFERENCE
    )
    schemas: dict[str, Any] = dict(sorted(definitions["$defs"].items()))
    _close(schemas)
    return schemas


def _close(node: Any) -> None:
    """Say what pydantic does: a map whose keys have a pattern has no other keys."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node.setdefault("additionalProperties", False)
        for value in node.values():
            _close(value)
    elif isinstance(node, list):
        for value in node:
            _close(value)


def _is_foreign(status: str, answer: dict[str, Any]) -> bool:
    return int(status) >= 400 and MEDIA_TYPE not in answer["content"]


def _require_present(parameter: dict[str, Any]) -> None:
    """A parameter is there or it is not: the null that stands for its absence in Python is no value of it."""
    schema = parameter["schema"]
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if choices:
        del schema["anyOf"]
        schema.pop("default", None)
        schema.update(choices[0])
    schema.pop("title", None)
    schema.pop("description", None)
