"""`mockca workshop` on a data folder."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from mockca.cli import main
from mockca.web.access import ensure_admin_credential
from mockca.workshop.classroom import LETTERS


def test_a_class_is_opened_listed_and_closed(tmp_path: Path) -> None:
    run = CliRunner()
    data = ["--data", str(tmp_path)]
    opened = run.invoke(
        main,
        ["workshop", "open", "--lesson", "an-giang/new-person", "--learners", "40", "--title", "Lớp sáng", *data],
        catch_exceptions=False,
    )
    found = re.search(rf"/-/join/([{LETTERS}]{{6}})\n", opened.output)
    assert found is not None, opened.output
    code = found[1]
    assert f"/-/workshop/sign-in?back=/-/workshop/{code}/#{ensure_admin_credential(tmp_path)}" in opened.output
    assert run.invoke(main, ["workshop", "close", code.lower(), *data]).exit_code == 0
    listed = run.invoke(main, ["workshop", "list", *data]).output
    assert listed.split("\t")[:3] == [code, "closed", "0/40"]
    again = run.invoke(main, ["workshop", "close", code, *data])
    assert (again.exit_code, f"class {code} is closed" in again.output) == (1, True)


def test_a_lesson_that_is_none_is_refused_in_a_line(tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["workshop", "open", "--lesson", "x/y", "--data", str(tmp_path)])
    assert refused.exit_code == 1
    assert "no such scenario" in refused.output
    assert "Traceback" not in refused.output
