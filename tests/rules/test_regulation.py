"""Regulations as they are read from their files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mockca.errors import Forbidden, NotAvailable, NotFound, Refused
from mockca.rules import regulation
from mockca.rules.catalogue import clause, words
from mockca.rules.loading import PROVINCES, available, load, read
from mockca.rules.parsing import DEVICE_KINDS, KINDS, OPERATIONS, ROLES, SERVICES, WAYS
from mockca.rules.reading import RulesError
from mockca.rules.regulation import EffectiveFrom, Regulation
from mockca.rules.terms import UNSOURCED
from tests.rules.samples import AN_GIANG, LAI_CHAU

EVERY = [load(id_) for id_ in available()]


def sources(value: Any) -> Iterator[tuple[str, bool]]:
    """Every clause in a regulation's values, with its mark."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "clause":
                yield item, value["unsourced"]
            elif key.endswith("_clause"):
                yield item, False
        for item in value.values():
            yield from sources(item)
    elif isinstance(value, list):
        for item in value:
            yield from sources(item)


def test_the_provinces_are_there() -> None:
    assert {"an-giang", "lai-chau", "thai-binh"} <= set(available())


def test_an_giang_takes_effect_by_announcement_and_lai_chau_from_not_before() -> None:
    assert AN_GIANG.effective_from.value is EffectiveFrom.ANNOUNCEMENT
    assert AN_GIANG.effective_from.clause == "AG-10.2.dd.2"
    assert LAI_CHAU.effective_from.value is EffectiveFrom.NOT_BEFORE
    assert LAI_CHAU.effective_from.unsourced


@pytest.mark.parametrize(
    ("regulation", "offered"),
    [
        (AN_GIANG, {"issue", "activate", "suspend", "revoke", "reissue"}),
        (LAI_CHAU, {"issue", "revoke", "renew", "change", "restore"}),
    ],
)
def test_each_offers_its_own_services(regulation: Regulation, offered: set[str]) -> None:
    for service in SERVICES:
        if service in offered:
            assert regulation.require_service(service).available
        else:
            with pytest.raises(NotAvailable) as caught:
                regulation.require_service(service)
            assert caught.value.clause == regulation.services[service].clause
    with pytest.raises(NotFound):
        regulation.require_service("polish")


def test_renewal_is_refused_by_the_circular_and_suspension_by_the_decree() -> None:
    with pytest.raises(NotAvailable, match="TT05-2"):
        AN_GIANG.require_service("renew")
    with pytest.raises(NotAvailable, match="ND68-6"):
        LAI_CHAU.require_service("suspend")


def test_a_role_may_do_only_what_the_regulation_gives_it() -> None:
    assert AN_GIANG.require_role("registrar", "submit_roster").clause == "AG-10.2.b"
    with pytest.raises(Forbidden) as caught:
        AN_GIANG.require_role("subscriber", "propose_activation")
    assert (caught.value.clause, caught.value.allowed) == ("AG-10.2.dd", ("registrar",))
    with pytest.raises(Forbidden) as caught:
        LAI_CHAU.require_role("subscriber", "file_dossier")
    assert (caught.value.clause, caught.value.allowed) == ("ND68-11.1", ("agency",))
    with pytest.raises(NotAvailable) as unavailable:
        LAI_CHAU.require_role("registrar", "submit_roster")
    assert unavailable.value.clause == "ND68-11.1"
    with pytest.raises(NotFound):
        AN_GIANG.require_role("authority", "dance")


def test_minutes_are_recorded_by_one_of_the_two_sides() -> None:
    assert AN_GIANG.require_leg("registrar", "authority-registrar").step == "dispatch"
    with pytest.raises(Forbidden) as caught:
        AN_GIANG.require_leg("subscriber", "authority-registrar")
    assert caught.value.clause == "AG-10.2.c"
    with pytest.raises(Refused):
        AN_GIANG.require_leg("agency", "agency-authority")


def test_a_ground_is_named_by_those_who_may() -> None:
    assert AN_GIANG.require_ground("security", "security-demand").crl_reason == "cessationOfOperation"
    with pytest.raises(Forbidden) as caught:
        AN_GIANG.require_ground("agency", "security-demand")
    assert caught.value.clause == "AG-11.1.c"
    with pytest.raises(Refused):
        LAI_CHAU.require_ground("agency", "duty-breach")


def test_a_day_before_the_regulation_is_refused() -> None:
    AN_GIANG.require_in_force(date(2014, 10, 30))
    with pytest.raises(Refused, match=r"AG-QD\.2"):
        AN_GIANG.require_in_force(date(2014, 10, 19))


def test_restoring_depends_on_the_kind_of_device() -> None:
    token = LAI_CHAU.delegate("restore", "pki-token")
    assert (token.role, token.working_days, token.clause) == ("registrar", 1, "LC-13.2.b")
    other = LAI_CHAU.delegate("restore", "sim-pki")
    assert (other.role, other.clause) == ("authority", "LC-13.3")
    assert LAI_CHAU.delegate("issue").role == "authority"
    with pytest.raises(NotAvailable):
        AN_GIANG.delegate("restore", "pki-token")


