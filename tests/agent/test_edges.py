"""What seldom happens: devices that fail, servers that do, ports that are taken, errors that nobody thought of."""

from __future__ import annotations

import asyncio
import logging
import socket
import urllib.error
import urllib.request
from typing import Any

import pytest
from click.testing import CliRunner

from tests.agent.conftest import PIN, AgentAtWork, DocumentSystem, agent_at_work
from tests.agent.test_documents import request
from token_emulator import Shelf
from token_emulator.agent import Certificate, Desk, Script, outcomes, running
from token_emulator.agent import transfer as transfer_module
from token_emulator.agent.devices import refusal_of
from token_emulator.agent.errors import CannotListen
from token_emulator.agent.example import __main__ as example
from token_emulator.agent.operations import OPERATIONS
from token_emulator.agent.server import Face
from token_emulator.documents.errors import (
    FontsMissing,
    NoCertificate,
    NoRoom,
    NotPlugged,
    TimestampFailed,
    Unsignable,
)
from token_emulator.errors import DeviceFailed, PinLocked, TokenError


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PinLocked("00"), outcomes.PIN_LOCKED),
        (NotPlugged("00"), outcomes.NO_TOKEN),
        (NoCertificate("00"), outcomes.NO_TOKEN),
        (NoRoom(8192), outcomes.NO_ROOM),
        (TimestampFailed("http://tsa.test/", "timeout"), outcomes.TIMESTAMP),
        (Unsignable("đã mã hóa", "encrypted"), outcomes.UNSIGNABLE),
        (FontsMissing("no typeface"), outcomes.UNSIGNABLE),
        (DeviceFailed("sign", "CKR_DEVICE_ERROR"), outcomes.DEVICE),
    ],
)
def test_each_error_of_signing_has_a_status(error: TokenError, outcome: outcomes.Outcome) -> None:
    refusal = refusal_of(error)
    assert refusal.outcome is outcome
    assert refusal.text.startswith(outcome.vi)


def test_with_two_devices_a_script_takes_the_first(
    devices: tuple[Shelf, dict[str, str]], certificate: Certificate
) -> None:
    with agent_at_work(devices[0], None, certificate, Script([PIN])) as one:
        assert one.call("GetCertInfo", "get_cert_info")["Status"] == 0
        assert one.call("Auth", "x")["Status"] == 0


def test_a_script_without_a_pin_or_a_file_cancels(
    devices: tuple[Shelf, dict[str, str]], certificate: Certificate, system: DocumentSystem
) -> None:
    with agent_at_work(devices[0], devices[1]["person"], certificate, Script([])) as one:
        assert one.call("Auth", "x")["Status"] == 1001
        assert one.call("SignFile", request(system) | {"FileName": ""})["Status"] == 1001


def test_nobody_at_the_desk_is_a_cancellation(devices: tuple[Shelf, dict[str, str]], certificate: Certificate) -> None:
    with agent_at_work(devices[0], None, certificate, Desk(patience=0.05)) as one:
        assert one.call("Auth", "x")["Status"] == 1001


def test_documents_and_answers_have_limits(
    agent: AgentAtWork, system: DocumentSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert agent.call("SignPDF", request(system, FileUploadHandler=f"{system.url}/nowhere"))["Status"] == 40
    assert agent.call("SignPDF", request(system, FileUploadHandler="http://127.0.0.1:9/"))["Status"] == 40
    monkeypatch.setattr(transfer_module, "LARGEST_DOCUMENT", 100)
    assert agent.call("SignPDF", request(system))["Status"] == 35


@pytest.mark.parametrize("message", [" ", "x" * 65537, ""])
def test_a_challenge_has_a_size(agent: AgentAtWork, message: str) -> None:
    assert agent.call("Auth", message)["Status"] == (0 if message == " " else 1002)


def test_an_error_that_nobody_thought_of_is_told_without_what_was_sent(
    agent: AgentAtWork, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        refused = staticmethod(OPERATIONS["Auth"].refused)

        async def __call__(self, call: Any) -> Any:
            raise LookupError(call.text)

    monkeypatch.setattr("token_emulator.agent.server.operation_at", lambda _: Broken())
    caplog.set_level(logging.INFO, "token_emulator")
    assert agent.call("Auth", "bí mật")["Status"] == 1099
    assert "LookupError" in caplog.text
    assert "bí mật" not in caplog.text


def test_a_port_that_is_taken_is_told(agent: AgentAtWork, certificate: Certificate) -> None:
    async def serve(port: int, desk_port: int) -> None:
        async with running(agent.agent, certificate, port, desk_port):
            raise AssertionError

    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        for ports in ((number, 0), (0, number)):
            with pytest.raises(CannotListen, match=str(number)):
                asyncio.run(serve(*ports))
    assert Face(agent.agent, certificate.context(), 0).port == 0


@pytest.mark.parametrize("path", ["nope", "desk.html"])
def test_pages_that_are_not_there_are_404(agent: AgentAtWork, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"https://127.0.0.1:{agent.at.port}/{path}", context=agent.trust)
    style = urllib.request.urlopen(f"https://127.0.0.1:{agent.at.port}/agent.css", context=agent.trust)
    assert style.headers["Content-Type"] == "text/css"
    style.close()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{agent.at.desk_port}/nope")


def test_the_example_serves_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Server:
        server_port = 8500

        def serve_forever(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(example, "make_server", lambda *_, **__: Server())
    assert "http://127.0.0.1:8500/" in CliRunner().invoke(example.main, []).output
