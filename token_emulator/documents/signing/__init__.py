"""Signing documents with the key of a device, or one in memory.

PDF by a regulation: `issue`, `sign_as`; PDF as it is: `sign_pdf`; other kinds: `sign_xml`, `sign_cms`, `sign_jws`. Each
call works on octets, and waits for the device and for the time-stamping authority: call it from a thread where an
event loop runs.
"""

from token_emulator.documents.signing.cms import CmsOptions, sign_cms
from token_emulator.documents.signing.drawing import Facts
from token_emulator.documents.signing.issuing import Signing, issue, sign_as
from token_emulator.documents.signing.jws import sign_jws
from token_emulator.documents.signing.keys import DeviceKey, MemoryKey, SigningKey, device_key
from token_emulator.documents.signing.numbering import open_places, write_number
from token_emulator.documents.signing.pdf import Evidence, PdfOptions, Stamp, SubFilter, sign_pdf
from token_emulator.documents.signing.xml import XmlOptions, sign_xml

__all__ = [
    "CmsOptions",
    "DeviceKey",
    "Evidence",
    "Facts",
    "MemoryKey",
    "PdfOptions",
    "Signing",
    "SigningKey",
    "Stamp",
    "SubFilter",
    "XmlOptions",
    "device_key",
    "issue",
    "open_places",
    "sign_as",
    "sign_cms",
    "sign_jws",
    "sign_pdf",
    "sign_xml",
    "write_number",
]
