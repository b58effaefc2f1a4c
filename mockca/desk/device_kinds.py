"""Kinds of devices: who restores a device depends on it."""

from __future__ import annotations

from typing import Final

from token_emulator.errors import UnknownModel
from token_emulator.models import device_model

DEFAULT_KIND: Final = "pki-token"


def device_kind(model: str) -> str:
    """`pki-token`, `sim-pki` or `hsm`. A model that is no longer known, or says nothing, is a PKI token."""
    try:
        return str(getattr(device_model(model), "kind", DEFAULT_KIND))
    except UnknownModel:
        return DEFAULT_KIND
