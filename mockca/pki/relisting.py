"""A CRL that was issued, told otherwise and signed again: what is wrong with it is wrong on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from cryptography import x509

from mockca.pki import certificates, der
from mockca.pki.hierarchy import Signer

_WHAT: Final = "CRL"
_NUMBER: Final = der.oid("2.5.29.20")
_BASE: Final = der.oid("2.5.29.27")
_TIMES: Final = (0x17, 0x18)
"""The tags of UTCTime and GeneralizedTime."""


def relisted(
    crl: bytes,
    signer: Signer,
    *,
    this_update: datetime,
    next_update: datetime,
    back: int = 0,
    listed: Callable[[int], bool] = lambda _: True,
) -> bytes:
    """The CRL (DER, as `crl.build` makes them) with these times, a number that is lower by `back`, and of its entries
    those whose serial number is `listed`; signed by `signer`, whoever is named as its issuer.

    A number ends at zero, a delta's at one, with its base below it (RFC 5280 §5.2.4). Raises Malformed where it is no
    CRL.
    """
    body = der.Reader(_WHAT, crl).enter(der.SEQUENCE).enter(der.SEQUENCE)
    version = body.whole(der.INTEGER)
    body.whole(der.SEQUENCE)
    issuer = body.whole(der.SEQUENCE)
    for _ in range(2):
        body.whole(_TIMES[body.next_is(_TIMES[1])])
    entries = _entries(body.enter(der.SEQUENCE), listed) if body.next_is(der.SEQUENCE) else b""
    extensions = _renumbered(body.enter(der.explicit(0)).enter(der.SEQUENCE), back)
    algorithm = signer.signature_algorithm
    told = der.sequence(
        version,
        algorithm,
        issuer,
        der.time(this_update),
        der.time(next_update),
        # RFC 5280 §5.1.2.6: an empty list is left out.
        der.sequence(entries) if entries else b"",
        der.tlv(der.explicit(0), der.sequence(extensions)),
    )
    return der.sequence(told, algorithm, der.bits(signer.sign(told)))


def _entries(reader: der.Reader, listed: Callable[[int], bool]) -> bytes:
    kept = bytearray()
    while reader.more():
        start = reader.at
        serial = reader.enter(der.SEQUENCE).unsigned()
        if listed(serial):
            kept += reader.data[start : reader.at]
    return bytes(kept)


def _renumbered(reader: der.Reader, back: int) -> bytes:
    """The extensions with other numbers; their order stays."""
    found: list[tuple[bytes, bytes]] = []
    numbers: dict[bytes, int] = {}
    while reader.more():
        start = reader.at
        fields = reader.enter(der.SEQUENCE)
        oid = fields.object_identifier()
        if oid in (_NUMBER, _BASE):
            if fields.next_is(der.BOOLEAN):
                fields.content(der.BOOLEAN)
            numbers[oid] = fields.enter(der.OCTET_STRING).unsigned()
        found.append((oid, reader.data[start : reader.at]))
    number = max(numbers[_NUMBER] - back, 1 if _BASE in numbers else 0)
    told = {_NUMBER: certificates.extension(x509.CRLNumber(number))}
    if _BASE in numbers:
        base = min(numbers[_BASE], number - 1)
        told[_BASE] = certificates.extension(x509.DeltaCRLIndicator(base), critical=True)
    return b"".join(told.get(oid, whole) for oid, whole in found)
