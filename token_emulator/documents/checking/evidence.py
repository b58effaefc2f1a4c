"""What a document is checked against: anchors, other certificates, CRLs, OCSP responses, announcements of effect."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from asn1crypto import crl, ocsp, pem, x509
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from token_emulator.documents.checking.errors import CheckingError

LARGEST_FILE = 64 << 20
"""Octets; a CRL of a million entries has 49 MB."""
MOST_FILES = 1000
ANCHORS, CERTIFICATES, CRLS, OCSPS = "anchors", "certificates", "crls", "ocsps"
ANNOUNCEMENTS = "announcements.json"
IN_FORCE = "activation"


def _octets(value: Any) -> int:
    """A serial number as people write it: `2b:84:74` or `2B8474`."""
    return int(str(value).replace(":", ""), 16)


class Announcement(BaseModel):
    """That a certificate takes effect at some time, as the authority's portal publishes it (AG-10.2.dd.2)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    serial: Annotated[int, BeforeValidator(_octets)]
    """The certificate's serial number; hexadecimal in JSON."""
    effective_at: AwareDatetime
    kind: str = IN_FORCE
    """`activation`; announcements of other kinds say nothing about the beginning of effect."""


ANNOUNCED = TypeAdapter(tuple[Announcement, ...])


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, parsed."""

    anchors: tuple[x509.Certificate, ...]
    """Roots that are trusted."""
    certificates: tuple[x509.Certificate, ...] = ()
    """CAs' and other certificates that paths may be built from; not trusted by being here."""
    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    announcements: tuple[Announcement, ...] | None = None
    """None where none were given, which is not the same as none having been published."""
    fetched: tuple[str, ...] = field(default=(), compare=False)
    """What was fetched, or could not be, in words."""

    def plus(
        self,
        certificates: Iterable[x509.Certificate] = (),
        crls: Iterable[crl.CertificateList] = (),
        ocsps: Iterable[ocsp.OCSPResponse] = (),
    ) -> Evidence:
        """With more."""
        return replace(
            self,
            certificates=(*self.certificates, *certificates),
            crls=(*self.crls, *crls),
            ocsps=(*self.ocsps, *ocsps),
        )


def read_folder(folder: Path) -> Evidence:
    """The evidence in `anchors/`, `certificates/`, `crls/`, `ocsps/` (DER or PEM) and `announcements.json` of a folder.

    Raises CheckingError for a file that is none of what it should be, and where there is no anchor.
    """
    anchors = _all(folder / ANCHORS, x509.Certificate)
    if not anchors:
        raise CheckingError(f"{folder / ANCHORS} has no certificate: put the root that is to be trusted there")
    path = folder / ANNOUNCEMENTS
    return Evidence(
        anchors,
        _all(folder / CERTIFICATES, x509.Certificate),
        _all(folder / CRLS, crl.CertificateList),
        _all(folder / OCSPS, ocsp.OCSPResponse),
        announcements(path) if path.is_file() else None,
    )


def announcements(path: Path) -> tuple[Announcement, ...]:
    """Announcements from a JSON file: a list, or the portal's answer with `items`. Raises CheckingError."""
    try:
        found = json.loads(_content(path))
        return ANNOUNCED.validate_python(found["items"] if isinstance(found, dict) else found)
    except (ValueError, KeyError, ValidationError) as error:
        raise CheckingError(f"{path} has no announcements: {str(error).splitlines()[0]}") from None


def certificates_of(content: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a DER or PEM file. Raises ValueError."""
    return tuple(_parsed(content, x509.Certificate))


def _all(folder: Path, kind: Any) -> tuple[Any, ...]:
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    if len(paths) > MOST_FILES:
        raise CheckingError(f"{folder} has more than {MOST_FILES} files")
    found: list[Any] = []
    for path in paths:
        try:
            found += _parsed(_content(path), kind)
        except (ValueError, TypeError) as error:
            raise CheckingError(f"{path} cannot be read: {error}") from None
    return tuple(found)


def _parsed(content: bytes, kind: Any) -> list[Any]:
    blocks = [der for _, _, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
    found = [kind.load(block, strict=True) for block in blocks]
    for one in found:
        _ = one["response_status"].native if kind is ocsp.OCSPResponse else one.issuer.dump()
    return found


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CheckingError(f"{path} is larger than {LARGEST_FILE} octets")
        return path.read_bytes()
    except OSError as error:
        raise CheckingError(f"{path}: {error.strerror}") from None
