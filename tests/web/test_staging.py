"""Staging certificates over HTTP: for the trainer, by the contract, visible to everybody at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import API, PROBLEM, Province

CONTROL = "/demo/control/certificates"


def stage(province: Province, role: str, body: dict[str, Any]) -> Any:
    return province.client.post(CONTROL, json=body, headers=province.headers(role))


def test_the_trainer_stages_and_the_province_sees_it(an_giang: Province) -> None:
    body = {"regulation": "an-giang", "unit": "peoples-council-an-giang", "count": 2}
    answer = stage(an_giang, "trainer", body | {"issued_at": "2024-06-03T08:00:00+07:00"})
    assert answer.status_code == 201, answer.text
    view = answer.get_json()
    assert view["issued_at"] == "2024-06-03T01:00:00Z"
    assert view["units"] == {"peoples-council-an-giang": 2}
    for serial in view["serials"]:
        certificate = an_giang.reads("peoples-council", f"/certificates/{serial}")
        assert certificate["status"]["status"] == "effective"
        page = an_giang.client.get(f"/demo/?q={serial}")
        assert page.status_code == 200
        announced = an_giang.client.get(f"{API}/public/announcements?q={serial}").get_json()["items"]
        assert [one["kind"] for one in announced] == ["activation"]
    dossier = an_giang.reads("registrar", f"/dossiers/{view['dossiers'][0]}")
    assert dossier["certificate"] == view["serials"][0]


@pytest.mark.parametrize("role", ["authority", "registrar", "subscriber", "section"])
def test_nobody_else_may(an_giang: Province, role: str) -> None:
    answer = stage(an_giang, role, {"regulation": "an-giang"})
    assert (answer.status_code, answer.content_type) == (403, PROBLEM)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"regulation": "nowhere"}, 404),
        ({"regulation": "an-giang", "count": 20_001}, 422),
        ({"regulation": "an-giang", "issued_at": "2099-01-01T00:00:00Z"}, 422),
        ({"regulation": "an-giang", "issued_at": "0001-01-01T00:00:00+07:00"}, 422),
        ({"regulation": "an-giang", "unit": "company-an-giang"}, 422),
        ({"regulation": "an-giang", "common_names": ["M" * 65]}, 400),
        ({"regulation": "an-giang", "common_names": []}, 422),
    ],
)
def test_what_cannot_be_is_a_problem(an_giang: Province, body: dict[str, Any], status: int) -> None:
    answer = stage(an_giang, "trainer", body)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text
