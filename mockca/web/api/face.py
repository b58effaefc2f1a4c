"""The JSON API's blueprint. Each module beside this one declares the operations of one noun on it."""

from __future__ import annotations

from flask import request

from mockca.web.access import here, sign_in
from mockca.web.face import Face

api = Face(
    "api",
    __name__,
    title="Nghiệp vụ của cơ quan chứng thực / The authority's work",
    secured="account",
    url_prefix="/<sandbox>/api/v1",
)


@api.before_request
def guard() -> None:
    """The sandbox must exist; all but the public operations need a credential."""
    here()
    if request.endpoint not in api.public_endpoints:
        sign_in()
