"""The authority's work over HTTP: each operation, and what it says when it says no."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from flask.testing import FlaskClient

from mockca.desk.publication import current_crl
from mockca.desk.sandbox import Sandboxes
from mockca.registry import crls
from mockca.rules.loading import available
from tests.desk.conftest import START
from tests.web.conftest import API, PAPER, PROBLEM, Province


def test_a_certificate_lives_from_request_to_the_return_of_its_device(an_giang: Province) -> None:
    answer = an_giang.issued()
    certificate, serial = answer["certificate"], answer["certificate"]["serial"]
    assert set(answer["pin_letter"]) == {"user_pin", "so_pin"}
    assert certificate["status"]["status"] == "issued"
    assert an_giang.reads("authority", f"/certificates/{serial}") == certificate
    assert an_giang.reads("registrar", "/devices")["items"][0]["serial"] == certificate["device"]

    dispatched = an_giang.hands_over("authority-registrar", certificate)
    assert an_giang.reads("registrar", f"/handovers/{dispatched['number']}") == dispatched
    an_giang.hands_over("registrar-subscriber", certificate)
    assert an_giang.reads("subscriber", f"/devices/{certificate['device']}")["state"] == "in_use"

    proposal = an_giang.sends("registrar", "/activations", an_giang.proposal(serial), 201)
    published = an_giang.sends("authority", f"/activations/{proposal['number']}/publication")
    assert published["state"] == "published"
    assert an_giang.reads("registrar", f"/activations/{proposal['number']}") == published
    assert an_giang.reads("subscriber", f"/certificates/{serial}/status")["in_force"] is True

    held = an_giang.sends("registrar", f"/certificates/{serial}/suspension", {"reason": "Nghỉ dài ngày"})
    assert held["status"]["status"] == "suspended"
    lifted = an_giang.sends("registrar", f"/certificates/{serial}/reinstatement", {"reason": "Đi làm lại"})
    assert lifted["status"]["status"] == "effective"

    case = an_giang.sends("registrar", "/revocations", an_giang.demand(serial), 201)
    assert case["state"] == "executed"
    assert an_giang.reads("authority", f"/revocations/{case['number']}") == case
    an_giang.hands_over("subscriber-registrar", certificate)
    an_giang.hands_over("registrar-authority", certificate)
    assert an_giang.reads("registrar", f"/revocations/{case['number']}")["state"] == "closed"
    assert an_giang.reads("authority", f"/devices/{certificate['device']}")["state"] == "returned"

    again = an_giang.sends("registrar", f"/certificates/{serial}/reinstatement", {"reason": "Nhầm"}, 409)
    assert (again["type"], again["state"]) == ("urn:mockca:problem:out-of-order", "revoked")
    assert again["clause"] == "AG-3.14"


def test_a_request_of_the_security_agency_waits_for_the_registrar(an_giang: Province) -> None:
    serial = an_giang.effective()["serial"]
    case = an_giang.sends("security", "/revocations", an_giang.demand(serial, "security-demand"), 201)
    assert case["state"] == "requested"
    decided = an_giang.sends("registrar", f"/revocations/{case['number']}/decision", {"decision": "confirm"})
    assert decided["state"] == "executed"


def test_a_returned_dossier_is_filed_again(an_giang: Province) -> None:
    dossier = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)
    path = f"/dossiers/{dossier['number']}"
    an_giang.sends("registrar", f"{path}/check", {"decision": "return", "reasons": ["Ảnh chụp mờ"]})
    assert an_giang.reads("subscriber", path)["reasons"] == ["Ảnh chụp mờ"]
    mended = an_giang.asks("subscriber", "PUT", path, an_giang.filing())
    assert mended["state"] == "filed"


def test_a_lost_device_is_reported(an_giang: Province) -> None:
    device = an_giang.effective()["device"]
    lost = an_giang.sends("subscriber", f"/devices/{device}/loss", {"circumstances": "Rơi trên đường đi công tác"})
    assert lost["state"] == "lost"


def test_a_refusal_names_every_broken_rule_with_its_clause(an_giang: Province) -> None:
    filing = an_giang.filing()
    filing["form"]["fields"]["validity_years"] = 6
    filing["attachments"] = filing["attachments"][:1]
    told = an_giang.sends("subscriber", "/dossiers", filing, 422)
    clauses = {violation["field"]: violation["clause"] for violation in told["violations"]}
    assert clauses["form.fields.validity_years"] == "AG-F01"
    assert "AG-10.3.a.3" in clauses.values()
    assert all(violation["vi"] and violation["accepted"] for violation in told["violations"])


def test_a_wrong_role_is_told_which_roles_may(an_giang: Province) -> None:
    number = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"]
    told = an_giang.sends("subscriber", f"/dossiers/{number}/check", {"decision": "accept"}, 403)
    assert told["allowed"] == ["registrar"]
    assert told["clause"] == "AG-12.1"


def test_a_step_out_of_order_is_told_the_state_and_what_is_allowed(an_giang: Province) -> None:
    number = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"]
    told = an_giang.sends("authority", f"/dossiers/{number}/decision", {"decision": "approve"}, 409)
    assert told["state"] == "filed"
    assert told["allowed"] == ["accept", "return"]


def test_a_service_that_a_regulation_lacks_is_not_available(an_giang: Province) -> None:
    an_giang.regulation = "lai-chau"
    offered = an_giang.reads("agency", "/regulations/lai-chau")["services"]
    assert "suspend" not in offered


def test_a_garbled_certificate_request_is_malformed(an_giang: Province) -> None:
    number = an_giang.approved()["number"]
    told = an_giang.sends("authority", f"/dossiers/{number}/certificate", {"csr": "-----BEGIN NOTHING-----"}, 400)
    assert told["type"] == "urn:mockca:problem:malformed"


def test_a_repetition_with_the_same_key_changes_nothing_again(an_giang: Province) -> None:
    key = {"Idempotency-Key": "3f1c"}
    first = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201, **key)
    assert an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201, **key) == first
    assert an_giang.reads("authority", "/dossiers")["total"] == 1
    other = an_giang.filing() | {"attachments": []}
    assert an_giang.sends("subscriber", "/dossiers", other, 409, **key)["type"] == "urn:mockca:problem:conflict"


def test_a_key_that_is_none_is_refused(an_giang: Province) -> None:
    told = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 422, **{"Idempotency-Key": "x" * 201})
    assert told["violations"][0]["field"] == "header.Idempotency-Key"


def test_lists_come_in_slices(an_giang: Province) -> None:
    numbers = [an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"] for _ in range(3)]
    first = an_giang.reads("registrar", "/dossiers?limit=2")
    assert [each["number"] for each in first["items"]] == numbers[:2]
    rest = an_giang.reads("registrar", f"/dossiers?limit=2&after={first['next']}")
    assert ([each["number"] for each in rest["items"]], rest["next"]) == (numbers[2:], None)
    assert an_giang.reads("registrar", "/dossiers?state=issued")["items"] == []
    assert an_giang.reads("other-agency", "/dossiers")["items"] == []


def test_certificates_are_found_by_a_part_of_the_name(an_giang: Province) -> None:
    serial = an_giang.issued()["certificate"]["serial"]
    assert [each["serial"] for each in an_giang.reads("authority", "/certificates?name=Văn")["items"]] == [serial]
    assert an_giang.reads("authority", "/certificates?name=Ai")["items"] == []


def test_the_status_is_told_for_any_instant(an_giang: Province) -> None:
    serial = an_giang.issued()["certificate"]["serial"]
    later = (START + timedelta(days=6 * 365)).isoformat().replace("+", "%2B")
    assert an_giang.reads("authority", f"/certificates/{serial}/status?at={later}")["status"] == "expired"
    before = (START - timedelta(days=1)).isoformat().replace("+", "%2B")
    an_giang.reads("authority", f"/certificates/{serial}/status?at={before}", expects=404)


def test_a_roster_is_read_by_its_sender(an_giang: Province) -> None:
    number = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)["number"]
    an_giang.sends("registrar", f"/dossiers/{number}/check", {"decision": "accept"})
    roster = an_giang.sends("registrar", "/rosters", an_giang.roster(number), 201)
    assert an_giang.reads("registrar", f"/rosters/{roster['number']}") == roster


def test_units_are_listed_and_entered(an_giang: Province) -> None:
    unit = {
        "id": "so-y-te",
        "regulation": "an-giang",
        "name": "Sở Y tế",
        "category": "state-body",
        "locality": "An Giang",
        "email": "syt@angiang.test",
    }
    made = an_giang.sends("registrar", "/units", unit, 201)
    assert made["has_seal"] is True
    assert made in an_giang.reads("registrar", "/units")["items"]


def test_notices_deadlines_and_the_journal_are_read(an_giang: Province) -> None:
    an_giang.effective()
    assert an_giang.reads("registrar", "/deadlines?overdue=false")["items"]
    assert isinstance(an_giang.reads("authority", "/notices")["items"], list)
    entries = an_giang.reads("authority", "/journal?limit=2")
    assert entries["items"][1]["previous"] == entries["items"][0]["hash"]
    assert entries["next"] == entries["items"][1]["number"]
    assert an_giang.reads("authority", "/journal?about=dossier 1")["items"]
    an_giang.reads("subscriber", "/journal", expects=403)


def test_regulations_tell_every_value_with_its_clause(an_giang: Province) -> None:
    listed = an_giang.reads("subscriber", "/regulations")["items"]
    assert [each["id"] for each in listed] == list(available())
    assert an_giang.reads("subscriber", "/regulations/an-giang") == listed[0]
    an_giang.reads("subscriber", "/regulations/atlantis", expects=404)


def test_anybody_reads_the_announcements(an_giang: Province, client: FlaskClient) -> None:
    serial = an_giang.effective()["serial"]
    an_giang.sends("registrar", "/revocations", an_giang.demand(serial), 201)
    newest, older = client.get(f"{API}/public/announcements").get_json()["items"]
    assert (newest["kind"], older["kind"]) == ("revocation", "activation")
    assert newest["serial"] == serial
    found = client.get(f"{API}/public/announcements?kind=activation&q=Nguyễn&limit=1").get_json()
    assert found["items"] == [older]
    told = client.get(f"{API}/public/certificates/{serial}").get_json()
    assert told["status"]["status"] == "revoked"
    assert told["announcements"] == [newest, older]


def test_what_was_not_announced_nobody_finds(an_giang: Province, client: FlaskClient) -> None:
    serial = an_giang.issued()["certificate"]["serial"]
    assert client.get(f"{API}/public/certificates/{serial}").status_code == 404


def test_anybody_learns_where_the_authority_publishes(client: FlaskClient) -> None:
    told = client.get(f"{API}/public/authority").get_json()
    assert [each["role"] for each in told["certificates"]] == ["root", "issuing"]
    assert told["crls"][1]["url"] == "http://127.0.0.1:8400/demo/pki/crl/issuing.crl"
    assert told["crls"][2]["number"] == told["crls"][1]["number"]


def test_what_is_told_of_a_crl_is_what_stands_in_it(client: FlaskClient, sandboxes: Sandboxes) -> None:
    sandboxes.open("demo").clock.set(START + timedelta(seconds=1.75))
    for told in client.get(f"{API}/public/authority").get_json()["crls"]:
        crl = x509.load_der_x509_crl(current_crl(sandboxes.open("demo"), told["name"]))
        assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == told["number"]
        assert datetime.fromisoformat(told["this_update"]) == crl.last_update_utc
        assert datetime.fromisoformat(told["next_update"]) == crl.next_update_utc


def test_what_has_fallen_due_counts_before_a_crl_is_told(
    an_giang: Province, client: FlaskClient, sandboxes: Sandboxes
) -> None:
    certificate = an_giang.issued()["certificate"]
    an_giang.hands_over("authority-registrar", certificate)
    an_giang.hands_over("registrar-subscriber", certificate)
    proposal = an_giang.proposal(certificate["serial"]) | {"effective_at": (START + timedelta(days=1)).isoformat()}
    number = an_giang.sends("registrar", "/activations", proposal, 201)["number"]
    an_giang.sends("authority", f"/activations/{number}/publication")
    sandbox = sandboxes.open("demo")
    assert len(x509.load_der_x509_crl(current_crl(sandbox, "issuing"))) == 1
    sandbox.clock.set(START + timedelta(days=2))
    told = client.get(f"{API}/public/authority").get_json()["crls"][1]
    with sandbox.store.read() as connection:
        record = crls.by_number(connection, "issuing", told["number"])
    assert record is not None
    assert len(x509.load_der_x509_crl(record.der)) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "maybe"}, "decision"),
        ({"decision": "accept", "reasons": "none"}, "reasons"),
        ({"decision": "accept", "pin": "123456"}, "pin"),
        ({}, "decision"),
        ([], "body"),
    ],
)
def test_a_request_that_does_not_fit_the_contract_is_told_where(an_giang: Province, body: object, field: str) -> None:
    told = an_giang.asks("registrar", "POST", "/dossiers/1/check", body, 422)
    assert told["type"] == "urn:mockca:problem:contract"
    assert told["violations"][0]["field"] == field
    assert "123456" not in json.dumps(told)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/dossiers/abc", "path.number"),
        ("/dossiers/0", "path.number"),
        ("/certificates/XYZ", "path.serial"),
        ("/dossiers?limit=0", "query.limit"),
        ("/dossiers?stat=filed", "query.stat"),
        ("/certificates/1a/status?at=yesterday", "query.at"),
        ("/certificates/1a/status?at=2026-01-01T00:00:00", "query.at"),
        ("/certificates/1a/status?at=9999-12-31T23:59:59-14:00", "query.at"),
    ],
)
def test_an_address_that_does_not_fit_the_contract_is_told_where(an_giang: Province, path: str, field: str) -> None:
    assert an_giang.reads("authority", path, expects=422)["violations"][0]["field"] == field


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        ("text/plain", b"{}", 415),
        ("application/x-www-form-urlencoded", b"decision=accept", 415),
        ("application/json", b"", 400),
        ("application/json", b"{", 400),
        ("application/json", b'"{}"', 422),
        ("application/json", b"\xff\xfe", 400),
        ("application/json", b'{"decision": "accept", "reasons": [1]}', 422),
        ("application/json; charset=utf-8", b'{"decision": "accept"}', 404),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b'{"decision": ' + b"1" * 5000 + b"}", 400),
    ],
)
def test_bytes_that_are_no_request_are_refused(
    an_giang: Province, client: FlaskClient, content_type: str, data: bytes, status: int
) -> None:
    answer = client.post(
        f"{API}/dossiers/99/check", data=data, content_type=content_type, headers=an_giang.headers("registrar")
    )
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)


def test_the_clock_is_turned_and_what_fell_due_is_told(an_giang: Province, client: FlaskClient) -> None:
    certificate = an_giang.issued()["certificate"]
    an_giang.hands_over("authority-registrar", certificate)
    an_giang.hands_over("registrar-subscriber", certificate)
    wanted = START + timedelta(days=2)
    proposal = an_giang.proposal(certificate["serial"]) | {"effective_at": wanted.isoformat()}
    number = an_giang.sends("registrar", "/activations", proposal, 201)["number"]
    assert an_giang.sends("authority", f"/activations/{number}/publication")["state"] == "scheduled"
    trainer = an_giang.headers("trainer")
    turned = client.put("/demo/control/clock", json={"advance_seconds": 3 * 86400}, headers=trainer).get_json()
    assert any(str(number) in what for what in turned["ran"])
    assert client.get("/demo/control/clock", headers=trainer).get_json()["epoch"] == turned["epoch"]
    status = an_giang.reads("subscriber", f"/certificates/{certificate['serial']}/status")
    assert status["in_force"] is True
    assert status["effective_at"] == wanted.isoformat().replace("+00:00", "Z")


def test_the_clock_is_turned_in_one_way_at_a_time(an_giang: Province, client: FlaskClient) -> None:
    answer = client.put("/demo/control/clock", json={}, headers=an_giang.headers("trainer"))
    assert answer.status_code == 422


def test_a_reset_empties_the_sandbox_and_keeps_the_credentials(an_giang: Province, client: FlaskClient) -> None:
    an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)
    answer = client.post("/demo/control/reset", json={"seed": "again"}, headers=an_giang.headers("trainer"))
    assert answer.get_json()["seed"] == "again"
    assert an_giang.reads("authority", "/dossiers")["total"] == 0


def test_submissions_are_kept_as_they_came(an_giang: Province) -> None:
    filing = an_giang.filing() | {"submission": PAPER}
    filing["form"]["fields"]["full_name"] = "Nguye\u0302\u0303n Va\u0306n Ma\u0302\u0303u"
    told = an_giang.sends("subscriber", "/dossiers", filing, 201)
    assert told["fields"]["full_name"] == "Nguyễn Văn Mẫu"
