"""The list of known failures, and what changed between two runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance import catalogue
from conformance.cli import main
from conformance.engine import Tally
from conformance.errors import BadExpectations
from conformance.events import CheckEnded, Conclusion, Place, Result, RunBegan, RunEnded
from conformance.expectations import Entry, Expectations, read_entries
from conformance.law import Text
from conformance.reports.json_report import Report
from scenarios import Importance
from tests.conformance.test_reports import NEW_PERSON, run
from tests.conformance.toy_server import toy_server

TODAY = date(2026, 3, 2)
CHECKS = (("s/g/a", ("AG-2",)), ("s/g/b", ("AG-2", "AG-3")))


def ended(check: str, result: Result, clauses: tuple[str, ...] = ("AG-2",), reason: str = "") -> CheckEnded:
    return CheckEnded(
        check=check,
        number=1,
        result=result,
        reason=reason,
        says=Text("tiếng Việt", "English"),
        clauses=clauses,
        importance=Importance.MAJOR,
        reproduce="conformance run",
        seconds=0.0,
    )


def results(expectations: Expectations, **found: Result) -> list[CheckEnded]:
    clauses = dict(CHECKS)
    return [
        expectations.applied(ended(f"s/g/{name}", result, clauses[f"s/g/{name}"]), TODAY)
        for name, result in found.items()
    ]


def conclusion(expectations: Expectations, checks: list[CheckEnded]) -> Conclusion:
    tally = Tally()
    for check in checks:
        tally.add(check)
    return tally.conclusion(has_surprises=bool(expectations.surprises()), is_interrupted=False)


# --- what is expected -------------------------------------------------------------------------------------------


def test_a_failure_on_the_list_does_not_fail_the_run() -> None:
    expectations = Expectations([Entry(check="s/g/a", reason="known")], CHECKS)
    checks = results(expectations, a=Result.FAILED, b=Result.PASSED)
    assert checks[0].expected is not None
    assert checks[0].expected.reason == "known"
    assert conclusion(expectations, checks) is Conclusion.PASSED


def test_a_failure_that_is_not_on_the_list_fails_the_run() -> None:
    expectations = Expectations([Entry(check="s/g/a", reason="known")], CHECKS)
    assert conclusion(expectations, results(expectations, a=Result.FAILED, b=Result.FAILED)) is Conclusion.FAILED


def test_a_check_on_the_list_that_passes_fails_the_run() -> None:
    expectations = Expectations([Entry(check="s/g/a", reason="known")], CHECKS)
    checks = results(expectations, a=Result.PASSED, b=Result.PASSED)
    assert [one.entry for one in expectations.surprises()] == ["s/g/a"]
    assert conclusion(expectations, checks) is Conclusion.FAILED


def test_a_check_on_the_list_that_was_skipped_is_no_surprise() -> None:
    expectations = Expectations([Entry(check="s/g/a", reason="known")], CHECKS)
    assert conclusion(expectations, results(expectations, a=Result.SKIPPED, b=Result.PASSED)) is Conclusion.PASSED


def test_a_clause_on_the_list_covers_all_its_checks_and_surprises_only_when_all_pass() -> None:
    entry = Entry(clause="AG-2", reason="known")
    expectations = Expectations([entry], CHECKS)
    checks = results(expectations, a=Result.PASSED, b=Result.FAILED)
    assert expectations.surprises() == ()
    assert conclusion(expectations, checks) is Conclusion.PASSED
    only_one = Expectations([entry], CHECKS)
    results(only_one, a=Result.PASSED)
    assert only_one.surprises() == ()
    both = Expectations([entry], CHECKS)
    results(both, a=Result.PASSED, b=Result.PASSED)
    assert [one.entry for one in both.surprises()] == ["AG-2"]


def test_after_its_last_day_a_known_failure_fails_the_run_and_says_that_it_was_known() -> None:
    until = Expectations([Entry(check="s/g/a", reason="known", until=TODAY)], CHECKS)
    assert results(until, a=Result.FAILED)[0].expected is not None
    late = Expectations([Entry(check="s/g/a", reason="known", until=date(2026, 3, 1))], CHECKS)
    (check,) = results(late, a=Result.FAILED)
    assert check.expected is None
    assert "its failure was expected until 2026-03-01: known" in check.reason
    assert conclusion(late, [check]) is Conclusion.FAILED


def test_a_harness_that_broke_off_is_never_expected() -> None:
    expectations = Expectations([Entry(check="s/g/a", reason="known")], CHECKS)
    assert conclusion(expectations, results(expectations, a=Result.ERROR)) is Conclusion.FAILED


def test_a_run_of_known_failures_alone_ends_with_0_and_one_without_them_with_1(tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(
        "expected:\n- {clause: AG-F01, reason: việc số 12, until: 2999-01-01}\n", "utf-8"
    )
    only = ("--only", f"{NEW_PERSON}/term-over-cap", "--expect", "known.yaml")
    with toy_server("no-cap") as server:
        assert run(tmp_path, server.url, *only).code == 0
    with toy_server() as server:
        (tmp_path / "known.toml").write_text(f'[[expected]]\ncheck = "{NEW_PERSON}/term-over-cap"\nreason = "x"\n')
        done = run(tmp_path, server.url, *only[:-1], "known.toml")
    assert done.code == 1
    assert "PASSED UNEXPECTEDLY" in done.printed


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("k.toml", "[[expected]]\ncheck = 'a/b'\nreason = 'x'\n", "no check 'a/b'; `conformance list`"),
        ("k.toml", "[[expected]]\nclause = 'AG-99'\nreason = 'x'\n", "no clause 'AG-99'"),
        ("k.toml", "[[expected]]\nreason = 'x'\n", "expected.0: Value error, give a check or a clause, one of both"),
        ("k.toml", "[[expected]]\nclause = 'AG-2'\n", "expected.0.reason: Field required"),
        ("k.toml", "[[expected", "k.toml: "),
        ("k.yaml", "expected: [", "k.yaml: "),
        ("k.yaml", "- a\n", "k.yaml: file: "),
        ("missing.toml", None, "No such file"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_and_says_why(
    tmp_path: Path, name: str, text: str | None, says: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(BadExpectations) as refused:
        read_entries(tmp_path / name, catalogue.token_checks())
    assert says in str(refused.value)


def test_an_empty_list_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("", "utf-8")
    assert read_entries(tmp_path / "empty.yaml", ()) == ()


def test_a_list_that_cannot_be_used_ends_the_run_with_2(tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text("[[expected]]\ncheck = 'a/b'\nreason = 'x'\n")
    target = ("--target", "authority=http://127.0.0.1:9/x", "--regulation", "an-giang")
    done = CliRunner().invoke(main, ["run", *target, "--expect", str(tmp_path / "known.toml")])
    assert done.exit_code == 2
    assert "no check 'a/b'" in done.stderr


# --- what changed -----------------------------------------------------------------------------------------------


def report(path: Path, regulation: str = "an-giang", **found: Result) -> str:
    checks = tuple(ended(f"s/g/{name}", result, reason="vì thế") for name, result in found.items())
    tally = Tally()
    for check in checks:
        tally.add(check)
    began = RunBegan(
        target=Place(kind="authority", place="http://x.test"),
        regulation=regulation,
        seed="1",
        checks=len(checks),
        at=datetime(2026, 3, 2, tzinfo=UTC),
        versions={},
        command="conformance run",
    )
    end = RunEnded(
        conclusion=Conclusion.PASSED,
        totals={result: tally.totals[result] for result in Result},
        expected=0,
        surprises=(),
        clauses=tally.clauses(),
        seconds=1.0,
    )
    path.write_text(Report(began=began, checks=checks, ended=end).model_dump_json(), "utf-8")
    return str(path)


P, F, S, N, E = Result.PASSED, Result.FAILED, Result.SKIPPED, Result.NOT_APPLICABLE, Result.ERROR


@pytest.mark.parametrize(
    ("before", "after", "code", "says"),
    [
        (P, P, 0, "Nothing changed"),
        (P, F, 1, "newly failing (1)\n  s/g/a: passed → failed (vì thế)"),
        (P, E, 1, "newly failing (1)\n  s/g/a: passed → error"),
        (S, F, 1, "newly failing"),
        (None, F, 1, "newly failing (1)\n  s/g/a: – → failed"),
        (P, S, 1, "no longer checked (1)\n  s/g/a: passed → skipped"),
        (P, N, 1, "no longer checked (1)\n  s/g/a: passed → not applicable"),
        (F, P, 0, "newly passing (1)\n  s/g/a: failed → passed"),
        (S, P, 0, "newly passing"),
        (F, S, 0, "changed (1)\n  s/g/a: failed → skipped"),
        (F, E, 0, "changed (1)"),
        (S, N, 0, "changed (1)"),
        (P, None, 0, "not in the new run (1)\n  s/g/a: passed → –"),
    ],
)
def test_two_runs_are_compared_and_what_got_worse_ends_with_1(
    tmp_path: Path, before: Result | None, after: Result | None, code: int, says: str
) -> None:
    old = report(tmp_path / "old.json", **({"a": before} if before else {}))
    new = report(tmp_path / "new.json", **({"a": after} if after else {}))
    done = CliRunner().invoke(main, ["diff", old, new])
    assert done.exit_code == code, done.output
    assert says in done.output


def test_runs_of_two_regulations_are_compared_with_a_word_of_warning(tmp_path: Path) -> None:
    old, new = report(tmp_path / "old.json", a=P), report(tmp_path / "new.json", "lai-chau", a=P)
    done = CliRunner().invoke(main, ["diff", old, new])
    assert done.exit_code == 0
    assert "regulation: an-giang → lai-chau" in done.stderr


def test_what_is_no_report_ends_the_comparison_with_2(tmp_path: Path) -> None:
    old = report(tmp_path / "old.json", a=P)
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "words.json").write_text("words")
    for wrong, says in (
        ("other.json", "began: Field required"),
        ("words.json", "file: "),
        ("none.json", "No such file"),
    ):
        done = CliRunner().invoke(main, ["diff", old, str(tmp_path / wrong)])
        assert done.exit_code == 2
        assert says in done.stderr
