"""PINs of a run: where they come from, and that they show nowhere."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from conformance.errors import BadCredentials

PIN, SO_PIN = "CONFORMANCE_PIN", "CONFORMANCE_SO_PIN"
"""Environment variables; they do not reach the module's process."""
ALPHABETS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "-+._")


@dataclass(frozen=True, slots=True)
class Secret:
    """A PIN that is shown by its name only."""

    name: str
    """As evidence tells it: `right PIN`."""
    value: str = field(repr=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Pins:
    """What a run needs to know, and what it makes up from that."""

    user: str | None = field(default=None, repr=False)
    so: str | None = field(default=None, repr=False)

    @property
    def right(self) -> Secret:
        """The user PIN. Raises BadCredentials where none was given."""
        if not self.user:
            raise BadCredentials(f"give the device's PIN: set {PIN}, or --pin-file FILE, or run it on a terminal")
        return Secret("right PIN", self.user)

    @property
    def wrong(self) -> Secret:
        """Another than the right one, as long and of the same kinds of characters."""
        return Secret("wrong PIN", _changed(self.right.value, 0, 1))

    @property
    def new(self) -> Secret:
        """A third one, likewise."""
        return Secret("new PIN", _changed(self.right.value, -1, 2))

    @property
    def own(self) -> Secret:
        """A fourth one, likewise."""
        return Secret("PIN of the user's own", _changed(self.new.value, 0, 2))

    @property
    def officer(self) -> Secret | None:
        """The SO PIN, where one was given."""
        return Secret("SO PIN", self.so) if self.so else None

    def secrets(self) -> tuple[str, ...]:
        """Everything that must show nowhere."""
        officer = self.officer
        made_up = tuple(pin.value for pin in (self.right, self.wrong, self.new, self.own)) if self.user else ()
        return (*made_up, officer.value) if officer else made_up


def read_pins(pin_file: Path | None, so_pin_file: Path | None) -> Pins:
    """The PINs from their files, or else from the environment. Raises BadCredentials."""
    return Pins(_from(pin_file, PIN), _from(so_pin_file, SO_PIN))


def _from(file: Path | None, variable: str) -> str | None:
    if file is None:
        return os.environ.get(variable) or None
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCredentials(f"{file}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    pin = text.removesuffix("\n").removesuffix("\r")
    if not pin or not pin.isprintable():
        raise BadCredentials(f"{file}: one line is wanted, with nothing but the PIN")
    return pin


def _changed(pin: str, place: int, by: int) -> str:
    """The PIN with one character moved on within its alphabet; punctuation and other letters become punctuation."""
    characters = list(pin)
    alphabet = next((one for one in ALPHABETS if characters[place] in one), ALPHABETS[-1])
    characters[place] = alphabet[(alphabet.find(characters[place]) + by) % len(alphabet)]
    return "".join(characters)
