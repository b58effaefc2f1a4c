"""Languages, sessions, sign-in: what all pages share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from mockca.web.app import create_app
from mockca.web.site import extracting
from mockca.web.site.entrance import within
from mockca.web.site.languages import LANGUAGES, TRANSLATIONS, VIETNAMESE, translate
from tests.pages.conftest import PHONE, House, NewPage, assert_accessible, needs_chromium, show

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def visitor(house: House) -> Iterator[FlaskClient]:
    """A browser without JavaScript that has not been here before."""
    with create_app(house.sandboxes).test_client() as client:
        yield client


def token(client: FlaskClient, path: str) -> str:
    text = client.get(path).text
    return text.split('name="csrf_token" value="')[1].split('"')[0]


def sign_in(house: House, client: FlaskClient, account: str) -> None:
    answer = client.post(
        "/demo/sign-in",
        data={"credential": house.credential(account), "csrf_token": token(client, "/demo/sign-in")},
    )
    assert answer.status_code == 302, answer.text


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != VIETNAMESE])
@pytest.mark.parametrize("room", extracting.rooms())
def test_every_text_has_its_translation(language: str, room: str) -> None:
    assert [message.id for message in extracting.untranslated(language, room)] == []
    kept = (TRANSLATIONS / language / f"{room}.po").read_text("utf-8")
    assert {message.id for message in extracting.read(language, room)} == {
        message.id for message in extracting.texts(room)
    }, "type: python -m mockca.web.site.extracting"
    assert unicodedata.is_normalized("NFC", kept)


def test_pages_are_in_vietnamese_until_english_is_chosen(visitor: FlaskClient) -> None:
    assert '<html lang="vi">' in visitor.get("/demo/", headers={"Accept-Language": "en"}).text
    answer = visitor.get("/-/language/en?back=/demo/")
    assert answer.headers["Location"] == "/demo/"
    text = visitor.get("/demo/").text
    assert '<html lang="en">' in text
    assert "Look up a certificate" in text
    assert "Tra cứu chứng thư số" not in text


def test_a_text_that_rooms_say_differently_is_said_as_in_ones_own(house: House) -> None:
    app = create_app(house.sandboxes)
    told = {}
    for path in ("/demo/status", "/demo/office/"):
        with app.test_request_context(path, headers={"Cookie": "language=en"}):
            told[path] = translate("Thời hạn")
    assert told == {"/demo/status": "Validity", "/demo/office/": "Deadlines"}


def test_an_unknown_language_is_not_found(visitor: FlaskClient) -> None:
    assert visitor.get("/-/language/fr").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/",
        "\\\\elsewhere.test",
        "/\\elsewhere.test",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(address: str) -> None:
    assert within(address, "/demo/") == "/demo/"


def test_a_page_of_this_site_is_gone_back_to() -> None:
    assert within("/demo/?kind=activation") == "/demo/?kind=activation"


def test_who_gives_an_accounts_credential_is_signed_in_and_signs_out(house: House, visitor: FlaskClient) -> None:
    sign_in(house, visitor, "registrar@an-giang")
    text = visitor.get("/demo/").text
    assert "registrar@an-giang" in text
    visitor.post("/demo/sign-out", data={"csrf_token": token(visitor, "/demo/")})
    assert "registrar@an-giang" not in visitor.get("/demo/").text


@pytest.mark.parametrize("credential", ["", "wrong", "x" * 2000])
def test_a_wrong_credential_opens_nothing_and_is_not_repeated(visitor: FlaskClient, credential: str) -> None:
    answer = visitor.post(
        "/demo/sign-in", data={"credential": credential, "csrf_token": token(visitor, "/demo/sign-in")}
    )
    assert answer.status_code == 403
    assert not credential or credential not in answer.text
    assert "Đăng xuất" not in visitor.get("/demo/").text


def test_the_cookie_holds_no_credential_and_scripts_cannot_read_it(house: House, visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/demo/sign-in",
        data={"credential": house.credential("trainer"), "csrf_token": token(visitor, "/demo/sign-in")},
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert house.credential("trainer") not in cookie


def test_a_form_of_another_site_is_refused(house: House, visitor: FlaskClient) -> None:
    for data in ({}, {"csrf_token": "guessed"}):
        answer = visitor.post("/demo/sign-in", data={"credential": house.credential("trainer")} | data)
        assert answer.status_code == 400
    assert "Đăng xuất" not in visitor.get("/demo/").text


def test_a_forged_cookie_signs_nobody_in(visitor: FlaskClient, house: House) -> None:
    sign_in(house, visitor, "registrar@an-giang")
    cookie = visitor.get_cookie("mockca")
    assert cookie is not None
    visitor.set_cookie("mockca", cookie.value[:-4] + "AAAA")
    assert "Đăng xuất" not in visitor.get("/demo/").text


def test_a_session_ends_where_the_sandbox_is_another_one(house: House, visitor: FlaskClient, tmp_path: Path) -> None:
    sign_in(house, visitor, "trainer")
    cookie = visitor.get_cookie("mockca")
    assert cookie is not None
    with house.sandboxes.open("demo").store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE accounts SET credential_hash = 'x' || credential_hash WHERE name = 'trainer'"
        )
    try:
        assert "Đăng xuất" not in visitor.get("/demo/").text
    finally:
        with house.sandboxes.open("demo").store.write() as connection:
            connection.exec_driver_sql(
                "UPDATE accounts SET credential_hash = substr(credential_hash, 2) WHERE name = 'trainer'"
            )


def test_the_trainer_takes_any_part_and_others_only_their_own(house: House, visitor: FlaskClient) -> None:
    sign_in(house, visitor, "trainer")
    form = {"csrf_token": token(visitor, "/demo/parts"), "back": "/demo/"}
    assert visitor.post("/demo/parts", data=form | {"account": "registrar@an-giang"}).status_code == 302
    assert "registrar@an-giang" in visitor.get("/demo/").text
    assert visitor.post("/demo/parts", data=form | {"account": "nobody"}).status_code == 404
    sign_in(house, visitor, "agency@an-giang")
    form["csrf_token"] = token(visitor, "/demo/")
    assert visitor.post("/demo/parts", data=form | {"account": "authority"}).status_code == 403
    assert "agency@an-giang" in visitor.get("/demo/").text


def test_a_stranger_is_led_to_the_sign_in_and_back(visitor: FlaskClient) -> None:
    answer = visitor.get("/demo/parts")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/demo/sign-in?back=%2Fdemo%2Fparts"


def test_workers_and_restarts_share_the_sessions_secret(house: House, app_secret: str) -> None:
    assert create_app(house.sandboxes).secret_key == app_secret
    assert (house.sandboxes.home / "session-secret").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def app_secret(house: House) -> str:
    app: OpenAPI = create_app(house.sandboxes)
    assert isinstance(app.secret_key, str)
    return app.secret_key


@needs_chromium
def test_signing_in_by_address_in_chromium(house: House, new_page: NewPage, pictures: Path | None) -> None:
    page = new_page("trainer")
    assert house.credential("trainer") not in page.url
    page.get_by_role("link", name="Đổi vai").click()
    show(page, "site-parts", pictures)
    page.get_by_role("button", name="registrar@an-giang", exact=False).first.click()
    page.wait_for_url(f"{house.demo}/")
    assert page.locator(".visitor").inner_text().startswith("Người quản lý thuê bao")
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_role("link", name="Đăng nhập").click()
    show(page, "site-sign-in", pictures)


@needs_chromium
def test_from_the_keyboard_the_first_stop_leads_to_the_content(house: House, new_page: NewPage) -> None:
    page = new_page(size=PHONE)
    page.goto(house.demo)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    assert_accessible(page)
