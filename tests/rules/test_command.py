"""The command `mockca rules`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from mockca.cli import main, rules
from mockca.rules.lifecycle import LIFECYCLES
from mockca.rules.loading import available, load
from mockca.rules.outline import form_rows, outline


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rules", *arguments])


def test_list_names_every_regulation() -> None:
    result = run("list")
    assert result.exit_code == 0
    for id_ in available():
        assert id_ in result.output
    assert "Tiếp theo: mockca rules show" in result.output


def test_list_as_json_gives_the_contrast() -> None:
    listed = {entry["id"]: entry for entry in json.loads(run("list", "--json").output)}
    assert listed["an-giang"]["effective_from"] == "announcement"
    assert listed["lai-chau"]["effective_from"] == "not_before"


@pytest.mark.parametrize("id_", available())
def test_show_prints_every_row_with_its_clause_and_marks_what_is_unsourced(id_: str) -> None:
    result = run("show", id_)
    assert result.exit_code == 0
    printed = "".join(result.output.split())
    for section in outline(load(id_)):
        assert section.vi in result.output
        for row in section.rows:
            assert row.clause == "unsourced" or row.clause in printed
    assert "◇ chưa có căn cứ" in result.output
    assert "unsourced" in result.output


def test_show_puts_vietnamese_before_english() -> None:
    output = run("show", "an-giang").output
    assert "Thời hạn tối đa khi cấp mới · longest new term" in output
    assert output.index("Dịch vụ") < output.index("Services")


def test_show_as_json_gives_every_value() -> None:
    assert json.loads(run("show", "lai-chau", "--json").output) == load("lai-chau").values()


def test_show_one_form_lists_its_fields() -> None:
    output = run("show", "an-giang", "--form", "AG-F01").output
    assert "@angiang.test" in output
    assert "years, bắt buộc, 1-5" in output
    assert "Dịch vụ" not in output
    form = json.loads(run("show", "an-giang", "--form", "AG-F01", "--json").output)
    assert form["fields"]["validity_years"]["required"] is True


def test_a_field_with_one_accepted_value_says_it() -> None:
    names = {row.vi: row.value for row in form_rows(load("an-giang"), "AG-F01")}
    assert names["Tên cơ quan, đơn vị"] == "organisation_name: text, bắt buộc, = tên đơn vị"
    rows = {row.vi: row.value for row in form_rows(load("lai-chau"), "ND68-F01")}
    assert rows["Số lượng"] == "item_count: integer, bắt buộc, = 1"
    assert rows["Thư điện tử công vụ"] == "email: email, bắt buộc"


def test_show_explains_clauses_when_asked() -> None:
    output = run("show", "an-giang", "--clauses").output
    assert "Công bố xong mới có hiệu lực" in output
    assert "Điều 10 khoản 2 điểm đ" in output


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    unknown = run("show", "atlantis")
    assert unknown.exit_code == 2
    assert "an-giang" in unknown.output
    form = run("show", "an-giang", "--form", "AG-F09")
    assert form.exit_code == 2
    assert "AG-F03" in form.output


@pytest.mark.parametrize("style", ["mermaid", "dot"])
def test_diagram_draws_one_lifecycle(style: str) -> None:
    result = run("diagram", "--kind", "certificate", "--regulation", "lai-chau", "--format", style)
    assert result.exit_code == 0
    assert result.output == LIFECYCLES["certificate"].diagram(load("lai-chau"), "dot" if style == "dot" else "mermaid")


def test_diagram_draws_all_of_them_for_a_page() -> None:
    page = run("diagram").output
    assert page.count("```mermaid\nstateDiagram-v2") == len(LIFECYCLES)
    assert run("diagram", "--format", "dot").output.count("digraph ") == len(LIFECYCLES)


def test_a_terminal_sets_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    monkeypatch.setattr(rules, "on_terminal", lambda: True)
    assert rules.console().width == 77
    monkeypatch.setattr(rules, "on_terminal", lambda: False)
    assert rules.console().width == rules.PIPED_WIDTH
