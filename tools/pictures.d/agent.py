"""A web page, the signing agent's desk, and what was signed, for docs/agent.md."""

from __future__ import annotations

import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.sync_api import expect
from studio import Studio
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.agent.conftest import PIN, agent_at_work, make_device
from tests.documents.authority import PERSON
from token_emulator import Shelf
from token_emulator.agent import Desk, certificate_in
from token_emulator.agent.example.app import create_app
from token_emulator.agent.example.drafts import drafts

PLACE = "docs/pictures"
SERIAL = "64f73a0a82f701cc"
"""The device's, as the documentation has it."""


class Unheard(WSGIRequestHandler):
    """Nobody reads who asked for what."""

    def log_request(self, *_: object) -> None:
        """Nothing."""


def take(studio: Studio) -> None:
    """A document signed from a page, with one wrong PIN on the way."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder) / "shelf")
        serial = make_device(shelf, "p256", PERSON)
        certificate = certificate_in(Path(folder) / "agent", datetime.now(UTC))
        with agent_at_work(shelf, None, certificate, Desk(), regulation="lai-chau") as agent:
            app = create_app(drafts(PERSON), agent.at.address, patience=60)
            server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Unheard)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            address = f"http://127.0.0.1:{server.server_port}"
            show_as = {str(server.server_port): "8500", str(agent.at.port): "8987", serial: SERIAL}
            try:
                with studio.browser(f"--ignore-certificate-errors-spki-list={certificate.pin}") as browser:
                    page, desk = studio.page(browser, address, 1000, 500), studio.page(browser, agent.at.desk)
                    page.get_by_role("button", name="Ký duyệt").first.click()
                    studio.shoot(page, f"{PLACE}/agent-page.png", show_as)
                    for pin in ("000000", PIN):
                        desk.get_by_label("Chứng thư số").select_option(serial)
                        desk.get_by_label("Mã PIN").fill(pin)
                        desk.get_by_role("button", name="Đồng ý").click()
                        if pin != PIN:
                            expect(desk.get_by_role("alert")).to_be_visible()
                            studio.shoot(desk, f"{PLACE}/agent-desk.png", show_as)
                    link = page.locator("td.state a").first
                    expect(link).to_be_visible(timeout=60_000)
                    signed = httpx.get(f"{address}{link.get_attribute('href')}", trust_env=False).content
                studio.print(signed, f"{PLACE}/agent-signed.png", (13, 105, 206, 175))
            finally:
                server.shutdown()
                thread.join()
                server.server_close()
