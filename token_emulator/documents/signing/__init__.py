"""Signing documents with the key of a device, or one in memory.

PDF by a regulation: `issue`, `sign_as`; PDF as it is: `sign_pdf`. Each call works on octets, and waits for the device
and for the time-stamping authority: call it from a thread where an event loop runs.
"""

from token_emulator.documents.signing.drawing import Facts
from token_emulator.documents.signing.issuing import Signing, issue, sign_as
from token_emulator.documents.signing.keys import DeviceKey, MemoryKey, SigningKey, device_key
from token_emulator.documents.signing.numbering import open_places, write_number
from token_emulator.documents.signing.pdf import Evidence, PdfOptions, Stamp, SubFilter, sign_pdf

__all__ = [
    "DeviceKey",
    "Evidence",
    "Facts",
    "MemoryKey",
    "PdfOptions",
    "Signing",
    "SigningKey",
    "Stamp",
    "SubFilter",
    "device_key",
    "issue",
    "open_places",
    "sign_as",
    "sign_pdf",
    "write_number",
]
