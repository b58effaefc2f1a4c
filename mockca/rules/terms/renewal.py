"""Renewal, change of information, reissue: a new certificate for one that there was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mockca.rules.terms.base import Label, Sourced


@dataclass(frozen=True, slots=True)
class EarlyRenewal:
    """The cap for certificates that were issued before a day."""

    before: date
    max_years: int
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class RenewalRules:
    """Renewal (gia hạn): by how much, how often, with how many days left."""

    max_years: Sourced[int]
    """Longest extension, in years."""
    early: EarlyRenewal | None
    """Another cap for certificates of an earlier time."""
    forms: Mapping[str, Sourced[str]]
    """Form of the request by kind of subscriber."""
    as_new: Sourced[bool]
    """Whether the dossier holds all that a new certificate's does."""
    confirmation: Sourced[bool]
    """Whether the managing body's confirmation must be named (`confirmed_by`)."""
    times: Sourced[int]
    """How often one certificate, with those that it was renewed to, may be renewed."""
    days_left: Sourced[int]
    """Days of validity that must be left on the day of the request."""
    replaced: Sourced[str]
    """What becomes of the former certificate: `superseded` (revoked, with that reason) or `kept`."""


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Change of the certificate's information: its form, and the cases by kind of subscriber."""

    forms: Mapping[str, Sourced[str]]
    """Form of the request by kind of subscriber."""
    cases: Mapping[str, Mapping[str, Label]]
    moving: frozenset[str]
    """Cases in which the certificate goes from one body to another, who then asks for it."""
    days_left: Sourced[int]
    """Days of validity that must be left on the day of the request."""
    keeps_expiry: Sourced[bool]
    """Whether the new certificate ends on the day on which the former would have."""
    replaced: Sourced[str]
    """As in RenewalRules."""


@dataclass(frozen=True, slots=True)
class ReissueGround:
    """A ground on which a certificate is issued anew."""

    vi: str
    en: str
    kinds: frozenset[str]
    """Kinds of subscriber that it applies to."""
    attachments: Mapping[str, Label]
    """What must come with the dossier besides."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class ReissueRules:
    """Reissue (cấp lại): a new key and certificate after one that has ended, by the dossier of a new one."""

    after: Sourced[frozenset[str]]
    """Statuses of the former certificate in which it may be asked for."""
    grounds: Mapping[str, ReissueGround]
    """One of which must be named (`case`); empty where any will do."""
    clause: str
    unsourced: bool = False
