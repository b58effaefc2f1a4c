"""Checking a document: its signatures one by one, then all of them as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from token_emulator.documents.checking.evidence import Evidence
from token_emulator.documents.checking.reading import BROKEN, Document, Malformed, Stamp, read
from token_emulator.documents.checking.steps import STEPS, Effect, Look, Step
from token_emulator.documents.checking.verdicts import Checked, Finding, Report, finding


def _as_given(evidence: Evidence, _: Document) -> Evidence:
    return evidence


@dataclass(frozen=True, slots=True)
class Method:
    """How it is checked."""

    steps: tuple[Step, ...] = STEPS
    prepare: Callable[[Evidence, Document], Evidence] = _as_given
    """What becomes of the evidence before it is used, e.g. that what is missing is fetched."""


METHOD = Method()
"""As the regulations ask."""


def check(
    content: bytes,
    evidence: Evidence,
    at: datetime,
    effect: Effect = Effect.NOT_BEFORE,
    *,
    detached: bytes | None = None,
    method: Method = METHOD,
) -> Report:
    """Check a PDF, an XML document or a CMS file at the instant `at`. Never raises for what is wrong with the document.

    `effect` is when certificates take effect under the regulation at hand; `detached` is what a CMS file without
    content is over. Not to be called where an event loop runs: see `check_in_loop`.
    """
    return asyncio.run(check_in_loop(content, evidence, at, effect, detached=detached, method=method))


async def check_in_loop(
    content: bytes,
    evidence: Evidence,
    at: datetime,
    effect: Effect = Effect.NOT_BEFORE,
    *,
    detached: bytes | None = None,
    method: Method = METHOD,
) -> Report:
    """As `check`, in a running event loop."""
    if at.tzinfo is None:
        raise ValueError("the instant of checking needs a time zone")
    try:
        document = read(content, detached)
    except Malformed as error:
        return Report((finding("unreadable", str(error)),), "", at, ())
    broken = [_unread(name, why) for name, why in document.broken]
    if not (document.signatures or broken):
        return Report((finding("not-signed"),), document.kind, at, ())
    evidence = method.prepare(evidence.plus(document.certificates, document.crls, document.ocsps), document)
    checked = [
        await look_at(Look(one, _later(document, number), evidence.plus(one.certificates), at, effect), method)
        for number, one in enumerate(document.signatures)
    ]
    signatures = (*checked, *broken)
    return Report(tuple(each for one in signatures for each in one.findings), document.kind, at, signatures)


async def look_at(look: Look, method: Method) -> Checked:
    """Check one signature."""
    signature = look.signature
    if signature.certificate is None:
        return _unread(signature.name, signature.malformed)
    findings: list[Finding] = []
    try:
        for step in method.steps:
            findings += [one async for one in step(look)]
        subject = signature.certificate.subject.native
        serial = f"{signature.certificate.serial_number:x}"
    except BROKEN as error:
        return _unread(signature.name, str(error).strip().partition("\n")[0] or type(error).__name__)
    return Checked(
        tuple(sorted(findings, key=lambda one: one.reason.rank)),
        signature.name,
        str(subject.get("common_name", "")),
        serial,
        look.time.at,
        look.time.is_proven,
    )


def _later(document: Document, number: int) -> tuple[Stamp, ...]:
    """The document's timestamps that vouch for the signature of that number."""
    return tuple(one for one in document.stamps if one.after > number)


def _unread(name: str, why: str) -> Checked:
    return Checked((finding("malformed", why),), name, "", "", None, is_time_proven=False)
