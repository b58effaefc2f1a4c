"""Hands that sign: pyHanko's signer with the keys of the corpus in memory, and time-stamping authorities like it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto.parser import emit
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import Hash
from pyhanko.sign.ades.api import CAdESSignedAttrSpec
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from conformance.corpus.keys import Key, octets
from conformance.corpus.model import Sign, instant
from conformance.corpus.world import Holder, World

STAMP_POLICY = "1.3.6.1.4.1.32473.1.2"
FOREIGN = "foreign-key"
"""A signature that another key made."""
SEQUENCE, SET = 16, 17
BLANK = b"\0" * 32


class Hand(Signer):
    """Signs with a holder's key, the same every time but for PSS, which is salted."""

    def __init__(
        self, holder: Holder, enclose: Iterable[Holder] = (), *, key: Key | None = None, pss: bool = False
    ) -> None:
        enclose = tuple(enclose)
        super().__init__(prefer_pss=pss, signing_cert=holder.certificate, cert_registry=SimpleCertificateStore())
        self._key = key or holder.key
        self._enclosed = {one.certificate.dump() for one in (holder, *enclose)}

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        del dry_run
        hash_ = get_pyca_cryptography_hash(digest_algorithm)
        if not isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, ECDSA(hash_, deterministic_signing=True))
        padding = PSS(MGF1(hash_), PSS.MAX_LENGTH) if self.prefer_pss else PKCS1v15()
        return self._key.sign(data, padding, hash_)

    async def async_sign_prescribed_attributes(  # type: ignore[override]
        self, digest_algorithm: str, signed_attrs: cms.CMSAttributes, **more: Any
    ) -> cms.ContentInfo:
        return await super().async_sign_prescribed_attributes(digest_algorithm, frozen(signed_attrs), **more)

    async def unsigned_attrs(self, *given: Any, **more: Any) -> cms.CMSAttributes | None:
        found = await super().unsigned_attrs(*given, **more)
        return None if found is None else frozen(found)

    def _package_signature(
        self,
        *,
        digest_algorithm: str,
        cms_version: str,
        signed_attrs: cms.CMSAttributes,
        signature: bytes,
        unsigned_attrs: cms.CMSAttributes | None,
        encap_content_info: cms.EncapsulatedContentInfo | dict[str, Any] | None = None,
    ) -> cms.ContentInfo:
        """The SignedData, put together of octets: asn1crypto takes seconds to write one that it has built."""
        info = self.signer_info(digest_algorithm, signed_attrs, signature)
        if unsigned_attrs is not None:
            info["unsigned_attrs"] = unsigned_attrs
        content = encap_content_info
        if content is None or isinstance(content, dict):
            content = cms.ContentInfo(content or {"content_type": "data"})
        certificates = sorted(self._enclosed)
        body = b"".join(
            (
                cms.CMSVersion(cms_version).dump(),
                emit(0, 1, SET, algos.DigestAlgorithm({"algorithm": digest_algorithm}).dump()),
                content.dump(),
                emit(2, 1, 0, b"".join(certificates)),
                emit(0, 1, SET, info.dump()),
            )
        )
        kind = cms.ContentType("signed_data").dump()
        return cms.ContentInfo.load(emit(0, 1, SEQUENCE, kind + emit(2, 1, 0, emit(0, 1, SEQUENCE, body))))


class Clock(TimeStamper):
    """A time-stamping authority whose clock shows what it is set to."""

    def __init__(self, world: World, by: str, time: datetime, defect: str = "") -> None:
        super().__init__(include_nonce=False)  # type: ignore[no-untyped-call]
        self._world, self._by, self._time, self._defect = world, by, time, defect

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return await token(self._world, self._by, self._time, message_digest, md_algorithm, self._defect)


async def token(
    world: World, by: str, time: datetime, imprint: bytes, algorithm: str = "sha256", defect: str = ""
) -> cms.ContentInfo:
    """A timestamp token; `defect` is `imprint` (over something else) or `signature` (by another key)."""
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": STAMP_POLICY,
            "message_imprint": {
                "hash_algorithm": {"algorithm": algorithm},
                "hashed_message": BLANK if defect == "imprint" else imprint,
            },
            "serial_number": int.from_bytes(octets(world.seed, f"{by} {time} {imprint.hex()}", 8), "big"),
            "gen_time": time,
            "accuracy": {"seconds": 1},
        }
    )
    hand = Hand(world.holder(by), key=world.holder("an").key if defect == "signature" else None)
    content = cms.EncapsulatedContentInfo(
        {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())}
    )
    made = await hand.async_sign_general_data(
        content, "sha256", detached=False, use_cades=True, signed_attr_settings=attributes(time, cades=True)
    )
    return frozen(made)


def run(making: Coroutine[Any, Any, cms.ContentInfo]) -> bytes:
    """What pyHanko makes, DER. Not the value but its octets leave the loop: asyncio looks at results, slowly there."""

    async def octets() -> bytes:
        der: bytes = (await making).dump()
        return der

    return asyncio.run(octets())


def frozen(value: Any) -> Any:
    """The same as octets: asn1crypto writes a value that it has built anew each time that it is asked."""
    return type(value).load(value.dump())


def hand_of(world: World, sign: Sign) -> Hand:
    """Who makes this signature, with what."""
    holder = world.holder(sign.by)
    other = world.holder("binh").key if sign.defect == FOREIGN else None
    return Hand(holder, (world.holder(one) for one in sign.enclose), key=other, pss=sign.pss)


def clock_of(world: World, sign: Sign) -> Clock | None:
    """Who stamps this signature; None where nobody does."""
    return Clock(world, sign.stamp, instant(sign.signed), sign.stamp_defect) if sign.stamp else None


def claimed(sign: Sign) -> datetime | None:
    """What signingTime says."""
    if sign.claimed == "-":
        return None
    return instant(sign.claimed or sign.signed)


def attributes(time: datetime | None, *, cades: bool) -> PdfCMSSignedAttributes:
    """The signed attributes: signingTime, and signingCertificateV2 for CAdES."""
    return PdfCMSSignedAttributes(signing_time=time, cades_signed_attrs=CAdESSignedAttrSpec() if cades else None)


def digest(algorithm: str, content: bytes) -> bytes:
    """A digest."""
    state = Hash(get_pyca_cryptography_hash(algorithm))
    state.update(content)
    return state.finalize()


def cms_over(world: World, sign: Sign, content_digest: bytes, enclosed: bytes | None = None) -> bytes:
    """A CMS signature over content with this digest, which it encloses or not; DER."""
    content = None if enclosed is None else cms.ContentInfo({"content_type": "data", "content": enclosed})
    made = hand_of(world, sign).async_sign(
        content_digest,
        sign.digest,
        use_pades=False,
        is_pdf_sig=False,
        timestamper=clock_of(world, sign),
        signed_attr_settings=attributes(claimed(sign), cades=sign.subfilter.startswith("ETSI")),
        encap_content_info=content,
    )
    return run(made)
