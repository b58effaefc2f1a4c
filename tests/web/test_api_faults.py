"""Faults on order at the API: what a system that files dossiers sees of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockca.desk.sandbox import Sandboxes
from mockca.registry import journal
from tests.web.conftest import API, Province

FAULTS = "/demo/control/faults"
UNITS = f"{API}/units"


@pytest.fixture
def order(client: FlaskClient, sign_in: Callable[[str], dict[str, str]]) -> Callable[..., int]:
    def ordered(effect: str, expects: int = 201, **more: Any) -> Any:
        wanted = {"endpoint": "api", "effect": effect, **more}
        answer = client.post(FAULTS, json=wanted, headers=sign_in("trainer"))
        assert answer.status_code == expects, answer.text
        return answer.get_json()

    return ordered


def test_an_operation_is_refused_before_it_is_done(an_giang: Province, order: Callable[..., Any]) -> None:
    order("unavailable", retry_after=7, operation="file_dossier", next=1)
    answer = an_giang.client.post(f"{API}/dossiers", json=an_giang.filing(), headers=an_giang.headers("subscriber"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.get_json()["type"] == "urn:mockca:problem:fault"
    assert an_giang.reads("subscriber", "/dossiers")["items"] == []
    assert an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"] == 1


def test_an_answer_that_gets_lost_was_given_for_something_done(an_giang: Province, order: Callable[..., Any]) -> None:
    order("reset", operation="file_dossier", next=1)
    key = {"Idempotency-Key": "lost-1"}
    headers = an_giang.headers("subscriber") | key
    lost = an_giang.client.post(f"{API}/dossiers", json=an_giang.filing(), headers=headers)
    assert len(lost.data) <= 1
    again = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201, **key)
    assert again["number"] == 1
    assert len(an_giang.reads("subscriber", "/dossiers")["items"]) == 1


def test_a_fault_is_for_one_role_and_one_operation(an_giang: Province, order: Callable[..., Any]) -> None:
    order("too-many-requests", operation="list_units", role="registrar")
    order("unavailable", operation="list_regulations", role="anybody")
    got = [
        an_giang.client.get(path, headers=headers).status_code
        for path, headers in (
            (UNITS, an_giang.headers("registrar")),
            (UNITS, an_giang.headers("authority")),
            (f"{API}/dossiers", an_giang.headers("registrar")),
        )
    ]
    assert got == [429, 200, 200]


def test_faults_spare_nobody_who_has_not_signed_in(an_giang: Province, order: Callable[..., Any]) -> None:
    order("unavailable", role="anybody", operation="list_units", next=1)
    assert an_giang.client.get(UNITS).status_code == 503
    assert an_giang.client.get(UNITS).status_code == 401


def test_a_slow_answer_is_the_right_one_later(an_giang: Province, order: Callable[..., Any]) -> None:
    right = an_giang.reads("registrar", "/units")
    order("slow", seconds=0.001, next=1)
    with pytest.MonkeyPatch.context() as patch:
        waited: list[float] = []
        patch.setattr("mockca.web.carrying.time.sleep", waited.append)
        answer = an_giang.client.get(UNITS, headers=an_giang.headers("registrar"))
        assert answer.get_json() == right
        assert answer.headers["Content-Security-Policy"]
    assert waited == [0.001]


def test_what_went_wrong_is_in_the_journal(an_giang: Province, order: Callable[..., Any], sandboxes: Sandboxes) -> None:
    number = order("unavailable", operation="read_certificate", serial="1f")["number"]
    an_giang.client.get(f"{API}/certificates/1e", headers=an_giang.headers("registrar"))
    assert an_giang.client.get(f"{API}/certificates/1f", headers=an_giang.headers("registrar")).status_code == 503
    with sandboxes.open("demo").store.read() as connection:
        [entry] = journal.entries(connection, action="exchange.disturbed")
    assert entry.about == "api"
    assert entry.detail == {
        "operation": "read_certificate",
        "account": "registrar@an-giang",
        "serial": "1f",
        "faults": [{"number": number, "effect": "unavailable", "retry_after": 1}],
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"endpoint": "tsa", "operation": "list_units"}, "operation"),
        ({"endpoint": "crl", "role": "registrar"}, "role"),
        ({"endpoint": "api", "role": "root"}, "role"),
    ],
)
def test_what_cannot_be_is_refused(order: Callable[..., Any], wrong: dict[str, str], field: str) -> None:
    told = order("reset", 422, **wrong)
    assert [one["field"] for one in told["violations"]] == [field]


def test_the_nearest_operations_are_named(order: Callable[..., Any]) -> None:
    [violation] = order("reset", 422, operation="file_dosier")["violations"]
    assert violation["field"] == "operation"
    assert "file_dossier" in violation["accepted"]


def test_nothing_is_written_where_no_fault_is_set(an_giang: Province, sandboxes: Sandboxes) -> None:
    store = sandboxes.open("demo").store
    an_giang.reads("registrar", "/units")
    before = store.data_version()
    an_giang.reads("registrar", "/units")
    assert store.data_version() == before
