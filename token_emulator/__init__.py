"""PKCS#11 tokens for test authorities: devices personalised on SoftHSM2, kept on a shelf, used by any client.

    shelf = Shelf(folder)
    with shelf.personalise("generic-10", "p256", user_pin, so_pin, "Nguyễn Văn An") as device:
        device.write_certificate(der)
        device.place()

The command line is `token_emulator.cli`, the PIN rules are `token_emulator.pin`, the device models
`token_emulator.models`.
"""

from token_emulator.device import DeviceInfo, Shelf, StagedDevice, Swept
from token_emulator.errors import (
    BadCertificate,
    DeviceFailed,
    ModuleMissing,
    PinIncorrect,
    PinLocked,
    PinRefused,
    TokenError,
    UnknownAlgorithm,
    UnknownDevice,
    UnknownModel,
    WrongStage,
)
from token_emulator.models import DeviceModel, device_model, device_models

__all__ = [
    "BadCertificate",
    "DeviceFailed",
    "DeviceInfo",
    "DeviceModel",
    "ModuleMissing",
    "PinIncorrect",
    "PinLocked",
    "PinRefused",
    "Shelf",
    "StagedDevice",
    "Swept",
    "TokenError",
    "UnknownAlgorithm",
    "UnknownDevice",
    "UnknownModel",
    "WrongStage",
    "device_model",
    "device_models",
]
