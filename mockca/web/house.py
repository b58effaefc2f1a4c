"""The house itself: whether it is up, its contract, and its sandboxes."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, json, request
from flask_openapi3.openapi import OpenAPI

from mockca.desk import control
from mockca.desk.commands import CreateSandbox
from mockca.desk.views import SandboxView
from mockca.errors import Refused, Violation
from mockca.web.access import require_admin, sandboxes
from mockca.web.calendar import require_in_calendar
from mockca.web.contract import contract_of
from mockca.web.face import Face
from mockca.web.models import HealthView, SandboxList

house = Face("house", __name__, title="Sandbox / The sandboxes", secured="admin")

RESERVED = frozenset({"healthz", "openapi", "sandboxes", "static"})
"""Names that stand for something else in the first segment of a path."""


@house.before_request
def guard() -> None:
    """Making sandboxes needs the admin credential; nothing else here does."""
    if request.endpoint not in house.public_endpoints and request.endpoint != "house.openapi_document":
        require_admin()


@house.reads("/healthz", HealthView, public=True)
def health() -> HealthView:
    """Máy chủ đang chạy. The server is up and can read its data folder."""
    return HealthView(status="ok", sandboxes=len(sandboxes().names()))


@house.reads("/sandboxes", SandboxList, public=True)
def list_sandboxes() -> SandboxList:
    """Các sandbox. The sandboxes."""
    return SandboxList(items=tuple(control.sandbox_view(sandboxes().open(name)) for name in sandboxes().names()))


@house.makes("/sandboxes", SandboxView)
def create_sandbox(body: CreateSandbox) -> SandboxView:
    """Tạo sandbox. Make a sandbox from a template."""
    if body.name in RESERVED:
        raise Refused(
            [
                Violation(
                    "name", body.name, "unsourced", "tên này đã dành riêng", "this name is reserved", "another name"
                )
            ]
        )
    if body.start is not None:
        require_in_calendar("start", body.start)
    return control.create(sandboxes(), body)


@house.route("/openapi.json")
def openapi_document() -> Response:
    """The contract, as published in `conformance/contract/openapi.json`."""
    app = cast("OpenAPI", current_app)
    return Response(json.dumps(contract_of(app), ensure_ascii=False), content_type="application/json")