@pytest.mark.parametrize("regulation", EVERY, ids=available())
def test_whoever_restores_a_kind_of_device_may_decide_on_restores(regulation: Regulation) -> None:
    delegates = {one.role for one in regulation.delegation.values() if one.operation == "restore"}
    assert delegates == regulation.operations["decide_restore"].roles


def test_a_province_may_do_without_restoring(tmp_path: Path) -> None:
    file = tmp_path / "mau.toml"
    file.write_text("restore = false\n" + PROVINCE)
    with pytest.raises(NotAvailable, match="ND68-22"):
        read(file).require_restore()
    with pytest.raises(NotAvailable, match="TT05-2"):
        AN_GIANG.require_restore()


def test_terms_are_those_of_the_texts() -> None:
    assert (AN_GIANG.max_years.value, AN_GIANG.renewal, AN_GIANG.change, AN_GIANG.restore) == (5, None, None, None)
    assert LAI_CHAU.max_years.value == 5
    assert LAI_CHAU.renewal is not None
    assert (LAI_CHAU.renewal.max_years.value, LAI_CHAU.renewal.max_years.clause) == (3, "ND68-9.3")
    assert LAI_CHAU.renewal.times.unsourced
    assert AN_GIANG.year_days.value == 365


def test_deadlines_and_notices_hang_on_events() -> None:
    (rule,) = AN_GIANG.deadlines_from("handover.authority-registrar")
    assert (rule.days, rule.clause) == (3, "AG-10.5")
    assert AN_GIANG.deadlines_to("handover.registrar-subscriber") == (rule,)
    assert AN_GIANG.deadlines_from("nothing") == ()
    assert [notice.to for notice in AN_GIANG.notices_on("revocation.executed")] == ["registrar"]
    assert {rule.clause for rule in LAI_CHAU.deadlines.values()} == {"ND68-11.2", "ND68-20"}


def test_the_province_takes_away_what_the_regime_has() -> None:
    assert "armed-forces" not in LAI_CHAU.eligible
    assert LAI_CHAU.eligible["public-service-unit"].clause == "LC-2.3"
    assert LAI_CHAU.eligible["public-service-unit"].vi == "Đơn vị sự nghiệp công lập"


@pytest.mark.parametrize("regulation", EVERY, ids=available())
def test_every_leg_moves_between_roles_that_may_record_it(regulation: Regulation) -> None:
    for leg in regulation.legs.values():
        assert {leg.giver, leg.receiver} <= regulation.operations["record_handover"].roles
    holder = "authority"
    for leg in regulation.legs.values():
        assert leg.giver == holder
        holder = leg.receiver
    for step in ("dispatch", "deliver", "collect", "return"):
        found = regulation.leg_with_step(step)
        assert found is not None
        assert found.step == step
    assert regulation.leg_with_step("fly") is None


@pytest.mark.parametrize("regulation", EVERY, ids=available())
def test_every_ground_is_open_to_somebody_who_may_ask(regulation: Regulation) -> None:
    for ground in regulation.grounds.values():
        assert ground.requesters
        assert ground.requesters <= regulation.operations["request_revocation"].roles


@pytest.mark.parametrize("regulation", EVERY, ids=available())
def test_every_value_has_a_clause_that_is_known(regulation: Regulation) -> None:
    found = list(sources(regulation.values()))
    assert len(found) > 150
    for id_, unsourced in found:
        assert clause(id_).vi
        assert unsourced or id_ != UNSOURCED


@pytest.mark.parametrize("regulation", EVERY, ids=available())
def test_values_go_through_json_unchanged(regulation: Regulation) -> None:
    values = regulation.values()
    assert json.loads(json.dumps(values)) == values
    assert values["max_years"] == {
        "value": regulation.max_years.value,
        "clause": regulation.max_years.clause,
        "unsourced": regulation.max_years.unsourced,
    }


def test_an_unknown_regulation_or_clause_is_not_found() -> None:
    with pytest.raises(NotFound):
        load("atlantis")
    with pytest.raises(NotFound):
        clause("AG-99")
    assert clause(UNSOURCED).en == "This project's own choice"


def test_no_code_is_written_for_a_province() -> None:
    code = "".join(path.read_text() for path in (Path(regulation.__file__).parent).glob("*.py"))
    assert not re.findall("an-giang|lai-chau|An Giang|Lai Châu", code)


def test_every_shared_identifier_has_words() -> None:
    assert set(words("roles")) == ROLES
    assert set(words("kinds")) == KINDS
    assert set(words("devices")) == DEVICE_KINDS
    assert set(words("services")) == set(SERVICES)
    assert set(words("operations")) == set(OPERATIONS)
    assert set(words("ways")) == WAYS
    assert set(words("effect")) == set(EffectiveFrom)


def test_public_names_are_sorted_and_real() -> None:
    assert regulation.__all__ == sorted(regulation.__all__, key=lambda name: (name[0].islower(), name))
    assert all(hasattr(regulation, name) for name in regulation.__all__)


