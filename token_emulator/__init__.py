"""PKCS#11 tokens for test authorities: devices personalised on SoftHSM2, kept on a shelf, used by any client.

    shelf = Shelf(folder)
    with shelf.personalise("generic-10", "p256", user_pin, so_pin, "Nguyễn Văn An") as device:
        device.write_certificate(der)
        device.place()

The command line is `token_emulator.cli`, the PIN rules are `token_emulator.pin`, the device models
`token_emulator.models`, faults on order `token_emulator.faults`, what becomes of a device `token_emulator.conditions`,
devices in files `token_emulator.package`, the PKCS#11 module `token_emulator.module`.
"""

from token_emulator.device import DeviceInfo, Shelf, Swept
from token_emulator.errors import (
    BadCertificate,
    BadPackage,
    DeviceFailed,
    ModuleMissing,
    NoFreeReader,
    PinIncorrect,
    PinLocked,
    PinRefused,
    TokenError,
    UnknownAlgorithm,
    UnknownDevice,
    UnknownModel,
    WrongStage,
)
from token_emulator.models import DeviceKind, DeviceModel, device_model, device_models
from token_emulator.staged import StagedDevice
from token_emulator.state import Condition, Fault, Order, Record

__all__ = [
    "BadCertificate",
    "BadPackage",
    "Condition",
    "DeviceFailed",
    "DeviceInfo",
    "DeviceKind",
    "DeviceModel",
    "Fault",
    "ModuleMissing",
    "NoFreeReader",
    "Order",
    "PinIncorrect",
    "PinLocked",
    "PinRefused",
    "Record",
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
