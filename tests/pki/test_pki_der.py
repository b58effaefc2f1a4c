"""The TLV writer against asn1crypto, and the reader's strictness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from mockca.errors import Malformed
from mockca.pki import der


@given(st.integers(-(2**200), 2**200))
def test_an_integer_is_written_as_asn1crypto_writes_it(value: int) -> None:
    assert der.integer(value) == core.Integer(value).dump()


@given(st.binary(max_size=70_000))
def test_octets_of_any_length_are_written_as_asn1crypto_writes_them(content: bytes) -> None:
    assert der.octets(content) == core.OctetString(content).dump()


@pytest.mark.parametrize("length", [0, 127, 128, 255, 256, 65535, 65536])
def test_lengths_around_their_boundaries_survive_a_round_trip(length: int) -> None:
    encoded = der.octets(bytes(length))
    reader = der.Reader("test", encoded)
    assert reader.content(der.OCTET_STRING) == bytes(length)
    reader.finish()


@pytest.mark.parametrize(
    "dotted", ["0.0", "1.39.5", "2.5.29.15", "2.999.3", "1.2.840.113549.1.1.11", "2.40", "1.3.16383.16384"]
)
def test_an_object_identifier_is_written_as_asn1crypto_writes_it(dotted: str) -> None:
    assert der.oid(dotted) == core.ObjectIdentifier(dotted).dump()


@pytest.mark.parametrize("dotted", ["1", "3.1", "0.40", "1.-2", "1.2.x", ""])
def test_what_is_no_object_identifier_is_not_written(dotted: str) -> None:
    with pytest.raises(ValueError, match=r"object identifier|invalid literal"):
        der.oid(dotted)


@pytest.mark.parametrize(
    ("instant", "encoded"),
    [
        (datetime(1949, 12, 31, 23, 59, 59, tzinfo=UTC), b"\x18\x0f19491231235959Z"),
        (datetime(1950, 1, 1, tzinfo=UTC), b"\x17\x0d500101000000Z"),
        (datetime(2026, 3, 2, 8, 30, 15, 999_999, UTC), b"\x17\x0d260302083015Z"),
        (datetime(2050, 1, 1, 6, 59, 59, tzinfo=timezone(timedelta(hours=7))), b"\x17\x0d491231235959Z"),
        (datetime(2050, 1, 1, tzinfo=UTC), b"\x18\x0f20500101000000Z"),
        (datetime(987, 1, 1, tzinfo=UTC), b"\x18\x0f09870101000000Z"),
    ],
)
def test_a_time_is_utc_and_changes_its_type_with_the_year_2050(instant: datetime, encoded: bytes) -> None:
    assert der.time(instant) == encoded


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        der.time(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        ("", "too early"),
        ("04", "too early"),
        ("0201", "expected"),
        ("0480", "bad length"),
        ("0485", "bad length"),
        ("048501000000000000", "bad length"),
        ("048100", "shortest"),
        ("04820010" + "00" * 16, "shortest"),
        ("0403ffff", "longer than"),
    ],
)
def test_what_is_not_der_is_malformed_with_its_position(encoded: str, why: str) -> None:
    with pytest.raises(Malformed, match=f"test: .*{why}.* at octet"):
        der.Reader("test", bytes.fromhex(encoded)).content(der.OCTET_STRING)


@pytest.mark.parametrize("encoded", ["0200", "0201ff", "02020001"])
def test_a_number_is_neither_empty_nor_negative_nor_padded(encoded: str) -> None:
    with pytest.raises(Malformed, match="non-negative INTEGER"):
        der.Reader("test", bytes.fromhex(encoded)).unsigned()


@given(st.integers(0, 2**170))
def test_a_number_comes_back_as_it_was_written(value: int) -> None:
    assert der.Reader("test", der.integer(value)).unsigned() == value


def test_octets_left_over_are_malformed() -> None:
    reader = der.Reader("test", der.NULL + b"\x00")
    reader.whole(der.NULL_TAG)
    assert reader.more()
    with pytest.raises(Malformed, match="unexpected data at octet 2"):
        reader.finish()
