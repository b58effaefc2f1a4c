"""The tables of the corpus: when things happen, who there is, and what the cases are. A case is a row.

Each table is TOML in tables/, read by these models; a mistake is told with the file and the key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict

from conformance.law import Text
from scenarios import Importance

TABLES = files("conformance.corpus").joinpath("tables")
CASES = (
    "valid", "effect", "suspension", "revocation", "sources", "validity", "path", "purpose", "integrity", "updates",
    "algorithms", "time", "rules",
)  # fmt: skip
"""Groups of cases, a file each, in the order in which they are checked."""
DAYS = 1825
"""For how long the real authority's certificates are valid, to the second."""


class Kind(StrEnum):
    """Kinds of document."""

    PDF = "pdf"
    XML = "xml"
    CMS = "cms"

    @property
    def suffix(self) -> str:
        """Of the file's name."""
        return {"pdf": "pdf", "xml": "xml", "cms": "p7m"}[self.value]


class Verdict(StrEnum):
    """What a verifier must say."""

    OK = "ok"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class Effect(StrEnum):
    """When certificates take effect under the regulation that the document is checked under."""

    ANNOUNCEMENT = "announcement"
    NOT_BEFORE = "not_before"


class Row(BaseModel):
    """A row of a table."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Authority(Row):
    """A row of authorities.toml."""

    name: dict[str, str]
    key: str = ""
    """The RSA key of that name (keys/); empty: P-384 from the seed."""
    issuer: str = ""
    """Empty: itself."""
    hash: str = "sha256"
    not_before: datetime
    not_after: datetime
    path_length: int | None = None
    is_ca: bool = True
    usages: tuple[str, ...] = ("key_cert_sign", "crl_sign")
    poses_as: str = ""
    """The authority whose key identifier it uses."""
    revoked: str = ""


class Signer(Row):
    """A row of signers.toml. Instants are those of instants.toml, or written out."""

    name: dict[str, str]
    key: str = ""
    issuer: str = "g2-state"
    hash: str = "sha256"
    not_before: datetime | str = "issued"
    not_after: datetime | str = ""
    """Empty: DAYS later."""
    usages: tuple[str, ...] = ("digital_signature", "non_repudiation", "key_encipherment", "data_encipherment")
    purposes: tuple[str, ...] = ("client_auth", "email_protection", "1.3.6.1.4.1.311.20.2.2")
    is_organisation: bool = False
    is_ocsp: bool = False
    """Whether it carries id-pkix-ocsp-nocheck."""
    effective: datetime | str = "effective"
    """The time that its announcement names; empty: never announced."""
    holds: tuple[tuple[str, str], ...] = ()
    """Suspensions, from and to; an empty end: still."""
    revoked: str = ""
    reason: str = "unspecified"


class Sign(Row):
    """One signature of a case."""

    by: str = "an"
    signed: datetime | str = "signing"
    """When it was really made: the time that a timestamp gets."""
    claimed: datetime | str = ""
    """What signingTime says; empty: the truth; `-`: nothing."""
    stamp: str = "tsa"
    """Who stamps it; empty: nobody."""
    stamp_defect: str = ""
    """`imprint` or `signature`."""
    digest: str = "sha256"
    pss: bool = False
    enclose: tuple[str, ...] = ()
    """Certificates beside the signer's own."""
    subfilter: str = "ETSI.CAdES.detached"
    certify: int = 0
    """In PDF: a certification of that level, 1 to 3; 0: an approval."""
    box: tuple[int, int, int, int] | None = None
    """In PDF: where it is shown on the first page, points from the lower left; nothing: it is not shown."""
    covers: str = "whole"
    """In XML: `whole`, `element`."""
    defect: str = ""
    """What is wrong in how it was made (signing.py)."""


class Case(Row):
    """A row of cases/*.toml, for one kind of document."""

    group: str
    name: str
    kind: Kind
    vi: str
    en: str
    clauses: tuple[str, ...] = ()
    importance: Importance = Importance.MAJOR
    effect: Effect | None = None
    """The only kind of regulation under which it makes sense; None: any."""
    regulations: tuple[str, ...] = ()
    """The only regulations that it is for: then the document is judged by their rules on signatures, too."""
    form: str = ""
    """In PDF: drawn and signed under the first of `regulations` by our signer, `as-wanted` or with the defect of that
    name; empty: signed as `signatures` say."""
    draft: str = ""
    """What is amiss with the draft that our signer gets: `secret`, `version`, `day`."""
    verdict: Verdict
    also: tuple[Verdict, ...] = ()
    """Verdicts that are right, too, where standards and regulations leave it open."""
    reasons: tuple[str, ...] = ()
    """Why, in the words of the checker's reasons.toml: the best first, others that are right, too."""
    signatures: tuple[Sign, ...]
    between: tuple[str, ...] = ()
    """What was done to the file between its signatures (editing.py)."""
    edits: tuple[str, ...] = ()
    """What was done to the file when it had been signed."""
    evidence: tuple[str, ...] = ("crl@signed", "crl@check")
    """Words `what@instant` (evidence.py); `signed` is when the first signature was made."""
    given: tuple[str, ...] = ("g2-state", "g2-services", "g1-state")
    """CAs whose certificates the verifier is given."""
    in_file: bool = False
    """Whether the CRLs and OCSP responses are in the file alone, and none beside it."""
    announced: bool = True
    """Whether it is given the announcements of effect."""
    check: datetime | str = "check"

    @property
    def id(self) -> str:
        """`revocation/signed-after-pdf`."""
        return f"{self.group}/{self.name}-{self.kind}"

    @property
    def says(self) -> Text:
        """What the case is about."""
        return Text(self.vi, self.en)

    @property
    def accepted(self) -> frozenset[Verdict]:
        """The verdicts that are right."""
        return frozenset((self.verdict, *self.also))


def instant(name: datetime | str) -> datetime:
    """The instant of that name in instants.toml, or itself."""
    return name if isinstance(name, datetime) else _instants()[name]


@cache
def authorities() -> Mapping[str, Authority]:
    """By id, in their order: issuers before those whom they certify."""
    return MappingProxyType({id_: Authority(**row) for id_, row in _table("authorities.toml").items()})


@cache
def signers() -> Mapping[str, Signer]:
    """By id."""
    return MappingProxyType({id_: Signer(**row) for id_, row in _table("signers.toml").items()})


def everybody() -> Mapping[str, Authority | Signer]:
    """Authorities and signers by id."""
    return {**authorities(), **signers()}


@cache
def cases() -> tuple[Case, ...]:
    """All of them, in the order in which they are checked."""
    return tuple(case for group in CASES for case in _of_group(group))


def _of_group(group: str) -> Iterator[Case]:
    table = _table(f"cases/{group}.toml")
    defaults = table.get("defaults", {})
    for row in table["case"]:
        whole: dict[str, Any] = {**defaults, **row}
        kinds = [Kind(each) for each in whole.pop("kinds", ["pdf"])]
        first = {**defaults.get("sign", {}), **whole.pop("sign", {})}
        further = whole.pop("and_sign", ())
        signatures = tuple(Sign(**{**first, **one}) for one in ({}, *further))
        for kind in kinds:
            yield Case(group=group, kind=kind, signatures=signatures, **whole)


@cache
def _instants() -> Mapping[str, datetime]:
    return MappingProxyType(_table("instants.toml"))


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(TABLES.joinpath(name).read_text("utf-8"))
