"""The portal as people see it, in Chromium, and what it says to odd visitors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask.testing import FlaskClient

from mockca.pki.crl import Reason
from mockca.web.app import create_app
from mockca.web.portal import authorities, checked
from tests.desk.conftest import START
from tests.documents.authority import authority as another_authority
from tests.documents.making import FACTS, NUMBERED
from tests.pages.conftest import House, NewPage, needs_chromium, show
from tests.web.conftest import Province
from token_emulator.documents.apart import Inspection
from token_emulator.documents.drafts import render_draft
from token_emulator.documents.rules import Role, load
from token_emulator.documents.signing import CmsOptions, DeviceKey, Signing, device_key, sign_as, sign_cms

ATOM = "{http://www.w3.org/2005/Atom}"
HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class World:
    """What happened: one certificate in force, one revoked after a suspension, one issued and not announced."""

    effective: dict[str, Any]
    key: DeviceKey
    """The effective one's."""
    revoked: dict[str, Any]
    issued: dict[str, Any]


@pytest.fixture(scope="module")
def world(house: House) -> World:
    province = house.province()
    made = province.issued()
    effective = made["certificate"]
    for leg in ("authority-registrar", "registrar-subscriber"):
        province.hands_over(leg, effective)
    proposal = province.sends("registrar", "/activations", province.proposal(effective["serial"]), 201)
    shelf = house.sandboxes.open("demo").shelf
    shelf.plug(effective["device"])
    key = device_key(shelf, effective["device"], made["pin_letter"]["user_pin"])
    province.sends("authority", f"/activations/{proposal['number']}/publication")
    revoked = province.effective()
    issued: dict[str, Any] = province.issued()["certificate"]
    for hour, step in enumerate(("suspension", "reinstatement"), 1):
        turn(house, province, hours=hour)
        for one in (effective, revoked):
            province.sends("registrar", f"/certificates/{one['serial']}/{step}", {"reason": "Nghỉ dài ngày"})
    turn(house, province, hours=30)
    province.sends("registrar", "/revocations", province.demand(revoked["serial"]), 201)
    return World(effective, key, revoked, issued)


def turn(house: House, province: Province, *, hours: int) -> None:
    clock = {"set": (START + timedelta(hours=hours)).isoformat()}
    house.client.put("/demo/control/clock", json=clock, headers=province.headers("trainer"))


@pytest.fixture
def stranger(house: House, world: World) -> Iterator[FlaskClient]:
    """A browser without JavaScript that has not been here before."""
    del world
    with create_app(house.sandboxes).test_client() as client:
        yield client


def send(client: FlaskClient, path: str, expects: int = 200, **fields: Any) -> str:
    form = client.get(path, headers=HTML).text
    fields["csrf_token"] = form.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(path, data=fields, headers=HTML, content_type="multipart/form-data")
    assert answer.status_code == expects, answer.text
    return answer.text


def verdict(text: str) -> str:
    found: str = re.findall(r'class="verdict[^"]*">([^<]+)', text)[0]
    return found


def table(text: str) -> list[list[str]]:
    """The rows of the first table's body, as texts."""
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in row.split("<td")[1:]] for row in rows]


def test_the_feed_has_what_the_page_has(stranger: FlaskClient, world: World) -> None:
    answer = stranger.get("/demo/announcements.atom?kind=activation")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.data)  # noqa: S314 - ours
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    assert world.revoked["serial"] in (entries[0].findtext(f"{ATOM}title") or "")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 2
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert stranger.get(link.attrib["href"]).status_code == 200


def test_certificates_are_found_by_name_device_and_the_beginning_of_a_serial(
    stranger: FlaskClient, world: World
) -> None:
    for words in ("văn mẫu", world.effective["device"][:8], world.effective["serial"][:7]):
        assert world.effective["serial"] in stranger.get("/demo/certificates", query_string={"q": words}).text
    assert stranger.get("/demo/certificates?q=Lê+Văn+Khác").status_code == 404


def test_what_has_no_effect_yet_is_nowhere_on_the_portal(stranger: FlaskClient, world: World) -> None:
    serial, device = world.issued["serial"], world.issued["device"]
    assert serial not in stranger.get("/demo/certificates").text
    assert serial not in stranger.get("/demo/").text
    assert serial not in stranger.get("/demo/announcements.atom").text
    for path in (f"/demo/certificates?q={serial}", f"/demo/certificates?q={device}", f"/demo/certificates/{serial}"):
        assert stranger.get(path).status_code == 404
    assert stranger.get(f"/demo/certificates/{serial}/certificate.crt").status_code == 404
    text = send(stranger, "/demo/status", text=world.issued["pem"])
    assert verdict(text) == "Chưa được công bố: không được tin dùng"
    assert world.issued["common_name"] not in table(text)[0]
    assert table(text)[0][0].endswith("CRL")


