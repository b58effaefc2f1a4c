"""`mockca agent`: what is typed around the signing agent."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.asyncio.client import connect

from mockca.cli import agent as agent_module
from mockca.cli import main
from tests.desk.publication_world import found_world
from token_emulator import Shelf
from token_emulator.agent import Agent, Script
from token_emulator.agent.tls import certificate_in


def mockca(*words: object) -> Result:
    return CliRunner().invoke(main, ["agent", *map(str, words)])


def test_the_root_is_exported_with_the_lines_to_type(tmp_path: Path) -> None:
    told = mockca("trust", "--home", tmp_path / "agent", "--out", tmp_path / "root.pem")
    assert told.exit_code == 0, told.output
    root = x509.load_pem_x509_certificate((tmp_path / "root.pem").read_bytes())
    constraints = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert "--ignore-certificate-errors-spki-list=" in told.output
    assert (tmp_path / "agent/server.key").stat().st_mode & 0o777 == 0o600
    again = mockca("trust", "--home", tmp_path / "agent")
    assert x509.load_pem_x509_certificate((tmp_path / "agent/root.pem").read_bytes()) == root
    assert again.exit_code == 0
    leaf = x509.load_pem_x509_certificate((tmp_path / "agent/server.pem").read_bytes())
    late = certificate_in(tmp_path / "agent", leaf.not_valid_after_utc)
    assert x509.load_pem_x509_certificate(late.root.read_bytes()) != root


def test_faults_and_operations_are_listed_and_an_order_needs_an_agent(tmp_path: Path) -> None:
    assert "no-file-server" in mockca("faults").output
    assert "/SignIssued" in mockca("operations").output
    told = mockca("fault", "--home", tmp_path)
    assert told.exit_code == 1
    assert "mockca agent serve" in told.output


def test_it_serves_the_devices_of_a_sandbox_by_the_sandboxs_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandboxes = found_world(tmp_path).sandboxes
    (name,) = sandboxes.names()
    sandbox = sandboxes.open(name)
    served: list[Agent] = []

    async def run(agent: Agent, *more: Any) -> None:
        served.append(agent)

    monkeypatch.setattr(agent_module, "run", run)
    monkeypatch.setenv("MOCKTOKEN_PIN", "135790")
    (tmp_path / "faults.toml").write_text('[[fault]]\nname = "cancelled"\n')
    Shelf(sandboxes.home / name / "tokens").plugged()
    options = ["--data", sandboxes.home, "--sandbox", name, "--home", tmp_path / "agent", "--tsa", "sandbox"]
    told = mockca("serve", *options, "--faults", tmp_path / "faults.toml", "--lenient", "--regulation", "lai-chau")
    assert told.exit_code == 0, told.output
    (agent,) = served
    assert abs(agent.clock() - sandbox.clock.now()).total_seconds() < 60
    assert agent.settings.timestamp_url == f"{sandbox.url}/pki/tsa"
    assert agent.settings.roots == (sandbox.hierarchy.root.certificate.public_bytes(Encoding.DER),)
    assert isinstance(agent.prompter, Script)
    assert [one.name for one in agent.faults.listed()] == ["cancelled"]
    assert "MOCKTOKEN_PIN" not in os.environ
    assert mockca("serve", *options, "--regulation", "hà-nội").exit_code == 1
    assert mockca("serve", "--shelf", tmp_path / "kệ", "--home", tmp_path / "agent").exit_code == 2


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    Shelf(tmp_path / "shelf").plugged()
    (tmp_path / "pin").write_text("135790\n")
    home = tmp_path / "agent"
    ports = ["--port", "0", "--desk-port", "0", "--pin-file", str(tmp_path / "pin")]
    line = [sys.executable, "-m", "mockca", "agent", "serve", "--shelf", str(tmp_path / "shelf"), "--home", str(home)]
    process = subprocess.Popen([*line, *ports], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert "wss://127.0.0.1:" in first, first
        assert "http://127.0.0.1:" in process.stdout.readline()
        assert "SignPDF" in mockca("fault", "slow", "--seconds", 1, "--operation", "SignPDF", "--home", home).output
        second = mockca("serve", "--shelf", tmp_path / "shelf", "--home", home, *ports)
        assert (second.exit_code, first.split()[-1] in second.output) == (1, True), second.output
        assert asyncio.run(version(first.split()[-1], home)).startswith("mockca")
        assert mockca("fault", "nope", "--home", home).exit_code == 2
        assert mockca("fault", "cancelled", "--tries", 1, "--home", home).exit_code == 1
        assert "Không có lỗi nào" in mockca("fault", "slow", "--off", "--home", home).output
        process.terminate()
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, said
    assert "135790" not in first + said
    assert not (home / "running.json").exists()


async def version(address: str, home: Path) -> str:
    trust = ssl.create_default_context(cafile=str(home / "root.pem"))
    async with connect(f"{address}/GetVersion", ssl=trust, proxy=None) as connection:
        await connection.send("GetVersion")
        return str(await connection.recv())
