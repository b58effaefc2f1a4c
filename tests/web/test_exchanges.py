"""The journal of exchanges: what the trainer reads, over HTTP and on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import Client

from mockca.cli import main
from mockca.desk.sandbox import Sandboxes
from mockca.web.pki import PkiFace
from tests.web.conftest import API, Province

CONTROL = "/demo/control"
Headers = dict[str, str]


@pytest.fixture
def trainer(sign_in: Callable[[str], Headers]) -> Headers:
    return sign_in("trainer")


@pytest.fixture
def read(client: FlaskClient, trainer: Headers) -> Callable[..., Any]:
    def reads(path: str, expects: int = 200, **query: Any) -> Any:
        answer = client.get(f"{CONTROL}{path}", query_string=query, headers=trainer)
        assert answer.status_code == expects, answer.text
        return answer.get_json()

    return reads


@pytest.fixture
def record(client: FlaskClient, trainer: Headers) -> Callable[..., None]:
    def records(**wanted: Any) -> None:
        assert client.put(f"{CONTROL}/recording", json=wanted, headers=trainer).status_code == 200

    return records


def test_refusals_are_noted_and_nothing_else(an_giang: Province, read: Callable[..., Any]) -> None:
    an_giang.reads("registrar", "/units")
    an_giang.reads("registrar", "/dossiers/99", expects=404)
    an_giang.client.get(f"{API}/units")
    an_giang.client.get(f"{API}/nothing/like/this")
    found = read("/exchanges")
    assert [(one["operation"], one["account"], one["status"], one["outcome"]) for one in found["items"]] == [
        ("", "", 404, "not-found"),
        ("list_units", "", 401, "unauthenticated"),
        ("read_dossier", "registrar@an-giang", 404, "not-found"),
    ]
    assert found["next"] is None


def test_all_are_noted_where_that_is_wanted_and_none_where_it_is_not(
    an_giang: Province, read: Callable[..., Any], record: Callable[..., None]
) -> None:
    record(api="all")
    an_giang.reads("registrar", "/units")
    an_giang.reads("registrar", "/certificates/1f", expects=404)
    record(api="none")
    an_giang.reads("registrar", "/dossiers/99", expects=404)
    found = read("/exchanges")["items"]
    assert [(one["operation"], one["outcome"], one["serials"]) for one in found] == [
        ("read_certificate", "not-found", ["1f"]),
        ("list_units", "done", []),
    ]
    assert read("/recording")["api"] == "none"


def test_they_are_found_by_what_is_known_of_them_a_slice_at_a_time(
    an_giang: Province, read: Callable[..., Any], record: Callable[..., None]
) -> None:
    record(api="all")
    for serial in ("a1", "a2"):
        an_giang.reads("registrar", f"/certificates/{serial}", expects=404)
        an_giang.reads("authority", "/units")

    def numbers(**query: Any) -> list[int]:
        return [one["number"] for one in read("/exchanges", **query)["items"]]

    assert numbers() == [4, 3, 2, 1]
    assert numbers(serial="a2") == [3]
    assert numbers(account="authority", operation="list_units") == [4, 2]
    assert numbers(refused="false") == [4, 2]
    assert numbers(disturbed="true") == numbers(endpoint="ocsp") == []
    first = read("/exchanges", limit=1, refused="true")
    assert (first["items"][0]["number"], first["next"]) == (3, 3)
    assert numbers(limit=1, refused="true", before=first["next"]) == [1]


def test_what_the_pkis_own_face_was_asked(
    sandboxes: Sandboxes, read: Callable[..., Any], record: Callable[..., None]
) -> None:
    bare = Client(PkiFace(sandboxes))
    paths = ("crl/issuing.crl", "crt/root.crt", "ocsp/AAAA", f"ocsp/{'A' * 5000}")
    for path in paths:
        bare.get(f"/demo/pki/{path}")
    assert read("/exchanges")["items"] == []
    record(ocsp=True, crl=True, aia=True, tsa=True)
    for path in paths:
        bare.get(f"/demo/pki/{path}")
    bare.post("/demo/pki/tsa", data=b"garbage", content_type="application/timestamp-query")
    bare.post("/demo/pki/tsa", data=b"garbage", content_type="application/json")
    found = read("/exchanges")["items"]
    assert [(one["endpoint"], one["operation"], one["status"], one["outcome"]) for one in reversed(found)] == [
        ("crl", "issuing", 200, ""),
        ("aia", "root", 200, ""),
        ("ocsp", "", 200, "malformedRequest"),
        ("ocsp", "", 414, "address-too-long"),
        ("tsa", "", 200, "badDataFormat"),
        ("tsa", "", 415, "unsupported-media-type"),
    ]
    assert read(f"/exchanges/{found[1]['number']}/why")["refused"] is True
    assert read(f"/exchanges/{found[5]['number']}/why")["refused"] is False


def test_a_fault_that_fired_is_noted_whatever_is_wanted(
    an_giang: Province, client: FlaskClient, trainer: Headers, read: Callable[..., Any], record: Callable[..., None]
) -> None:
    record(api="none")
    fault = {"endpoint": "api", "effect": "slow", "seconds": 0.001, "next": 1}
    number = client.post(f"{CONTROL}/faults", json=fault, headers=trainer).get_json()["number"]
    an_giang.reads("registrar", "/units")
    an_giang.reads("registrar", "/units")
    [one] = read("/exchanges")["items"]
    assert (one["status"], one["faults"]) == (200, [{"number": number, "effect": "slow"}])
    assert read("/exchanges/1/why")["en"] == f"Fault on order {number} (slow) fired."
    client.post(f"{CONTROL}/faults", json={"endpoint": "api", "effect": "unavailable", "next": 1}, headers=trainer)
    an_giang.client.get(f"{API}/units", headers=an_giang.headers("registrar"))
    told = read("/exchanges/2/why")
    assert (told["exchange"]["status"], told["exchange"]["outcome"], told["refused"]) == (503, "fault", True)


# --- why ----------------------------------------------------------------------------------------------------------


def test_why_a_role_may_not_and_which_may(an_giang: Province, read: Callable[..., Any]) -> None:
    number = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"]
    an_giang.sends("subscriber", f"/dossiers/{number}/check", {"decision": "accept"}, expects=403)
    told = read("/exchanges/1/why")
    assert told["refused"] is True
    [rule] = told["rules"]
    assert rule["clause"] == told["exchange"]["clause"]
    assert rule["clause_vi"] != rule["clause_en"]
    assert {near["kind"] for near in told["nearest"]} == {"role"}
    assert "The role subscriber may not; registrar may." in [near["en"] for near in told["nearest"]]


def test_why_a_step_is_out_of_order_and_what_leads_there(an_giang: Province, read: Callable[..., Any]) -> None:
    number = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"]
    an_giang.sends("authority", f"/dossiers/{number}/decision", {"decision": "approve"}, expects=409)
    told = read("/exchanges/1/why")
    assert (told["exchange"]["state"], told["exchange"]["wanted"]) == ("filed", "approve")
    assert [(near["kind"], near["en"]) for near in told["nearest"]] == [
        ("way", "First accept, then roster; after that approve is allowed."),
        ("state", "approve is allowed from rostered."),
    ]


def test_why_a_value_was_refused_and_what_is_like_it(an_giang: Province, read: Callable[..., Any]) -> None:
    wrong = an_giang.filing() | {"subscriber_kind": "persn", "attachmentz": []}
    an_giang.sends("subscriber", "/dossiers", wrong, expects=422)
    rules = {rule["field"]: rule for rule in read("/exchanges/1/why")["rules"]}
    assert (rules["subscriber_kind"]["value"], rules["subscriber_kind"]["nearest"]) == ("persn", "person")
    assert rules["attachmentz"]["nearest"] == "attachments"


def test_which_fault_nearly_fired(
    an_giang: Province, client: FlaskClient, trainer: Headers, read: Callable[..., Any]
) -> None:
    for more in ({"endpoint": "tsa"}, {"endpoint": "api", "operation": "list_units", "role": "authority"}):
        client.post(f"{CONTROL}/faults", json={"effect": "reset", **more}, headers=trainer)
    an_giang.client.get(f"{API}/units")
    near, far = read("/exchanges/1/why")["near_faults"]
    assert near["fits"] == ["endpoint api", "operation list_units"]
    assert near["misses"] == ["role authority"]
    assert far["misses"] == ["endpoint tsa"]


def test_a_long_refusal_is_cut_and_nothing_secret_is_kept(
    an_giang: Province, read: Callable[..., Any], home: Path
) -> None:
    fields = {f"field_{number:02}_{'x' * 40}": "y" * 100 for number in range(40)}
    an_giang.sends("subscriber", "/dossiers", an_giang.filing() | fields | {"pin": "13579246"}, expects=422)
    [one] = read("/exchanges")["items"]
    assert one["cut"] is True
    assert one["violations"]
    raw = (home / "demo" / "exchanges").read_bytes()
    assert b"13579246" not in raw
    assert an_giang.headers("subscriber")["Authorization"].encode() not in raw


def test_what_is_not_kept_is_not_found_and_nobody_else_reads(
    read: Callable[..., Any], client: FlaskClient, sign_in: Callable[[str], Headers]
) -> None:
    assert read("/exchanges/1/why", expects=404)["detail"].startswith("Không có lần trao đổi 1.")
    assert client.get(f"{CONTROL}/exchanges", headers=sign_in("authority")).status_code == 403


def test_a_reset_begins_anew(
    an_giang: Province, client: FlaskClient, trainer: Headers, read: Callable[..., Any]
) -> None:
    an_giang.client.get(f"{API}/units")
    assert client.post(f"{CONTROL}/reset", json={}, headers=trainer).status_code == 200
    assert read("/exchanges")["items"] == []


def test_the_same_on_the_command_line(an_giang: Province, home: Path) -> None:
    def said(*words: str) -> str:
        result = CliRunner().invoke(main, [*words, "--data", str(home)])
        assert result.exit_code == 0, result.output
        return result.output

    number = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"]
    an_giang.sends("authority", f"/dossiers/{number}/decision", {"decision": "approve"}, expects=409)
    assert "\tdecide_dossier\tauthority\t409\tout-of-order" in said("exchanges", "list", "--refused")
    why = said("why", "1")
    assert "First accept, then roster" in why
    assert "api all" in said("exchanges", "record", "--api", "all")
    assert "api all" in said("exchanges", "recorded")
    assert CliRunner().invoke(main, ["why", "99", "--data", str(home)]).exit_code == 1
