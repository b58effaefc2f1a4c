"""What a judgement says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from token_emulator.documents.rules import Role
from token_emulator.documents.rules.points import POINTS
from token_emulator.documents.seeing import Widget


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the document from elsewhere; what is not given is read from it where that can be done."""

    number: str | None = None
    """Number and symbol."""
    issued: date | None = None
    signer: str | None = None
    """Full name of the person who signs."""
    organisation: str | None = None
    seal_diameter: float | None = None
    """Of the real seal, mm."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Whose certificate it is, by its serial number in hexadecimal; without it, by its common name."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, as the file tells of it; nothing of it is verified here."""

    field: str
    role: Role
    common_name: str
    email: str | None
    serial: str
    """Of the certificate, hexadecimal."""
    key: bytes
    """SubjectPublicKeyInfo, DER."""
    at: datetime | None
    """The signing time that it claims."""
    revision: int
    """Octets of the file that it was made over."""
    widget: Widget | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the regulation wants it."""

    rule: str
    """Among POINTS."""
    clause: str | None
    """None where it is this project's own choice."""
    signature: str | None
    """Name of the signature's field."""
    found_vi: str
    found_en: str
    wanted_vi: str
    wanted_en: str

    @property
    def vi(self) -> str:
        """As a sentence."""
        return f"{self._where}{POINTS[self.rule][0]}: {self.found_vi}; cần {self.wanted_vi}"

    @property
    def en(self) -> str:
        """As a sentence."""
        return f"{self._where}{POINTS[self.rule][1]}: {self.found_en}; wanted {self.wanted_en}"

    @property
    def _where(self) -> str:
        return f"{self.signature}: " if self.signature else ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a document is as its regulation wants it."""

    regulation: str
    kind: str
    signatures: tuple[Signature, ...]
    findings: tuple[Finding, ...]
    unseen: tuple[str, ...]
    """Rules that could not be looked at in this file."""

    @property
    def obeys(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
