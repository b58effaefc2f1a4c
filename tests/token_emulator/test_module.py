"""The PKCS#11 module answers to PINs as pin.py does."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.token_emulator.calls import Calls, started
from tests.token_emulator.conftest import SO_PIN, USER_PIN
from tests.token_emulator.driven import Driven, copy_device
from tests.token_emulator.machine import Machine
from tests.token_emulator.test_pin import CASES, policy_of
from token_emulator import Shelf, module, state
from token_emulator.pin import Answer, CharacterClass, PinPolicy


@pytest.fixture(scope="session")
def calls() -> Calls:
    return Calls(module.module_path())


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a device to copy."""
    shelf = Shelf(tmp_path_factory.mktemp("pattern"))
    with shelf.personalise("generic-10", "p256", USER_PIN, SO_PIN) as device:
        device.place()
    AnyCalls.pattern = shelf.home / "devices" / device.serial
    return AnyCalls.pattern


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_module_answers_as_the_table_says(
    calls: Calls, pattern: Path, tmp_path: Path, case: dict[str, Any]
) -> None:
    policy = policy_of(case)
    serial = copy_device(pattern, tmp_path, policy)
    with started(calls, tmp_path, serial):
        driven = Driven(calls, policy)
        for number, step in enumerate(case["steps"], 1):
            call = {key: value for key, value in step.items() if key not in ("answer", "flags")}
            assert driven.call(**call) == step.get("answer", "OK"), f"step {number}: {step}"
            if "flags" in step:
                assert driven.flags() == step["flags"], f"step {number}: {step}"


PINS = st.sampled_from(["right", "wrong", "short", "long", "empty", "null"])
NEW_PINS = st.sampled_from(["good", "plain", "short", "long", "empty", "null"])


class AnyCalls(RuleBasedStateMachine):
    """Whatever the calls, the module and pin.py answer the same, and remember the same."""

    pattern: Path

    @initialize(
        tries=st.integers(1, 4),
        so_tries=st.integers(1, 4),
        answer=st.sampled_from([Answer.PIN_LOCKED, Answer.PIN_INCORRECT]),
        counts=st.booleans(),
        classes=st.frozensets(st.sampled_from(CharacterClass)),
        must_change=st.booleans(),
    )
    def plug_in(
        self,
        tries: int,
        so_tries: int,
        answer: Answer,
        counts: bool,
        classes: frozenset[CharacterClass],
        must_change: bool,
    ) -> None:
        policy = PinPolicy(
            max_tries=tries,
            so_max_tries=so_tries,
            min_length=4,
            max_length=8,
            locking_try_answers=answer,
            wrong_length_counts=counts,
            classes=classes,
            must_change=must_change,
        )
        self.folder = Path(tempfile.mkdtemp())
        self.machine = Machine(policy)
        serial = copy_device(self.pattern, self.folder, policy)
        self.after = ExitStack()
        self.after.enter_context(started(Calls(module.module_path()), self.folder, serial))
        self.driven = Driven(Calls(module.module_path()), policy)
        self.both("open", mode="rw")

    def teardown(self) -> None:
        if hasattr(self, "after"):
            self.after.close()
            shutil.rmtree(self.folder)

    def both(self, do: str, **values: Any) -> None:
        expected = self.machine.call(do, **values)
        assert self.driven.call(do, **values) == expected
        self.driven.inside = self.machine.sessions.logged_in
        if self.driven.inside is None:
            self.driven.pending, self.driven.key = False, None

    def is_open(self) -> bool:
        return self.machine.sessions.any_open

    def user_may_work(self) -> bool:
        return self.machine.sessions.logged_in == "user" and not self.machine.state.user_pin_to_be_changed

    @rule(mode=st.sampled_from(["rw", "ro"]))
    def open(self, mode: str) -> None:
        self.both("open", mode=mode)

    @rule()
    def close(self) -> None:
        self.both("close")

    @precondition(lambda self: self.machine.sessions.logged_in is not None)
    @rule()
    def logout(self) -> None:
        self.both("logout")

    @precondition(lambda self: self.is_open())
    @rule(who=st.sampled_from(["user", "so"]), pin=PINS)
    def login(self, who: str, pin: str) -> None:
        self.both("login", who=who, pin=pin)

    @precondition(lambda self: self.user_may_work())
    @rule(pins=st.lists(PINS, min_size=1, max_size=3))
    def work_with_a_careful_key(self, pins: list[str]) -> None:
        self.both("begin")
        for pin in pins:
            self.both("again", pin=pin)

    @precondition(lambda self: self.is_open())
    @rule(old=PINS, new=NEW_PINS)
    def set_pin(self, old: str, new: str) -> None:
        self.both("set_pin", old=old, new=new)

    @precondition(lambda self: self.is_open())
    @rule(new=NEW_PINS)
    def init_pin(self, new: str) -> None:
        self.both("init_pin", new=new)

    @rule(pin=PINS)
    def init_token(self, pin: str) -> None:
        self.both("init_token", pin=pin)

    @precondition(lambda self: self.is_open())
    @rule()
    def use(self) -> None:
        self.both("use")

    @invariant()
    def what_is_remembered_is_the_same(self) -> None:
        if not hasattr(self, "driven"):
            return
        assert self.driven.flags() == self.machine.flags()
        (folder,) = (self.folder / "devices").iterdir()
        assert state.read(folder).pins == self.machine.state


TestAnyCalls = pytest.mark.usefixtures("pattern")(AnyCalls.TestCase)
TestAnyCalls.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
