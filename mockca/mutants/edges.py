"""Mutants at the edge of the HTTP API: what an operation answers, whatever was done behind it."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from mockca.web.problems import MEDIA_TYPE, problem

JSON = "application/json"
KEYS = ("about", "certificate", "device", "serial", "unit")
"""By which of a thing's values lists are asked for."""


def operation_here() -> str:
    """The operation that the request is for, by its name in the contract; empty where it is for none."""
    return (request.endpoint or "").rpartition(".")[2]


def refusal() -> Response:
    """What an authority answers that turns right requests away."""
    said = problem(422, "Không tiếp nhận. / Not taken.")
    return Response(said.model_dump_json(exclude_none=True), status=said.status, content_type=MEDIA_TYPE)


def accepted(response: Response) -> Response:
    """A refusal made into an acceptance; what is no refusal stays as it is."""
    if not 400 <= response.status_code < 500:
        return response
    return Response("{}", status=200, content_type=JSON)


def emptied(response: Response) -> Response:
    """A JSON answer with every value taken out of it; anything else as it is."""
    if response.mimetype != JSON or not 200 <= response.status_code < 300:
        return response
    return Response(json.dumps(_empty(json.loads(response.get_data()))), status=response.status_code, content_type=JSON)


def with_more(response: Response) -> Response:
    """A JSON answer with one thing more on its lists, which is of whatever was asked for; anything else as it is."""
    if response.mimetype != JSON or not 200 <= response.status_code < 300:
        return response
    asked = next(iter(request.args.values()), "")
    told = json.loads(response.get_data())
    for value in told.values():
        if isinstance(value, list):
            value.append({**(value[-1] if value and isinstance(value[-1], dict) else {}), **dict.fromkeys(KEYS, asked)})
    return Response(json.dumps(told), status=response.status_code, content_type=JSON)


def _empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _empty(inner) for key, inner in value.items()}
    return [] if isinstance(value, list) else None
