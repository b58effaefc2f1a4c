from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca.randomness import Randomness, new_credential, new_octets, new_seed, pin


def test_the_same_seed_and_label_give_the_same_value_in_another_process() -> None:
    program = "from mockca.randomness import Randomness; print(Randomness('hạt giống').serial('certificate/1'))"
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(elsewhere.stdout) == Randomness("hạt giống").serial("certificate/1")


def test_another_seed_or_another_label_gives_another_value() -> None:
    values = {Randomness(seed).octets(label, 16) for seed in ("a", "b") for label in ("x", "y")}
    assert len(values) == 4


@settings(deadline=None)
@given(st.integers(0, 200))
def test_octets_come_in_the_number_asked_for_and_longer_ones_begin_alike(n: int) -> None:
    randomness = Randomness("seed")
    assert randomness.octets("label", n) == randomness.octets("label", 200)[:n]


def test_the_octets_are_hmac_sha256_in_counter_mode() -> None:
    first = hmac.new(b"seed", b"label\x00\x00\x00\x00\x00", hashlib.sha256).digest()
    assert Randomness("seed").octets("label", 32) == first


@settings(deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_a_serial_number_is_positive_and_takes_eight_octets(seed: str, label: str) -> None:
    octets = Randomness(seed).serial(label).to_bytes(8, "big")
    assert 0x10 <= octets[0] <= 0x7F


@settings(deadline=None)
@given(st.integers(-5, 5), st.integers(0, 300), st.text(max_size=5))
def test_an_integer_lies_within_its_limits(low: int, more: int, label: str) -> None:
    assert low <= Randomness("seed").integer(label, low, low + more) <= low + more


def test_an_integer_takes_every_value() -> None:
    randomness = Randomness("seed")
    assert {randomness.integer(f"{n}", 1, 6) for n in range(200)} == {1, 2, 3, 4, 5, 6}


def test_an_integer_from_an_empty_range_is_refused() -> None:
    with pytest.raises(ValueError, match="from 2 to 1"):
        Randomness("seed").integer("label", 2, 1)


def test_a_choice_is_one_of_the_items_and_each_can_be_it() -> None:
    randomness = Randomness("seed")
    assert {randomness.choice(f"{n}", "abc") for n in range(50)} == set("abc")


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=40), st.integers(1, 30))
def test_a_pin_has_its_length_in_digits_and_can_be_told_again(key: bytes, length: int) -> None:
    first = pin(key, "device 1", length)
    assert len(first) == length
    assert first.isdecimal()
    assert first == pin(key, "device 1", length)


def test_devices_have_different_pins() -> None:
    assert pin(b"key", "device 1", 8) != pin(b"key", "device 2", 8)


def test_a_pin_without_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one digit"):
        pin(b"key", "device 1", 0)


def test_what_nobody_may_guess_is_new_each_time() -> None:
    assert len({new_seed() for _ in range(20)}) == 20
    assert len({new_credential() for _ in range(20)}) == 20
    assert len({new_octets(16) for _ in range(20)}) == 20
    assert len(new_octets(5)) == 5
    assert len(new_credential()) == 43
