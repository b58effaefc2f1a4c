"""The contract: published as it is served, whole, and right by the rules of OpenAPI 3.1."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask_openapi3.openapi import OpenAPI
from schemathesis.specs.openapi.definitions import OPENAPI_31

from mockca.web.contract import FACES
from mockca.web.face import Face
from mockca.web.models import HealthView, SandboxList
from mockca.web.pages import FOLDER, names, page
from mockca.web.publish import LAW, PUBLISHED, contract, law_text, text


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


@pytest.mark.parametrize("name", names())
def test_the_published_page_of_a_regulation_says_what_the_rules_say_today(name: str) -> None:
    assert (FOLDER / f"{name}.md").read_text("utf-8") == page(name), "write it anew: python -m mockca.web.publish"


def test_the_published_contract_is_what_the_code_declares() -> None:
    assert PUBLISHED.read_text("utf-8") == text(), "write it anew: python -m mockca.web.publish"


def test_the_published_clauses_are_what_the_rules_say() -> None:
    assert LAW.read_text("utf-8") == law_text(), "write it anew: python -m mockca.web.publish"


def test_the_published_clauses_stand_one_a_line() -> None:
    law = json.loads(law_text())
    assert len(law["clauses"]) == 509
    lines = law_text().splitlines()
    assert [json.loads(line.strip().rstrip(",")) for line in lines if '"ref"' in line] == law["clauses"]
    assert {clause["book"] for clause in law["clauses"]} == {book["id"] for book in law["books"]}


def test_the_contract_is_valid_openapi_3_1() -> None:
    errors = [error.message for error in jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(contract())]
    assert errors == []


def test_every_schema_is_valid_and_every_reference_leads_somewhere() -> None:
    schemas = contract()["components"]["schemas"]
    for name, schema in schemas.items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema), name
    assert {each.rpartition("/")[2] for each in references(contract())} <= set(schemas)


def test_every_route_of_the_faces_is_in_the_contract(app: OpenAPI) -> None:
    faces = {face.name for face in app.extensions[FACES]}
    routed = {
        (str(rule).replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in faces and rule.endpoint != "house.openapi_document"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations()} == routed


def test_every_operation_is_named_told_and_has_its_answers() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for path, method, operation in operations():
        where = f"{method} {path}"
        assert operation["summary"], where
        answers = operation["responses"]
        refused = method == "delete" and "200" not in answers
        (success,) = [status for status in answers if status.startswith("403" if refused else "2")]
        assert (
            refused
            or {"application/json", "application/pdf", "text/csv", "application/x-tar"}
            & answers[success]["content"].keys()
        ), where
        for status in set(answers) - {success}:
            schema = answers[status]["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, where


@pytest.mark.parametrize(("path", "method", "operation"), list(operations()))
def test_security_is_declared_where_a_credential_is_asked_for(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    open_to_all = "/public/" in path or (method == "get" and path in ("/healthz", "/sandboxes"))
    if open_to_all:
        assert not operation.get("security")
        return
    ((scheme,),) = [list(each) for each in operation["security"]]
    assert scheme in contract()["components"]["securitySchemes"]
    assert scheme == ("admin" if path == "/sandboxes" else "account")
    assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]


def test_no_parameter_may_be_null() -> None:
    for _, _, operation in operations():
        for parameter in operation.get("parameters", []):
            assert "null" not in json.dumps(parameter["schema"])


def test_the_contract_is_written_by_a_command(tmp_path: Path) -> None:
    target = tmp_path / "contract" / "openapi.json"
    subprocess.run([sys.executable, "-m", "mockca.web.publish", str(target)], check=True)
    assert target.read_text("utf-8") == text()
    assert target.with_name("clauses.json").read_text("utf-8") == law_text()


def test_an_answer_that_the_contract_does_not_declare_is_a_fault_of_ours(app: OpenAPI) -> None:
    face = Face("astray", __name__, title="Lạc / Astray", secured=None)

    @face.reads("/astray", SandboxList, public=True)
    def astray() -> HealthView:
        """Lạc. Astray."""
        return HealthView(status="ok", sandboxes=1)

    app.register_api(face)
    assert app.test_client().get("/astray").status_code == 500
