"""One signature: what its octets say, before anything is believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from asn1crypto import cms, x509


class Malformed(Exception):
    """The signature cannot be read. The text says what of it."""


class Coverage(Enum):
    """How much of the document is signed."""

    WHOLE = auto()
    REVISION = auto()
    """Everything that there was when it was signed; more was added to the file since."""
    PART = auto()
    """Something that is shown is not signed."""


class Changes(Enum):
    """What was added to the document since."""

    NONE = auto()
    WITHIN_LIMITS = auto()
    """Further signatures, form fields, evidence: what the signature lets others do."""
    FORBIDDEN = auto()


@dataclass(frozen=True, slots=True)
class Signature:
    """The facts of one."""

    name: str
    certificate: x509.Certificate | None
    """The signer's."""
    certificates: tuple[x509.Certificate, ...]
    """What else is enclosed."""
    claimed: datetime | None
    """signingTime."""
    token: cms.SignedData | None
    """The timestamp over `value` (RFC 3161)."""
    value: bytes
    """What the timestamp is over: the signature's own octets, or their canonical form in XML."""
    hashes: frozenset[str]
    """Digest algorithms that it stands on, as asn1crypto names them."""
    is_intact: bool
    """Whether the digest of what is signed is the one in the signature."""
    is_genuine: bool
    """Whether the signature verifies with the certificate's key."""
    malformed: str = ""
    """What is wrong with its form; empty where nothing is."""
    coverage: Coverage = Coverage.WHOLE
    changes: Changes = Changes.NONE
    change: str = ""
    """What forbidden change there is."""

    @property
    def holds(self) -> bool:
        """Whether all of the document is as it was signed, but for what may be added; who signed is not asked."""
        whole = self.coverage is not Coverage.PART and self.changes is not Changes.FORBIDDEN
        return self.certificate is not None and self.is_intact and self.is_genuine and not self.malformed and whole


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp of the document as a whole (ISO 32000-2 §12.8.5)."""

    token: cms.SignedData
    digest_of: Callable[[str], bytes]
    """The digest, by algorithm, of the document as it was then."""
    after: int
    """How many signatures there were before it: those it vouches for."""
