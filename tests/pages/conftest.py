"""A server with one small sandbox, and Chromium in front of it."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import make_server

from mockca.desk.commands import CreateSandbox
from mockca.desk.sandbox import Sandboxes
from mockca.web.app import create_app
from tests.desk.conftest import START
from tests.web.conftest import SMALL_KEYS, Province

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class House:
    """A server in this process, with the sandbox `demo`."""

    address: str
    sandboxes: Sandboxes
    client: FlaskClient
    """Calls the same application without a socket."""

    @property
    def demo(self) -> str:
        return f"{self.address}/demo"

    def credential(self, account: str, sandbox: str = "demo") -> str:
        document = self.sandboxes.credentials(sandbox)
        found: str = next(each["credential"] for each in document["accounts"] if each["name"] == account)
        return found

    def province(self, regulation: str = "an-giang") -> Province:
        """The people of a province, who call the API of `demo`."""
        return Province(self.client, lambda name: {"Authorization": f"Bearer {self.credential(name)}"}, regulation)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    sandboxes = Sandboxes(tmp_path_factory.mktemp("house") / "data", address)
    sandboxes.create(CreateSandbox(name="demo", seed="pages", start=START, frozen=True, keys=SMALL_KEYS))
    app = create_app(sandboxes)
    server.app = app
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield House(address, sandboxes, app.test_client())
    server.shutdown()
    thread.join()
    server.server_close()
    sandboxes.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Of one test only: as long as Playwright is there, nothing else in this process can run an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, house: House) -> Iterator[NewPage]:
    """Makes a page of a visitor of their own: as an account where one is named, else as a stranger."""
    contexts = []

    def make(account: str | None = None, size: dict[str, int] = WIDE, sandbox: str = "demo") -> Page:
        context = browser.new_context(locale="vi-VN", viewport={"width": size["width"], "height": size["height"]})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        if account is not None:
            page.goto(f"{house.address}/{sandbox}/sign-in#{house.credential(account, sandbox)}")
            page.wait_for_url(f"{house.address}/{sandbox}/")
        return page

    yield make
    for context in contexts:
        context.close()


AXE = Axe()
WCAG_AA = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def assert_accessible(page: Page) -> None:
    """WCAG 2.2 AA by axe, and nothing is wider than the window."""
    try:
        found = AXE.run(page, options=WCAG_AA).response["violations"]
    except PlaywrightError as error:
        if "Execution context was destroyed" not in error.message:
            raise
        # The page that was left has gone in the meantime; it is the next one that is to be looked at.
        page.wait_for_load_state()
        found = AXE.run(page, options=WCAG_AA).response["violations"]
    told = [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found]
    assert told == [], json.dumps(told, ensure_ascii=False, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


def show(page: Page, name: str, pictures: Path | None) -> None:
    """Check the page at both widths; keep a picture of each where asked for."""
    for label, size in (("1280", WIDE), ("390", PHONE)):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert_accessible(page)
        if pictures is not None:
            page.screenshot(path=pictures / f"{name}-{label}.png", full_page=True)
    page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})


class Film:
    """Pages side by side, picture after picture, where pictures are asked for."""

    HEIGHT, MILLISECONDS = 600, 1500

    def __init__(self, pictures: Path | None, name: str) -> None:
        self._target = pictures and pictures / f"{name}.webp"
        self._frames: list[Image.Image] = []

    def take(self, *pages: Page) -> None:
        """One picture of what these pages show."""
        if self._target is None:
            return
        parts = [Image.open(BytesIO(page.screenshot())).convert("RGB") for page in pages]
        parts = [part.resize((part.width * self.HEIGHT // part.height, self.HEIGHT)) for part in parts]
        frame = Image.new("RGB", (sum(part.width + 8 for part in parts), self.HEIGHT), "white")
        left = 0
        for part in parts:
            frame.paste(part, (left, 0))
            left += part.width + 8
        self._frames.append(frame)

    def keep(self) -> None:
        """Write the film."""
        if self._target is not None:
            first, *others = self._frames
            first.save(
                self._target, save_all=True, append_images=others, duration=self.MILLISECONDS, loop=0, quality=60
            )


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures of the pages go: `pytest tests/pages --pictures docs/pictures`; nowhere unless asked for."""
    folder = request.config.getoption("--pictures")
    if folder is None:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
