"""Mapping files: what is wrong with one is told with file, line and place, all of it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner

from conformance.cli import main
from conformance.errors import BadMapping
from conformance.mapping import reading
from conformance.mapping.reading import read_mapping, read_text
from conformance.mapping.schema import PUBLISHED, schema
from conformance.mapping.skeleton import skeleton
from scenarios import Operation
from scenarios.yaml_lines import parse
from tests.conformance.mapping.files import SOUND, as_yaml, sound

EXAMPLE = Path(__file__).parents[3] / "conformance" / "examples" / "so_chung_thu" / "mapping.yaml"


def faults(text: str) -> str:
    """What is said of the file."""
    with pytest.raises(BadMapping) as caught:
        read_text(text, "mapping.yaml")
    return str(caught.value)


def test_a_sound_file_is_read() -> None:
    mapping = read_text(SOUND, "mapping.yaml")
    assert mapping.maps["states"]["accepted"] == ("NHAN", "DA_NHAN")
    assert mapping.operations["file_dossier"][0].values["number"].at == "$.so"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("path: /gio", "path: gio", "mapping.yaml:8: clock.request: a path begins with / or ${"),
        ("at: $.gio, time: iso", "at: $.gio, time: LLLL", "mapping.yaml:9: clock.now.time: a format is iso, unix"),
        ("at: $.gio, time: iso", "at: $.gio", "mapping.yaml:9: clock.now: say how the time is written"),
        ("at: $.gio", "at: $.gio..", "mapping.yaml:9: clock.now.at: no JSONPath (RFC 9535)"),
        ("message: $.thong_bao", "mesage: $.x", "mapping.yaml:12: refusals.mesage: Extra inputs are not permitted"),
        (
            "E1: ND68-9.2",
            "E1: ND68-9.22",
            "mapping.yaml:14: refusals.codes.E1: no clause 'ND68-9.22'; there are: ND68-9.2",
        ),
        ("[400, 403, 404, 409]", "[4000]", "mapping.yaml:11: refusals.statuses[0]: Input should be less than"),
        ("number: $.so", "number: $.so}", "mapping.yaml:27: operations.file_dossier.values.number: no JSONPath"),
        ("number: $.so", "number: {of: first, at: $.so}", "values.number.of: no request is called 'first'"),
        (
            "number: $.so",
            "number: ${answer.x | ours('none')}",
            "no map is called 'none'; `maps` has: states, decisions",
        ),
        ("number: $.so", "number: {at: $.x, map: decisions}", "'DONG_Y' cannot be read back: in the map 'decisions'"),
        ("number: $.so", "number: {at: $.x, value: x}", "values.number: either `at` or `value`"),
        ("number: $.so", "num[ber: $.so", "is not a path"),
        ("full_name}", "full_name | shout}", "mapping.yaml:23: operations.file_dossier.requests.json: ${body"),
        (
            "${body.form.fields.full_name}",
            "${steps.file.x}",
            "mapping.yaml:24: operations.file_dossier.requests.json.ten",
        ),
        ("${body.form.fields.full_name}", "${body.x | time('LL')}", "'LL' is no format of dates"),
        (
            "read_dossier:",
            "read_dosier:",
            "mapping.yaml:29: operations.read_dosier: no such operation; there are: read_dossier",
        ),
        ('    requests: {path: "/ho-so/${body.dossier}"}\n', "", "either `requests`, or `unsupported` with the reason"),
        ('{path: "/ho-so/${body.dossier}"}', "{path: /x, json: {}}", "a GET has no body; use `query`"),
        ('{path: "/ho-so/${body.dossier}"}', "{method: PUT, path: /x, json: {}, text: x}", "one body only"),
        ('{path: "/ho-so/${body.dossier}"}', "{path: /x, when: body}", "one ${…} and nothing else belongs here"),
        ('{path: "/ho-so/${body.dossier}"}', "{path: /x, paging: {by: page, items: $}}", "`parameter` belongs to page"),
        (
            '{path: "/ho-so/${body.dossier}"}',
            "{path: /x, paging: {by: link, items: $}}",
            "`next` belongs to cursor and link",
        ),
        (
            '{path: "/ho-so/${body.dossier}"}',
            "{path: /x, paging: {by: page, items: $, parameter: p, last: '${body}'}}",
            "paging.last: ${body}: 'body' is nothing here; there are: answer",
        ),
        (
            "states: {filed: NOP,",
            "states: {filed: [NOP, NOP],",
            "mapping.yaml:4: maps.states.filed: the same word stands here twice",
        ),
        ("name: Thử", "name: Thử\nzone: Mars/Olympus", "mapping.yaml:3: zone: no such time zone"),
        ("mapping: 1", "mapping: 2", "mapping.yaml:1: mapping: Input should be 1 (here: 2)"),
        ("mapping: 1\n", "", "mapping: Field required"),
        ('{by: headers, headers: {X-Key: "${account.credential}"}}', "{by: magic}", "sign_in: Input tag 'magic'"),
        ("${account.credential}", "${body.x}", "sign_in.headers.X-Key: ${body.x}: 'body' is nothing here"),
        ("request: {path: /gio}", "date: /", "clock: either `request` with `now`, or `date`"),
        ("request: {path: /gio}", "request: {path: '/${now}'}", "clock.request.path: /${now}: 'now' is nothing here"),
        (
            "  state: {at: $.trang_thai, map: states}\noper",
            "  when: ${body.x}\noper",
            "refusals.when: ${body.x}: 'body'",
        ),
    ],
)
def test_a_mistake_is_told_where_it_stands(old: str, new: str, says: str) -> None:
    assert old in SOUND
    assert says in faults(SOUND.replace(old, new, 1))


def test_all_mistakes_are_told_at_once() -> None:
    told = faults(SOUND.replace("E1: ND68-9.2", "E1: XX-1").replace("path: /ho-so\n", "path: /${x}\n"))
    assert told.count("\n") == 1


def test_a_case_that_is_never_reached_is_told() -> None:
    case = {"unsupported": "không có"}
    told = faults(as_yaml(operations={"appoint": [case, {**case, "when": "${actor == 'x'}"}]}))
    assert "appoint[1]: is never reached" in told


def test_a_comparison_of_faces_needs_what_it_is_made_of() -> None:
    told = faults(as_yaml(operations={"compare_faces": {"requests": {"path": "/x"}}}))
    assert "compare_faces: its `values` must have `portal`" in told
    assert "compare_faces: needs read_certificate to be mapped, too" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "not YAML"),
        ("", "Input should be a valid"),
        ("[" * 500 + "]" * 500, "nested deeper than 50"),
        (
            "\n".join(f"{chr(97 + n)}: &{chr(97 + n)} [{f'*{chr(96 + n)}, ' * 9}1]" for n in range(1, 9)).replace(
                "*`", "1"
            ),
            "more than 100000 values",
        ),
    ],
)
def test_what_is_no_mapping_at_all_is_told(text: str, says: str) -> None:
    text = text.replace("*a,", "1,") if text.startswith("b:") else text
    assert says in faults(text)


def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadMapping, match=r"No such file.*mapping new"):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadMapping, match="not UTF-8"):
        read_mapping(tmp_path / "binary.yaml")
    monkeypatch.setattr(reading, "LONGEST_FILE", 10)
    with pytest.raises(BadMapping, match="longer than 10 bytes"):
        read_mapping(EXAMPLE)


def test_sign_in_by_requests_and_by_tokens_is_checked_too() -> None:
    login = {"by": "login", "requests": {"path": "/x", "take": {"t": {"at": "$.t", "map": "none"}}}}
    assert "sign_in.requests.take.t.map: no map is called 'none'" in faults(as_yaml(sign_in=login))
    oauth = {"by": "oauth2", "token": "/token", "scope": "${body.x}"}
    assert "sign_in_of.trainer.scope" in faults(as_yaml(sign_in_of={"trainer": oauth}))


def test_remembering_and_forms_of_several_parts_are_checked_too() -> None:
    request = {"method": "POST", "path": "/x", "parts": {"f": {"file": "${nothing}", "content": "x"}}}
    told = faults(as_yaml(operations={"appoint": {"requests": request, "remember": {"${values.x}${wrong}": "$.x"}}}))
    assert "parts.f.file: ${nothing}" in told
    assert "remember.${values.x}${wrong}" in told
    each = {"at": "$[*]", "each": {"a": "${wrong}"}, "keep": "${item.x == wrong}"}
    told = faults(as_yaml(operations={"appoint": {"requests": {"path": "/x"}, "values": {"items": each}}}))
    assert "values.items.each.a.value" in told
    assert "values.items.keep" in told


def test_lists_in_a_json_body_are_checked_too() -> None:
    request = {"method": "POST", "path": "/x", "json": [{"a": ["${wrong}"]}, 5, None]}
    assert "requests.json[0].a[0]: ${wrong}" in faults(as_yaml(operations={"appoint": {"requests": request}}))


# --- the schema and the skeleton --------------------------------------------------------------------------------


def test_the_published_schema_is_the_models() -> None:
    assert PUBLISHED.read_text("utf-8") == schema(), "run: python -m conformance.mapping.schema"


@pytest.mark.parametrize("text", [SOUND, EXAMPLE.read_text("utf-8"), skeleton()])
def test_files_that_are_read_fit_the_schema(text: str) -> None:
    assert jsonschema_rs.validator_for(schema()).is_valid(parse(text, "mapping.yaml").data)
    read_text(text, "mapping.yaml")


def test_a_file_that_breaks_the_schema_does_not_fit_it() -> None:
    data: dict[str, Any] = yaml.safe_load(SOUND)
    data["operations"]["file_dossier"]["surprise"] = True
    assert not jsonschema_rs.validator_for(schema()).is_valid(data)


def test_the_skeleton_has_every_operation_and_is_sound_with_all_of_them_uncommented() -> None:
    head, _, rest = skeleton().partition("\n  # refile_dossier:")
    lines = f"  # refile_dossier:{rest}".splitlines()
    uncommented = ["  " + line[4:] if _is_yaml_of_an_operation(line[4:]) else line for line in lines]
    mapping = read_text("\n".join([head, *uncommented]), "mapping.yaml")
    assert set(mapping.operations) == {operation.value for operation in Operation}


def _is_yaml_of_an_operation(line: str) -> bool:
    names = [f"{operation.value}:" for operation in Operation]
    return line in names or line.startswith("  ")


# --- the command ------------------------------------------------------------------------------------------------


def test_checking_tells_what_is_covered_and_what_that_lets_play() -> None:
    shown = CliRunner().invoke(main, ["mapping", "check", str(EXAMPLE)])
    assert shown.exit_code == 0, shown.output
    assert "✓ file_dossier           POST /ho-so; POST /ho-so/${taken.ma}/trinh" in shown.output
    assert "○ suspend_certificate    Không có tạm dừng. / No suspension." in shown.output
    assert "– appoint" in shown.output
    assert "lai-chau/who-may                     7/7" in shown.output
    assert "lai-chau/signed-requests             0/" in shown.output


def test_checking_tells_what_checks_read_and_the_mapping_does_not_give(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(EXAMPLE.read_text("utf-8").replace("        filed_at: {at: $.nop_luc, time: *moment}\n", ""))
    shown = CliRunner().invoke(main, ["mapping", "check", str(path), "--regulation", "lai-chau"])
    assert "    file_dossier: filed_at" in shown.output


def test_checking_ends_with_2_where_the_file_or_the_regulation_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("mapping: 1")
    shown = CliRunner().invoke(main, ["mapping", "check", str(path)])
    assert shown.exit_code == 2
    assert f"ERROR: {path}:1: " in shown.output
    path.write_text(as_yaml())
    shown = CliRunner().invoke(main, ["mapping", "check", str(path), "--regulation", "atlantis"])
    assert shown.exit_code == 2
    assert "no scenario under the regulation 'atlantis'" in shown.output


def test_a_new_mapping_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    assert CliRunner().invoke(main, ["mapping", "new", str(path)]).exit_code == 0
    assert read_mapping(path).name == "Hệ thống của bạn"
    again = CliRunner().invoke(main, ["mapping", "new", str(path)])
    assert again.exit_code == 2
    assert "is there already" in again.output
    nowhere = CliRunner().invoke(main, ["mapping", "new", str(tmp_path / "no" / "mapping.yaml")])
    assert nowhere.exit_code == 2


def test_a_mapping_is_played_by_regulation_or_by_all() -> None:
    assert sound(regulations=["lai-chau"]).regulations == ("lai-chau",)
