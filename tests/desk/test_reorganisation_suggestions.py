"""What the map of July 2025 proposes for a sandbox's bodies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockca.desk import places
from mockca.desk.places import Ward, within
from mockca.desk.reorganisation.suggesting import BEFORE, Suggestions, suggest
from mockca.registry.units import Unit
from mockca.rules.loading import load


def body(id_: str, name: str, *superiors: str, **more: Any) -> Unit:
    regulation = more.pop("regulation", "lai-chau")
    found: dict[str, Any] = {"category": "peoples-committee", "locality": "x", "has_seal": False}
    return Unit(
        id=id_, regulation=regulation, name=name, superiors=list(superiors), email=f"{id_}@x.test", **(found | more)
    )


PROVINCE = "Ủy ban nhân dân tỉnh Lai Châu"
TAM_DUONG = "Ủy ban nhân dân huyện Tam Đường"


def commune(name: str, **more: Any) -> Unit:
    return body(f"xa-{len(name)}-{name[-2:].strip()}", f"Ủy ban nhân dân xã {name}", PROVINCE, TAM_DUONG, **more)


def told(regulation: str, *bodies: Unit) -> Suggestions:
    return suggest(load(regulation), bodies)


def test_old_communes_that_went_into_one_are_merged_into_it() -> None:
    giang_ma, ho_thau = commune("Giang Ma", has_seal=True), commune("Hồ Thầu")
    (one,) = told("lai-chau", giang_ma, ho_thau).decisions
    assert (one.kind, one.units, one.exists) == ("consolidate", (giang_ma, ho_thau), False)
    assert one.plan("lai-chau", "1/NQ") == {
        "regulation": "lai-chau",
        "kind": "consolidate",
        "number": "1/NQ",
        "effective_on": "2025-07-01",
        "units": [giang_ma.id, ho_thau.id],
        "successors": [
            {
                "id": "uy-ban-nhan-dan-xa-ta-leng-lai-chau",
                "name": "Ủy ban nhân dân xã Tả Lèng",
                "category": "peoples-committee",
                "superiors": [PROVINCE],
                "email": "uy-ban-nhan-dan-xa-ta-leng-lai-chau@x.test",
                "has_seal": True,
            }
        ],
    }


def test_a_body_that_is_called_as_the_new_one_already_takes_over() -> None:
    there = body("moi", "Ủy ban nhân dân xã Tả Lèng", PROVINCE)
    old = commune("Giang Ma")
    found = told("lai-chau", old, there)
    merged = next(one for one in found.decisions if old in one.units)
    assert (merged.successor, merged.exists) == ({"id": "moi"}, True)


def test_a_regulation_without_consolidation_merges() -> None:
    old = body("xa", "Ủy ban nhân dân xã Khánh Hòa", "Ủy ban nhân dân huyện Châu Phú", regulation="an-giang")
    assert [one.kind for one in told("an-giang", old).decisions] == ["merge"]


def test_what_belonged_to_a_commune_goes_with_it() -> None:
    school = body("truong", "Trường Tiểu học số 1", PROVINCE, "Ủy ban nhân dân xã Giang Ma")
    (one,) = told("lai-chau", school).decisions
    assert one.successor is not None
    assert one.successor["superiors"] == [PROVINCE, "Ủy ban nhân dân xã Tả Lèng"]


def test_districts_are_dissolved_and_what_stood_under_them_is_left_to_people() -> None:
    district = body("huyen", TAM_DUONG, PROVINCE)
    section = body("phong", "Phòng Nội vụ", PROVINCE, TAM_DUONG)
    found = told("lai-chau", district, section)
    assert [(one.kind, one.units, one.successor, one.name) for one in found.decisions] == [
        ("dissolve", (district,), None, "")
    ]
    assert found.decisions[0].plan("lai-chau", None)["successors"] == []
    assert found.unclear == (section,)


def test_bodies_of_a_province_that_went_into_another_become_the_new_ones() -> None:
    department = body("so", "Sở Tài chính tỉnh Thái Bình", "Ủy ban nhân dân tỉnh Thái Bình", regulation="thai-binh")
    (one,) = told("thai-binh", department).decisions
    assert (one.kind, one.name) == ("consolidate", "Sở Tài chính tỉnh Hưng Yên")
    assert one.successor is not None
    assert one.successor["superiors"] == ["Ủy ban nhân dân tỉnh Hưng Yên"]


def test_where_nothing_changes_nothing_is_proposed() -> None:
    department = body("so", "Sở Tài chính tỉnh Lai Châu", PROVINCE)
    ended = commune("Giang Ma", ended_on="2025-07-01")
    company = body("cong-ty", "Công ty TNHH Mẫu")
    elsewhere = commune("Giang Ma", regulation="cao-bang")
    assert told("lai-chau", department, ended, company, elsewhere) == Suggestions((), ())


def test_a_name_that_two_communes_of_a_province_had_is_told_apart_by_the_district() -> None:
    by_name: dict[tuple[str, str], list[Ward]] = {}
    for province in places.provinces(BEFORE):
        for ward in places.wards(province, BEFORE):
            by_name.setdefault((ward.province, ward.name), []).append(ward)
    twins = next(found for found in by_name.values() if len({places.successor_of(one) for one in found}) > 1)
    name, rules = within(twins[0].name), replace(load("lai-chau"), province=twins[0].province)
    for ward in twins:
        old = body("a", f"Ủy ban nhân dân {name}", f"Ủy ban nhân dân {within(ward.district or '')}")
        (found,) = suggest(rules, [old]).decisions
        assert found.name.startswith(f"Ủy ban nhân dân {within(places.successor_of(ward).name)}")
    assert suggest(rules, [body("a", f"Ủy ban nhân dân {name}")]) == Suggestions((), ())


def test_a_commune_that_stands_alone_has_only_its_place_changed() -> None:
    into: dict[Ward, list[Ward]] = {}
    for ward in places.wards("Lai Châu", BEFORE):
        for piece in places.successors_of(ward):
            into.setdefault(piece, []).append(ward)
    alone = next(olds[0] for olds in into.values() if len(olds) == 1)
    new = places.successor_of(alone)
    district = f"Ủy ban nhân dân {within(alone.district or '')}"
    old = body("a", f"Ủy ban nhân dân {within(alone.name)}", PROVINCE, district)
    (one,) = told("lai-chau", old).decisions
    assert (one.kind, one.exists) == ("rename", True)
    assert one.successor == {"id": "a", "name": f"Ủy ban nhân dân {within(new.name)}", "superiors": [PROVINCE]}


def test_a_province_that_the_map_does_not_have_is_left_alone() -> None:
    made_up = replace(load("lai-chau"), province="Mô Phỏng")
    assert suggest(made_up, [commune("Giang Ma")]) == Suggestions((), ())
