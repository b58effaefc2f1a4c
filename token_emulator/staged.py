"""A device between its making and its place on the shelf."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from token_emulator.claims import Claim
from token_emulator.errors import BadCertificate, UnknownDevice, WrongStage

if TYPE_CHECKING:
    from token_emulator.device import Shelf


class StagedDevice:
    """A personalised device that is not on the shelf yet.

    As a context manager: discarded unless `place` was called.
    """

    def __init__(self, shelf: Shelf, claim: Claim, serial: str, public_key_der: bytes, label: str) -> None:
        self.serial = serial
        """16 hexadecimal digits, as C_GetTokenInfo shows them."""
        self.public_key_der = public_key_der
        """SubjectPublicKeyInfo of the key made on the device."""
        self._shelf, self._claim, self._label = shelf, claim, label
        self._stage = "staged"

    def write_certificate(self, der: bytes) -> None:
        """Put the certificate beside its key.

        Raises BadCertificate when it is not one for that key, WrongStage.
        """
        self._require_staged("take a certificate")
        try:
            key = x509.load_der_x509_certificate(der).public_key()
            theirs = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BadCertificate(self.serial, str(error)) from error
        if theirs != self.public_key_der:
            raise BadCertificate(self.serial, "it is for another key than the one on the device")
        order = {"der": b64encode(der).decode(), "label": self._label}
        self._shelf.ask(self.serial, "write_certificate", order, self._claim)

    def place(self) -> None:
        """Put the device onto the shelf: whole and durable, or not at all.

        Raises WrongStage when called twice.
        """
        self._require_staged("be placed")
        self._shelf.place(self._claim, self.serial)
        self._stage = "placed"

    def release(self) -> None:
        """Say that the registry knows the device by now. Until then no sweep takes it from the shelf.

        Raises WrongStage when it has not been placed.
        """
        if self._stage == "staged":
            raise WrongStage(self.serial, self._stage, "be released")
        self._claim.release()

    def discard(self) -> None:
        """Destroy the device, placed or not. A second call does nothing."""
        with suppress(UnknownDevice):
            self._shelf.remove(self.serial)
        self._stage = "discarded"
        self._claim.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None or self._stage == "staged":
            self.discard()
        else:
            self.release()

    def _require_staged(self, wanted: str) -> None:
        if self._stage != "staged":
            raise WrongStage(self.serial, self._stage, wanted)
