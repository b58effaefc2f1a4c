"""The command `mockca document`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockca.cli import main
from mockca.clock import SharedClock
from tests.documents.authority import BODY, NOON, PERSON, authority
from tests.documents.conftest import PIN, SO_PIN
from token_emulator import Shelf


def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, ["document", *arguments], env=env)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder like a sandbox's, with a clock at NOON and two plugged devices; their serials."""
    folder = tmp_path_factory.mktemp("sandbox")
    SharedClock.create(folder / "clock", NOON, frozen=True).close()
    shelf, serials = Shelf(folder / "tokens"), []
    for name, email in ((PERSON, "ngoc@laichau.test"), (BODY, "so@laichau.test")):
        with shelf.personalise("generic-10", "p256", PIN, SO_PIN, name) as device:
            device.write_certificate(authority().issue(device.public_key_der, name, ("UBND",), email, 11))
            device.place()
        shelf.plug(device.serial)
        serials.append(device.serial)
    return folder / "tokens", serials[0], serials[1]


@pytest.fixture(scope="module")
def signed(sandbox: tuple[Path, str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf, person, organisation = sandbox
    folder = tmp_path_factory.mktemp("documents")
    assert run("draft", str(folder / "draft.pdf")).exit_code == 0
    done = run(
        *("sign", str(folder / "draft.pdf"), "-o", str(folder / "signed.pdf"), "--regulation", "lai-chau"),
        *("--shelf", str(shelf), "--person", person, "--organisation", organisation[:12]),
        *("--number", "79/SNV-VP", "--issued", "2026-11-28"),
        env={"MOCKTOKEN_PIN": PIN, "MOCKTOKEN_SEAL_PIN": PIN},
    )
    assert done.exit_code == 0, done.output
    assert "mockca document judge" in done.output
    return folder / "signed.pdf"


def test_what_was_signed_by_the_rules_is_judged_right(signed: Path) -> None:
    judged = run("judge", str(signed), "--regulation", "lai-chau")
    assert judged.exit_code == 0, judged.output
    assert "đúng quy định" in judged.output
    assert PERSON in judged.output
    told = json.loads(run("judge", str(signed), "--regulation", "lai-chau", "--json").output)
    assert told["obeys"]
    assert [(one["role"], one["at"]) for one in told["signatures"]] == [
        ("person", "2026-11-28T05:00:00+00:00"),
        ("organisation", "2026-11-28T05:00:00+00:00"),
    ]


def test_by_another_regulation_it_is_found_wanting_clause_by_clause(signed: Path) -> None:
    judged = run("judge", str(signed), "--regulation", "an-giang")
    assert judged.exit_code == 1
    assert "AG-8.2.d.3" in judged.output
    told = json.loads(run("judge", str(signed), "--regulation", "an-giang", "--json").output)
    assert {"width", "height", "signer", "email"} <= {one["rule"] for one in told["findings"]}


def test_a_wrong_pin_and_no_device_are_told_in_a_line(sandbox: tuple[Path, str, str], tmp_path: Path) -> None:
    shelf, person, _ = sandbox
    run("draft", str(tmp_path / "draft.pdf"))
    sign = ("sign", str(tmp_path / "draft.pdf"), "-o", str(tmp_path / "x.pdf"), "--regulation", "thai-binh")
    refused = run(*sign, "--shelf", str(shelf), "--person", person, env={"MOCKTOKEN_PIN": "000000"})
    assert refused.exit_code == 1
    assert "CKR_PIN_INCORRECT" in refused.output
    assert "000000" not in refused.output
    nobody = run(*sign, "--shelf", str(shelf))
    assert nobody.exit_code == 2
    assert "--person" in nobody.output
    assert not (tmp_path / "x.pdf").exists()


def test_rules_are_shown_with_their_clauses() -> None:
    told = run("rules", "an-giang").output
    assert "AG-8.2.d.3" in told
    assert "low 65, high 80" in told
    assert "◇" in run("rules", "dong-thap").output
    assert "lai-chau" in run("rules").output
    assert json.loads(run("rules", "lai-chau", "--json").output)["kinds"]["copy"]


def test_what_is_no_pdf_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_text("không phải")
    told = run("judge", str(tmp_path / "x.pdf"), "--regulation", "lai-chau")
    assert told.exit_code == 1
    assert "không phải là tài liệu PDF" in told.output


def test_xml_json_and_any_octets_are_signed_in_their_own_way(sandbox: tuple[Path, str, str], tmp_path: Path) -> None:
    shelf, person, _ = sandbox
    for name, content in (("a.xml", "<hoSo/>"), ("a.json", '{"a": 1}'), ("a.bin", "tệp")):
        (tmp_path / name).write_text(content, "utf-8")
    sign = ("sign-data", "--shelf", str(shelf), "--device", person[:10], "-o")
    for name, kind in (("a.xml", "xml"), ("a.json", "jws"), ("a.bin", "cms")):
        done = run(*sign, str(tmp_path / kind), str(tmp_path / name), env={"MOCKTOKEN_PIN": PIN})
        assert (done.exit_code, done.output) == (0, f"{tmp_path / kind}: {kind}\n")
    assert b"SignedProperties" in (tmp_path / "xml").read_bytes()
    assert (tmp_path / "jws").read_bytes().count(b".") == 2
    verified = subprocess.run(
        [
            *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "cms", "-content"),
            *(tmp_path / "a.bin", "-noverify"),
        ],
        capture_output=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.decode("utf-8") == "tệp"


def test_what_only_cms_can_have_is_refused_for_other_kinds(sandbox: tuple[Path, str, str], tmp_path: Path) -> None:
    shelf, person, _ = sandbox
    (tmp_path / "a.xml").write_text("<hoSo/>")
    refused = run(
        *("sign-data", str(tmp_path / "a.xml"), "-o", str(tmp_path / "x"), "--shelf", str(shelf), "--device", person),
        "--attached",
    )
    assert refused.exit_code == 2
    assert "--attached" in refused.output
