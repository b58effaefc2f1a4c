"""A reorganisation over HTTP: planned, worked off slice by slice, looked at, printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import API, PROBLEM, Province
from tests.web.test_staging import stage

DECISION: dict[str, Any] = {
    "regulation": "an-giang",
    "kind": "merge",
    "number": "12/QĐ-UBND",
    "signed_on": "2025-02-20",
    "effective_on": "2025-03-01",
    "units": ["other-agency-an-giang"],
    "successors": [{"id": "peoples-council-an-giang"}],
}


def staged(province: Province, count: int, kind: str = "organisation") -> list[str]:
    body = {"regulation": "an-giang", "unit": "other-agency-an-giang", "count": count, "subscriber_kind": kind}
    answer = stage(province, "trainer", body)
    assert answer.status_code == 201, answer.text
    serials: list[str] = answer.get_json()["serials"]
    return serials


def test_a_decision_is_planned_and_worked_off_with_its_progress(an_giang: Province) -> None:
    offices = staged(an_giang, 3)
    (person,) = staged(an_giang, 1, "person")
    plan = an_giang.sends("registrar", "/reorganisations", DECISION, 201)
    assert (plan["state"], plan["total"], plan["pending"], plan["clause"]) == ("planned", 4, 4, "AG-11.1.e")
    path = f"/reorganisations/{plan['number']}"
    first = an_giang.sends("registrar", f"{path}/work", {"limit": 2}, 200, **{"Idempotency-Key": "1"})
    assert (first["state"], first["done"], first["allowed"]) == ("running", 2, ["work", "finish"])
    assert an_giang.sends("registrar", f"{path}/work", {"limit": 2}, 200, **{"Idempotency-Key": "1"}) == first
    for _ in range(2):
        last = an_giang.sends("authority", f"{path}/work")
    assert (last["state"], last["done"]) == ("finished", 4)
    assert an_giang.reads("authority", path) == last
    assert an_giang.reads("registrar", "/reorganisations")["items"] == [last]

    items = an_giang.reads("registrar", f"{path}/items?limit=3")
    assert (len(items["items"]), items["total"], items["next"]) == (3, 4, 3)
    assert [item["certificate"] for item in items["items"]] == offices
    assert {item["action"] for item in items["items"]} == {"revoke"}
    (rest,) = an_giang.reads("registrar", f"{path}/items?after=3&state=done")["items"]
    assert (rest["certificate"], rest["action"], rest["successor"]) == (person, "reissue", "peoples-council-an-giang")
    assert an_giang.reads("registrar", f"/certificates/{rest['replaced_by']}")["status"]["status"] == "issued"
    assert an_giang.reads("authority", f"{path}/letters")["items"] == []
    units = {unit["id"]: unit for unit in an_giang.reads("registrar", "/units")["items"]}
    ended = units["other-agency-an-giang"]
    assert (ended["ended_on"], ended["successors"]) == ("2025-03-01", ["peoples-council-an-giang"])
    refusal = an_giang.sends("other-subscriber", "/dossiers", an_giang.filing(), 422)
    assert [violation["clause"] for violation in refusal["violations"]] == ["AG-11.1.e"]


def test_the_report_comes_as_pdf_and_as_csv(an_giang: Province) -> None:
    staged(an_giang, 1)
    number = an_giang.sends("registrar", "/reorganisations", DECISION, 201)["number"]
    for style, media_type, begins in (("pdf", "application/pdf", b"%PDF"), ("csv", "text/csv", b"\xef\xbb\xbfM")):
        answer = an_giang.client.get(
            f"{API}/reorganisations/{number}/report?format={style}", headers=an_giang.headers("registrar")
        )
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        assert answer.data.startswith(begins)
        assert f"reorganisation-{number}.{style}" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("changes", "clauses"),
    [
        ({"effective_on": "2025-03-04"}, ["AG-11.1.e"]),
        ({"kind": "consolidate"}, ["AG-11.1.e"]),
        ({"successors": []}, ["AG-11.1.e"]),
        ({"units": ["nobody"]}, ["unsourced"]),
        ({"successors": [{"id": "company-an-giang"}]}, ["AG-10.1.a"]),
    ],
)
def test_a_refused_decision_names_its_clauses(an_giang: Province, changes: dict[str, Any], clauses: list[str]) -> None:
    refusal = an_giang.sends("registrar", "/reorganisations", DECISION | changes, 422)
    assert [violation["clause"] for violation in refusal["violations"]] == clauses


def test_only_who_carries_decisions_out_may(an_giang: Province) -> None:
    number = an_giang.sends("registrar", "/reorganisations", DECISION, 201)["number"]
    for role in ("subscriber", "agency", "security"):
        an_giang.sends(role, "/reorganisations", DECISION, 403)
        an_giang.sends(role, f"/reorganisations/{number}/work", {}, 403)
        for what in ("", f"/{number}", f"/{number}/items", f"/{number}/report", f"/{number}/letters"):
            an_giang.reads(role, f"/reorganisations{what}", 403)
    an_giang.reads("registrar", f"/reorganisations/{number}/letters", 403)
    answer = an_giang.client.get(f"{API}/reorganisations")
    assert (answer.status_code, answer.content_type) == (401, PROBLEM)


def test_garbage_is_a_problem(an_giang: Province) -> None:
    an_giang.sends("registrar", "/reorganisations", DECISION | {"units": []}, 422)
    an_giang.sends("registrar", "/reorganisations", DECISION | {"effective_on": "yesterday"}, 422)
    an_giang.sends("registrar", "/reorganisations/1/work", {"limit": 0}, 422)
    an_giang.sends("registrar", "/reorganisations/1/work", {}, 404)
    an_giang.reads("registrar", "/reorganisations/1", 404)
    an_giang.reads("registrar", "/reorganisations/1/report?format=doc", 422)
    an_giang.reads("registrar", "/reorganisations/1/items?state=lost", 422)
