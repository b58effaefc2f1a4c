"""A driver of `pin.py`: the calls of pin_cases.toml on one token and one application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from token_emulator.pin import (
    Answer,
    NewPin,
    Outcome,
    PinPolicy,
    PinState,
    Sessions,
    TokenFlags,
    Try,
    Who,
    flags,
    init_pin,
    init_token,
    login,
    reauthenticate,
    set_pin,
    use,
)

PIN_BITS = ~(TokenFlags.TOKEN_INITIALIZED | TokenFlags.USER_PIN_INITIALIZED)


def new_pin(policy: PinPolicy, kind: str) -> str | None:
    """A new PIN of the kind that the table names."""
    return {
        "good": ("aB3." * policy.max_length)[: policy.max_length],
        "plain": "a" * policy.max_length,
        "short": "a" * (policy.min_length - 1),
        "long": "a" * (policy.max_length + 1),
        "empty": "",
        "null": None,
    }[kind]


class Machine:
    """Keeps the state and the sessions between calls."""

    def __init__(self, policy: PinPolicy) -> None:
        self.policy = policy
        self.state = PinState(initialised=True, user_pin_set=True)
        self.sessions = Sessions(any_open=False, read_write=False)

    def flags(self) -> list[str]:
        return sorted(flag.name or "" for flag in flags(self.policy, self.state) & PIN_BITS)

    def call(self, do: str, **values: Any) -> str:
        answer: Answer = getattr(self, f"_{do}")(**values)
        return answer.name

    def _take(self, outcome: Outcome) -> Answer:
        self.state = outcome.state
        self.sessions = replace(self.sessions, logged_in=outcome.logged_in)
        return outcome.answer

    def _try(self, pin: str) -> Try | None:
        lengths = {"short": self.policy.min_length - 1, "long": self.policy.max_length + 1, "empty": 0}
        return None if pin == "null" else Try(lengths.get(pin, self.policy.min_length), pin == "right")

    def _new(self, pin: str) -> NewPin | None:
        text = new_pin(self.policy, pin)
        return None if text is None else NewPin.of(text)

    def _open(self, mode: str) -> Answer:
        self.sessions = Sessions(read_only_exists=mode == "ro", read_write=mode == "rw")
        return Answer.OK

    def _close(self) -> Answer:
        self.sessions = Sessions(any_open=False, read_write=False)
        return Answer.OK

    def _login(self, who: str, pin: str) -> Answer:
        return self._take(login(self.policy, self.state, self.sessions, Who(who), self._try(pin)))

    def _logout(self) -> Answer:
        self.sessions = replace(self.sessions, logged_in=None)
        return Answer.OK

    def _begin(self) -> Answer:
        self.sessions = replace(self.sessions, reauthentication_pending=True)
        return Answer.OK

    def _again(self, pin: str) -> Answer:
        answer = self._take(reauthenticate(self.policy, self.state, self.sessions, self._try(pin)))
        if answer is Answer.OK:
            self.sessions = replace(self.sessions, reauthentication_pending=False)
        return answer

    def _set_pin(self, old: str, new: str) -> Answer:
        return self._take(set_pin(self.policy, self.state, self.sessions, self._try(old), self._new(new)))

    def _init_pin(self, new: str) -> Answer:
        return self._take(init_pin(self.policy, self.state, self.sessions, self._new(new)))

    def _init_token(self, pin: str) -> Answer:
        return self._take(init_token(self.policy, self.state, self.sessions, self._try(pin)))

    def _use(self) -> Answer:
        return use(self.state, self.sessions)
