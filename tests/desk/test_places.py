"""The administrative units by date, and what became of the old ones."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest

from mockca.desk import places
from mockca.desk.places import MERGED_ON, Ward
from mockca.errors import NotFound, SetUpError

BEFORE, AFTER = MERGED_ON - timedelta(days=1), MERGED_ON


def test_there_are_63_provinces_before_july_2025_and_34_since() -> None:
    assert len(places.provinces(BEFORE)) == 63
    assert len(places.provinces(AFTER)) == 34
    assert "Tỉnh Thái Bình" in places.provinces(BEFORE)
    assert "Tỉnh Thái Bình" not in places.provinces(AFTER)


def test_a_province_is_found_by_its_short_and_by_its_full_name() -> None:
    assert places.province_named("Lai Châu", AFTER) == "Tỉnh Lai Châu"
    assert places.province_named("Tỉnh Lai Châu", AFTER) == "Tỉnh Lai Châu"
    assert places.province_named("Hải Phòng", BEFORE) == "Thành phố Hải Phòng"
    assert places.province_named("Thái Bình", AFTER) is None


def test_districts_ended_with_the_merger() -> None:
    assert "Huyện Tam Đường" in places.districts("Lai Châu", BEFORE)
    assert places.districts("Lai Châu", AFTER) == ()
    assert {ward.district for ward in places.wards("Lai Châu", AFTER)} == {None}


def test_a_made_up_province_has_no_units() -> None:
    assert places.wards("Mô Phỏng", BEFORE) == ()
    assert places.districts("Mô Phỏng", AFTER) == ()


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_every_province_has_communes_whose_names_are_in_nfc(day: date) -> None:
    for province in places.provinces(day):
        wards = places.wards(province, day)
        assert wards
        for ward in wards:
            assert ward.name == unicodedata.normalize("NFC", ward.name)
            assert ward.short_name
            assert ward.name != ward.short_name
            assert ward.district is None or ward.district.startswith(("Huyện ", "Quận ", "Thị xã ", "Thành phố "))


def test_every_old_commune_has_a_successor_that_exists() -> None:
    new = {ward for province in places.provinces(AFTER) for ward in places.wards(province, AFTER)}
    old = [ward for province in places.provinces(BEFORE) for ward in places.wards(province, BEFORE)]
    assert len(old) == 10_040
    assert {successor for ward in old for successor in places.successors_of(ward)} <= new
    assert {places.successor_of_province(ward.province) for ward in old[::50]} <= set(places.provinces(AFTER))


def test_a_commune_of_thai_binh_went_into_hung_yen() -> None:
    ward = places.wards("Thái Bình", BEFORE)[0]
    assert places.successor_of(ward).province == "Tỉnh Hưng Yên" == places.successor_of_province("Thái Bình")
    assert places.successor_of(ward).district is None


def test_a_known_commune_went_where_the_reform_put_it() -> None:
    ward = Ward("Phường Quyết Thắng", "Thành phố Lai Châu", "Tỉnh Lai Châu")
    assert places.successors_of(ward) == (Ward("Phường Đoàn Kết", None, "Tỉnh Lai Châu"),)


def test_of_a_divided_commune_the_main_part_comes_first() -> None:
    ward = Ward("Xã Tân Thạnh", "Huyện Thới Lai", "Thành phố Cần Thơ")
    pieces = places.successors_of(ward)
    assert len(pieces) > 1
    assert places.successor_of(ward) == pieces[0] == Ward("Xã Trường Thành", None, "Thành phố Cần Thơ")


def test_an_island_district_without_communes_has_a_successor_too() -> None:
    island = Ward("Huyện Lý Sơn", "Huyện Lý Sơn", "Tỉnh Quảng Ngãi")
    assert island in places.wards("Quảng Ngãi", BEFORE)
    assert places.successor_of(island).name == "Đặc khu Lý Sơn"


def test_what_did_not_exist_before_the_merger_has_no_successor() -> None:
    with pytest.raises(NotFound, match="Xã Không Có"):
        places.successor_of(Ward("Xã Không Có", None, "Tỉnh Lai Châu"))
    with pytest.raises(NotFound, match="Mô Phỏng"):
        places.successor_of_province("Mô Phỏng")


def test_the_merged_provinces_are_named_with_their_parts() -> None:
    merged = places.provinces_merged()
    assert len(merged) == 23
    assert merged["Tỉnh An Giang"] == ("Tỉnh An Giang", "Tỉnh Kiên Giang")
    assert merged["Tỉnh Ninh Bình"] == ("Tỉnh Hà Nam", "Tỉnh Nam Định", "Tỉnh Ninh Bình")
    assert "Tỉnh Lai Châu" not in merged
    assert sum(map(len, merged.values())) + 34 - len(merged) == 63


def test_without_the_library_one_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LIBRARY", "no_such_library_of_places")
    places._folder.cache_clear()
    with pytest.raises(SetUpError, match="pip install"):
        places._folder()
    places._folder.cache_clear()
