"""The base of every answer, and slices of lists."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True)


class Page(View):
    """A slice of a list; `next` is the cursor of the following slice, null at the end."""

    items: tuple[Any, ...]
    next: int | None = None
    total: int | None = None
