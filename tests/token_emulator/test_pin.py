from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.token_emulator.machine import Machine
from token_emulator.pin import (
    Answer,
    CharacterClass,
    NewPin,
    PinPolicy,
    PinState,
    Sessions,
    TokenFlags,
    Try,
    Who,
    flags,
    init_pin,
    init_token,
    locked,
    login,
    tries_left,
)

CASES = tomllib.loads(Path(__file__).with_name("pin_cases.toml").read_text("utf-8"))["case"]
USUAL: dict[str, Any] = {"max_tries": 3, "so_max_tries": 3, "min_length": 6, "max_length": 16}


def policy_of(case: dict[str, Any]) -> PinPolicy:
    values = {**USUAL, **case.get("policy", {})}
    if "locking_try_answers" in values:
        values["locking_try_answers"] = Answer[values["locking_try_answers"]]
    values["classes"] = frozenset(map(CharacterClass, values.get("classes", ())))
    return PinPolicy(**values)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_machine_answers_as_the_table_says(case: dict[str, Any]) -> None:
    machine = Machine(policy_of(case))
    for number, step in enumerate(case["steps"], 1):
        call = {key: value for key, value in step.items() if key not in ("answer", "flags")}
        answer = machine.call(**call)
        assert answer == step.get("answer", "OK"), f"step {number}: {step}"
        if "flags" in step:
            assert machine.flags() == step["flags"], f"step {number}: {step}"


def test_the_flags_have_the_numbers_of_pkcs11() -> None:
    assert {flag.name: flag.value for flag in TokenFlags} == {
        flag.name: flag.value for flag in pkcs11.TokenFlag if flag.name in TokenFlags.__members__
    }


def test_a_blank_token_takes_any_fit_so_pin_and_then_has_no_user_pin() -> None:
    policy, blank, alone = PinPolicy(**USUAL), PinState(), Sessions(any_open=False)
    assert flags(policy, blank) == TokenFlags(0)
    assert init_token(policy, blank, alone, None).answer is Answer.ARGUMENTS_BAD
    assert init_token(policy, blank, alone, None, NewPin(5)).answer is Answer.PIN_LEN_RANGE
    made = init_token(policy, blank, alone, None, NewPin(6))
    assert made.answer is Answer.OK
    assert flags(policy, made.state) == TokenFlags.TOKEN_INITIALIZED
    by_so = Sessions(logged_in=Who.SO)
    given = init_pin(policy, made.state, by_so, NewPin(6))
    assert flags(policy, given.state) == TokenFlags.TOKEN_INITIALIZED | TokenFlags.USER_PIN_INITIALIZED


def test_a_new_pin_is_described_by_its_octets_and_the_kinds_of_its_characters() -> None:
    assert NewPin.of("mậtKhẩu9!") == NewPin(13, frozenset(CharacterClass))
    assert NewPin.of("123456") == NewPin(6, frozenset({CharacterClass.DIGIT}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_tries": 0},
        {"so_max_tries": 0},
        {"min_length": 0},
        {"min_length": 17},
        {"max_length": 256},
        {"locking_try_answers": Answer.OK},
    ],
)
def test_a_policy_that_no_token_could_keep_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"PIN|try"):
        PinPolicy(**{**USUAL, **wrong})


