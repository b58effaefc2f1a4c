"""The register of tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mockca.web.office import words
from mockca.web.office.fields import Sheet
from mockca.web.office.matter import Matter

Draw = Callable[[Matter], Sheet]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that can be done."""

    name: str
    """The API's operation, and the last part of the page's address."""
    draw: Draw
    grave: bool
    """Whether it cannot be taken back."""

    @property
    def title(self) -> str:
        return words.step(self.name)


TASKS: Final[dict[str, Task]] = {}
"""By name."""


def task(*, grave: bool = False) -> Callable[[Draw], Draw]:
    """Enter a task; the function that draws its form is called as the operation is."""

    def enter(draw: Draw) -> Draw:
        TASKS[draw.__name__] = Task(draw.__name__, draw, grave)
        return draw

    return enter
