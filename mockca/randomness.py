"""Randomness: what a seed decides, so that the same seed makes the same world, and what nobody may guess."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

LEAST_SERIAL = 0x10 << 56
GREATEST_SERIAL = (0x80 << 56) - 1


class Randomness:
    """Values that look random and follow from the seed and a label alone (HMAC-SHA-256 in counter mode).

    The same seed and label always give the same value, in any order of asking and in any process. Never for
    secrets: the seed is public.
    """

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._key = seed.encode()

    def octets(self, label: str, n: int) -> bytes:
        """`n` octets."""
        return _expand(self._key, label, n)

    def integer(self, label: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return _integer(self._key, label, low, high)

    def choice(self, label: str, items: Sequence[T]) -> T:
        """One of `items`, which must not be empty."""
        return items[self.integer(label, 0, len(items) - 1)]

    def serial(self, label: str) -> int:
        """A certificate serial number: positive, always eight octets in DER (RFC 5280 §4.1.2.2)."""
        return self.integer(label, LEAST_SERIAL, GREATEST_SERIAL)


def new_seed() -> str:
    """A seed for a world that nobody asked to be a certain one."""
    return secrets.token_hex(8)


def new_credential() -> str:
    """A bearer credential: 32 unguessable octets, URL-safe."""
    return secrets.token_urlsafe(32)


def new_octets(n: int) -> bytes:
    """`n` unguessable octets."""
    return secrets.token_bytes(n)


def pin(key: bytes, label: str, length: int) -> str:
    """A PIN of `length` decimal digits that follows from a secret key and a label. ValueError below one digit."""
    if length < 1:
        raise ValueError(f"a PIN has at least one digit, not {length}")
    return f"{_integer(key, label, 0, 10**length - 1):0{length}d}"


def _expand(key: bytes, label: str, n: int) -> bytes:
    blocks = (
        hmac.digest(key, label.encode() + b"\0" + block.to_bytes(4, "big"), "sha256") for block in range(-(-n // 32))
    )
    return b"".join(blocks)[:n]


def _integer(key: bytes, label: str, low: int, high: int) -> int:
    if high < low:
        raise ValueError(f"no whole number from {low} to {high}")
    span = high - low + 1
    # Sixteen octets more than the span needs make the bias of the remainder too small to matter.
    return low + int.from_bytes(_expand(key, label, (span.bit_length() + 7) // 8 + 16), "big") % span
