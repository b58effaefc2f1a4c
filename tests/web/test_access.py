"""Who is asking: credentials, and what they open."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mockca.desk.commands import CreateSandbox
from mockca.desk.sandbox import Sandboxes
from mockca.web.access import ADMIN_FILE, ensure_admin_credential
from tests.web.conftest import API, PROBLEM, SMALL_KEYS, Headers, Province


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, 'Bearer realm="demo"'),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, 'Bearer realm="demo"'),
        ({"Authorization": "Bearer"}, 'Bearer realm="demo"'),
        ({"Authorization": "Bearer " + "x" * 5000}, 'Bearer realm="demo"'),
        ({"Authorization": "Bearer no-such-credential"}, 'Bearer realm="demo", error="invalid_token"'),
        ({"Authorization": "Bearer chữ"}, 'Bearer realm="demo", error="invalid_token"'),
    ],
)
def test_a_request_without_a_known_credential_is_challenged(
    client: FlaskClient, headers: Headers, challenge: str
) -> None:
    answer = client.get(
        f"{API}/me", headers={name: value.encode().decode("latin-1") for name, value in headers.items()}
    )
    assert (answer.status_code, answer.content_type) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"] == challenge
    assert "no-such-credential" not in answer.text


def test_an_account_learns_who_it_is(an_giang: Province) -> None:
    assert an_giang.reads("registrar", "/me") == {
        "account": "registrar@an-giang",
        "role": "registrar",
        "regulation": "an-giang",
        "unit": "registrar-an-giang",
    }


def test_a_scheme_may_be_written_in_any_case(client: FlaskClient, sign_in: Callable[[str], Headers]) -> None:
    credential = sign_in("trainer")["Authorization"].removeprefix("Bearer ")
    assert client.get(f"{API}/me", headers={"Authorization": f"bearer  {credential} "}).status_code == 200


def test_a_credential_counts_in_its_own_sandbox_alone(
    client: FlaskClient, sandboxes: Sandboxes, sign_in: Callable[[str], Headers]
) -> None:
    sandboxes.create(CreateSandbox(name="other", keys=SMALL_KEYS))
    assert client.get(f"{API}/me", headers=sign_in("authority")).status_code == 200
    assert client.get("/other/api/v1/me", headers=sign_in("authority")).status_code == 401


def test_identity_is_asked_before_the_request_is_read(client: FlaskClient) -> None:
    assert client.post(f"{API}/dossiers", data=b"no json", content_type="text/plain").status_code == 401


@pytest.mark.parametrize("role", ["authority", "registrar@an-giang", "subscriber@an-giang"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/clock"), ("PUT", "/clock"), ("POST", "/reset")])
def test_the_control_plane_is_for_the_trainer_alone(
    client: FlaskClient, sign_in: Callable[[str], Headers], role: str, method: str, path: str
) -> None:
    answer = client.open(f"/demo/control{path}", method=method, json={}, headers=sign_in(role))
    assert answer.status_code == 403
    assert answer.get_json()["allowed"] == ["trainer"]


def test_the_control_plane_challenges_whoever_has_no_credential(client: FlaskClient) -> None:
    assert client.get("/demo/control/clock").status_code == 401


def test_the_admin_credential_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    first = ensure_admin_credential(tmp_path / "data")
    assert ensure_admin_credential(tmp_path / "data") == first
    assert stat.S_IMODE((tmp_path / "data" / ADMIN_FILE).stat().st_mode) == 0o600


def test_a_sandbox_is_made_with_the_admin_credential(client: FlaskClient, admin: Headers) -> None:
    wanted = {"name": "lop-1", "seed": "lop-1", "keys": SMALL_KEYS.model_dump(), "regulations": ["lai-chau"]}
    made = client.post("/sandboxes", json=wanted, headers=admin)
    assert made.status_code == 201
    assert made.get_json()["url"] == "http://127.0.0.1:8400/lop-1"
    assert [each["name"] for each in client.get("/sandboxes").get_json()["items"]] == ["demo", "lop-1"]
    assert client.get("/lop-1/").status_code == 200
    assert client.post("/sandboxes", json=wanted, headers=admin).status_code == 409


@pytest.mark.parametrize("name", ["sandboxes", "healthz", "Demo", "..", "a/b", ""])
def test_a_sandbox_cannot_have_a_name_that_stands_for_something_else(
    client: FlaskClient, admin: Headers, name: str
) -> None:
    answer = client.post("/sandboxes", json={"name": name}, headers=admin)
    assert answer.status_code == 422
    assert answer.get_json()["violations"][0]["field"] == "name"


def test_a_sandbox_cannot_start_outside_the_calendar(client: FlaskClient, admin: Headers) -> None:
    answer = client.post("/sandboxes", json={"name": "x", "start": "0001-01-01T00:00:00Z"}, headers=admin)
    assert answer.status_code == 422
    assert answer.get_json()["violations"][0]["field"] == "start"


def test_a_sandbox_of_an_unknown_regulation_is_refused(client: FlaskClient, admin: Headers) -> None:
    answer = client.post("/sandboxes", json={"name": "x", "regulations": ["atlantis"]}, headers=admin)
    assert answer.status_code in (404, 422)
    assert "atlantis" in answer.text


def test_no_account_of_a_sandbox_may_make_another(client: FlaskClient, sign_in: Callable[[str], Headers]) -> None:
    wanted = {"name": "lop-1"}
    assert client.post("/sandboxes", json=wanted).status_code == 401
    assert client.post("/sandboxes", json=wanted, headers=sign_in("trainer")).status_code == 401


def test_a_wrong_admin_credential_is_challenged(client: FlaskClient, admin: Headers) -> None:
    assert admin
    answer = client.post("/sandboxes", json={"name": "x"}, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="mockca", error="invalid_token"'
