"""Whatever is sent, nothing breaks: requests made from the contract, right and wrong, by people of every role."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask_openapi3.openapi import OpenAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mockca.desk.sandbox import Sandboxes
from mockca.web.app import create_app
from mockca.web.publish import contract
from tests.desk.conftest import an_giang_organisation, an_giang_person, lai_chau_person
from tests.web.conftest import API, BASE, PAPER, Province

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]
ROLES = ["authority", "registrar@an-giang", "subscriber@an-giang", "agency@lai-chau", "trainer"]
EXAMPLES = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def contract_of_demo() -> dict[str, Any]:
    """The contract as it stands for somebody signed in at `demo`: what is left to vary is the request itself."""
    document: dict[str, Any] = copy.deepcopy(contract())
    paths = {}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation.pop("security", None)
            operation["parameters"] = [each for each in operation.get("parameters", []) if each["name"] != "sandbox"]
        paths[path.replace("{sandbox}", "demo")] = methods
    # These two make and empty whole worlds; they have tests of their own.
    del paths["/sandboxes"]["post"]
    del paths["/demo/control/reset"]
    return document | {"paths": paths}


schema = schemathesis.openapi.from_dict(contract_of_demo())


@pytest.fixture(scope="module")
def world(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenAPI, dict[str, str]]]:
    """A sandbox in which something has happened, with everybody's credentials; all examples share it."""
    home = tmp_path_factory.mktemp("fuzz") / "data"
    shutil.copytree(furnished, home)
    sandboxes = Sandboxes(home, BASE)
    app = create_app(sandboxes)
    document = json.loads((home / "demo" / "credentials.json").read_text("utf-8"))
    credentials = {account["name"]: account["credential"] for account in document["accounts"]}
    people = Province(app.test_client(), lambda name: {"Authorization": f"Bearer {credentials[name]}"})
    people.effective()
    people.sends("subscriber", "/dossiers", people.filing(), 201)
    yield app, credentials
    sandboxes.close()


@schema.parametrize()
@schema.given(role=st.sampled_from(ROLES))
@EXAMPLES
def test_no_request_that_the_contract_inspires_breaks_anything(
    case: schemathesis.Case[Any], world: tuple[OpenAPI, dict[str, str]], role: str
) -> None:
    app, credentials = world
    who = "trainer" if "/control/" in case.path else role
    response = case.call(app=app, headers={"Authorization": f"Bearer {credentials[who]}"})
    case.validate_response(response, checks=CHECKS)


ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.sampled_from(
        ["", " ", "9999-12-31", "0001-01-01", "9999-12-31T23:59:59-14:00", "ff" * 30, "a@b", "-----BEGIN X-----"]
    ),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


def leaves(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of a document are, the document itself among them."""
    yield way
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from leaves(value, (*way, key))


def spoilt(document: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The document with one value replaced."""
    if not way:
        return value
    copied = copy.copy(document)
    copied[way[0]] = spoilt(document[way[0]], way[1:], value)
    return copied


ROSTER: dict[str, Any] = {
    "regulation": "an-giang",
    "form": "TT05-F02",
    "document_number": "7/DS",
    "declared_count": 1,
    "dossiers": [2],
    "attachments": [{"kind": "request-list-copy", "file_name": "ds.pdf", "content": "JVBERi0xLjQK"}],
    "submission": PAPER,
}
BODIES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "dossier of a person": ("subscriber@an-giang", "POST", "/dossiers", an_giang_person().model_dump(mode="json")),
    "dossier of a body": ("agency@an-giang", "POST", "/dossiers", an_giang_organisation().model_dump(mode="json")),
    "dossier by the agency": ("agency@lai-chau", "POST", "/dossiers", lai_chau_person().model_dump(mode="json")),
    "roster": ("registrar@an-giang", "POST", "/rosters", ROSTER),
    "revocation": (
        "subscriber@an-giang",
        "POST",
        "/revocations",
        {
            "regulation": "an-giang",
            "certificates": ["1a2b"],
            "ground": "key-compromise",
            "form": {
                "code": "TT05-F05",
                "fields": {"full_name": "Mẫu", "certificate_number": "1a2b", "revocation_reason": "Lộ khóa"},
            },
            "decision": {"kind": "merge", "number": "1/QĐ", "effective_on": "2025-03-01"},
            "confirmed_by": "Trưởng phòng",
            "invalidity_date": "2025-03-01T00:00:00Z",
            "submission": PAPER,
        },
    ),
    "report": (
        "registrar@lai-chau",
        "POST",
        "/reports",
        {
            "regulation": "lai-chau",
            "report": "demand",
            "period": "2026",
            "counts": {"planned_organisation": 1, "planned_person": 2, "planned_equipment": 0},
            "document_number": "7/KH",
        },
    ),
    "report asked for": (
        "registrar@cao-bang",
        "POST",
        "/reports/requests",
        {
            "regulation": "cao-bang",
            "report": "application-use",
            "period": "2025-01-01/2025-02-15",
            "application": "tax",
            "units": ["agency-cao-bang"],
            "due": "2025-04-01",
            "reason": "Họp giao ban",
        },
    ),
    "clock": ("trainer", "PUT", "", {"set": "2025-03-03T02:00:00Z"}),
}


@pytest.mark.parametrize("which", BODIES)
@given(data=st.data())
@settings(EXAMPLES, max_examples=60)
def test_no_single_odd_value_in_a_right_request_breaks_anything(
    which: str, world: tuple[OpenAPI, dict[str, str]], data: st.DataObject
) -> None:
    app, credentials = world
    role, method, path, body = BODIES[which]
    way = data.draw(st.sampled_from(list(leaves(body))))
    answer = app.test_client().open(
        "/demo/control/clock" if which == "clock" else API + path,
        method=method,
        json=spoilt(body, way, data.draw(ODD_VALUES)),
        headers={"Authorization": f"Bearer {credentials[role]}"},
    )
    assert answer.status_code < 500
