"""Kinds of devices: who restores a device depends on it."""

from __future__ import annotations

from token_emulator.errors import UnknownModel
from token_emulator.models import DeviceKind, device_model


def device_kind(model: str) -> str:
    """`pki-token`, `sim-pki` or `hsm`. A model that is no longer known counts as a PKI token."""
    try:
        return device_model(model).kind.value
    except UnknownModel:
        return DeviceKind.PKI_TOKEN.value
