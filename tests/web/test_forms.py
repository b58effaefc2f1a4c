"""Forms over HTTP: filled in, read back, templates."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca.paper.tables import CSV, JSON, XLSX
from mockca.web.face import MOST_OCTETS
from tests.web.conftest import API, PROBLEM, Province
from tests.web.test_fuzz import EXAMPLES, world

__all__ = ["world"]

LIST = "/forms/TT05-F02"
ROW = {
    "full_name": "Trần Văn Mẫu",
    "birth_date": "1985-05-01",
    "id": "089085000001",
    "workplace": "Sở Y tế",
    "position": "Chuyên viên",
    "email": "mau.tv@angiang.test",
    "province_city": "An Giang",
}


def sends(an_giang: Province, content: bytes, media_type: str, path: str = LIST, role: str = "registrar") -> Any:
    return an_giang.client.post(
        f"{API}{path}/reading", data=content, content_type=media_type, headers=an_giang.headers(role)
    )


def values(form: dict[str, Any], part: str = "fields") -> dict[str, Any]:
    return {field["name"]: field["value"] for field in form[part] if field["value"] is not None}


# --- filled in -----------------------------------------------------------------------------------------------------


def test_a_form_is_filled_in_from_the_certificate_and_its_dossier(an_giang: Province) -> None:
    certificate = an_giang.issued()["certificate"]
    fields = an_giang.filing()["form"]["fields"]
    for about in (f"certificate={certificate['serial']}", f"device={certificate['device']}"):
        form = an_giang.reads("subscriber", f"/forms/TT05-F05?{about}")
        known = values(form)
        assert (form["code"], form["clause"], form["regulation"]) == ("TT05-F05", "TT05-F05", "an-giang")
        assert known["certificate_number"] == certificate["serial"]
        assert known["full_name"] == fields["full_name"]
        assert known["id_number"] == fields["id_number"]
        assert "revocation_reason" not in known
        assert "form_date" not in known


def test_a_list_is_filled_in_from_a_dossier(an_giang: Province) -> None:
    number = an_giang.approved()["number"]
    row = values(an_giang.reads("registrar", f"{LIST}?dossier={number}"), "columns")
    assert row["full_name"] == an_giang.filing()["form"]["fields"]["full_name"]
    assert row["province_city"] == "An Giang"


def test_a_form_about_nothing_names_the_writers_own_body(an_giang: Province) -> None:
    form = an_giang.reads("agency", "/forms/AG-F01")
    unit = an_giang.reads("agency", "/units")["items"]
    assert values(form)["organisation_name"] in {one["name"] for one in unit}
    assert {field["name"] for field in form["fields"] if field["type"] == "affirmed"} >= {"manager_signature"}
    assert values(form, "columns") == {}
    other = an_giang.reads("registrar", f"/forms/AG-F01?unit={unit[0]['id']}")
    assert values(other)["organisation_name"] == unit[0]["name"]


@pytest.mark.parametrize(
    "query",
    [
        "certificate=ffff",
        "device=ffff",
        "dossier=99",
        "unit=nobody",
        "unit=agency-lai-chau",
        "regulation=nowhere",
    ],
)
def test_what_is_not_there_or_not_ones_own_is_not_found(an_giang: Province, query: str) -> None:
    assert an_giang.reads("agency", f"/forms/AG-F01?{query}", 404)["status"] == 404


def test_a_certificate_of_another_body_is_not_told(an_giang: Province) -> None:
    serial = an_giang.issued()["certificate"]["serial"]
    an_giang.reads("other-agency", f"/forms/TT05-F05?certificate={serial}", 404)
    an_giang.reads("authority", f"/forms/ND68-F05?certificate={serial}&regulation=lai-chau", 404)
    an_giang.reads("subscriber", f"/forms/TT05-F05?certificate={serial}&device=0000", 404)
    an_giang.reads("subscriber", "/forms/XX-F99", 404)


def test_the_authority_says_which_regulation(an_giang: Province) -> None:
    problem = an_giang.reads("authority", "/forms/AG-F01", 422)
    assert problem["violations"][0]["field"] == "regulation"
    assert an_giang.reads("authority", "/forms/AG-F01?regulation=an-giang")["code"] == "AG-F01"
    assert an_giang.reads("authority", "/forms/AG-F01?unit=agency-an-giang")["regulation"] == "an-giang"


# --- read back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("style", "media_type"), [("csv", CSV), ("xlsx", XLSX)])
def test_a_template_comes_back_as_lines(an_giang: Province, style: str, media_type: str) -> None:
    path = f"{API}{LIST}/template?format={style}"
    template = an_giang.client.get(path, headers=an_giang.headers("registrar"))
    assert (template.status_code, template.mimetype) == (200, media_type)
    assert f"TT05-F02.{style}" in template.headers["Content-Disposition"]
    answer = sends(an_giang, template.data, media_type)
    assert answer.status_code == 200
    assert answer.get_json()["violations"] == []
    assert answer.get_json()["rows"][0]["full_name"] == "Nguyễn Văn Mẫu"


def test_lines_that_were_read_can_be_sent_on_as_a_roster(an_giang: Province) -> None:
    dossier = an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)
    an_giang.sends("registrar", f"/dossiers/{dossier['number']}/check", {"decision": "accept"})
    row = values(an_giang.reads("registrar", f"{LIST}?dossier={dossier['number']}"), "columns")
    read = sends(an_giang, json.dumps([row]).encode(), JSON).get_json()
    assert read["violations"] == []
    roster = an_giang.roster(dossier["number"]) | {"rows": read["rows"]}
    assert an_giang.sends("registrar", "/rosters", roster, 201)["rows"] == [row]


def test_mistakes_are_told_by_line_and_column(an_giang: Province) -> None:
    text = ";".join(ROW) + "\n" + ";".join((ROW | {"birth_date": "hôm qua"}).values())
    found = sends(an_giang, text.encode(), CSV).get_json()
    (violation,) = found["violations"]
    assert (violation["field"], violation["clause"]) == ("rows.0.birth_date", "TT05-F02")
    assert "Dòng 2, B" in violation["vi"]
    assert found["rows"][0]["full_name"] == "Trần Văn Mẫu"


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", CSV, 400),
        (b"\xff\xfe\xff", CSV, 400),
        (b"PK", XLSX, 400),
        (b"{", JSON, 400),
        (b"full_name\nA", "text/html", 415),
        (b"", "", 415),
        (b" " * (MOST_OCTETS + 1), CSV, 413),
    ],
)
def test_what_is_no_list_is_a_clear_problem(an_giang: Province, content: bytes, media_type: str, status: int) -> None:
    answer = sends(an_giang, content, media_type)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)


def test_a_body_of_unstated_length_is_cut_at_the_limit(an_giang: Province) -> None:
    answer = an_giang.client.post(
        f"{API}{LIST}/reading",
        data=b" " * (MOST_OCTETS + 1),
        content_type=CSV,
        headers=an_giang.headers("registrar"),
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.content_type) == (413, PROBLEM)


def test_a_form_without_a_list_takes_and_gives_none(an_giang: Province) -> None:
    assert sends(an_giang, b"full_name\nA", CSV, "/forms/AG-F01").status_code == 400
    an_giang.reads("registrar", "/forms/AG-F01/template", 404)
    assert sends(an_giang, b"", CSV, "/forms/XX-F99").status_code == 404


def test_nobody_reads_without_a_credential(client: FlaskClient) -> None:
    answer = client.post(f"{API}{LIST}/reading", data=b"full_name\nA", content_type=CSV)
    assert answer.status_code == 401


@given(content=st.binary(max_size=300), media_type=st.sampled_from([CSV, XLSX, JSON]))
@settings(EXAMPLES, max_examples=100)
def test_garbage_gets_an_answer_and_never_a_fault(world: Any, content: bytes, media_type: str) -> None:
    app, credentials = world
    answer = app.test_client().post(
        f"{API}{LIST}/reading",
        data=content,
        content_type=media_type,
        headers={"Authorization": f"Bearer {credentials['registrar@an-giang']}"},
    )
    assert answer.status_code in (200, 400)
