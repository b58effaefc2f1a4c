"""Signing in by a certificate: only a fresh signature over the session's challenge, by a certificate in force."""

from __future__ import annotations

import base64
import html
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from flask.testing import FlaskClient
from playwright.sync_api import expect, sync_playwright

from mockca.desk.actors import Actor, Role
from mockca.desk.commands import TurnClock
from mockca.desk.control import turn_clock
from mockca.web.app import create_app
from mockca.web.site import entrance
from tests.agent.conftest import agent_at_work
from tests.pages.conftest import CHROMIUM, QUIET, House, needs_chromium, show
from tests.pages.forms import filled
from tests.pages.test_site import sign_in
from token_emulator.agent import Script, certificate_in

ADDRESS = "/demo/sign-in/certificate"
TRAINER = Actor("trainer", Role.TRAINER)
BINARY = [pkcs7.PKCS7Options.Binary]


@pytest.fixture
def visitor(house: House) -> Iterator[FlaskClient]:
    with create_app(house.sandboxes).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def issued(house: House, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """A certificate of `subscriber@an-giang` for the key, not in effect yet."""
    province = house.province()
    number = province.approved()["number"]
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    csr = request.public_bytes(Encoding.PEM).decode()
    answer = province.sends("authority", f"/dossiers/{number}/certificate", {"csr": csr}, 201)
    certificate: dict[str, Any] = answer["certificate"]
    return certificate


@pytest.fixture(scope="module")
def effective(house: House, issued: dict[str, Any]) -> dict[str, Any]:
    province = house.province()
    proposal = province.sends("registrar", "/activations", province.proposal(issued["serial"]), 201)
    province.sends("authority", f"/activations/{proposal['number']}/publication")
    return issued


def posed(client: FlaskClient) -> tuple[bytes, str]:
    """The challenge, and the form's token."""
    text = client.get(ADDRESS).text
    challenge = re.search(r'<pre class="challenge"[^>]*>([^<]+)</pre>', text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert challenge is not None
    assert token is not None
    return html.unescape(challenge.group(1)).encode(), token.group(1)


def signed(
    content: bytes, certificate: dict[str, Any], key: ec.EllipticCurvePrivateKey, *, detached: bool = True
) -> str:
    known = x509.load_pem_x509_certificate(certificate["pem"].encode())
    options = BINARY + ([pkcs7.PKCS7Options.DetachedSignature] if detached else [])
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(known, key, hashes.SHA256())
    return base64.b64encode(builder.sign(Encoding.DER, options)).decode()


def answered(client: FlaskClient, token: str, signature: str, **more: str) -> Any:
    return client.post(ADDRESS, data={"csrf_token": token, "signature": signature, "back": "/demo/office/"} | more)


def test_a_certificate_without_effect_opens_nothing(
    visitor: FlaskClient, issued: dict[str, Any], key: ec.EllipticCurvePrivateKey
) -> None:
    challenge, token = posed(visitor)
    answer = answered(visitor, token, signed(challenge, issued, key))
    assert answer.status_code == 403
    assert "AG-10.2.dd.2" in answer.text
    assert "không có hiệu lực" in answer.text


@pytest.mark.parametrize("detached", [True, False])
def test_a_signature_over_the_challenge_opens_the_subscribers_account(
    visitor: FlaskClient, effective: dict[str, Any], key: ec.EllipticCurvePrivateKey, detached: bool
) -> None:
    challenge, token = posed(visitor)
    answer = answered(visitor, token, signed(challenge, effective, key, detached=detached))
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/demo/office/"), answer.text
    assert "subscriber@an-giang" in visitor.get("/demo/office/").text


def test_a_bare_signature_does_with_the_serial_number(
    visitor: FlaskClient, effective: dict[str, Any], key: ec.EllipticCurvePrivateKey
) -> None:
    challenge, token = posed(visitor)
    bare = base64.b64encode(key.sign(challenge, ec.ECDSA(hashes.SHA256()))).decode()
    assert answered(visitor, token, bare, serial=effective["serial"]).status_code == 302


def test_an_answer_is_good_once_even_with_the_old_cookie(
    visitor: FlaskClient, effective: dict[str, Any], key: ec.EllipticCurvePrivateKey
) -> None:
    challenge, token = posed(visitor)
    cookie = visitor.get_cookie("mockca")
    assert cookie is not None
    signature = signed(challenge, effective, key)
    assert answered(visitor, token, signature).status_code == 302
    visitor.set_cookie("mockca", cookie.value)
    again = answered(visitor, token, signature)
    assert again.status_code == 403
    assert "đã được trả lời" in again.text


def test_another_sessions_challenge_an_old_one_and_a_strangers_key_open_nothing(
    house: House, visitor: FlaskClient, effective: dict[str, Any], key: ec.EllipticCurvePrivateKey
) -> None:
    with create_app(house.sandboxes).test_client() as other:
        foreign, _ = posed(other)
    _, token = posed(visitor)
    assert answered(visitor, token, signed(foreign, effective, key)).status_code == 403

    challenge, token = posed(visitor)
    stranger = ec.generate_private_key(ec.SECP256R1())
    bare = base64.b64encode(stranger.sign(challenge, ec.ECDSA(hashes.SHA256()))).decode()
    assert answered(visitor, token, bare, serial=effective["serial"]).status_code == 403

    challenge, token = posed(visitor)
    turn_clock(house.sandboxes.open("demo"), TRAINER, TurnClock(advance_seconds=301))
    late = answered(visitor, token, signed(challenge, effective, key))
    assert late.status_code == 403
    assert "hết hạn" in late.text


@pytest.mark.parametrize(
    "garbage", ["", "###", "AAAA", base64.b64encode(secrets.token_bytes(300)).decode(), "A" * 90_000]
)
def test_garbage_is_refused_with_a_reason(visitor: FlaskClient, garbage: str) -> None:
    _, token = posed(visitor)
    answer = answered(visitor, token, garbage)
    assert answer.status_code == 403
    assert 'class="problem"' in answer.text


def test_only_this_page_may_call_the_agent(visitor: FlaskClient) -> None:
    assert "wss://127.0.0.1:8987" in visitor.get(ADDRESS).headers["Content-Security-Policy"]
    assert "wss:" not in visitor.get("/demo/sign-in").headers["Content-Security-Policy"]


def test_a_request_is_signed_with_the_device_and_a_signature_over_another_is_refused(
    house: House, visitor: FlaskClient, effective: dict[str, Any], key: ec.EllipticCurvePrivateKey
) -> None:
    sign_in(house, visitor, "agency@an-giang")
    address = f"/demo/office/do/request_revocation?certificate={effective['serial']}&ground=key-compromise"
    form = filled(visitor.get(address).text)
    form = filled(visitor.post(address, data=form | {"sample": ["1"]}).text)
    form["submission.channel"] = ["electronic"]
    content = visitor.post(address, data=form | {"to_sign": ["1"]})
    assert "attachment" in content.headers["Content-Disposition"]
    assert json.loads(content.data)["certificate_number"] == effective["serial"]

    wrong = visitor.post(address, data=form | {"submission.signature": [signed(b"{}", effective, key)]})
    assert wrong.status_code == 422
    assert 'id="submission.signature-wrong1"' in wrong.text
    signature = base64.b64decode(signed(content.data, effective, key))
    file = (BytesIO(signature), "noi-dung.p7s")
    right = visitor.post(address, data=form | {"submission.signature.file": [file]}, content_type="multipart/form-data")
    assert right.status_code == 302, right.text


@needs_chromium
def test_the_agent_of_this_machine_signs_the_challenge_with_the_device_that_is_plugged_in(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pictures: Path | None
) -> None:
    province = house.province()
    issued = province.issued()
    device, pin = issued["certificate"]["device"], issued["pin_letter"]["user_pin"]
    for leg in ("authority-registrar", "registrar-subscriber"):
        province.hands_over(leg, issued["certificate"])
    proposal = province.sends("registrar", "/activations", province.proposal(issued["certificate"]["serial"]), 201)
    province.sends("authority", f"/activations/{proposal['number']}/publication")
    shelf = house.sandboxes.open("demo").shelf
    shelf.plug(device)
    certificate = certificate_in(tmp_path, datetime.now(UTC))
    trust = f"--ignore-certificate-errors-spki-list={certificate.pin}"
    with (
        agent_at_work(shelf, device, certificate, Script([None, pin])) as agent,
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, trust])) as browser,
    ):
        monkeypatch.setattr(entrance, "AGENT", agent.at.address)
        page = browser.new_page(locale="vi-VN")
        page.goto(f"{house.address}{ADDRESS}?back=/demo/office/")
        show(page, "site-certificate", pictures)
        page.get_by_role("button", name="Ký bằng dịch vụ ký số").click()
        expect(page.locator("#agent-says")).not_to_be_empty()
        expect(page.get_by_role("button", name="Ký bằng dịch vụ ký số")).to_be_enabled(timeout=20_000)
        page.get_by_role("button", name="Ký bằng dịch vụ ký số").click()
        page.wait_for_url(f"{house.demo}/office/", timeout=30_000)
        expect(page.locator(".visitor")).to_contain_text("subscriber@an-giang")
