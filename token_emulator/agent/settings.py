"""How an agent behaves. Strict is as the real one is known to be, or narrower still; lenient is kinder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from token_emulator.documents.signing import SubFilter

HOST: Final = "127.0.0.1"
PORT: Final = 8987
"""Where pages call (facts: sign-service §2)."""
SESSION_COOKIE: Final = "ASP.NET_SessionId"
"""What SessionId is sent as, in lenient mode: which cookie the real agent means is not known."""


@dataclass(frozen=True, slots=True)
class Manners:
    """What is asked of the other side."""

    boolean_status: bool
    """The upload handler's Status must be a JSON boolean; otherwise a number or nothing does, too."""
    follow_redirects: bool
    """When fetching. Not followed, a redirect is a login page."""
    session_cookie: str | None
    """Name of the cookie that carries SessionId; None: none is sent."""
    bearer: bool
    """Whether JWTToken is sent as `Authorization: Bearer`."""
    upload_patience: float
    """Seconds that the upload handler has."""


STRICT: Final = Manners(
    boolean_status=True, follow_redirects=False, session_cookie=None, bearer=False, upload_patience=10
)
LENIENT: Final = Manners(
    boolean_status=False, follow_redirects=True, session_cookie=SESSION_COOKIE, bearer=True, upload_patience=60
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that may be set."""

    manners: Manners = STRICT
    origins: tuple[str, ...] = ()
    """Origins of pages that are served; empty: any, also none at all."""
    serial: str | None = None
    """The device to use, when several are plugged in."""
    regulation: str | None = None
    """By whose rules signatures are shown, e.g. lai-chau; None: they are not shown."""
    organisation: str = ""
    """Name of the body, as the seal's appearance says it; empty: from the certificate."""
    subfilter: SubFilter = SubFilter.PKCS7
    chain: tuple[bytes, ...] = ()
    """DER of the issuers' certificates, for the CMS with `whole-chain`."""
    timestamp_url: str | None = None
    """The time-stamping authority; None: signatures get no timestamp."""
    ocsp: bool = True
    """Whether signers' certificates are checked by OCSP; without it SignerCertStatus is null."""
    roots: tuple[bytes, ...] = ()
    """DER of the certificates that verification trusts."""
    ca_file: str | None = None
    """Certificates that upload handlers' and documents' https addresses are trusted by, besides the public ones."""
