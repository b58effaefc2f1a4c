"""Restoring a locked device over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from flask.testing import FlaskClient

from mockca.desk.sandbox import Sandboxes
from mockca.desk.signatures import canonical
from mockca.errors import BeyondRestore
from mockca.rules.loading import available
from mockca.web.problems import problem_of
from tests.desk.conftest import lai_chau_person
from tests.web.conftest import PAPER, Headers, Province


@dataclass
class Desk(Province):
    """Lai Châu's people, an agency that can sign, and a token in use."""

    regulation: str = "lai-chau"

    def certificate(self, number: int, how: dict[str, Any]) -> dict[str, Any]:
        path = f"/dossiers/{number}"
        self.sends("authority", f"{path}/check", {"decision": "accept"})
        self.sends("authority", f"{path}/decision", {"decision": "approve"})
        answer: dict[str, Any] = self.sends("authority", f"{path}/certificate", how, 201)
        return answer

    def prepare(self) -> None:
        numbers = [
            self.sends("agency", "/dossiers", lai_chau_person().model_dump(mode="json"), 201)["number"] for _ in "ab"
        ]
        self.key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(self.key, hashes.SHA256())
        own = self.certificate(numbers[0], {"csr": request.public_bytes(Encoding.PEM).decode()})
        self.pem = own["certificate"]["pem"]
        self.answer = self.certificate(numbers[1], {"algorithm": "p256"})
        for leg in ("authority-agency", "agency-subscriber"):
            minutes = {
                "regulation": self.regulation,
                "leg": leg,
                "form": "ND68-F07",
                "items": [{"device": self.answer["certificate"]["device"]}],
                "giver": {"name": "Lê Văn Cường", "signed": True},
                "receiver": {"name": "Phạm Thị Dung", "signed": True},
            }
            self.sends(leg.split("-")[0], "/handovers", minutes, 201)

    def request(self) -> dict[str, Any]:
        fields = {
            "cooperating_full_name": "Lò Thị Phối Hợp",
            "cooperating_phone": "0213000001",
            "cooperating_email": "ltphop@laichau.test",
            "subscriber_name": self.answer["certificate"]["common_name"],
            "device_number": self.answer["certificate"]["device"],
            "restore_reason": "Nhập sai mã PIN quá số lần",
        }
        signature = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(canonical(fields))
            .add_signer(x509.load_pem_x509_certificate(self.pem.encode()), self.key, hashes.SHA256())
            .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
        )
        return {
            "regulation": self.regulation,
            "device": self.answer["certificate"]["device"],
            "ground": "locked",
            "form": {"code": "ND68-F06", "fields": fields},
            "submission": {"channel": "electronic", "signature": base64.b64encode(signature).decode()},
        }


@pytest.fixture
def desk(client: FlaskClient, sign_in: Callable[[str], Headers]) -> Desk:
    made = Desk(client, sign_in)
    made.prepare()
    return made


def test_a_token_is_restored_and_its_new_pin_told_once(desk: Desk, sandboxes: Sandboxes) -> None:
    asked = desk.sends("agency", "/restores", desk.request(), 201)
    assert (asked["state"], asked["executor"]) == ("requested", "registrar")
    device = desk.answer["certificate"]["device"]
    assert desk.reads("subscriber", f"/devices/{device}")["state"] == "locked"
    path = f"/restores/{asked['number']}"
    answer = desk.sends("registrar", f"{path}/decision", {"decision": "restore"})
    assert answer["restore"]["state"] == "restored"
    assert answer["pin_letter"]["so_pin"] is None
    assert sandboxes.open("demo").shelf.sign(device, answer["pin_letter"]["user_pin"], b"abc")
    assert desk.reads("agency", path) == answer["restore"]
    assert desk.reads("registrar", "/restores")["items"] == [answer["restore"]]
    assert desk.reads("registrar", "/restores?state=requested")["items"] == []
    assert [one["clause"] for one in desk.reads("agency", "/notices")["items"]][-1] == "LC-13.2.b"
    again = desk.sends("registrar", f"{path}/decision", {"decision": "restore"}, 409)
    assert (again["type"], again["state"], again["allowed"]) == ("urn:mockca:problem:out-of-order", "restored", [])


def test_a_refusal_needs_its_reason(desk: Desk) -> None:
    number = desk.sends("agency", "/restores", desk.request(), 201)["number"]
    told = desk.sends("registrar", f"/restores/{number}/decision", {"decision": "refuse"}, 422)
    assert (told["clause"], told["violations"][0]["field"]) == ("LC-13.2.b.2", "reason")
    reason = {"decision": "refuse", "reason": "Chưa xác minh được người phối hợp"}
    answer = desk.sends("registrar", f"/restores/{number}/decision", reason)
    assert (answer["restore"]["refusal"], answer["pin_letter"]) == (reason["reason"], None)


def test_paper_and_the_wrong_role_are_refused(desk: Desk) -> None:
    request = desk.request()
    assert desk.sends("agency", "/restores", request | {"submission": PAPER}, 422)["clause"] == "LC-8.2"
    assert desk.sends("subscriber", "/restores", request, 403)["clause"] == "LC-13.2.a"
    number = desk.sends("agency", "/restores", request, 201)["number"]
    told = desk.sends("authority", f"/restores/{number}/decision", {"decision": "restore"}, 403)
    assert (told["clause"], told["allowed"]) == ("LC-13.2.b", ["registrar"])
    assert desk.sends("agency", "/restores", desk.request(), 409)["type"] == "urn:mockca:problem:conflict"


def test_a_repetition_with_the_same_key_restores_once(desk: Desk) -> None:
    key: dict[str, Any] = {"Idempotency-Key": "restore-1"}
    request = desk.request()
    asked = desk.sends("agency", "/restores", request, 201, **key)
    assert desk.sends("agency", "/restores", request, 201, **key) == asked
    path = f"/restores/{asked['number']}/decision"
    first = desk.sends("registrar", path, {"decision": "restore"}, **key)
    assert desk.sends("registrar", path, {"decision": "restore"}, **key) == first


def test_figures_are_for_registrars_and_the_authority(desk: Desk) -> None:
    desk.sends("agency", "/restores", desk.request(), 201)
    (own,) = desk.reads("registrar", "/statistics")["items"]
    assert own["certificates"] == {"effective": 2}
    assert own["restores"] == {"requested": 1, "restored": 0, "refused": 0, "late": 0}
    assert [one["regulation"] for one in desk.reads("authority", "/statistics")["items"]] == list(available())
    assert desk.reads("agency", "/statistics", 403)["clause"] == "unsourced"


def test_a_service_that_the_regulation_lacks_is_not_available(desk: Desk, an_giang: Province) -> None:
    request = desk.request() | {"regulation": "an-giang"}
    told = an_giang.sends("agency", "/restores", request, 422)
    assert (told["type"], told["clause"]) == ("urn:mockca:problem:not-available", "TT05-2")


def test_a_device_beyond_restoring_is_told_as_such() -> None:
    told = problem_of(BeyondRestore("00ab", "locked", ["collect", "report_loss"], "LC-13.2.b"))
    assert (told.status, told.type, told.state) == (409, "urn:mockca:problem:beyond-restore", "locked")
    assert "00ab" in told.detail
    assert told.allowed == ("collect", "report_loss")
