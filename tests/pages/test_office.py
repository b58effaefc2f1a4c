"""The office: a certificate's whole way by clicks alone, refusals beside their fields, every desk and list."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from mockca.desk.commands import CreateSandbox
from mockca.web.app import create_app
from mockca.web.office.lists import LISTS
from mockca.web.office.tasks import TASKS
from mockca.web.office.words import STEPS
from tests.pages.conftest import House, NewPage, needs_chromium, show
from tests.pages.forms import filled
from tests.pages.test_site import sign_in, token
from tests.web.conftest import SMALL_KEYS

OFFICE = "/demo/office"


@pytest.fixture
def visitor(house: House) -> Iterator[FlaskClient]:
    with create_app(house.sandboxes).test_client() as client:
        yield client


def act(page: Page, account: str) -> None:
    """Take on a part, by the link that every page has."""
    page.get_by_role("link", name="Đổi vai").click()
    page.locator(f"button[value='{account}']").click()
    page.get_by_role("link", name="Văn phòng").first.click()


def begin(page: Page, title: str) -> None:
    """Go on with what waits first under this name."""
    page.locator("#mine + ol a, a.button").filter(has_text=title).first.click()


def send(page: Page, title: str, *, sample: bool = True) -> None:
    if sample:
        page.get_by_role("button", name="Điền dữ liệu mẫu").click()
    page.locator(".office-form").get_by_role("button", name=title).click()


@needs_chromium
@pytest.mark.timeout(240)
def test_a_certificate_from_request_to_revocation_by_clicks(
    house: House, new_page: NewPage, pictures: Path | None
) -> None:
    page = new_page("trainer")
    act(page, "agency@an-giang")

    page.get_by_role("link", name="Nộp hồ sơ mới").click()
    show(page, "office-choosing", pictures)
    page.get_by_role("link", name="Lập hồ sơ Cá nhân").click()
    page.get_by_label("Thời hạn đề nghị").fill("6")
    send(page, "Nộp hồ sơ")
    years = page.locator("[id='form.fields.validity_years']")
    expect(years).to_have_value("6")
    expect(years).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field", has=years)).to_contain_text("AG-F01")
    show(page, "office-refused", pictures)
    years.fill("5")
    send(page, "Nộp hồ sơ", sample=False)
    expect(page.locator("h1 .badge")).to_have_text("Đã nộp")

    page.get_by_role("button", name="Làm thay: Người quản lý thuê bao").click()
    expect(page.locator("h1")).to_contain_text("AG-12.1")
    page.get_by_label("Quyết định").select_option("return")
    page.get_by_label("Lý do").fill("Bản sao mẫu dấu bị mờ")
    send(page, "Kiểm tra", sample=False)
    expect(page.locator(".problem")).to_contain_text("Bản sao mẫu dấu bị mờ")
    act(page, "agency@an-giang")
    begin(page, "Sửa và nộp lại")
    send(page, "Sửa và nộp lại")
    expect(page.locator("h1 .badge")).to_have_text("Đã nộp")

    act(page, "registrar@an-giang")
    show(page, "office-registrar", pictures)
    begin(page, "Kiểm tra")
    page.get_by_label("Quyết định").select_option("accept")
    send(page, "Kiểm tra", sample=False)
    show(page, "office-dossier", pictures)
    begin(page, "Đưa vào danh sách tổng hợp")
    send(page, "Đưa vào danh sách tổng hợp")

    act(page, "authority")
    begin(page, "Phê duyệt hoặc từ chối")
    page.get_by_label("Quyết định").select_option("approve")
    send(page, "Phê duyệt", sample=False)
    page.get_by_label("Loại khóa").select_option("p256")
    send(page, "Tạo khóa", sample=False)
    expect(page.locator(".pin").first).to_have_text(re.compile(r"\d{6,}"))
    show(page, "office-letter", pictures)

    page.get_by_role("link", name="Về bàn làm việc").click()
    begin(page, "Lập biên bản giao nhận")
    send(page, "Lập biên bản giao nhận")
    with page.expect_download() as minutes:
        page.evaluate("document.querySelector('a[href$=\".pdf\"]').setAttribute('download', '')")
        page.get_by_role("link", name="In ra").click()
    assert minutes.value.path().read_bytes().startswith(b"%PDF")

    act(page, "registrar@an-giang")
    expect(page.locator("#mine + ol .due")).to_contain_text("ngày làm việc")
    begin(page, "Lập biên bản giao nhận")
    send(page, "Lập biên bản giao nhận")
    act(page, "registrar@an-giang")
    begin(page, "Đề nghị thời điểm có hiệu lực")
    send(page, "Đề nghị thời điểm có hiệu lực")
    act(page, "authority")
    begin(page, "Công bố hiệu lực")
    send(page, "Công bố hiệu lực", sample=False)

    act(page, "agency@an-giang")
    page.get_by_role("link", name="Chứng thư số", exact=True).click()
    page.locator("tbody a").first.click()
    expect(page.locator("h1 .badge")).to_have_text("Đang có hiệu lực")
    page.get_by_role("link", name="Đề nghị thu hồi").click()
    show(page, "office-grounds", pictures)
    page.get_by_role("link", name="Lộ, hoặc nghi lộ").click()
    send(page, "Đề nghị thu hồi")
    page.get_by_role("button", name="Làm thay: Người quản lý thuê bao").click()
    page.get_by_label("Quyết định").select_option("confirm")
    send(page, "Quyết định thu hồi", sample=False)
    expect(page.locator("h1 .badge")).to_have_text("Đã thu hồi")

    begin(page, "Lập biên bản giao nhận: Sở thu lại")
    send(page, "Lập biên bản giao nhận")
    page.locator("tbody a").first.click()
    show(page, "office-device", pictures)
    page.goto(f"{house.address}{OFFICE}/list/archive")
    show(page, "office-list", pictures)


def test_a_stranger_is_led_to_the_sign_in(visitor: FlaskClient) -> None:
    for address in ("/", "/list/dossiers", "/dossiers/1", "/do/file_dossier", "/live"):
        answer = visitor.get(OFFICE + address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/demo/sign-in?back=")


def test_every_task_has_a_name_and_every_desk_its_lists(house: House, visitor: FlaskClient) -> None:
    assert set(TASKS) <= set(STEPS)
    for account in ("registrar@lai-chau", "authority", "agency@ninh-binh-2025", "security@an-giang", "trainer"):
        sign_in(house, visitor, account)
        front = visitor.get(f"{OFFICE}/").text
        named = [name for name in LISTS if f"{OFFICE}/list/{name}" in front]
        assert named
        for name in named:
            assert visitor.get(f"{OFFICE}/list/{name}").status_code == 200, (account, name)


def test_another_role_is_refused_and_garbage_is_no_fault(house: House, visitor: FlaskClient) -> None:
    province = house.province()
    number = province.sends("subscriber", "/dossiers", province.filing(), 201)["number"]
    sign_in(house, visitor, "agency@an-giang")
    address = f"{OFFICE}/do/check_dossier?dossier={number}"
    form = {"csrf_token": token(visitor, address), "decision": "accept"}
    refused = visitor.post(address, data=form)
    assert refused.status_code == 403
    assert "AG-12.1" in refused.text
    sign_in(house, visitor, "other-agency@an-giang")
    assert visitor.get(f"{OFFICE}/dossiers/{number}").status_code == 404
    garbage = (
        "/do/nothing",
        "/do/check_dossier",
        "/do/check_dossier?dossier=x",
        "/do/file_dossier?kind=nobody",
        "/do/file_dossier?operation=renew&kind=person",
        "/do/request_revocation?certificate=zz",
        "/do/record_handover?device=zz",
        "/list/nothing",
        "/list/dossiers?state=%00",
        "/list/dossiers?after=x",
        "/devices/%20",
        "/certificates/zz",
        "/documents/nothing/1.pdf",
        "/handovers/9999",
    )
    for path in garbage:
        assert 400 <= visitor.get(OFFICE + path, headers={"Accept": "text/html"}).status_code < 500, path


def test_several_devices_go_by_the_same_minutes_and_take_effect_together(house: House, visitor: FlaskClient) -> None:
    province = house.province()
    made = [province.issued()["certificate"] for _ in range(2)]
    clerk = Clerk(house, visitor, "demo", "an-giang")
    serials = [one["device"] for one in made]
    for account, leg in (("authority", "authority-registrar"), ("registrar@an-giang", "registrar-subscriber")):
        clerk.acts(account)
        address = f"/do/record_handover?device={serials[0]}&leg={leg}"
        assert f'id="also.{serials[1]}"' in clerk.sees(address)
        answer = clerk.does(f"{address}&with={serials[1]}")
        assert answer.status_code == 302, answer.text
        minutes = clerk.sees(answer.headers["Location"].removeprefix(OFFICE))
        assert all(serial in minutes for serial in serials)
    address = f"/do/propose_activation?certificate={made[0]['serial']}"
    assert f'id="also.{made[1]["serial"]}"' in clerk.sees(address)
    answer = clerk.does(f"{address}&certificate={made[1]['serial']}")
    assert answer.status_code == 302, answer.text
    assert all(one["serial"] in clerk.sees(answer.headers["Location"].removeprefix(OFFICE)) for one in made)


@pytest.fixture(scope="module")
def provinces(house: House) -> str:
    """A sandbox in a month in which all these provinces' regulations are in force."""
    command = CreateSandbox(
        name="provinces",
        seed="office",
        start=datetime(2025, 9, 3, 2, tzinfo=UTC),
        frozen=True,
        keys=SMALL_KEYS,
        regulations=("lai-chau", "thai-binh", "cao-bang", "dong-thap", "ninh-binh-2025"),
    )
    return house.sandboxes.create(command).name


