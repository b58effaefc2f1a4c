"""Signing documents with the key of a device, or one in memory."""

from token_emulator.documents.signing.keys import DeviceKey, MemoryKey, SigningKey, device_key
from token_emulator.documents.signing.pdf import Evidence, PdfOptions, Stamp, SubFilter, sign_pdf

__all__ = [
    "DeviceKey",
    "Evidence",
    "MemoryKey",
    "PdfOptions",
    "SigningKey",
    "Stamp",
    "SubFilter",
    "device_key",
    "sign_pdf",
]
