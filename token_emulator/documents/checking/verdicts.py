"""What a check says: a verdict, and why, by which clause, in words for people."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

DATA = Path(__file__).with_name("reasons.toml")
GOOD_VI, GOOD_EN = "Chữ ký hợp lệ", "The signature is valid"


class Verdict(StrEnum):
    """What came of it."""

    OK = "ok"
    FAILED = "failed"
    """It must be refused."""
    INDETERMINATE = "indeterminate"
    """It must not be accepted on what is known (ND68-31.2)."""


class Part(StrEnum):
    """The three checks of Nghị định 68/2024, Điều 30 to 32 (LC-14)."""

    SIGNATURE = "signature"
    STATUS = "status"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in which a signature does not stand; a row of reasons.toml."""

    code: str
    verdict: Verdict
    part: Part
    clause: str | None
    """The clause that asks for it; None where no text at hand does and this project chose."""
    vi: str
    en: str
    rank: int
    """Its place in the order in which reasons are named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason that holds."""

    reason: Reason
    detail: str = ""

    @property
    def vi(self) -> str:
        """In Vietnamese."""
        return self.reason.vi.format(detail=self.detail)

    @property
    def en(self) -> str:
        """In English."""
        return self.reason.en.format(detail=self.detail)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        reason = self.reason
        return {
            "reason": reason.code,
            "verdict": reason.verdict,
            "part": reason.part,
            "clause": reason.clause,
            "vi": self.vi,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings, and what they come to."""

    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst."""
        found = {each.reason.verdict for each in self.findings}
        return next((one for one in (Verdict.FAILED, Verdict.INDETERMINATE) if one in found), Verdict.OK)

    @property
    def why(self) -> Finding | None:
        """What the verdict is mainly for; None where it is good."""
        verdict = self.verdict
        against = (each for each in self.findings if each.reason.verdict is verdict is not Verdict.OK)
        return min(against, key=lambda each: each.reason.rank, default=None)

    def parts(self) -> Mapping[Part, Verdict]:
        """The verdict of each of the three checks (LC-14)."""
        return {part: Judged(tuple(one for one in self.findings if one.reason.part is part)).verdict for part in Part}

    def told(self) -> dict[str, Any]:
        """Verdict and main reason, for machines."""
        why = self.why
        return {
            "verdict": self.verdict,
            "reason": None if why is None else why.reason.code,
            "clause": None if why is None else why.reason.clause,
            "vi": GOOD_VI if why is None else why.vi,
            "en": GOOD_EN if why is None else why.en,
        }


@dataclass(frozen=True, slots=True)
class Checked(Judged):
    """One signature, checked."""

    name: str
    """The signature's field in a PDF, its Id in XML, its place in CMS."""
    signer: str
    """Common name of the certificate, empty where there is none."""
    serial: str
    """The certificate's serial number, hexadecimal."""
    signed_at: datetime | None
    """The time of signing that the check went by; None where none is known."""
    is_time_proven: bool
    """Whether a timestamp vouches for it."""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            **self.told(),
            "name": self.name,
            "signer": self.signer,
            "serial": self.serial,
            "signed_at": None if self.signed_at is None else self.signed_at.isoformat(),
            "is_time_proven": self.is_time_proven,
            "checks": dict(self.parts()),
            "findings": [each.as_json() for each in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Report(Judged):
    """A document, checked: `findings` are those of the document and of all its signatures."""

    kind: str
    """pdf, xml, cms; empty where it could not be told."""
    at: datetime
    """The instant of checking."""
    signatures: tuple[Checked, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines: what `mockca document check --json` prints."""
        return {
            **self.told(),
            "kind": self.kind,
            "at": self.at.isoformat(),
            "checks": dict(self.parts()),
            "signatures": [each.as_json() for each in self.signatures],
        }


@cache
def reasons() -> Mapping[str, Reason]:
    """All of them by code, in their order."""
    rows: dict[str, dict[str, Any]] = tomllib.loads(DATA.read_text("utf-8"))
    found = {
        code: Reason(code, Verdict(row["verdict"]), Part(row["part"]), row.get("clause"), row["vi"], row["en"], rank)
        for rank, (code, row) in enumerate(rows.items())
    }
    return MappingProxyType(found)


def finding(code: str, detail: str = "") -> Finding:
    """That this reason holds."""
    return Finding(reasons()[code], detail)
