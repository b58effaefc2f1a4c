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


def without_secrets(value: Any) -> Any:
    """The JSON value with everything under a secret's name hidden."""
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if str(key).lower() in SECRET_NAMES and inner is not None else without_secrets(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(inner) for inner in value]
    return value


class Redactor:
    """Knows the credentials of a run and hides them wherever they turn up in a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without the credentials."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def json(self, value: Any) -> str:
        """The JSON value as one line of text, without anything secret."""
        return self.text(json.dumps(without_secrets(value), ensure_ascii=False, default=str))
