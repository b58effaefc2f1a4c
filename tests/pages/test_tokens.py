"""The virtual token in the browser: the same device as the PKCS#11 one."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask.testing import FlaskClient

from mockca.web.app import create_app
from tests.pages.conftest import House, NewPage, needs_chromium, show
from tests.pages.test_portal import HTML
from tests.pages.test_site import sign_in, token
from tests.web.test_restores import Desk
from token_emulator import Shelf
from token_emulator.errors import PinIncorrect

WRONG = "0123-4567"


@dataclass(frozen=True)
class Hand:
    """A device of An Giang's subscriber, and its PIN."""

    certificate: dict[str, Any]
    pin: str

    @property
    def serial(self) -> str:
        serial: str = self.certificate["device"]
        return serial


@pytest.fixture(scope="module")
def hands(house: House) -> list[Hand]:
    """Two devices with the subscriber, one still with the authority."""
    province = house.province()
    made = [province.issued() for _ in range(3)]
    for each in made[:2]:
        for leg in ("authority-registrar", "registrar-subscriber"):
            province.hands_over(leg, each["certificate"])
    return [Hand(each["certificate"], each["pin_letter"]["user_pin"]) for each in made]


@pytest.fixture
def shelf(house: House) -> Shelf:
    return house.sandboxes.open("demo").shelf


@pytest.fixture
def holder(house: House, hands: list[Hand]) -> Iterator[FlaskClient]:
    """The subscriber's browser, without JavaScript."""
    del hands
    with create_app(house.sandboxes).test_client() as client:
        sign_in(house, client, "subscriber@an-giang")
        yield client