@pytest.mark.parametrize("regulation", ["lai-chau", "thai-binh", "cao-bang", "dong-thap", "ninh-binh-2025"])
def test_made_up_data_makes_dossiers_that_the_regulation_takes(
    house: House, visitor: FlaskClient, provinces: str, regulation: str
) -> None:
    clerk = Clerk(house, visitor, provinces, regulation)
    clerk.acts(f"agency@{regulation}")
    choosing = clerk.sees("/do/file_dossier")
    kinds = [kind for kind in ("person", "organisation", "equipment") if f"operation=issue&amp;kind={kind}" in choosing]
    assert len(kinds) >= 2
    for kind in kinds:
        assert clerk.does(f"/do/file_dossier?operation=issue&kind={kind}").status_code == 302, kind


@pytest.mark.parametrize("regulation", ["lai-chau", "thai-binh"])
def test_whoever_follows_what_waits_comes_to_the_end(
    house: House, visitor: FlaskClient, provinces: str, regulation: str
) -> None:
    clerk = Clerk(house, visitor, provinces, regulation)
    clerk.acts(f"agency@{regulation}")
    number = clerk.does("/do/file_dossier?operation=issue&kind=person").headers["Location"].split("/")[-1]
    clerk.follows(f"dossier={number}")
    serial = clerk.found(r"/certificates/([0-9a-f]+)\"", f"/dossiers/{number}")
    device = clerk.found(r"/devices/([^\"]+)\"", f"/certificates/{serial}")
    clerk.follows(f"device={device}")
    assert "Đang có hiệu lực" in clerk.sees(f"/certificates/{serial}")
    clerk.acts(f"agency@{regulation}")
    case = clerk.does(f"/do/request_revocation?certificate={serial}&ground=key-compromise").headers["Location"]
    clerk.follows(f"revocation={case.split('/')[-1]}")
    clerk.follows(f"device={device}")
    assert "Đã kết thúc" in clerk.sees(case.removeprefix(f"/{provinces}/office"))


