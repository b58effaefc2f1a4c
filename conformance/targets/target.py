"""What a run needs of a target whose workflow it tests, however the target is reached."""

from __future__ import annotations

from typing import Protocol

from conformance.redaction import Redactor
from scenarios.port import Port


class Target(Port, Protocol):
    """A port that a run can begin with, empty, and close."""

    @property
    def redactor(self) -> Redactor:
        """Hides what must not be shown."""
        ...

    def check(self) -> None:
        """Raise BadTarget where it cannot be tested at all."""
        ...

    def reset(self) -> None:
        """Empty it. Raises BadTarget where that cannot be done."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
