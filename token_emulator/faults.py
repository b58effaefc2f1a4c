"""Faults of a token, on order: what an integrator's software must bear and real tokens show only when it hurts.

The faults of `state.Fault` wait in the device's record, and the PKCS#11 module shows each of them the set number of
times, whichever client comes first. Those of the certificate are really there: the certificate is taken off the
device or replaced, and kept beside it until it is put back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from token_emulator.device import Shelf
from token_emulator.errors import BadCertificate
from token_emulator.state import Fault, Order, Record

KEPT = "certificate.kept"


def order(shelf: Shelf, serial: str, fault: Fault, *, times: int | None = 1, value: int = 0) -> None:
    """Have the device show a fault so many times; with None until it is withdrawn.

    `value`: for LOGIN the CKR number that C_Login answers, for SLOW milliseconds. Raises ValueError, UnknownDevice.
    """
    wanted = Order(times, value)
    if fault is Fault.LOGIN and value == 0:
        raise ValueError("CKR_OK is no fault: it would say that a PIN was right that nobody looked at")
    shelf.change_state(serial, lambda record: _with(record, {**record.faults, fault: wanted}))


def ordered(shelf: Shelf, serial: str) -> Mapping[Fault, Order]:
    """The faults that are still to come. Raises UnknownDevice."""
    return shelf.state(serial).faults


def withdraw(shelf: Shelf, serial: str, fault: Fault | None = None) -> None:
    """Take back one fault, or all. Raises UnknownDevice."""
    shelf.change_state(
        serial,
        lambda record: _with(
            record, {kind: wanted for kind, wanted in record.faults.items() if fault not in (None, kind)}
        ),
    )


def hide_certificate(shelf: Shelf, serial: str) -> None:
    """Take the certificate off the device. Raises UnknownDevice, BadCertificate when there is none."""
    _keep(shelf, serial)
    shelf.replace_certificate(serial, None)


def swap_certificate(shelf: Shelf, serial: str, der: bytes | None = None) -> None:
    """Put a certificate for another key in place of the device's own.

    Without `der` one that looks the same but for its key and signature. Raises UnknownDevice, BadCertificate.
    """
    own = _keep(shelf, serial)
    shelf.replace_certificate(serial, der or _for_another_key(x509.load_der_x509_certificate(own)))


def put_certificate_back(shelf: Shelf, serial: str) -> bool:
    """Undo `hide_certificate` and `swap_certificate`; whether there was anything to undo. Raises UnknownDevice."""
    kept = shelf.folder(serial) / KEPT
    if not kept.exists():
        return False
    shelf.replace_certificate(serial, kept.read_bytes())
    kept.unlink()
    return True


def _keep(shelf: Shelf, serial: str) -> bytes:
    """The device's own certificate, kept beside it from the first time on."""
    kept: Path = shelf.folder(serial) / KEPT
    if kept.exists():
        return kept.read_bytes()
    own = shelf.read_certificate(serial)
    if own is None:
        raise BadCertificate(serial, "there is none on the device")
    draft = kept.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(own)
        os.fsync(file.fileno())
    draft.replace(kept)
    return own


def _for_another_key(own: x509.Certificate) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        own.issuer,
        own.subject,
        key.public_key(),
        own.serial_number,
        own.not_valid_before_utc,
        own.not_valid_after_utc,
        list(own.extensions),
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def _with(record: Record, faults: Mapping[Fault, Order]) -> Record:
    return replace(record, faults=MappingProxyType(dict(faults)))