def does(client: FlaskClient, serial: str, step: str, **fields: str) -> str:
    """The page after something was done."""
    path = f"/demo/tokens/{serial}"
    fields["csrf_token"] = token(client, path)
    answer = client.post(f"{path}/{step}", data=fields, headers=HTML, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def said(text: str) -> str:
    found: str = re.findall(r'class="card (?:done|problem)" role="[a-z]+">([^<]+)', text)[0]
    return found


def test_one_sees_the_devices_in_ones_hands_and_no_others(house: House, hands: list[Hand], holder: FlaskClient) -> None:
    mine = holder.get("/demo/tokens/").text
    assert hands[0].serial in mine
    assert hands[2].serial not in mine
    sign_in(house, holder, "authority")
    theirs = holder.get("/demo/tokens/").text
    assert hands[2].serial in theirs
    assert hands[0].serial not in theirs
    sign_in(house, holder, "trainer")
    every = holder.get("/demo/tokens/").text
    assert all(one.serial in every for one in hands)
    assert f'href="/demo/tokens/{hands[0].serial}"' not in every


def test_a_stranger_signs_in_first_and_anothers_device_is_out_of_reach(
    house: House, hands: list[Hand], holder: FlaskClient
) -> None:
    assert holder.get(f"/demo/tokens/{hands[2].serial}", headers=HTML).status_code == 403
    form = {"csrf_token": token(holder, "/demo/tokens/")}
    for step in ("plug", "unplug", "pin", "new-pin", "signature"):
        assert holder.post(f"/demo/tokens/{hands[2].serial}/{step}", data=form, headers=HTML).status_code == 403
    assert holder.get("/demo/tokens/0000000000000000", headers=HTML).status_code == 404
    assert holder.get("/demo/tokens/%00%ff", headers=HTML).status_code in (404, 422)
    sign_in(house, holder, "other-agency@an-giang")
    assert holder.get(f"/demo/tokens/{hands[0].serial}", headers=HTML).status_code == 404
    with create_app(house.sandboxes).test_client() as stranger:
        for path in ("/demo/tokens/", f"/demo/tokens/{hands[0].serial}"):
            assert stranger.get(path).status_code == 302


def test_a_device_is_plugged_in_for_every_client(hands: list[Hand], holder: FlaskClient, shelf: Shelf) -> None:
    serial = hands[0].serial
    assert said(does(holder, serial, "pin", pin=WRONG)).startswith("Thiết bị chưa được cắm")
    assert said(does(holder, serial, "plug")).startswith("Đã cắm")
    assert serial in shelf.plugged()
    assert said(does(holder, serial, "unplug")).startswith("Đã rút")
    assert serial not in shelf.plugged()


def test_tries_are_the_ones_of_the_pkcs11_module(hands: list[Hand], holder: FlaskClient, shelf: Shelf) -> None:
    hand = hands[0]
    does(holder, hand.serial, "plug")
    text = does(holder, hand.serial, "pin", pin=WRONG)
    assert said(text) == "Mã PIN sai (CKR_PIN_INCORRECT)."
    assert "CKF_USER_PIN_COUNT_LOW" in text
    with pytest.raises(PinIncorrect):
        shelf.sign(hand.serial, WRONG, b"")
    told = holder.get(f"/demo/tokens/{hand.serial}/live").text
    left = shelf.inspect(hand.serial).user_tries_left
    assert f'class="figure">{left}</strong>' in told
    assert shelf.inspect(hand.serial).flags.count("USER_PIN_COUNT_LOW") == 1
    assert said(does(holder, hand.serial, "pin", pin=hand.pin)).startswith("Mã PIN đúng")
    assert shelf.inspect(hand.serial).user_tries_left > left


def test_a_text_is_signed_with_the_key_of_the_certificate(hands: list[Hand], holder: FlaskClient) -> None:
    hand = hands[0]
    does(holder, hand.serial, "plug")
    text = does(holder, hand.serial, "signature", pin=hand.pin, text="Kính gửi <b>")
    assert "&lt;b&gt;" in text
    (signature,) = re.findall(r"<code>([A-Za-z0-9+/=]{60,})</code>", text)
    key = x509.load_pem_x509_certificate(hand.certificate["pem"].encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(base64.b64decode(signature), "Kính gửi <b>".encode(), ec.ECDSA(SHA256()))
    assert "Chữ ký này không được tin dùng" in text, "it has no effect yet"


def test_a_pin_is_changed_by_the_old_one(hands: list[Hand], holder: FlaskClient, shelf: Shelf) -> None:
    hand = hands[1]
    does(holder, hand.serial, "plug")
    tries = shelf.inspect(hand.serial).user_tries_left
    change = {"pin": hand.pin, "new": "9753-1357", "again": "9753-1357"}
    assert said(does(holder, hand.serial, "new-pin", **change | {"again": "x"})).startswith("Hai lần nhập")
    assert said(does(holder, hand.serial, "new-pin", **change | {"new": "1", "again": "1"})).startswith("Mã PIN mới")
    assert shelf.inspect(hand.serial).user_tries_left == tries
    assert said(does(holder, hand.serial, "new-pin", **change | {"pin": WRONG})).startswith("Mã PIN sai")
    assert said(does(holder, hand.serial, "new-pin", **change)) == "Đã đổi mã PIN."
    shelf.log_in(hand.serial, "9753-1357")
    assert said(does(holder, hand.serial, "new-pin", pin="9753-1357", new=hand.pin, again=hand.pin)).startswith("Đã")


def test_pins_are_nowhere_afterwards(
    house: House, hands: list[Hand], holder: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hand = hands[0]
    does(holder, hand.serial, "plug")
    for pin in (WRONG, hand.pin):
        for step in ("pin", "new-pin", "signature"):
            fields = {"pin": pin, "text": "a", "new": "8642-2468", "again": "x"}
            text = does(holder, hand.serial, step, **fields)
            assert not {pin, "8642-2468"} & set(re.findall(r"[\w-]+", text))
    journal = house.client.get("/demo/api/v1/journal", headers=house.province().headers("authority")).text
    for secret in (WRONG, hand.pin, "8642-2468"):
        assert secret not in caplog.text
        assert secret not in journal


def test_a_form_without_its_token_costs_no_try(hands: list[Hand], holder: FlaskClient, shelf: Shelf) -> None:
    hand = hands[0]
    before = shelf.inspect(hand.serial).user_tries_left
    assert holder.post(f"/demo/tokens/{hand.serial}/pin", data={"pin": WRONG}, headers=HTML).status_code == 400
    assert shelf.inspect(hand.serial).user_tries_left == before


def test_the_way_back_of_a_locked_device_is_told_by_clause_until_it_is_restored(
    house: House, holder: FlaskClient, shelf: Shelf
) -> None:
    province = house.province("lai-chau")
    desk = Desk(province.client, province.sign_in)
    desk.prepare()
    serial = desk.answer["certificate"]["device"]
    sign_in(house, holder, "subscriber@lai-chau")
    does(holder, serial, "plug")
    for _ in range(shelf.inspect(serial).user_tries_left):
        text = does(holder, serial, "pin", pin=WRONG)
    assert "CKR_PIN_LOCKED" in said(text)
    steps = text.split('id="locked"')[1].split("</ol>")[0]
    assert re.findall(r'class="clause">([^<]+)', steps) == ["LC-13.2.a", "LC-13.2.b"]
    assert "đã có đề nghị số" not in steps
    case = desk.sends("agency", "/restores", desk.request(), 201)
    assert f"đã có đề nghị số</strong> {case['number']}" in holder.get(f"/demo/tokens/{serial}").text
    restored = desk.sends("registrar", f"/restores/{case['number']}/decision", {"decision": "restore"})
    new_pin = restored["pin_letter"]["user_pin"]
    assert said(does(holder, serial, "pin", pin=new_pin)).startswith("Mã PIN đúng")


@needs_chromium
def test_the_token_in_chromium_until_it_locks(
    house: House, hands: list[Hand], new_page: NewPage, shelf: Shelf, pictures: Path | None
) -> None:
    hand = hands[0]
    shelf.unplug(hand.serial)
    page = new_page("subscriber@an-giang")
    page.get_by_role("link", name="Thiết bị", exact=True).click()
    show(page, "tokens-front", pictures)
    page.goto(f"{house.demo}/tokens/{hand.serial}")
    page.get_by_role("button", name="Cắm thiết bị").click()
    show(page, "tokens-device", pictures)
    page.get_by_label("Văn bản đem ký").fill("Kính gửi Văn phòng")
    page.locator("#sign-pin").fill(hand.pin)
    page.get_by_role("button", name="Ký thử").click()
    show(page, "tokens-signed", pictures)
    left = shelf.inspect(hand.serial).user_tries_left
    with pytest.raises(PinIncorrect):
        shelf.log_in(hand.serial, WRONG)
    page.wait_for_function("n => document.querySelector('.figure').innerText == n", arg=str(left - 1))
    for _ in range(left - 2):
        with pytest.raises(PinIncorrect):
            shelf.log_in(hand.serial, WRONG)
    page.get_by_label("Mã PIN", exact=True).first.fill(WRONG)
    page.get_by_role("button", name="Thử mã PIN").click()
    assert "CKR_PIN_LOCKED" in page.locator(".problem[role=alert]").inner_text()
    assert page.get_by_role("heading", name="Thiết bị đã khóa").is_visible()
    show(page, "tokens-locked", pictures)
    page.get_by_label("Mã PIN", exact=True).fill(hand.pin)
    page.get_by_role("button", name="Thử mã PIN").click()
    assert "CKR_PIN_LOCKED" in page.locator(".problem[role=alert]").inner_text()
    assert shelf.inspect(hand.serial).user_tries_left == 0
