"""What JavaScript on a page gets to see of each fault, in Chromium; the table of docs/agent.md says the same."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.agent.conftest import PIN, AgentAtWork, DocumentSystem, agent_at_work, make_device
from tests.agent.test_documents import request
from tests.documents.authority import PERSON
from token_emulator import Shelf
from token_emulator.agent import Certificate, FaultName, Script

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
DOCS = Path(__file__).parents[2] / "docs" / "agent.md"
LATE = 0.3
"""Seconds that an agent is late, on order."""

CALL = """
({address, message, patience}) => new Promise(resolve => {
  const seen = [];
  const socket = new WebSocket(address);
  const end = () => { clearTimeout(timer); resolve(seen); socket.close(); };
  const timer = setTimeout(() => { seen.push("…"); end(); }, patience);
  socket.onopen = () => { seen.push("onopen"); socket.send(message); };
  socket.onmessage = event => { seen.push(event.data); end(); };
  socket.onerror = () => seen.push("onerror");
  socket.onclose = event => { seen.push(`onclose ${event.code}`); end(); };
})
"""
"""One call as a page makes it: its events in their order, an answer's text in place of onmessage, … for patience."""


@pytest.fixture(scope="module")
def agent(devices: tuple[Shelf, dict[str, str]], certificate: Certificate) -> Iterator[AgentAtWork]:
    """An agent that this module's page calls, its faults taken back by whoever ordered them."""
    with agent_at_work(devices[0], devices[1]["person"], certificate, Script([PIN])) as one:
        yield one


@pytest.fixture(scope="module")
def page(certificate: Certificate) -> Iterator[Page]:
    """A page of nobody's in particular, in a browser that trusts the agent."""
    trust = f"--ignore-certificate-errors-spki-list={certificate.pin}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, trust])
        page = browser.new_page()
        yield page
        browser.close()


def seen(page: Page, agent: AgentAtWork, operation: str, message: Any, patience: float = 60) -> list[Any]:
    """What the page's JavaScript sees of one call."""
    words = {"address": f"{agent.at.address}/{operation}", "message": json.dumps(message), "patience": patience * 1000}
    return [json.loads(one) if one.startswith(("{", "[")) else one for one in page.evaluate(CALL, words)]


def told(name: str) -> str:
    """What docs/agent.md says that a page sees of a fault."""
    found = re.search(rf"^\| `{re.escape(name)}` \| (.*?) \|", DOCS.read_text("utf-8"), re.MULTILINE)
    assert found is not None, f"docs/agent.md says nothing of {name}"
    return found[1]


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("not-running", {}, ["onerror", "onclose 1006"]),
        ("never-answers", {}, ["onopen", "…"]),
        ("cancelled", {}, ["onopen", {"Status": 1001}]),
        ("download-failed", {}, ["onopen", {"Status": 35, "Message": "0x0023"}]),
        ("handler-refused", {}, ["onopen", {"Status": 40, "Message": "0x0028"}]),
        ("no-file-server", {}, ["onopen", {"Status": 0, "FileServer": ""}]),
        ("tsa-down", {}, ["onopen", {"Status": 1008}]),
        ("slow", {"seconds": LATE}, ["onopen", {"Status": 0}]),
        ("tsa-slow", {"seconds": LATE}, ["onopen", {"Status": 0}]),
        ("wrong-pin", {}, ["onopen", {"Status": 1005}]),
    ],
)
def test_a_page_sees_a_fault_as_the_documentation_says(
    page: Page,
    agent: AgentAtWork,
    system: DocumentSystem,
    tmp_path: Path,
    certificate: Certificate,
    name: str,
    given: dict[str, Any],
    expected: list[Any],
) -> None:
    if name == "wrong-pin":  # for the device that everybody shares would be locked
        shelf = Shelf(tmp_path / "shelf")
        serial = make_device(shelf, "p256", PERSON, "bit4id-tokenme")
        with agent_at_work(shelf, serial, certificate, Script([PIN])) as alone:
            found = called(page, alone, system, {"name": name})
    else:
        found = called(page, agent, system, {"name": name, **given})
    assert len(found) == len(expected)
    for one, wanted in zip(found, expected, strict=True):
        if isinstance(wanted, dict):
            assert one["Status"] == wanted["Status"]
            assert wanted.get("Message", "") in one["Message"]
            assert bool(one["Message"]) is (wanted["Status"] != 0)
            assert one["FileServer"] == wanted.get("FileServer", "" if wanted["Status"] else "kho/1")
            assert f"Status {wanted['Status']}" in told(name)
        else:
            assert one == wanted
            assert wanted in ("onopen", "…") or f"`{wanted}`" in told(name)


def called(page: Page, agent: AgentAtWork, system: DocumentSystem, fault: dict[str, Any]) -> list[Any]:
    agent.order(fault)
    try:
        return seen(page, agent, "SignApproved", request(system), 0.5 if fault["name"] == "never-answers" else 60)
    finally:
        agent.withdraw()


@pytest.mark.parametrize(
    "name",
    ["local-as-utc", "leaf-only", "whole-chain", "sha1-imprint", "adbe.pkcs7.detached", "etsi.cades.detached"],
)
def test_of_what_changes_the_signature_alone_a_page_sees_nothing(
    page: Page, agent: AgentAtWork, system: DocumentSystem, name: str
) -> None:
    usual = seen(page, agent, "SignApproved", request(system))
    assert called(page, agent, system, {"name": name}) == usual
    assert usual[1]["Status"] == 0
    assert "Status 0" in told(name)


def test_without_ocsp_a_page_is_told_no_status(page: Page, agent: AgentAtWork) -> None:
    signed = seen(page, agent, "SignMsg", base64.b64encode(b"x").decode())
    message = {"Base64Content": base64.b64encode(b"x").decode(), "Signature": signed[1]["Signature"]}
    agent.order({"name": "ocsp-off"})
    try:
        _, answer = seen(page, agent, "VerifyMsg", message)
    finally:
        agent.withdraw()
    assert (answer["Status"], answer["SignerCertStatus"]) == (0, None)
    assert "`SignerCertStatus` null" in told("ocsp-off")


def test_the_documentation_tells_of_every_fault() -> None:
    assert all(told(name) for name in FaultName)
