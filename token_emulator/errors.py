"""Why a token or its shelf says no.

TokenError
├── ModuleMissing     no PKCS#11 module on this machine; the text ends in the command to type
├── UnknownModel      no such device model
├── UnknownAlgorithm  the device makes no such key
├── UnknownDevice     no device with that serial on the shelf
├── PinRefused        a new PIN that the device model does not take
├── NoFreeReader      a device is in each reader
├── PinIncorrect      CKR_PIN_INCORRECT
├── PinLocked         CKR_PIN_LOCKED
├── BadCertificate    not a certificate, or not one for the key on this device
├── BadPackage        not a packed device, or one that was changed or has been here
├── WrongStage        a step that the device is past, or not ready for
└── DeviceFailed      anything else: the CKR name, or a worker that ended
"""

from __future__ import annotations

from collections.abc import Iterable


class TokenError(Exception):
    """Root of every error that this package raises on purpose. Never carries a PIN."""


class ModuleMissing(TokenError):
    """No PKCS#11 module here."""

    def __init__(self, why: str, command: str) -> None:
        self.why, self.command = why, command
        super().__init__(f"{why}. Type: {command}")


class UnknownModel(TokenError):
    """No such device model."""

    def __init__(self, model: str, known: Iterable[str]) -> None:
        self.model, self.known = model, tuple(known)
        super().__init__(f"no device model {model!r}; there are {', '.join(self.known)}")


class UnknownAlgorithm(TokenError):
    """The device makes no such key."""

    def __init__(self, algorithm: str, known: Iterable[str]) -> None:
        self.algorithm, self.known = algorithm, tuple(known)
        super().__init__(f"no key algorithm {algorithm!r}; there are {', '.join(self.known)}")


class UnknownDevice(TokenError):
    """No device with that serial on the shelf."""

    def __init__(self, serial: str) -> None:
        self.serial = serial
        super().__init__(f"no device {serial!r} on this shelf")


class PinRefused(TokenError):
    """A new PIN breaks the device model's rule."""

    def __init__(self, whose: str, rule: str) -> None:
        self.whose, self.rule = whose, rule
        super().__init__(f"the new {whose} PIN is refused: {rule}")


class NoFreeReader(TokenError):
    """There is a device in each reader."""

    def __init__(self, serial: str, plugged: Iterable[str]) -> None:
        self.serial, self.plugged = serial, tuple(plugged)
        super().__init__(f"no reader is free for device {serial}: unplug one of {', '.join(self.plugged)}")


class PinIncorrect(TokenError):
    """The device answered CKR_PIN_INCORRECT."""

    def __init__(self, serial: str, whose: str = "user") -> None:
        self.serial, self.whose = serial, whose
        what = "PIN" if whose == "user" else f"{whose} PIN"
        super().__init__(f"device {serial}: wrong {what} (CKR_PIN_INCORRECT)")


class PinLocked(TokenError):
    """The device answered CKR_PIN_LOCKED."""

    def __init__(self, serial: str, whose: str = "user") -> None:
        self.serial, self.whose = serial, whose
        what, then = ("PIN", "restore it through the SO PIN")
        if whose != "user":
            what, then = f"{whose} PIN", "the device is only good for return"
        super().__init__(f"device {serial}: the {what} is locked (CKR_PIN_LOCKED); {then}")


class BadCertificate(TokenError):
    """The certificate cannot go onto this device."""

    def __init__(self, serial: str, why: str) -> None:
        self.serial, self.why = serial, why
        super().__init__(f"device {serial}: the certificate is refused: {why}")


class BadPackage(TokenError):
    """No device can be unpacked from this file, here."""

    def __init__(self, path: object, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path}: {why}")


class WrongStage(TokenError):
    """The device is past this step, or not ready for it."""

    def __init__(self, serial: str, stage: str, wanted: str) -> None:
        self.serial, self.stage, self.wanted = serial, stage, wanted
        super().__init__(f"device {serial} is {stage}; it cannot {wanted}")


class DeviceFailed(TokenError):
    """The device or the process that drives it failed."""

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"{what}: {why}")
