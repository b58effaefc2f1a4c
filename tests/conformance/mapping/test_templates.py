"""Expressions in mappings: what they can say, and what they cannot."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.mapping.conversions import (
    day_read,
    decimal,
    hexadecimal,
    instant_read,
    is_format,
    number,
    ours,
    pem,
    theirs,
    written,
)
from conformance.mapping.paths import compiled_path, found_at
from conformance.mapping.templates import MAPS, MISSING, ZONE, BadTemplate, compiled
from scenarios.references import VIETNAM

WORDS = {"accept": ("HOP_LE", "OK"), "true": ("CO",)}
BODY = {
    "form": {"fields": {"full_name": "Lan", "birth_date": "1990-02-03", "years": 5, "spouse": None}},
    "items": [{"device": "A"}, {"device": "B"}],
    "decision": "accept",
    "about": "device TB 1",
    "since": "2026-03-02T18:30:00+00:00",
    "sealed": False,
}
CONTEXT = {"body": BODY, "actor": "agency", MAPS: {"words": WORDS}, ZONE: VIETNAM}


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("plain", "plain"),
        ("${body.form.fields.years}", 5),
        ("${body.sealed}", False),
        ("${body.form.fields.spouse}", None),
        ("${body['items'][1].device}", "B"),
        ("${body.items[0].device}", "A"),
        ("${body.items | map(attribute='device') | list}", ["A", "B"]),
        ("${body.items | map(attribute='device')}", ["A", "B"]),
        ("/x/${actor}/${body.form.fields.years}", "/x/agency/5"),
        ("${body.sealed}!", "false!"),
        ("${body.decision | theirs('words')}", "HOP_LE"),
        ("${'OK' | ours('words')}", "accept"),
        ("${true | theirs('words')}", "CO"),
        ("${'unheard of' | theirs('words')}", "unheard of"),
        ("${body.form.fields.birth_date | time('dd/MM/yyyy')}", "03/02/1990"),
        ("${body.since | time('dd/MM/yyyy HH:mm')}", "03/03/2026 01:30"),
        ("${body.since | plus(90) | time('HH:mm:ss yyyy')}", "01:31:30 2026"),
        ("${body.since | plus('soon') | default('x')}", BadTemplate),
        ("${actor | plus(5)}", "agency"),
        ("${body.about | after(' ')}", "TB 1"),
        ("${body.about | before(' ')}", "device"),
        ("${'a:b' | base64}", "YTpi"),
        ("${'7' | number}", 7),
        ("${body.items | length}", 2),
        ("${body.form.fields.nothing}", MISSING),
        ("${body.nothing.at.all | time('iso') | upper}", MISSING),
        ("${body.items[7].device}", MISSING),
        ("with ${body.nothing} inside", MISSING),
        ("${body.nothing | default('x')}", "x"),
        ("${body.nothing is defined}", False),
        ("${body.decision == 'accept' and not body.sealed}", True),
        ("${'a' if body.nothing else 'b'}", "b"),
        ("${ {'years': body.form.fields.years} }", {"years": 5}),
        ("cost: $5 {x} {{y}} {% z %}", "cost: $5 {x} {{y}} {% z %}"),
    ],
)
def test_an_expression_is_worth(text: str, worth: Any) -> None:
    if worth is BadTemplate:
        with pytest.raises(BadTemplate):
            compiled(text).value(CONTEXT)
    else:
        assert compiled(text).value(CONTEXT) == worth


@pytest.mark.parametrize(
    "text",
    [
        "${body.__class__}",
        "${''.__class__.__mro__}",
        "${body.items.append}",
        "${body._private}",
        "${(body.items | map('first')).gi_frame}",
    ],
)
def test_an_expression_sees_no_attributes(text: str) -> None:
    assert compiled(text).value(CONTEXT) is MISSING


@pytest.mark.parametrize(
    "text",
    ["${'a' * 1000000000}", "${10 ** 10}", "${range(10)}", "${body.get('x')}", "${cycler('a')}", "${'%9999999d' % 1}"],
)
def test_an_expression_cannot_make_much_of_little_nor_call_anything(text: str) -> None:
    with pytest.raises(BadTemplate):
        compiled(text).value(CONTEXT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${", "a ${ without its }"),
        ("${a b}", "expected token"),
        ("${body | center(99)}", "No filter named 'center'"),
        ("${'x}", "unexpected char"),
        ("x" * 4001, "longer than 4000 characters"),
        ("${}", "Expected an expression"),
    ],
)
def test_what_is_no_expression_is_told(text: str, says: str) -> None:
    with pytest.raises(BadTemplate, match=says.replace("$", r"\$").replace("{", r"\{").replace("}", r"\}")):
        compiled(text)


def test_a_list_without_end_is_cut() -> None:
    many = [{"device": str(number)} for number in range(100_010)]
    worth = compiled("${body | map(attribute='device')}").value({**CONTEXT, "body": many})
    assert len(worth) == 100_000


def test_what_an_expression_uses_is_known_before_it_is_played() -> None:
    template = compiled("${body.a | theirs('words')} ${'x' | ours('others')} ${now | time('yyyy')}")
    assert template.names == {"body", "now"}
    assert template.maps == (("theirs", "words"), ("ours", "others"))
    assert template.formats == ("yyyy",)


def test_text_from_expressions_is_quoted_where_that_is_asked_for() -> None:
    assert compiled("/x/${body.about}").text(CONTEXT, lambda text: text.replace(" ", "%20")) == "/x/device%20TB%201"


# --- conversions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs_", "how", "ours_"),
    [
        ("02/03/2026 08:05:09", "dd/MM/yyyy HH:mm:ss", "2026-03-02T08:05:09+07:00"),
        ("2026-03-02T01:05:09.250Z", "iso", "2026-03-02T01:05:09.250000+00:00"),
        ("2026-03-02T08:05:09", "iso", "2026-03-02T08:05:09+07:00"),
        ("2026-03-02 08:05:09.250+0900", "yyyy-MM-dd HH:mm:ss.SSSXXX", "2026-03-02T08:05:09.250000+09:00"),
        (1772413509, "unix", "2026-03-02T01:05:09+00:00"),
        ("1772413509000", "unix-ms", "2026-03-02T01:05:09+00:00"),
    ],
)
def test_an_instant_is_read(theirs_: Any, how: str, ours_: str) -> None:
    assert instant_read(theirs_, how, VIETNAM) == ours_


@pytest.mark.parametrize("garbage", ["31/02/2026", "", None, 5, {}, "9" * 400])
def test_what_is_no_date_stays_what_it_is(garbage: Any) -> None:
    assert instant_read(garbage, "dd/MM/yyyy", VIETNAM) == garbage
    assert day_read(garbage, "dd/MM/yyyy") == garbage
    assert written(garbage, "dd/MM/yyyy", VIETNAM) == garbage


def test_an_instant_beyond_all_calendars_stays_what_it_is() -> None:
    assert instant_read(10**30, "unix", VIETNAM) == 10**30


@pytest.mark.parametrize(
    ("instant", "how", "theirs_"),
    [
        ("2026-03-02T01:05:09.250000+00:00", "iso", "2026-03-02T08:05:09.250000+07:00"),
        ("2026-03-02T01:05:09+00:00", "unix", 1772413509),
        ("2026-03-02T01:05:09.250000+00:00", "unix-ms", 1772413509250),
        ("2026-03-02T01:05:09.250000+00:00", "HH:mm:ss.SSS 100% yyyy", "08:05:09.250 100% 2026"),
        ("2026-03-02", "iso", "2026-03-02"),
    ],
)
def test_an_instant_is_written(instant: str, how: str, theirs_: Any) -> None:
    assert written(instant, how, VIETNAM) == theirs_


def test_days_are_read() -> None:
    assert day_read("03/02/1990", "dd/MM/yyyy") == "1990-02-03"
    assert day_read("1990-02-03", "iso") == "1990-02-03"


def test_formats_are_known() -> None:
    assert all(is_format(text) for text in ("dd/MM/yyyy", "yyyy-MM-ddTHH:mm:ss", "unix"))
    assert not any(is_format(text) for text in ("%d/%m", "dd/LL/yyyy", "", "HH:mm"))


def test_words_go_both_ways() -> None:
    assert (theirs("accept", WORDS), ours("OK", WORDS), ours("HOP_LE", WORDS)) == ("HOP_LE", "accept", "accept")
    assert (theirs({"x": 1}, WORDS), ours(None, WORDS)) == ({"x": 1}, None)


def test_serial_numbers_are_written_as_the_contract_does() -> None:
    assert hexadecimal("00:0A:1b") == "a1b"
    assert hexadecimal("0x0A1B") == "a1b"
    assert hexadecimal("2587", is_decimal=True) == "a1b"
    assert (hexadecimal("no"), decimal("a1b"), decimal("no")) == ("no", "2587", "no")


def test_certificates_become_pem() -> None:
    assert pem("MAMC\nAQU=").splitlines() == ["-----BEGIN CERTIFICATE-----", "MAMCAQU=", "-----END CERTIFICATE-----"]
    assert pem("-----BEGIN CERTIFICATE-----") == "-----BEGIN CERTIFICATE-----"
    assert (pem("!"), pem(5)) == ("!", 5)


def test_numbers_are_read_out_of_texts() -> None:
    assert (number("7"), number("7.5"), number("seven"), number(None)) == (7, 7.5, "seven", None)


# --- JSONPath ---------------------------------------------------------------------------------------------------


def test_a_path_to_one_place_gives_the_value_and_one_to_several_a_list() -> None:
    document = {"a": [{"b": 1}, {"b": 2}], "số hiệu": None}
    assert found_at("$.a[1].b", document) == 2
    assert found_at("$.a[*].b", document) == [1, 2]
    assert found_at("$.a[?@.b > 1].b", document) == [2]
    assert found_at("$['số hiệu']", document) is None
    assert found_at("$.c", document) is MISSING
    assert found_at("$.c[*]", document) == []


@pytest.mark.parametrize("path", ["a.b", "$.a[?@.b =~ /x/]", "$.a | $.b", "$.~", "$" + "[0]" * 400])
def test_what_is_not_of_the_rfc_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match=r"no JSONPath|longer than"):
        compiled_path(path)


def test_a_document_too_deep_for_a_path_has_nothing_there() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = {"a": deep}
    assert found_at("$..b", deep) in ([], MISSING)