PROVINCE = """
extends = "nd-68-2024"
province = "Mẫu"
title_vi = "Quy chế tỉnh Mẫu"
title_en = "Regulation of Mẫu"
in_force_from = { value = 2025-06-01, unsourced = true }
"""


OWN_RULES = """
max_years = { value = 3, clause = "MAU-1" }
[forms.ND68-F05.fields]
note = { vi = "Ghi chú", en = "note", type = "integer", required = false }
"""


def test_a_new_province_is_a_new_file(tmp_path: Path) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(PROVINCE + OWN_RULES)
    found = read(file)
    assert (found.id, found.regime, found.province) == ("mau", "nd-68-2024", "Mẫu")
    assert (found.max_years.value, found.max_years.clause) == (3, "MAU-1")
    assert found.forms["ND68-F05"].fields["note"].unsourced
    assert found.email_domain is None
    assert found.custody.classification == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_yeers = 5", r"^mau\.toml:\d+: max_yeers: unknown key; known here: .*max_years"),
        ("[grounds.expired]\ncolour = 'red'", r"^mau\.toml:\d+: grounds\.expired\.colour: unknown key"),
        ("max_years = 5", r"^mau\.toml:\d+: max_years: 5 is not a dict"),
        ("max_years = { value = '5' }", r"^mau\.toml:\d+: max_years\.value: '5' is not a int"),
        ("max_years = { value = true }", r"^mau\.toml:\d+: max_years\.value: True is not a int"),
        ("email_domain = { value = 'mau.test' }", r"^mau\.toml:\d+: email_domain\.clause: missing"),
        ("effective_from = { value = 'whim' }", r"^mau\.toml:\d+: effective_from\.value: 'whim' is none of"),
        ("[operations.suspend]\nroles = ['king']", r"^mau\.toml:\d+: operations\.suspend\.roles: 'king' is none of"),
        ("[operations.suspend]\nroles = [1]", r"^mau\.toml:\d+: operations\.suspend\.roles: 1 is not a str"),
        ("[legs.agency-authority]\nstep = 'fly'", r"^mau\.toml:\d+: legs\.agency-authority\.step: 'fly' is none of"),
        ("[legs.agency-authority]\nform = 'X'", r"legs\.agency-authority: form 'X' is not among the forms"),
        ("[forms.ND68-F01]\nsubject = { common_name = 'x' }", r"forms\.ND68-F01\.subject: x is not a field"),
        ("[forms.ND68-F01.fields]\nfull_name = { names = 'x' }", r"full_name\.names: 'x' is not `unit`"),
        (
            "[forms.ND68-F01.fields]\nfull_name = { block = 'king' }",
            r"fields\.full_name\.block: 'king' is none of the form's signers",
        ),
        (
            "[forms.ND68-F01.fields]\nfull_name = { block = 'head', section = 'x' }",
            r"full_name\.section: what stands at the foot begins no section",
        ),
        ("[delegation.restore]\nabacus = { role = 'authority' }", r"delegation\.restore\.abacus: is none of any, hsm"),
        ("[restore.procedures]\nany = false", r"^mau\.toml:\d+: restore\.procedures: one for `any` must be there"),
        (
            "[restore.procedures]\nany = { form = { value = 'X' } }",
            r"restore\.procedures\.any: form 'X' is not among the forms",
        ),
        ("[[notices]]\nevent = 'x'", r"^mau\.toml:\d+: notices\.0\.clause: missing"),
        ("notices = ['x']", r"^mau\.toml:\d+: notices: 'x' is not a table"),
        ("[services]\nissue = false", r"^mau\.toml:\d+: services\.issue: missing"),
        ("[a", r"^mau\.toml:\d+: syntax: "),
    ],
)
def test_a_mistake_in_a_file_is_named_with_file_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(PROVINCE + text + "\n")
    with pytest.raises(RulesError, match=message) as caught:
        read(file)
    assert caught.value.path.name
    assert caught.value.key


@pytest.mark.parametrize("text", ["", "extends = 5", "extends = 'roman-law'"])
def test_a_regulation_must_stand_on_a_known_regime(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(text)
    with pytest.raises(RulesError, match="regime"):
        read(file)


def test_a_table_that_lays_over_a_plain_value_replaces_it(tmp_path: Path) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(PROVINCE + "[regime_title_vi]\na = 1\n")
    with pytest.raises(RulesError, match=r"regime_title_vi: .* is not a str"):
        read(file)


def test_a_folder_of_ones_own_adds_provinces_and_goes_before_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mau.toml").write_text(PROVINCE)
    (tmp_path / "an-giang.toml").write_text(PROVINCE)
    packaged = available()
    monkeypatch.setenv(PROVINCES, str(tmp_path))
    load.cache_clear()
    try:
        assert available() == tuple(sorted({*packaged, "mau"}))
        assert load("mau").regime == "nd-68-2024"
        assert load("an-giang").regime == "nd-68-2024"
        assert load("lai-chau").province == "Lai Châu"
    finally:
        load.cache_clear()
