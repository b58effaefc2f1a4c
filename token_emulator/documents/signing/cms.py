"""CMS signatures of any octets (RFC 5652 §5), on pyHanko."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from token_emulator.documents.signing.keys import KeySigner, SigningKey
from token_emulator.documents.signing.pdf import VIETNAM
from token_emulator.documents.signing.timestamps import PATIENCE, HttpTimeStamper


@dataclass(frozen=True, slots=True)
class CmsOptions:
    """How octets are signed."""

    digest: str = "sha256"
    detached: bool = True
    """Whether the signed octets stay out of it."""
    cades: bool = False
    """With the signer's certificate bound by a signed attribute, and no signing time of its own (EN 319 122-1)."""
    chain: tuple[bytes, ...] = ()
    """DER of the issuers' certificates to put in."""
    pss: bool = False
    local_as_utc: bool = False
    timestamp_url: str | None = None
    timestamp_patience: float = PATIENCE
    """Seconds."""


def sign_cms(data: bytes, key: SigningKey, at: datetime, options: CmsOptions | None = None) -> bytes:
    """A ContentInfo with SignedData, DER. Raises TimestampFailed, and what the key raises."""
    options = options or CmsOptions()
    signer = KeySigner(key, options.chain, pss=options.pss, digest=options.digest, local_as_utc=options.local_as_utc)
    timestamper = HttpTimeStamper(options.timestamp_url, options.timestamp_patience) if options.timestamp_url else None
    attributes = PdfCMSSignedAttributes(signing_time=at.astimezone(VIETNAM).replace(microsecond=0))
    signing = signer.async_sign_general_data(
        data,
        options.digest,
        detached=options.detached,
        use_cades=options.cades,
        timestamper=timestamper,
        signed_attr_settings=attributes,
    )
    return bytes(asyncio.run(signing).dump())
