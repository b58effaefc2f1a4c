"""The JSON API's blueprint. Each module beside this one declares the operations of one noun on it."""

from __future__ import annotations

from flask import Response, g, request

from mockca.desk.actors import Actor
from mockca.desk.faults import Carriage, Exchange, fire
from mockca.desk.faults.drafts import ANYBODY, API
from mockca.web.access import here, sign_in
from mockca.web.carrying import CARRIAGE
from mockca.web.face import Face
from mockca.web.problems import Unauthenticated

api = Face(
    "api",
    __name__,
    title="Nghiệp vụ của cơ quan chứng thực / The authority's work",
    secured="account",
    url_prefix="/<sandbox>/api/v1",
)


@api.before_request
def guard() -> Response | None:
    """The sandbox must exist; all but the public operations need a credential. Faults spare nobody."""
    here()
    if request.endpoint not in api.public_endpoints:
        try:
            sign_in()
        except Unauthenticated:
            ordered = _disturbed()
            if ordered is None:
                raise
            return ordered
    return _disturbed()


def _disturbed() -> Response | None:
    """An answer that takes the place of whatever would be done, where a fault wants that."""
    sandbox = here()
    if API not in sandbox.lookout.look().armed:
        return None
    asker: Actor | None = g.get("actor")
    operation = (request.endpoint or "").rpartition(".")[2]
    serial = str((request.view_args or {}).get("serial", ""))
    detail = {"operation": operation, "account": asker.account if asker else "", "serial": serial}
    exchange = Exchange(
        API,
        frozenset((serial,)),
        asker.role if asker else ANYBODY,
        operation,
        {name: value for name, value in detail.items() if value},
    )
    firing = fire(sandbox, exchange)
    g.fired = firing.faults
    carriage = firing.on(Carriage())
    if carriage != Carriage():
        request.environ[CARRIAGE] = carriage
    return None if carriage.status is None else Response(status=carriage.status)
