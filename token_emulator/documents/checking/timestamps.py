"""Timestamps (RFC 3161): whether one proves that a signature was there at its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, tsp, x509

from token_emulator.documents.checking.certificates import SHA1_UNTIL, WEAK, path_at, status_at
from token_emulator.documents.checking.evidence import Evidence
from token_emulator.documents.checking.reading.cms_signature import digest, signature
from token_emulator.documents.checking.reading.signature import Malformed
from token_emulator.documents.checking.verdicts import Finding, Verdict, finding

STAMPING = "time_stamping"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a timestamp."""

    time: datetime | None
    """genTime; None where it proves nothing."""
    findings: tuple[Finding, ...] = ()


async def checked(token: cms.SignedData, over: Callable[[str], bytes], evidence: Evidence, now: datetime) -> Checked:
    """Check a token; `over` gives the digest, by algorithm, of what it should be over."""
    try:
        info, signer, enclosed = _read(token)
    except Malformed as error:
        return Checked(None, (finding("timestamp-broken", str(error)),))
    imprint = info["message_imprint"]
    try:
        expected = over(imprint["hash_algorithm"]["algorithm"].native)
    except ValueError as error:
        return Checked(None, (finding("timestamp-broken", str(error)),))
    if expected != imprint["hashed_message"].native:
        return Checked(None, (finding("timestamp-broken", "messageImprint"),))
    time: datetime = info["gen_time"].native
    weak = _weak(token, imprint["hash_algorithm"]["algorithm"].native, time)
    if weak:
        return Checked(None, (finding("timestamp-untrusted", weak.upper()),))
    against = await _authority(signer, evidence.plus(enclosed), time, now)
    if against is not None:
        return Checked(None, (finding("timestamp-untrusted", against.en),))
    return Checked(time)


def _read(token: cms.SignedData) -> tuple[tsp.TSTInfo, x509.Certificate, tuple[x509.Certificate, ...]]:
    """TSTInfo, the authority's certificate, what else is enclosed. Raises Malformed."""
    try:
        content = token["encap_content_info"]["content"]
        info = content.parsed
        if not isinstance(info, tsp.TSTInfo):
            raise Malformed("TSTInfo")
        octets = bytes(content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed(str(error)) from None
    found = signature(token, "", lambda name: digest(name, octets))
    if found.malformed or not (found.is_intact and found.is_genuine) or found.certificate is None:
        raise Malformed(found.malformed or "signature")
    return info, found.certificate, found.certificates


def _weak(token: cms.SignedData, imprint: str, time: datetime) -> str:
    """A digest of the token that can be forged, SHA-1 from when on it could; empty where there is none."""
    used = {imprint, *(one["digest_algorithm"]["algorithm"].native for one in token["signer_infos"])}
    forgeable = WEAK if time >= SHA1_UNTIL else WEAK - {"sha1"}
    return min(used & forgeable, default="")


async def _authority(signer: x509.Certificate, evidence: Evidence, time: datetime, now: datetime) -> Finding | None:
    """Why this is no authority to be believed about `time`; None where it is."""
    usage = signer.extended_key_usage_value
    if usage is None or usage.native != [STAMPING]:
        return finding("wrong-purpose")
    if not signer.not_valid_before <= time <= signer.not_valid_after:
        return finding("expired")
    path = await path_at(signer, evidence, time)
    if path.findings:
        return path.findings[0]
    against = await status_at(signer, evidence, time, now)
    if against is not None and against.reason.verdict is not Verdict.OK:
        return against
    return None
