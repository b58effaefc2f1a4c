"""The demo is the main job: it must end well, show what the witnesses said, and say so when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mockca.cli import SUBCOMMANDS, main
from mockca.cli.witnesses import Witnesses
from mockca.errors import SetUpError


def test_the_demo_tells_a_life_and_every_witness_agrees(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--data", str(tmp_path / "demo"), "--no-suite"])
    assert result.exit_code == 0, result.output
    said = result.output
    for words in (
        "bằng thiết bị",
        "Verified OK",
        "revoked (keyCompromise)",
        "Remove From CRL",
        "AG-10.2.dd.2",
        "MÔ PHỎNG",
    ):
        assert words in said
    assert "env:USER_PIN" in said
    witnesses = tmp_path / "demo" / "witnesses"
    assert {"root.pem", "issuing.pem", "issuing.crl.pem", "signature.bin"} <= {
        path.name for path in witnesses.iterdir()
    }


def test_the_demo_does_not_empty_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    result = CliRunner().invoke(main, ["demo", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "--data" in result.output
    assert (tmp_path / "thesis.txt").exists()


def test_a_missing_tool_is_named_with_the_command_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetUpError, match="apt-get install openssl"):
        Witnesses(tmp_path / "files", crt={}, crl={}, ocsp="http://127.0.0.1/")


def test_a_tool_that_fails_says_what_it_said(tmp_path: Path) -> None:
    witnesses = Witnesses(tmp_path / "files", crt={}, crl={}, ocsp="http://127.0.0.1:9/")
    with pytest.raises(SetUpError, match="openssl x509"):
        witnesses.check("no-such.pem")


def test_help_names_every_subcommand_without_running_any() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name in ("demo", "serve", "rules", "scenario", "states", "journal", "token", "sandbox", "clock"):
        assert name in result.output
        told = CliRunner().invoke(main, [name, "--help"], terminal_width=300, max_content_width=300)
        assert SUBCOMMANDS[name].rstrip(".") in told.output
    assert CliRunner().invoke(main, ["no-such-command"]).exit_code == 2