@dataclass
class Clerk:
    """Whoever plays all the parts of a province, in a browser without JavaScript."""

    house: House
    client: FlaskClient
    sandbox: str
    regulation: str

    def acts(self, account: str) -> None:
        address = f"/{self.sandbox}/sign-in"
        form = {"csrf_token": token(self.client, address), "credential": self.house.credential(account, self.sandbox)}
        assert self.client.post(address, data=form).status_code == 302

    def sees(self, path: str) -> str:
        answer = self.client.get(f"/{self.sandbox}/office{path}")
        assert answer.status_code == 200, (path, answer.text)
        return answer.text

    def found(self, pattern: str, path: str) -> str:
        match = re.search(pattern, self.sees(path))
        assert match is not None, (pattern, path)
        return match.group(1)

    def does(self, path: str) -> TestResponse:
        """A task with made-up data and the decision that leads on."""
        address = f"/{self.sandbox}/office{path}"
        form = filled(self.sees(path))
        if "sample" not in form:
            form = filled(self.client.post(address, data=form | {"sample": ["1"]}).text) or form
        decision = {"check_dossier": "accept", "decide_dossier": "approve", "decide_revocation": "confirm"}
        task = path.split("/do/")[1].split("?")[0]
        if task in decision:
            form["decision"] = [decision[task]]
        if task == "issue_certificate":
            form["algorithm"] = ["p256"]
        return self.client.post(address, data=form)

    def follows(self, about: str) -> None:
        """Take every step that waits for anybody about this thing."""
        done: list[str] = []
        parts = ["authority", *(f"{role}@{self.regulation}" for role in ("registrar", "agency", "subscriber"))]
        for _ in range(8):
            before = len(done)
            for account in parts:
                self.acts(account)
                waits = re.findall(r'class="title" href="/[^/]+/office([^"]+)"', self.sees("/"))
                for path in (html.unescape(each) for each in waits):
                    if about in path.split("?")[1].split("&") and path not in done:
                        answer = self.does(path)
                        assert answer.status_code in (200, 302), (account, path, answer.text)
                        done.append(path)
            if len(done) == before:
                break
        assert done, about
