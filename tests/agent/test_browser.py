"""The example's page in Chromium: a document system, the agent, and the desk where the PIN is typed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.agent.conftest import PIN, AgentAtWork, agent_at_work, make_device, sender
from tests.documents.authority import PERSON
from token_emulator import Shelf
from token_emulator.agent import Certificate, Desk
from token_emulator.agent.example.app import create_app
from token_emulator.agent.example.drafts import drafts

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@dataclass
class World:
    agent: AgentAtWork
    address: str
    """Of the document system."""
    shelf: Shelf
    serials: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, certificate: Certificate) -> Iterator[World]:
    shelf = Shelf(tmp_path_factory.mktemp("browser-devices"))
    serials = {model: make_device(shelf, "p256", PERSON, model) for model in ("generic-10", "bit4id-tokenme")}
    with agent_at_work(shelf, None, certificate, Desk(), regulation="lai-chau") as agent:
        app = create_app(drafts(PERSON), agent.at.address, patience=30)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield World(agent, f"http://127.0.0.1:{server.server_port}", shelf, serials)
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser(certificate: Certificate) -> Iterator[Browser]:
    """Trusts the agent's key, and no other mistake."""
    trust = f"--ignore-certificate-errors-spki-list={certificate.pin}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, trust])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="vi-VN", viewport={"width": 1100, "height": 700})
    context.set_default_timeout(30_000)
    yield context
    context.close()


def open_pages(context: BrowserContext, world: World) -> tuple[Page, Page]:
    """The document system's page, and the desk's."""
    page, desk = context.new_page(), context.new_page()
    desk.goto(world.agent.at.desk)
    page.goto(world.address)
    return page, desk


def ask(page: Page, label: str = "Ký duyệt") -> None:
    page.get_by_role("button", name=label).first.click()


def answer(desk: Page, serial: str, pin: str) -> None:
    desk.get_by_label("Chứng thư số").select_option(serial)
    desk.get_by_label("Mã PIN").fill(pin)
    desk.get_by_role("button", name="Đồng ý").click()


def test_a_document_is_signed_from_the_page(context: BrowserContext, world: World, tmp_path: Path) -> None:
    page, desk = open_pages(context, world)
    ask(page)
    expect(desk.get_by_role("heading", name="Ký phê duyệt")).to_be_visible()
    expect(desk.locator("form")).to_contain_text(world.address)
    answer(desk, world.serials["generic-10"], PIN)
    expect(page.locator("#said")).to_have_text("Đã ký. · Signed.", timeout=60_000)
    link = page.locator("td.state a").first
    assert link.text_content() == "cv-0001.signed.pdf"
    signed = httpx.get(world.address + str(link.get_attribute("href")), trust_env=False).content
    assert sender(signed) == [PERSON]
    expect(desk.locator("form")).to_have_count(0)


def test_wrong_pins_lock_the_device_and_the_page_says_so(context: BrowserContext, world: World) -> None:
    page, desk = open_pages(context, world)
    serial = world.serials["bit4id-tokenme"]
    ask(page)
    for left in (2, 1, None):
        answer(desk, serial, "000000")
        if left is not None:
            expect(desk.get_by_role("alert")).to_contain_text(f"còn {left} lần thử")
    expect(page.locator("#said")).to_contain_text("bị khóa")
    assert world.shelf.inspect(serial).user_tries_left == 0


def test_the_user_cancels(context: BrowserContext, world: World) -> None:
    page, desk = open_pages(context, world)
    ask(page, "Phát hành")
    desk.get_by_role("button", name="Hủy").click()
    expect(page.locator("#said")).to_contain_text("Người dùng đã hủy")
    expect(page.get_by_role("button", name="Phát hành").first).to_be_enabled()


def test_an_agent_that_does_not_run_is_told_from_one_that_does_not_answer(
    context: BrowserContext, world: World
) -> None:
    page, desk = open_pages(context, world)
    world.agent.order({"name": "not-running"})
    ask(page)
    expect(page.locator("#said")).to_contain_text("chưa chạy")
    world.agent.withdraw()
    page.goto(f"https://127.0.0.1:{world.agent.at.port}/")
    expect(page.get_by_role("heading", name="Dịch vụ ký số đang chạy")).to_be_visible()
    expect(desk.get_by_role("status")).to_contain_text("Không có yêu cầu nào")
