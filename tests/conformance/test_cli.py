"""The `conformance` command, as people and CI run it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from conformance import catalogue
from conformance.cli import main
from conformance.features import FEATURES
from conformance.suites.authority import SUITE
from tests.conformance.command import Done, conformance
from tests.conformance.toy_server import Server, toy_server, write_credentials

NEW_PERSON = "authority/an-giang/new-person"
ROOT = Path(__file__).parents[2]


def run(server: Server, tmp_path: Path, *arguments: str, without: str = "") -> Done:
    """A run of one scenario against the toy."""
    credentials = write_credentials(tmp_path / "credentials.json", without=without)
    target = ("--target", f"authority={server.url}", "--regulation", "an-giang", "--credentials", str(credentials))
    return conformance("run", *target, *arguments, cwd=tmp_path)


def cases(junit: Path) -> dict[str, ElementTree.Element]:
    return {case.attrib["name"]: case for case in ElementTree.parse(junit).getroot().iter("testcase")}  # noqa: S314


def test_a_run_without_fault_ends_with_0_a_summary_by_clause_and_junit(tmp_path: Path) -> None:
    with toy_server() as server:
        done = run(server, tmp_path, "--only", NEW_PERSON, "--junit", "report.xml")
    assert done.returncode == 0, done.stderr + done.stdout
    assert NEW_PERSON in done.stdout
    assert "AG-10.2.dd.2" in done.stdout
    assert "88 đúng / passed, 0 sai / failed, 0 chưa kiểm / skipped" in done.stdout
    found = cases(tmp_path / "report.xml")
    case = found["activation-before-handover"]
    assert case.attrib["classname"] == "authority.an-giang.new-person"
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()  # noqa: S314
    properties = {one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")}
    assert "AG-10.2.dd" in properties["clauses:activation-before-handover"].split()
    assert len(found) == 88


def test_a_fault_ends_with_1_evidence_and_a_line_that_reproduces_it(tmp_path: Path) -> None:
    with toy_server("activation-before-handover", "echoes-credentials") as server:
        done = run(server, tmp_path, "--only", NEW_PERSON, "--junit", "report.xml", "-v")
        assert done.returncode == 1
        assert f"✗ {NEW_PERSON}/activation-before-handover" in done.stdout
        assert "outcome: expected refused by AG-10.2.dd, found accepted" in done.stdout
        assert "> POST" in done.stdout
        assert "$REGISTRAR_CREDENTIAL" in done.stdout
        assert "may follow from a step that had to be refused: activation-before-handover" in done.stdout
        line = next(one for one in done.stdout.splitlines() if "reproduce: " in one)
        words = shlex.split(line.partition("reproduce: ")[2])
        again = conformance(*words[1:], cwd=tmp_path)
    assert again.returncode == 1
    assert "activation-before-handover" in again.stdout
    assert "activation-before-delivery" not in again.stdout
    case = cases(tmp_path / "report.xml")["activation-before-handover"]
    failure = case.find("failure")
    assert failure is not None
    assert "chạy lại / reproduce: conformance run" in (failure.text or "")
    for text in (done.stdout, done.stderr, (tmp_path / "report.xml").read_text()):
        assert "secret-of-" not in text
        assert "31415926" not in text


def test_steps_after_a_failed_one_are_skipped_and_the_clauses_left_untested_are_named(tmp_path: Path) -> None:
    with toy_server("effective-at-once") as server:
        done = run(server, tmp_path, "--only", NEW_PERSON)
    assert done.returncode == 1
    assert f"○ {NEW_PERSON}: issue did not go well (" in done.stdout
    untested = next(line for line in done.stdout.splitlines() if "Clauses left untested" in line)
    assert "AG-11.3.b.1" in untested
    assert "AG-10.3.a.2" not in untested


def test_the_sandbox_is_emptied_before_each_scenario_where_that_is_asked_for(tmp_path: Path) -> None:
    only = ("--only", f"{NEW_PERSON}/company-refused", "--only", "authority/an-giang/lost-device/file")
    with toy_server() as server:
        done = run(server, tmp_path, *only, "--reset", "--given", "validity_years=3", "--seed", "2")
        assert server.resets == 2
    assert done.returncode == 0, done.stdout


def test_a_sandbox_that_cannot_be_emptied_ends_the_run_with_2(tmp_path: Path) -> None:
    with toy_server("no-reset") as server:
        done = run(server, tmp_path, "--only", f"{NEW_PERSON}/company-refused", "--reset")
    assert done.returncode == 2
    assert "could not be reset: chỗ này không xóa được" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_breaks_the_target_is_repeated_in_the_line_that_reproduces(tmp_path: Path) -> None:
    only = ("--only", f"{NEW_PERSON}/file", "--given", "mail_domain=elsewhere.test", "--reset")
    with toy_server() as server:
        done = run(server, tmp_path, *only)
    assert done.returncode == 1
    assert "--seed 1 --given mail_domain=elsewhere.test --reset --only" in done.stdout


def test_a_run_in_which_nothing_could_be_checked_ends_with_2(tmp_path: Path) -> None:
    with toy_server() as server:
        done = run(server, tmp_path, "--only", "authority/an-giang/lost-device", without="subscriber")
    assert done.returncode == 2
    assert "no credential for subscriber under an-giang" in done.stdout
    assert "Nothing could be checked" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--target", "authority=demo", "--regulation", "an-giang"), "'demo' is no URL"),
        (("--target", "http://127.0.0.1:9", "--regulation", "an-giang"), "write --target authority=http"),
        (("--target", "authority=http://x.test", "--regulation", "atlantis"), "no scenario under the regulation"),
        (("--target", "authority=http://x.test", "--regulation", "an-giang", "--only", "nope"), "no check 'nope'"),
        (("--target", "authority=http://x.test", "--regulation", "an-giang", "--given", "x"), "--given KEY=VALUE"),
        (("--target", "authority=http://x.test", "--regulation", "an-giang", "--given", "x=1"), "has the setting 'x'"),
        (
            ("--target", "authority=http://x.test", "--regulation", "an-giang", "--given", "validity_years=five"),
            "must be of the same kind as 5",
        ),
        (("--target", "authority=http://x.test", "--regulation", "an-giang", "--credentials", "no"), "No such file"),
        (("--regulation", "an-giang"), "Missing option '--target'"),
    ],
)
def test_what_cannot_be_run_ends_with_2_and_says_what_to_do(arguments: tuple[str, ...], says: str) -> None:
    done = CliRunner().invoke(main, ["run", *arguments])
    assert done.exit_code == 2, done.output
    assert says in done.stderr


def test_a_run_without_accounts_ends_with_2_and_says_what_to_do(tmp_path: Path) -> None:
    done = conformance("run", "--target", "authority=http://127.0.0.1:9/demo", "--regulation", "an-giang", cwd=tmp_path)
    assert done.returncode == 2
    assert "give the accounts with --credentials FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_target_that_answers_html_or_nobody_ends_with_2(tmp_path: Path) -> None:
    with toy_server("html") as server:
        done = run(server, tmp_path)
        assert done.returncode == 2
        assert "text/html instead of JSON" in done.stderr
    done = run(server, tmp_path)
    assert done.returncode == 2
    assert "could not be asked" in done.stderr


def test_tests_and_settings_of_the_working_directory_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("raise RuntimeError('somebody else')")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option")
    credentials = write_credentials(tmp_path / "credentials.json")
    with toy_server() as server:
        done = conformance(
            *("run", "--target", f"authority={server.url}", "--regulation", "an-giang"),
            *("--credentials", str(credentials), "--only", f"{NEW_PERSON}/company-refused"),
            cwd=tmp_path,
            PYTEST_ADDOPTS="--also-no-such-option",
            PYTEST_PLUGINS="no_such_plugin",
        )
    assert done.returncode == 0, done.stderr


def test_the_plugin_serves_plain_pytest_too(tmp_path: Path) -> None:
    credentials = write_credentials(tmp_path / "credentials.json")
    command = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "-p", "no:cacheprovider", str(SUITE)]
    with toy_server("no-cap") as server:
        options = [f"--conformance-target=authority={server.url}", "--conformance-regulation=an-giang"]
        options += [f"--conformance-credentials={credentials}", f"--conformance-only={NEW_PERSON}"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        by_clause, could_not, without = (
            subprocess.run([*command, *more], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
            for more in (
                [*options, "-m", 'clause(id="AG-F01") or clause(id="AG-11.3.b.3")'],
                [option.replace("an-giang", "atlantis") for option in options],
                [],
            )
        )
    assert by_clause.returncode == 1
    assert "1 failed, 4 passed, 83 deselected" in by_clause.stdout
    assert "outcome: expected refused by AG-F01, found accepted" in by_clause.stdout
    assert could_not.returncode == 2
    assert "no scenario under the regulation 'atlantis'" in could_not.stdout + could_not.stderr
    assert without.returncode == 5  # nothing collected without a target


# --- what there is ----------------------------------------------------------------------------------------------


def test_every_check_is_listed_with_its_clauses() -> None:
    listed = CliRunner().invoke(main, ["list"])
    assert listed.exit_code == 0
    assert f"{NEW_PERSON}/unrevoke  [AG-3.14]" in listed.output
    assert "authority/lai-chau/new-person/file" in listed.output
    only = CliRunner().invoke(main, ["list", "--regulation", "lai-chau"])
    assert "an-giang" not in only.output


def test_a_check_is_explained_by_what_it_says_of_itself() -> None:
    explained = CliRunner().invoke(main, ["explain", f"{NEW_PERSON}/term-over-cap"]).output
    assert "Đề nghị thời hạn 6 năm" in explained
    assert "form.fields.validity_years = 6" in explained
    assert "bị từ chối / refused, AG-F01" in explained
    everything = CliRunner().invoke(main, ["explain", NEW_PERSON]).output
    assert "thiếu / left out: attachments[kind=seal-registration-copy]" in everything
    assert "trạng thái / state: effective" in everything
    assert "giá trị / value: in_force = False" in everything


def test_an_unknown_check_is_an_error_with_2() -> None:
    result = CliRunner().invoke(main, ["explain", "authority/nowhere"])
    assert result.exit_code == 2
    assert "`conformance list` shows every id" in result.output


def test_a_selection_brings_each_scenario_from_its_beginning_only_once() -> None:
    wanted = [f"{NEW_PERSON}/company-refused", f"{NEW_PERSON}/no-credential", "authority/an-giang/lost-device/file"]
    ids = [check.id for check in catalogue.selection("an-giang", wanted)]
    assert ids == [
        "authority/an-giang/lost-device/file",
        f"{NEW_PERSON}/no-credential",
        f"{NEW_PERSON}/company-refused",
    ]
    assert catalogue.regulations() == (
        "an-giang",
        "cao-bang",
        "dong-thap",
        "lai-chau",
        "ninh-binh",
        "ninh-binh-2025",
        "thai-binh",
    )


def test_checks_are_listed_by_importance_and_clause_and_for_machines() -> None:
    blockers = CliRunner().invoke(main, ["list", "--regulation", "an-giang", "--importance", "blocker"]).output
    assert f"{NEW_PERSON}/faces-when-effective" in blockers
    assert all(line.endswith("  blocker") for line in blockers.splitlines())
    assert f"{NEW_PERSON}/term-over-cap" not in blockers
    asked = ["list", "--clause", "ND130-73.b", "--target-kind", "token", "--json"]
    entries = json.loads(CliRunner().invoke(main, asked).output)
    assert [entry["id"] for entry in entries][:1] == ["token/locking/right-pin-refused-when-locked"]
    assert all("ND130-73.b" in entry["clauses"] for entry in entries)
    restores = next(entry for entry in entries if entry["id"].endswith("security-officer-restores"))
    assert restores["features"] == ["restore"]
    assert restores["importance"] == "major"
    assert restores["vi"]
    assert restores["en"]


def test_an_explanation_tells_importance_and_what_a_target_must_have() -> None:
    explained = CliRunner().invoke(main, ["explain", "authority/an-giang/expired"]).output
    assert "mức / importance: nghiêm trọng / blocker" in explained
    assert "cần / needs: clock" in explained


def test_every_feature_that_a_check_needs_is_known() -> None:
    assert {feature for check in catalogue.every_check() for feature in check.features} <= set(FEATURES)
