"""How this system says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Refused(Exception):
    """A request that is turned down, with a code of this system's for each reason."""

    def __init__(self, status: int, *reasons: tuple[str, str, str], state: str | None = None) -> None:
        """A reason is code, field (or empty) and a sentence."""
        self.status, self.reasons, self.state = status, reasons, state
        super().__init__(", ".join(code for code, _, _ in reasons))


class Faults:
    """Collects what is wrong with a form, so that all of it is told at once."""

    def __init__(self) -> None:
        self.reasons: list[tuple[str, str, str]] = []

    def unless(self, kept: object, code: str, field: str, sentence: str) -> None:
        """Note the fault where the rule is not kept."""
        if not kept:
            self.reasons.append((code, field, sentence))


@contextmanager
def faults() -> Iterator[Faults]:
    """Refuse at the end of the block where there are faults."""
    found = Faults()
    yield found
    if found.reasons:
        raise Refused(422, *found.reasons)
