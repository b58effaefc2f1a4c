"""The agent suite: our agent passes it, each defect is caught, and what is no agent cannot be tested."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from websockets.sync.server import ServerConnection, serve

from conformance.cli import main
from conformance.mutants.agent import prove_agents
from conformance.mutants.declared import declared
from conformance.mutants.prove import plan
from conformance.suites.agent import CHECKS
from conformance.suites.agent.bench import Bench, Failed, expect_signed
from conformance.suites.agent.run import play
from conformance.targets.agent import AgentFailed, AgentTarget, draft
from tests.agent.conftest import TODAY, AgentAtWork, agent_at_work, make_device
from tests.documents.authority import PERSON
from token_emulator import Shelf
from token_emulator.agent import Script, certificate_in


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentAtWork]:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    serial = make_device(shelf, "p256", PERSON)
    certificate = certificate_in(tmp_path_factory.mktemp("agent"), TODAY)
    with agent_at_work(shelf, serial, certificate, Script(["135790"])) as one:
        yield one


def conformance(target: str, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["run", "--target", target, "--regulation", "an-giang", *words])
    return done.exit_code, done.output


def test_every_check_catches_a_defect_and_every_defect_is_caught() -> None:
    told: list[str] = []
    proof = prove_agents(told.append)
    assert (proof.unsound, proof.unproven, proof.alive) == ({}, (), ())
    assert list(proof.checks) == [check.id for check in CHECKS]
    assert len(told) == plan(frozenset(), frozenset({"agent"})).size == len(CHECKS) + len(declared("agent"))


def test_our_agent_passes_from_the_command_line_and_a_fault_is_told(agent: AgentAtWork) -> None:
    target, root = f"agent={agent.at.address}", agent.home.parent / "root.pem"
    code, output = conformance(target, "--cacert", str(root))
    assert code == 0, output
    agent.order({"name": "handler-refused"})
    try:
        code, output = conformance(target, "--cacert", str(root), "--only", "agent/documents/signs-and-hands-over")
    finally:
        agent.withdraw()
    assert code == 1
    assert "0x0028" in output
    assert "--cacert" in output


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("agent=http://127.0.0.1:8987", ()),
        ("agent=wss://127.0.0.1:9", ()),
        ("agent=wss://127.0.0.1:9", ("--only", "agent/nope")),
        ("agent=wss://127.0.0.1:9", ("--pin-file", "pin")),
    ],
)
def test_what_is_no_agent_cannot_be_tested(target: str, words: tuple[str, ...]) -> None:
    assert conformance(target, *words)[0] == 2


def test_an_agent_that_is_not_trusted_is_told_so(agent: AgentAtWork, tmp_path: Path) -> None:
    with pytest.raises(AgentFailed, match="certificate verify failed"):
        AgentTarget(agent.at.address).call("GetVersion", "GetVersion")


@pytest.mark.parametrize(
    ("check", "replies", "says"),
    [
        ("answers-version", {"GetVersion": " "}, "not empty"),
        ("tells-certificate", {"GetCertInfo": '{"Status": 0, "CertInfo": {"Base64Data": "AAAA"}}'}, "a certificate"),
        ("tells-certificate", {"GetCertInfo": '{"Status": true}'}, "a number"),
        ("tells-certificate", {"GetCertInfo": "<html>"}, "JSON"),
        ("signs-and-hands-over", {"SignApproved": '{"Status": 0, "FileServer": "x"}'}, "one upload"),
        ("passes-file-server-on", {"SignApproved": '{"Status": 0, "FileServer": "x"}'}, "FileServer"),
        ("signs-several-files", {"SignFiles": '{"Status": 0, "Files": [{"FileID": "a"}]}'}, "files a and b"),
        ("takes-no-login-page", {"SignApproved": '{"Status": 3, "Message": "hỏng"}'}, "0x0023"),
        ("wants-boolean-status", {"SignApproved": '{"Status": 0}'}, "another Status"),
        ("signs-hash", {"SignMsg": '{"Status": 0, "Signature": "AAAA", "CertBase64": ""}'}, "CertBase64"),
        ("signs-and-verifies-xml", {"SignXML": '{"Status": 0, "Signature": "PGEvPg=="}', "VerifyXML": "{}"}, "SigInfo"),
        ("signs-and-verifies-xml", {"SignXML": '{"Status": 0, "Signature": "!"}'}, "Base64"),
        ("signs-challenge", {"Auth": '{"Status": 0, "Signature": ""}'}, "Signature"),
    ],
)
def test_what_is_wrong_is_said(check: str, replies: dict[str, str], says: str) -> None:
    """An agent that answers what it is told to, and does nothing."""
    (meant,) = (one for one in CHECKS if one.id.endswith(f"/{check}"))

    def answer(connection: ServerConnection) -> None:
        connection.recv()
        assert connection.request is not None
        connection.send(replies[connection.request.path.strip("/")])

    with serve(answer, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        target = AgentTarget(f"ws://127.0.0.1:{server.socket.getsockname()[1]}", timeout=20)
        try:
            with closing(Bench(target)) as bench, pytest.raises(Failed, match=says):
                play(bench, meant)
        finally:
            server.shutdown()
            thread.join()


def test_what_was_signed_is_looked_at() -> None:
    with pytest.raises(Failed, match="a signed PDF"):
        expect_signed(b"", 1)
    with pytest.raises(Failed, match="1 signatures"):
        expect_signed(draft(), 1)