def test_the_certificate_is_downloaded_as_it_was_issued(stranger: FlaskClient, world: World) -> None:
    path = f"/demo/certificates/{world.effective['serial']}/certificate"
    pem = stranger.get(f"{path}.pem").data
    assert pem.decode() == world.effective["pem"]
    der = stranger.get(f"{path}.crt")
    assert der.content_type == "application/pkix-cert"
    assert x509.load_der_x509_certificate(der.data) == x509.load_pem_x509_certificate(pem)
    assert stranger.get(f"{path}.exe").status_code == 404


def test_a_life_is_drawn_with_each_change_and_how_long_it_lasted(stranger: FlaskClient, world: World) -> None:
    text = stranger.get(f"/demo/certificates/{world.revoked['serial']}").text
    drawing = text.split('<desc id="life-told">')[1].split("</desc>")[0]
    steps = [part.strip() for part in drawing.split(";")]
    assert [step.split(" ", 2)[2].split(" chấm")[0] for step in steps[-5:-1]] == [
        "Đang có hiệu lực",
        "Tạm dừng",
        "Đang có hiệu lực",
        "Đã thu hồi",
    ]
    assert ">1 giờ</text>" in text
    assert ">1 ngày</text>" in text


@pytest.mark.parametrize("form", ["pem", "base64", "hex", "serial", "file"])
def test_a_status_is_told_of_a_certificate_in_any_form(stranger: FlaskClient, world: World, form: str) -> None:
    certificate = x509.load_pem_x509_certificate(world.revoked["pem"].encode())
    der = certificate.public_bytes(Encoding.DER)
    pem = world.revoked["pem"]
    base64 = "".join(pem.splitlines()[1:-1])
    given: dict[str, Any] = {
        "pem": {"text": pem},
        "base64": {"text": base64},
        "hex": {"text": der.hex(" ").upper()},
        "serial": {"text": world.revoked["serial"].upper()},
        "file": {"file": (BytesIO(der), "a.crt")},
    }[form]
    text = send(stranger, "/demo/status", **given)
    assert verdict(text) == "Đã thu hồi"
    assert "CRL và OCSP khớp nhau" in text
    rows = table(text)
    assert [row[1].split("> ")[-1] for row in rows] == ["Đã thu hồi", "có trong danh sách", "revoked"]
    assert len({row[2] for row in rows}) == 1
    assert Reason.CESSATION_OF_OPERATION in rows[1][3]


@pytest.mark.parametrize(
    ("hours", "told"), [(0, "Đang có hiệu lực"), (1.5, "Tạm dừng"), (3, "Đang có hiệu lực"), (29, "Đang có hiệu lực")]
)
def test_a_status_is_told_as_of_an_instant(stranger: FlaskClient, world: World, hours: float, told: str) -> None:
    at = (START + timedelta(hours=hours + 7)).strftime("%Y-%m-%dT%H:%M:%S")
    text = send(stranger, "/demo/status", text=world.revoked["pem"], at=at)
    assert verdict(text) == told
    assert "CRL và OCSP khớp nhau" in text


def test_strangers_and_forged_certificates_are_told_apart(stranger: FlaskClient, world: World) -> None:
    foreign = another_authority().issuer.public_bytes(Encoding.PEM).decode()
    assert verdict(send(stranger, "/demo/status", text=foreign)).startswith("Không phải chứng thư số")
    der = bytearray(x509.load_pem_x509_certificate(world.effective["pem"].encode()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    assert verdict(send(stranger, "/demo/status", text=bytes(der).hex())) == "Giả mạo"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": ""}, "Hãy dán chứng thư số"),
        ({"text": "cộng hòa"}, "Đây không phải chứng thư số"),
        ({"text": "abc", "at": "hôm qua"}, "Thời điểm không đúng"),
        ({"text": "abc", "at": "9999-12-31T23:59"}, "chưa đến"),
    ],
)
def test_what_cannot_be_answered_gets_a_reason(stranger: FlaskClient, fields: dict[str, Any], told: str) -> None:
    assert told in send(stranger, "/demo/status", 422, **fields)


def test_a_form_without_its_token_is_not_taken(stranger: FlaskClient) -> None:
    for path in ("/demo/status", "/demo/document"):
        assert stranger.post(path, data={"text": "00"}, headers=HTML).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["authority/certificates/nobody", "authority/certificates/x.pem", "authority/crls/nothing", "certificates/%00"],
)
def test_what_is_not_there_is_not_found(stranger: FlaskClient, path: str) -> None:
    assert stranger.get(f"/demo/{path}", headers=HTML).status_code == 404


