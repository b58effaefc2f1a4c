"""Failures on order, each as the page sees it; and that nothing a page sends brings the agent down."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import ssl
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.agent.conftest import PIN, AgentAtWork, DocumentSystem, agent_at_work, make_device
from tests.agent.test_documents import request
from tests.documents.authority import NOON, PERSON
from tests.documents.verifying import reader
from token_emulator import Shelf
from token_emulator.agent import Certificate, FaultTable, Script, command, read_faults
from token_emulator.agent.errors import AgentError, BadFaults, NoAgent
from token_emulator.agent.faults import TOLD, FaultName, parse_faults
from token_emulator.agent.operations import OPERATIONS
from token_emulator.agent.server import Face


def signed(agent: AgentAtWork, system: DocumentSystem, *faults: dict[str, Any]) -> Any:
    """The signature that is made under some faults."""
    agent.order(*({**one, "times": 1} for one in faults))
    assert agent.call("SignApproved", request(system))["Status"] == 0
    (signature,) = reader(system.uploads[-1][1]).embedded_signatures
    return signature


@pytest.mark.parametrize(
    ("name", "status", "uploads"),
    [("cancelled", 1001, 0), ("download-failed", 35, 0), ("handler-refused", 40, 1), ("tsa-down", 1008, 0)],
)
def test_an_operation_fails_on_order_once(
    agent: AgentAtWork, system: DocumentSystem, name: str, status: int, uploads: int
) -> None:
    agent.order({"name": name, "times": 1, "operation": "SignApproved"})
    assert agent.call("SignPDF", request(system))["Status"] == 0
    system.uploads.clear()
    assert agent.call("SignApproved", request(system))["Status"] == status
    assert len(system.uploads) == uploads
    assert agent.call("SignApproved", request(system))["Status"] == 0


def test_status_0_may_come_with_an_empty_file_server(agent: AgentAtWork, system: DocumentSystem) -> None:
    agent.order({"name": "no-file-server"})
    reply = agent.call("SignApproved", request(system))
    assert (reply["Status"], reply["FileServer"], system.uploads) == (0, "", [])


def test_signatures_are_shaped_on_order(agent: AgentAtWork, system: DocumentSystem) -> None:
    plain = signed(agent, system)
    assert plain.sig_object["/SubFilter"] == "/adbe.pkcs7.detached"
    assert len(plain.signed_data["certificates"]) == 1
    assert signed(agent, system, {"name": "etsi.cades.detached"}).sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert len(signed(agent, system, {"name": "whole-chain"}).signed_data["certificates"]) == 2
    assert signed(agent, system, {"name": "local-as-utc"}).self_reported_timestamp == NOON + timedelta(hours=7)


def test_an_agent_that_never_answers_holds_the_line(agent: AgentAtWork) -> None:
    agent.order({"name": "never-answers", "times": 1})
    with pytest.raises(TimeoutError):
        agent.call("GetVersion", "GetVersion", patience=0.3)
    assert agent.call("GetVersion", "GetVersion")


def test_an_agent_that_does_not_run_refuses_connections_until_it_is_back(agent: AgentAtWork) -> None:
    agent.order({"name": "not-running"})
    with pytest.raises(ConnectionRefusedError):
        agent.call("GetVersion", "GetVersion")
    agent.withdraw()
    assert agent.call("GetVersion", "GetVersion")


@pytest.mark.parametrize("name", ["slow", "tsa-slow"])
def test_slow_answers_come(agent: AgentAtWork, system: DocumentSystem, name: str) -> None:
    agent.order({"name": name, "seconds": 0.01, "times": 1})
    assert agent.call("SignApproved", request(system))["Status"] == 0


def test_wrong_pins_lock_the_device_for_real(tmp_path: Path, certificate: Certificate, system: DocumentSystem) -> None:
    shelf = Shelf(tmp_path / "kệ")
    serial = make_device(shelf, "p256", PERSON, "bit4id-tokenme")
    with agent_at_work(shelf, serial, certificate, Script([PIN])) as one:
        one.order({"name": "wrong-pin", "tries": 1, "times": 1})
        assert one.call("SignApproved", request(system))["Status"] == 0  # the second PIN is right
        one.order({"name": "wrong-pin", "times": 1})
        assert one.call("SignApproved", request(system))["Status"] == 1005
        reply = one.call("SignApproved", request(system))
    assert reply["Status"] == 1005
    assert "bị khóa" in reply["Message"]
    assert shelf.inspect(serial).user_tries_left == 0


def test_without_a_device_the_page_is_told(devices: tuple[Shelf, dict[str, str]], certificate: Certificate) -> None:
    with agent_at_work(devices[0], "0" * 16, certificate, Script([PIN])) as one:
        assert one.call("GetCertInfo", "get_cert_info")["Status"] == 1004
        assert one.call("Auth", "x")["Status"] == 1004


GARBAGE: list[str | bytes] = [
    "",
    "null",
    "[]",
    "{}",
    "{",
    "\x00",
    "[" * 200_000,
    '{"FileUploadHandler":1}',
    '{"FileUploadHandler":"file:///etc/passwd"}',
    '{"FileUploadHandler":"http://[::1"}',
    '{"FileUploadHandler":"http://a b/"}',
    '{"FileUploadHandler":"javascript:alert(1)","FileName":"x"}',
    '{"FileUploadHandler":"http://127.0.0.1:9/","FileName":"ftp://127.0.0.1/x"}',
    '{"FileUploadHandler":"http://127.0.0.1:9/","FileName":"http://127.0.0.1:99999/"}',
    '{"FileUploadHandler":"http://127.0.0.1:9/","FileName":"http://127.0.0.1:9/","MetaData":7}',
    '{"FileUploadHandler":"http://127.0.0.1:9/","FileName":"http://127.0.0.1:9/","IssuedDate":"hôm qua"}',
    '{"FileUploadHandler":"http://127.0.0.1:9/","Files":[]}',
    json.dumps({"FileUploadHandler": "http://127.0.0.1:9/", "Files": [{"URL": "http://127.0.0.1:9/"}] * 101}),
    '{"HashValue":"không","HashAlg":"SHA256"}',
    '{"HashValue":"AAAA","HashAlg":"SHA256"}',
    '{"HashValue":"AAAA","HashAlg":"MD5"}',
    '{"Base64Content":"PGE+","ReturnSignatureOnly":{}}',
    '{"Base64Content":"PCFET0NUWVBFIGEgWzwhRU5USVRZIGIgImMiPl0+PGE+JmI7PC9hPg=="}',
    '{"Base64Content":"AAAA","Signature":"AAAA"}',
    '{"Data":"<a/>","Format":"XML"}',
    '{"Data":"<a/>","Format":"PDF"}',
    "a.b.c",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
    b"\x00\xff octets",
    "x" * ((8 << 20) + 1),
]
TAKES_ANY_TEXT = {"GetVersion", "GetCertInfo", "Config", "GetLicenseRequest", "Auth"}


def refusal_in(reply: Any) -> Any:
    """The Status that says so."""
    told = reply[0] if isinstance(reply, list) else reply
    return told.get("ValidationStatus", told)["Status"]


@pytest.mark.parametrize("message", GARBAGE, ids=lambda message: str(message[:40]))
def test_garbage_is_answered_with_a_status(agent: AgentAtWork, message: str | bytes) -> None:
    agent.order({"name": "cancelled"})  # what is no garbage to this operation gets no further
    assert refusal_in(agent.call("SignApproved", message)) not in (0, 1099, None)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in TAKES_ANY_TEXT])
def test_every_operation_refuses_every_kind_of_garbage(agent: AgentAtWork, operation: str) -> None:
    agent.order({"name": "cancelled"})
    face = Face(agent.agent, ssl.create_default_context(), 0)

    async def answered() -> list[Any]:
        return [json.loads(str(await face.answer(operation, message))) for message in GARBAGE]

    for message, reply in zip(GARBAGE, asyncio.run(answered()), strict=True):
        assert refusal_in(reply) not in (0, 1099, None), (operation, message[:80])


def test_what_is_beyond_all_bounds_ends_one_connection_only(agent: AgentAtWork) -> None:
    with pytest.raises(ConnectionClosed):
        agent.call("Auth", "x" * (33 << 20))
    with socket.create_connection(("127.0.0.1", agent.at.port)) as plain:
        plain.sendall(b"\x16\x03\x01rac\r\n\r\n")
    assert agent.call("GetVersion", "GetVersion")


def test_a_browser_that_opens_the_address_is_told_what_it_is(agent: AgentAtWork) -> None:
    trust = agent.trust
    with urllib.request.urlopen(f"https://127.0.0.1:{agent.at.port}/", context=trust) as answer:
        page = answer.read().decode()
    assert "Dịch vụ ký số đang chạy" in page
    assert f"wss://127.0.0.1:{agent.at.port}" in page
    agent.trust = ssl.create_default_context()  # without the root
    try:
        with pytest.raises(ssl.SSLError):
            agent.call("GetVersion", "GetVersion")
    finally:
        agent.trust = trust


def test_pages_of_other_origins_are_turned_away_when_origins_are_set(
    devices: tuple[Shelf, dict[str, str]], certificate: Certificate
) -> None:
    origins = ("https://vanban.vidu.test",)
    with agent_at_work(devices[0], None, certificate, Script([PIN]), origins=origins) as one:
        assert one.call("GetVersion", "GetVersion", origin=origins[0])
        for other in ("https://khac.test", None):
            with pytest.raises(InvalidStatus, match="403"):
                one.call("GetVersion", "GetVersion", origin=other)


def test_orders_need_the_credential_and_are_checked(agent: AgentAtWork, tmp_path: Path) -> None:
    for wrong in ({"name": "nổ"}, {"name": "slow"}, {"name": "cancelled", "seconds": 1}, {"times": 0}):
        with pytest.raises(AgentError, match="refused"):
            agent.order(wrong)
    address = f"ws://127.0.0.1:{agent.at.desk_port}/control"
    for order in ({"credential": "đoán", "do": "list"}, {"do": "list"}, "rác"):
        with connect(address, proxy=None) as connection:
            connection.send(order if isinstance(order, str) else json.dumps(order))
            assert json.loads(connection.recv(timeout=5))["ok"] is False
    for headers in ({"origin": "https://khac.test"}, {"additional_headers": {"Host": "khac.test"}}):
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, proxy=None, **headers)
    with pytest.raises(NoAgent, match="mockca agent serve"):
        command(tmp_path, {"do": "list"})


def test_the_table_counts_down_and_reads_files(tmp_path: Path) -> None:
    file = tmp_path / "lỗi.toml"
    file.write_text('[[fault]]\nname = "cancelled"\ntimes = 2\n[[fault]]\nname = "slow"\nseconds = 1\n', "utf-8")
    table = FaultTable()
    table.order(read_faults(file))
    assert [set(table.take("SignPDF")) for _ in range(3)] == [
        {FaultName.CANCELLED, FaultName.SLOW},
        {FaultName.CANCELLED, FaultName.SLOW},
        {FaultName.SLOW},
    ]
    table.withdraw(FaultName.SLOW)
    assert table.listed() == ()
    file.write_text("[[fault]]\nname = 7\n", "utf-8")
    with pytest.raises(BadFaults, match=r"0\.name"):
        read_faults(file)
    table.order(parse_faults([{"name": "cancelled", "operation": f"a{n}"} for n in range(200)], ""))
    with pytest.raises(BadFaults, match="more than"):
        table.order(parse_faults([{"name": "never-answers"}], ""))
    assert set(TOLD) == set(FaultName)


def test_neither_pins_nor_tokens_reach_the_log(
    agent: AgentAtWork, system: DocumentSystem, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "token_emulator")
    agent.call("SignApproved", request(system, "none.pdf?token=bí-mật"))
    agent.call("SignApproved", request(system, "1.pdf", JWTToken="bí-mật"))
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("token_emulator")]
    assert any("download" in line for line in lines)
    assert not re.search(f"{PIN}|bí-mật|b%C3%AD", "\n".join(lines))
