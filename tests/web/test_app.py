"""What holds for every face: errors, limits, headers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.exc import OperationalError

from mockca.errors import SetUpError
from mockca.web.face import MOST_OCTETS
from tests.web.conftest import Headers

PROBLEM = "application/problem+json"
SECRET = "hunter2"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_the_server_tells_that_it_is_up(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok", "sandboxes": 1}


@pytest.mark.parametrize(
    "path", ["/nowhere/api/v1/me", "/nowhere/", "/nowhere/control/clock", "/NO WHERE/api/v1/units"]
)
def test_an_unknown_sandbox_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.content_type == PROBLEM
    assert answer.get_json()["type"] == "urn:mockca:problem:not-found"
    assert answer.get_json()["instance"] == path


def test_an_unknown_path_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/demo/api/v1/nothing")
    assert (answer.status_code, answer.content_type) == (404, PROBLEM)


def test_a_person_with_a_browser_gets_a_page_instead(client: FlaskClient) -> None:
    answer = client.get("/nowhere/", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")
    assert "MÔ PHỎNG" in answer.text
    assert "nowhere" in answer.text


def test_a_browser_gets_no_page_from_the_api(client: FlaskClient) -> None:
    assert client.get("/demo/api/v1/nothing", headers=BROWSER).content_type == PROBLEM


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/healthz")
    assert (answer.status_code, answer.content_type) == (405, PROBLEM)
    assert "GET" in answer.headers["Allow"]


def test_a_path_without_its_last_slash_is_sent_on(client: FlaskClient) -> None:
    answer = client.get("/demo")
    assert answer.status_code == 308
    assert answer.location.endswith("/demo/")


def test_a_body_over_the_limit_is_refused(client: FlaskClient, sign_in: Callable[[str], Headers]) -> None:
    answer = client.post(
        "/demo/api/v1/dossiers",
        data=b" " * (MOST_OCTETS + 1),
        content_type="application/json",
        headers=sign_in("agency@an-giang"),
    )
    assert (answer.status_code, answer.content_type) == (413, PROBLEM)


def test_a_body_of_unstated_length_over_the_limit_is_refused(
    client: FlaskClient, sign_in: Callable[[str], Headers]
) -> None:
    answer = client.post(
        "/demo/api/v1/dossiers",
        data=b" " * (MOST_OCTETS + 1),
        content_type="application/json",
        headers=sign_in("agency@an-giang"),
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.content_type) == (413, PROBLEM)


@pytest.mark.parametrize("path", ["/", "/demo/", "/healthz", "/demo/api/v1/me", "/nowhere/", "/-/static/style.css"])
def test_every_answer_bears_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_an_unexpected_fault_is_told_without_its_details_and_logged_without_values(
    app: OpenAPI, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down() -> str:
        raise RuntimeError(SECRET)

    app.add_url_rule("/break", view_func=break_down)
    with caplog.at_level(logging.ERROR, "mockca.web"):
        answer = app.test_client().get("/break", headers={"Authorization": "Bearer sesame"})
    assert (answer.status_code, answer.content_type) == (500, PROBLEM)
    incident = answer.get_json()["instance"].rpartition(":")[2]
    assert incident in caplog.text
    assert "RuntimeError" in caplog.text
    assert "break_down" in caplog.text
    for secret in (SECRET, "sesame"):
        assert secret not in answer.text
        assert secret not in caplog.text


def test_a_busy_registry_asks_to_come_back(app: OpenAPI) -> None:
    def wait() -> str:
        raise OperationalError("INSERT …", {"credential": "hunter2"}, RuntimeError("database is locked"))

    app.add_url_rule("/wait", view_func=wait)
    answer = app.test_client().get("/wait")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert "hunter2" not in answer.text


def test_a_machine_that_lacks_something_says_what_to_type(app: OpenAPI) -> None:
    def lack() -> str:
        raise SetUpError("no SoftHSM2; type: apt-get install softhsm2")

    app.add_url_rule("/lack", view_func=lack)
    answer = app.test_client().get("/lack")
    assert answer.status_code == 503
    assert "apt-get install softhsm2" in answer.get_json()["detail"]


def test_the_contract_is_served(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    assert answer.get_json()["openapi"] == "3.1.0"
    published = Path(__file__).parents[2] / "conformance" / "contract" / "openapi.json"
    assert answer.json == json.loads(published.read_text("utf-8"))
