"""What is looked at of one signature, step by step. Each step says what it finds against it, and the rest goes on.

The order of Nghị định 68/2024, Điều 29 to 32: the signature itself, the time of signing, the certificate's path, its
purpose, its validity, its effect, its status.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from asn1crypto import x509
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.errors import InvalidCertificateError

from token_emulator.documents.checking import timestamps
from token_emulator.documents.checking.certificates import SHA1_UNTIL, WEAK, path_at, status_at
from token_emulator.documents.checking.evidence import IN_FORCE, Evidence
from token_emulator.documents.checking.reading import Changes, Coverage, Signature, Stamp
from token_emulator.documents.checking.reading.cms_signature import digest
from token_emulator.documents.checking.verdicts import Finding, Verdict, finding

SKEW = timedelta(seconds=60)
"""By how much signers' clocks may differ (facts: tolerance seen in the field)."""
SHORTEST_RSA = 2048
"""Bits (facts: Thông tư 06/2015, FIPS 140-2 tokens)."""
PURPOSES = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"},
    match_all_key_usages=False,
    extd_key_usage={
        "email_protection",
        "1.3.6.1.5.5.7.3.36",  # document signing, RFC 9336
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft's
        "1.2.840.113583.1.1.5",  # Adobe's
    },
    explicit_extd_key_usage_required=False,
)
"""What a certificate for signing documents is for: digitalSignature or nonRepudiation, and where it names purposes,
protecting mail or signing documents."""


class Effect(StrEnum):
    """When a certificate takes effect."""

    ANNOUNCEMENT = "announcement"
    """At the time that its announcement names (AG-10.2.dd.2)."""
    NOT_BEFORE = "not_before"
    """From its notBefore on (Nghị định 68/2024)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of signing."""

    at: datetime | None
    is_proven: bool = False


@dataclass(slots=True)
class Look:
    """One signature under the eye."""

    signature: Signature
    stamps: tuple[Stamp, ...]
    """Timestamps of the whole document that were put on it later."""
    evidence: Evidence
    """With what the signature and the document bring along."""
    at: datetime
    """The instant of checking."""
    effect: Effect
    time: Moment = Moment(None)

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's; only asked for where there is one."""
        assert self.signature.certificate is not None  # noqa: S101 - see `look_at`
        return self.signature.certificate


Step = Callable[[Look], AsyncIterator[Finding]]


async def integrity(look: Look) -> AsyncIterator[Finding]:
    """The digest is that of what was signed, and the signature is the certificate's key's."""
    if look.signature.malformed:
        yield finding("malformed", look.signature.malformed)
    elif not look.signature.is_intact:
        yield finding("altered")
    elif not look.signature.is_genuine:
        yield finding("wrong-key")


async def coverage(look: Look) -> AsyncIterator[Finding]:
    """All that is shown is signed."""
    if look.signature.coverage is Coverage.PART:
        yield finding("not-covering")


async def changes(look: Look) -> AsyncIterator[Finding]:
    """Nothing was added since but what the signature lets others add."""
    if look.signature.changes is Changes.FORBIDDEN:
        yield finding("changed-since", look.signature.change)
    elif look.signature.changes is Changes.WITHIN_LIMITS:
        yield finding("changed-within-limits")


async def time(look: Look) -> AsyncIterator[Finding]:
    """The time of signing: genTime of the signature's timestamp, or of the document's, else signingTime."""
    signature = look.signature
    proven: datetime | None = None
    if signature.token is not None:
        stamp = await timestamps.checked(
            signature.token, lambda name: digest(name, signature.value), look.evidence, look.at
        )
        for one in stamp.findings:
            yield one
        proven = stamp.time
    else:
        for later in look.stamps:
            stamp = await timestamps.checked(later.token, later.digest_of, look.evidence, look.at)
            if stamp.time is not None:
                proven = stamp.time
                break
        else:
            yield finding("not-timestamped")
    look.time = Moment(proven or signature.claimed, proven is not None)
    if look.time.at is None:
        yield finding("no-signing-time")
    elif proven is None and look.time.at > look.at + SKEW:
        yield finding("signed-ahead")
    elif proven is not None and signature.claimed and abs(signature.claimed - proven) > SKEW:
        yield finding("clock-differs", str(signature.claimed - proven))


async def algorithms(look: Look) -> AsyncIterator[Finding]:
    """Nothing stands on a digest that can be forged; SHA-1 could not in its time, where that is proven."""
    for name in sorted(look.signature.hashes & WEAK):
        moment = look.time
        if not (name == "sha1" and moment.is_proven and moment.at is not None and moment.at < SHA1_UNTIL):
            yield finding("weak-algorithm", name.upper())
    key = look.certificate.public_key
    if key.algorithm == "rsa" and key.bit_size < SHORTEST_RSA:
        yield finding("weak-algorithm", f"RSA {key.bit_size}")


async def path(look: Look) -> AsyncIterator[Finding]:
    """The certificate's path leads to an anchor, every certificate of it good at the time of signing (ND68-32)."""
    for one in (await path_at(look.certificate, look.evidence, look.time.at or look.at)).findings:
        yield one


async def purpose(look: Look) -> AsyncIterator[Finding]:
    """The certificate is one for signing documents (ND68-31.1.b)."""
    try:
        PURPOSES.validate(look.certificate)
    except InvalidCertificateError:
        yield finding("wrong-purpose")


async def validity(look: Look) -> AsyncIterator[Finding]:
    """The time of signing is within the certificate's validity (ND68-31.1.a)."""
    moment = look.time.at
    if moment is not None and moment < look.certificate.not_valid_before:
        yield finding("not-yet-valid")
    if moment is not None and moment > look.certificate.not_valid_after:
        yield finding("expired")


async def effect(look: Look) -> AsyncIterator[Finding]:
    """The certificate had taken effect (AG-10.2.dd.2)."""
    if look.effect is Effect.NOT_BEFORE or look.time.at is None:
        return
    known = look.evidence.announcements
    if known is None:
        yield finding("effect-unknown")
        return
    serial = look.certificate.serial_number
    times = [one.effective_at for one in known if one.serial == serial and one.kind == IN_FORCE]
    if not times or look.time.at < min(times):
        yield finding("not-effective")


async def status(look: Look) -> AsyncIterator[Finding]:
    """The certificate was neither revoked nor suspended (ND68-31.1.c), by CRL or OCSP (ND68-31.2)."""
    moment = look.time.at
    if moment is None:
        return
    against = await status_at(look.certificate, look.evidence, moment, look.at)
    if against is not None:
        yield against


async def proof(look: Look) -> AsyncIterator[Finding]:
    """Where nothing vouches for the time of signing, the certificate is still in force now (ND68-29)."""
    moment = look.time.at
    if moment is None or look.time.is_proven or moment > look.certificate.not_valid_after:
        return
    if look.at > look.certificate.not_valid_after:
        yield finding("time-unproven")
        return
    against = await status_at(look.certificate, look.evidence, look.at, look.at)
    if against is not None:
        yield finding("time-unproven") if against.reason.verdict is Verdict.FAILED else against


STEPS: tuple[Step, ...] = (
    integrity,
    coverage,
    changes,
    time,
    algorithms,
    path,
    purpose,
    validity,
    effect,
    status,
    proof,
)
"""All of them, in their order: `time` before those that ask what held then."""
