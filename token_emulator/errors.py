"""Why a token or its shelf says no.

TokenError
├── ModuleMissing     no PKCS#11 module on this machine; the text ends in the command to type
├── UnknownModel      no such device model
├── UnknownAlgorithm  the device makes no such key
├── UnknownDevice     no device with that serial on the shelf
├── PinRefused        a new PIN that the device model does not take
├── PinIncorrect      CKR_PIN_INCORRECT
├── PinLocked         CKR_PIN_LOCKED
├── BadCertificate    not a certificate, or not one for the key on this device
├── WrongStage        a step that the device is past, or not ready for
└── DeviceFailed      anything else: the CKR name, or a worker that ended
"""

from __future__ import annotations

from collections.abc import Iterable


class TokenError(Exception):
    """Root of every error that this package raises on purpose. Never carries a PIN."""


class ModuleMissing(TokenError):
    """No PKCS#11 module here."""

    def __init__(self, looked_in: Iterable[str]) -> None:
        self.looked_in = tuple(looked_in)
        super().__init__(
            "SoftHSM2's PKCS#11 module is not on this machine (looked for "
            f"{', '.join(self.looked_in)}). Type: sudo apt-get install softhsm2"
        )


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


class PinIncorrect(TokenError):
    """The device answered CKR_PIN_INCORRECT."""

    def __init__(self, serial: str) -> None:
        self.serial = serial
        super().__init__(f"device {serial}: wrong PIN (CKR_PIN_INCORRECT)")


class PinLocked(TokenError):
    """The device answered CKR_PIN_LOCKED."""

    def __init__(self, serial: str) -> None:
        self.serial = serial
        super().__init__(f"device {serial}: the PIN is locked (CKR_PIN_LOCKED); restore it through the SO PIN")


class BadCertificate(TokenError):
    """The certificate cannot go onto this device."""

    def __init__(self, serial: str, why: str) -> None:
        self.serial, self.why = serial, why
        super().__init__(f"device {serial}: the certificate is refused: {why}")


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