class AnyCalls(RuleBasedStateMachine):
    """Whatever the calls, nobody gets more wrong tries in a row than the policy gives."""

    @initialize(
        tries=st.integers(1, 5),
        so_tries=st.integers(1, 5),
        answer=st.sampled_from([Answer.PIN_LOCKED, Answer.PIN_INCORRECT]),
        counts=st.booleans(),
        must_change=st.booleans(),
    )
    def personalise(self, tries: int, so_tries: int, answer: Answer, counts: bool, must_change: bool) -> None:
        self.machine = Machine(
            PinPolicy(
                max_tries=tries,
                so_max_tries=so_tries,
                min_length=4,
                max_length=8,
                locking_try_answers=answer,
                wrong_length_counts=counts,
                must_change=must_change,
            )
        )
        self.told_wrong = {Who.USER: 0, Who.SO: 0}
        """Tries that were told they are wrong, since the last that was right or the unlocking."""

    def tell(self, who: Who, answer: str, locked_before: bool) -> None:
        if answer == "PIN_INCORRECT" or (answer == "PIN_LOCKED" and not locked_before):
            self.told_wrong[who] += 1
        elif answer == "OK":
            self.told_wrong[who] = 0

    def locked(self, who: Who) -> bool:
        return locked(self.machine.policy, self.machine.state, who)

    @rule(mode=st.sampled_from(["rw", "ro"]))
    def open(self, mode: str) -> None:
        self.machine.call("open", mode=mode)

    @rule()
    def close(self) -> None:
        self.machine.call("close")

    @rule()
    def logout(self) -> None:
        self.machine.call("logout")

    @rule()
    def begin(self) -> None:
        self.machine.call("begin")

    @rule(who=st.sampled_from(Who), pin=st.sampled_from(["right", "wrong", "short", "long", "empty", "null"]))
    def login(self, who: Who, pin: str) -> None:
        before, inside = self.locked(who), self.machine.sessions.logged_in
        answer = self.machine.call("login", who=who, pin=pin)
        assert not (before and answer == "OK"), "a locked PIN opened"
        assert not (pin != "right" and answer == "OK"), "a wrong PIN opened"
        if inside is None:
            self.tell(who, answer, before)

    @rule(pin=st.sampled_from(["right", "wrong"]))
    def again(self, pin: str) -> None:
        before = self.locked(Who.USER)
        self.tell(Who.USER, self.machine.call("again", pin=pin), before)

    @rule(old=st.sampled_from(["right", "wrong", "null"]), new=st.sampled_from(["good", "short", "null"]))
    def set_pin(self, old: str, new: str) -> None:
        who = Who.SO if self.machine.sessions.logged_in is Who.SO else Who.USER
        before = self.locked(who)
        self.tell(who, self.machine.call("set_pin", old=old, new=new), before)

    @rule(new=st.sampled_from(["good", "long"]))
    def init_pin(self, new: str) -> None:
        if self.machine.call("init_pin", new=new) == "OK":
            self.told_wrong[Who.USER] = 0

    @rule(pin=st.sampled_from(["right", "wrong"]))
    def init_token(self, pin: str) -> None:
        before = self.locked(Who.SO)
        answer = self.machine.call("init_token", pin=pin)
        self.tell(Who.SO, answer, before)
        if answer == "OK":
            self.told_wrong[Who.USER] = 0

    @invariant()
    def nobody_guessed_too_often(self) -> None:
        for who in Who:
            assert self.told_wrong[who] == self.machine.state.failures(who)
            assert tries_left(self.machine.policy, self.machine.state, who) >= 0
            assert self.told_wrong[who] <= self.machine.policy.tries(who)

    @invariant()
    def the_flags_fit_the_count(self) -> None:
        shown = self.machine.flags()
        for who in Who:
            name = who.name
            left = tries_left(self.machine.policy, self.machine.state, who)
            assert (f"{name}_PIN_LOCKED" in shown) == (left == 0)
            assert (f"{name}_PIN_FINAL_TRY" in shown) == (left == 1)
            assert (f"{name}_PIN_COUNT_LOW" in shown) == (self.machine.state.failures(who) > 0)


TestAnyCalls = AnyCalls.TestCase
TestAnyCalls.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_locked_pin_never_opens_whatever_the_length() -> None:
    policy = PinPolicy(**USUAL, wrong_length_counts=False)
    state = PinState(initialised=True, user_pin_set=True, user_failures=3)
    for length in (1, 6, 99):
        assert login(policy, state, Sessions(), Who.USER, Try(length, right=True)).answer is Answer.PIN_LOCKED
