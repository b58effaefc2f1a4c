"""Taking secrets out of what is shown or kept: reports, JUnit files, evidence, logs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

HIDDEN = "(…)"
SECRET_NAMES = frozenset(
    {"pin", "user_pin", "so_pin", "puk", "password", "credential", "credentials", "token", "private_key", "secret"}
)
"""Keys whose values are never shown, at any depth."""


class Redactor:
    """Knows the credentials of a run and hides them wherever they turn up, and what stands under a secret's name."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without the credentials."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def value(self, value: Any) -> Any:
        """The JSON value without anything secret, at any depth."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                key: HIDDEN if str(key).lower() in SECRET_NAMES and inner is not None else self.value(inner)
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        return value

    def json(self, value: Any) -> str:
        """The JSON value as one line of text, without anything secret."""
        return json.dumps(self.value(value), ensure_ascii=False, default=str)
