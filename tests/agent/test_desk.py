"""The desk's side: questions out, answers in, several pages at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.agent.conftest import PIN, AgentAtWork, DocumentSystem, agent_at_work, sender
from tests.agent.test_documents import request
from tests.documents.authority import BODY, PERSON
from token_emulator import Shelf
from token_emulator.agent import Certificate, Desk


@pytest.fixture(scope="module")
def asking(devices: tuple[Shelf, dict[str, str]], certificate: Certificate) -> Iterator[AgentAtWork]:
    """An agent that asks on its desk, with both devices plugged in."""
    with agent_at_work(devices[0], None, certificate, Desk()) as one:
        yield one


@pytest.fixture
def desk(asking: AgentAtWork) -> Iterator[ClientConnection]:
    with connect(f"ws://127.0.0.1:{asking.at.desk_port}/desk", proxy=None) as connection:
        connection.send(json.dumps({"key": asking.at.keys.desk}))
        yield connection


def questions(desk: ClientConnection, count: int) -> list[dict[str, Any]]:
    """What is asked, once so many questions wait."""
    while True:
        waiting: list[dict[str, Any]] = json.loads(desk.recv(timeout=20))["waiting"]
        if len(waiting) == count:
            return waiting


class Page(threading.Thread):
    """A page that calls, and waits."""

    def __init__(self, agent: AgentAtWork, operation: str, message: Any) -> None:
        super().__init__()
        self.reply: Any = None
        self._call = (agent, operation, message)
        self.start()

    def run(self) -> None:
        agent, operation, message = self._call
        self.reply = agent.call(operation, message, origin="https://vanban.vidu.test")

    def said(self) -> Any:
        self.join(30)
        return self.reply


def test_the_user_is_told_who_asks_for_what_and_picks_a_device(
    asking: AgentAtWork, desk: ClientConnection, devices: tuple[Shelf, dict[str, str]], system: DocumentSystem
) -> None:
    page = Page(asking, "SignIssued", request(system, "79.pdf?token=mật"))
    (question,) = questions(desk, 1)
    assert question["origin"] == "https://vanban.vidu.test"
    assert question["about"].endswith("/files/79.pdf")
    assert {one["name"] for one in question["choices"]} == {PERSON, BODY}
    desk.send(json.dumps({"id": question["id"], "serial": devices[1]["organisation"], "pin": PIN}))
    assert page.said()["Status"] == 0
    assert sender(system.uploads[0][1]) == [BODY]


def test_a_wrong_pin_is_asked_for_again_and_cancelling_ends_it(
    asking: AgentAtWork, desk: ClientConnection, devices: tuple[Shelf, dict[str, str]], system: DocumentSystem
) -> None:
    serial = devices[1]["person"]
    page = Page(asking, "SignApproved", request(system))
    (question,) = questions(desk, 1)
    assert question["wrong"] == ""
    desk.send(json.dumps({"id": question["id"], "serial": serial, "pin": "000000"}))
    questions(desk, 0)
    (again,) = questions(desk, 1)
    assert again["wrong"] == serial
    assert {one["serial"]: one["tries_left"] for one in again["choices"]}[serial] == 9
    desk.send("rác")
    desk.send(json.dumps({"id": again["id"], "cancel": True}))
    assert page.said()["Status"] == 1001
    assert system.uploads == []
    page = Page(asking, "SignApproved", request(system))
    (question,) = questions(desk, 1)
    desk.send(json.dumps({"id": question["id"], "serial": serial, "pin": PIN}))
    assert page.said()["Status"] == 0  # and the counter is back


def test_several_pages_ask_at_once(
    asking: AgentAtWork, desk: ClientConnection, devices: tuple[Shelf, dict[str, str]], system: DocumentSystem
) -> None:
    pages = [Page(asking, "SignPDF", request(system, f"{number}.pdf")) for number in range(3)]
    for question in reversed(questions(desk, 3)):
        desk.send(json.dumps({"id": question["id"], "serial": devices[1]["person"], "pin": PIN}))
    assert [page.said()["Status"] for page in pages] == [0, 0, 0]
    assert {name for name, _, _ in system.uploads} == {"0.pdf", "1.pdf", "2.pdf"}


def test_a_page_that_hangs_up_takes_its_question_with_it(
    asking: AgentAtWork, desk: ClientConnection, system: DocumentSystem
) -> None:
    asking.hang_up("SignPDF", request(system), lambda: questions(desk, 1))
    questions(desk, 0)


def test_only_who_has_the_key_sits_at_the_desk(asking: AgentAtWork) -> None:
    for first in (json.dumps({"key": "đoán"}), "rác"):
        with connect(f"ws://127.0.0.1:{asking.at.desk_port}/desk", proxy=None) as stranger:
            stranger.send(first)
            with pytest.raises(ConnectionClosed) as closed:
                stranger.recv(timeout=5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4001
