"""The keeping of devices, and the archive, over HTTP."""

from __future__ import annotations

import pytest

from tests.web.conftest import Province

CLERK = {"name": "Trần Thị Văn Thư", "post": "clerk", "decision": {"number": "5/QĐ", "date": "2025-03-03"}}


def test_custodians_outings_and_appointments(an_giang: Province) -> None:
    device = an_giang.effective()["device"]
    assigned = an_giang.sends("agency", f"/devices/{device}/custodians", CLERK, 201)
    assert assigned["name"] == "Trần Thị Văn Thư"
    custody = an_giang.reads("subscriber", f"/devices/{device}/custody?at=2025-03-03T03:00:00Z")
    assert (custody["holder"], custody["name"]) == ("subscriber", "Trần Thị Văn Thư")
    trip = {"carrier": "Trần Thị Văn Thư", "purpose": "Họp"}
    out = an_giang.sends("agency", f"/devices/{device}/outings", trip, 201)
    back = an_giang.sends("agency", f"/devices/{device}/outings/{out['number']}/return")
    assert back["back_at"] is not None
    an_giang.sends("agency", f"/devices/{device}/outings/99/return", expects=404)
    made = an_giang.sends("agency", "/appointments", {"post": "receiver", "name": "Lê Thị Nhận"}, 201)
    assert an_giang.reads("registrar", "/appointments?unit=agency-an-giang")["items"] == [made]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "yesterday", 5])
def test_a_moment_that_is_none_is_refused(an_giang: Province, since: object) -> None:
    device = an_giang.effective()["device"]
    an_giang.sends("agency", f"/devices/{device}/custodians", CLERK | {"since": since}, 422)


def test_the_archive_finds_and_keeps(an_giang: Province) -> None:
    certificate = an_giang.effective()
    file = an_giang.reads("registrar", f"/archive/certificates/{certificate['serial']}")
    assert [item["kind"] for item in file["items"]] == ["dossier", "roster", "handover", "handover", "activation"]
    found = an_giang.reads("registrar", "/archive?q=Văn Mẫu&kind=handover&limit=1")
    assert found["next"] is not None
    assert an_giang.reads("registrar", "/archive/gaps")["items"] == []
    assert an_giang.reads("registrar", "/custody/shortcomings")["items"] == []
    for path in ("/dossiers/1", "/rosters/1", "/handovers/1"):
        problem = an_giang.asks("registrar", "DELETE", path, expects=403)
        assert problem["clause"] == "AG-12.4"
    an_giang.asks("registrar", "DELETE", "/revocations/1", expects=404)
    assert an_giang.reads("registrar", "/dossiers/1")["number"] == 1


def test_lists_are_sliced(an_giang: Province) -> None:
    an_giang.issued()
    an_giang.issued()
    page = an_giang.reads("registrar", "/devices?limit=1")
    assert page["total"] == 2
    assert len(an_giang.reads("registrar", f"/devices?after={page['next']}")["items"]) == 1
    assert an_giang.reads("registrar", "/units?limit=2")["next"] == 2
    assert an_giang.reads("registrar", "/deadlines?limit=1")["total"] == 0
