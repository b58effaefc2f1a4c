"""Lists narrowed by state: what they hold agrees with what each thing says of itself."""

from __future__ import annotations

from tests.web.conftest import Province

STATUSES = ("issued", "effective", "suspended", "revoked", "expired")


def standing(province: Province) -> dict[str, set[str]]:
    """The serials that the list of certificates has under each status."""
    return {
        status: {one["serial"] for one in province.reads("registrar", f"/certificates?status={status}")["items"]}
        for status in STATUSES
    }


def test_certificates_activations_and_devices_are_listed_by_where_they_stand(an_giang: Province) -> None:
    waiting = an_giang.issued()["certificate"]["serial"]
    effective = an_giang.effective()
    revoked = an_giang.effective()["serial"]
    an_giang.sends("registrar", "/revocations", an_giang.demand(revoked), 201)
    an_giang.sends("registrar", f"/certificates/{effective['serial']}/suspension", {"reason": "Điều tra"})
    expected = {"issued": {waiting}, "effective": set(), "suspended": {effective["serial"]}, "revoked": {revoked}}
    assert standing(an_giang) == expected | {"expired": set()}

    years = {"set": "2031-01-01T00:00:00Z"}
    answer = an_giang.client.put("/demo/control/clock", json=years, headers=an_giang.headers("trainer"))
    assert answer.status_code == 200, answer.text
    ended = {"revoked": {revoked}, "expired": {waiting, effective["serial"]}}
    assert {status: serials for status, serials in standing(an_giang).items() if serials} == ended

    assert an_giang.reads("registrar", "/activations?state=proposed")["total"] == 0
    published = an_giang.reads("registrar", "/activations?state=published")
    assert {serial for one in published["items"] for serial in one["certificates"]} == {effective["serial"], revoked}
    assert an_giang.reads("agency", "/activations")["total"] == 0
    about = an_giang.reads("authority", f"/activations?certificate={revoked}")
    assert [one["certificates"] for one in about["items"]] == [[revoked]]

    in_use = an_giang.reads("registrar", "/devices?state=in_use")
    assert in_use["total"] == 2
    assert effective["device"] in {one["serial"] for one in in_use["items"]}
    assert an_giang.reads("registrar", "/devices?state=prepared&holder=subscriber")["total"] == 0