def test_a_long_list_comes_in_pages(stranger: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorities, "ENTRIES", 1)
    first = stranger.get("/demo/authority/crls/issuing").text
    assert len(table(first.split('id="entries"')[1])) == 1
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = stranger.get(following).text
    shown = {row[0].split("> ")[-1] for text in (first, second) for row in table(text.split('id="entries"')[1])}
    assert shown == {world.issued["serial"], world.revoked["serial"]}
    assert stranger.get("/demo/authority/crls/issuing?from=99999999999999999999").status_code == 200
    sought = stranger.get(f"/demo/authority/crls/issuing?serial={world.issued['serial']}").text
    assert "certificateHold" in sought
    assert "không có chứng thư số" in stranger.get("/demo/authority/crls/issuing?serial=77").text


@pytest.fixture(scope="module")
def letter(world: World) -> bytes:
    """A letter signed with the device, as An Giang wants a person to."""
    facts = replace(FACTS, signer=world.effective["common_name"], issued=START.date())
    draft = render_draft(replace(NUMBERED, signer=world.effective["common_name"], issued=START.date(), year=START.year))
    return sign_as(draft, load("an-giang"), Signing(Role.PERSON), world.key, facts, START + timedelta(hours=3))


def test_a_signed_document_is_checked_and_judged_by_the_regulation(
    stranger: FlaskClient, world: World, letter: bytes
) -> None:
    text = send(stranger, "/demo/document", file=(BytesIO(letter), "thư.pdf"), regulation="lai-chau")
    assert verdict(text) == "Hợp lệ", text
    assert world.effective["serial"] in text
    assert "Thể thức ký số theo quy định" in text
    assert 'class="clause">LC-' in text.split('id="layout"')[1]
    who = send(stranger, "/demo/status", file=(BytesIO(letter), "thư.pdf"))
    assert verdict(who) == "Đang có hiệu lực"


def test_a_document_is_checked_as_of_its_signing(stranger: FlaskClient, world: World) -> None:
    told = {}
    for hours in (1.5, 3):
        content = sign_cms(b"Q", world.key, START + timedelta(hours=hours), CmsOptions(detached=False))
        told[hours] = verdict(send(stranger, "/demo/document", file=(BytesIO(content), "a.p7m")))
    assert told == {1.5: "Không hợp lệ", 3: "Hợp lệ"}, "on hold, and in force again"


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "Hãy chọn một tệp"), (b"%PDF-1.7\n\xff", "Không hợp lệ")],
)
def test_garbage_gets_a_verdict_or_a_reason(stranger: FlaskClient, content: bytes, told: str) -> None:
    text = send(stranger, "/demo/document", 200 if content else 422, file=(BytesIO(content), "x.pdf"))
    assert told in text


def test_a_document_that_takes_too_long_is_given_up(
    stranger: FlaskClient, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "Inspection", partial(Inspection, patience=0.01))
    text = send(stranger, "/demo/document", 422, file=(BytesIO(letter), "x.pdf"))
    assert "trong giới hạn thời gian" in text


def test_what_is_too_long_is_not_read(stranger: FlaskClient) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = stranger.post("/demo/document", data=bytes(3 << 20), content_type=kind, headers=HTML)
    assert answer.status_code == 413
    assert "<html" in answer.text


@needs_chromium
def test_the_portal_in_chromium(
    house: House, world: World, letter: bytes, new_page: NewPage, pictures: Path | None
) -> None:
    page = new_page()
    page.goto(f"{house.demo}/")
    show(page, "portal-front", pictures)
    page.get_by_label("Số chứng thư, tên hoặc số thiết bị").fill("Nguyễn")
    page.get_by_role("button", name="Tra cứu").click()
    show(page, "portal-look-up", pictures)
    page.get_by_role("link", name=world.revoked["serial"]).click()
    page.get_by_text("Các phần mở rộng").click()
    show(page, "portal-certificate", pictures)
    page.get_by_role("link", name="Chứng thư số CA và CRL").click()
    show(page, "portal-authority", pictures)
    page.get_by_role("link", name="CA cấp dưới").click()
    show(page, "portal-authority-certificate", pictures)
    page.get_by_role("link", name="Chứng thư số CA và CRL").first.click()
    page.get_by_role("link", name="CRL đầy đủ").click()
    show(page, "portal-crl", pictures)
    page.get_by_role("link", name="Kiểm tra trạng thái").click()
    page.get_by_label("Dán chứng thư số").fill(world.revoked["pem"])
    page.get_by_role("button", name="Kiểm tra").click()
    assert page.locator(".verdict").inner_text() == "Đã thu hồi"
    show(page, "portal-status", pictures)
    page.get_by_role("link", name="Kiểm tra văn bản").click()
    page.get_by_label("Tệp đã ký số").set_input_files(
        {"name": "thu.pdf", "mimeType": "application/pdf", "buffer": letter}
    )
    page.get_by_label("Xét thể thức ký số theo").select_option("an-giang")
    page.get_by_role("button", name="Kiểm tra").click()
    page.locator(".verdict").wait_for(timeout=60_000)
    show(page, "portal-document", pictures)
    page.get_by_role("link", name="Cài chứng thư số gốc").click()
    show(page, "portal-installing", pictures)
