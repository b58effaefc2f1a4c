"""Taking secrets out of what is shown or kept: reports, JUnit files, evidence, logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

HIDDEN = "(…)"
SECRET_NAMES = frozenset(
    {"pin", "user_pin", "so_pin", "puk", "password", "credential", "credentials", "token", "private_key", "secret"}
)
"""Keys whose values are never shown, at any depth."""
SHORTEST_LEARNT = 8
"""Characters. What is shorter than this is no token, and would be hidden where it is something else."""
UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, which command a terminal, and halves of characters, which no encoding has."""


class Redactor:
    """Knows the credentials of a run and hides them wherever they turn up, and what stands under a secret's name."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        """`names` are keys, besides SECRET_NAMES, whose values are never shown."""
        self._names = SECRET_NAMES | {name.lower() for name in names}
        self._secrets = tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True))

    def learn(self, secret: str) -> None:
        """Hide this from now on too: a token or cookie that a sign-in gave."""
        if len(secret) >= SHORTEST_LEARNT and secret not in self._secrets:
            self._secrets = tuple(sorted({*self._secrets, secret}, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without the credentials, and without what a terminal or a report could not show."""
        text = UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", text)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def value(self, value: Any) -> Any:
        """The JSON value without anything secret, at any depth."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): HIDDEN
                if str(key).lower() in self._names and inner is not None
                else self.value(inner)
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        return value

    def json(self, value: Any) -> str:
        """The JSON value as one line of text, without anything secret."""
        return json.dumps(self.value(value), ensure_ascii=False, default=str)
