"""What a dossier and a roster are made of, and how they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockca.rules.terms.base import Label, Sourced


@dataclass(frozen=True, slots=True)
class SetRule:
    """A set (bộ) that a dossier must come in."""

    medium: str
    """`paper` or `electronic`."""
    count: int
    via: frozenset[str]
    """The ways by which it may come."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class SubmissionRule:
    """How a document must reach its reader."""

    channels: frozenset[str]
    """`paper` and/or `electronic`; electronic means signed by a certificate in force."""
    paper_first_only: bool
    """Paper is for the first request of a body that has no certificate yet."""
    paper_needs: frozenset[str]
    """What a paper document must show: `signed_by`, `sealed`, `document_number`."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class SubscriberCategory:
    """Persons who may have a certificate, where the regulation lists them by their post."""

    vi: str
    en: str
    units: frozenset[str]
    """Categories of bodies that they may belong to; empty for all that are eligible."""
    attachments: Mapping[str, Label]
    """What their dossier must hold besides."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class DossierRequirements:
    """What a dossier for one kind of subscriber is made of."""

    kind: str
    """`person`, `organisation` or `equipment`."""
    form: str
    attachments: Mapping[str, Label]
    """Each of them must be there."""
    alternatives: Mapping[str, Label]
    """One of them must be there, where there are any."""
    seal: Sourced[bool]
    """Whether the unit must have a seal of its own."""
    list_form: Sourced[str] | None
    """List that must be enclosed, filled in."""
    certified: Sourced[bool]
    """Whether the attachments must be certified copies."""
    confirmation: Sourced[bool]
    """Whether the managing body's confirmation must be named (`confirmed_by`)."""
    duties: Sourced[bool]
    """Whether nobody gets a new certificate who still has the device of one that was revoked."""
    categories: Mapping[str, SubscriberCategory]
    """Who may have one, one of which must be named (`category`); empty where nobody is left out."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class RosterRules:
    """The consolidated list that the registrar sends to the authority."""

    forms: Mapping[str, Sourced[str]]
    """Form by kind of subscriber."""
    attachments: Mapping[str, Mapping[str, Label]]
    """Attachments by kind of subscriber."""
    count_clause: str
    mixed_clause: str
    """Clause by which one list never mixes kinds."""
    submission: SubmissionRule
    clause: str
    unsourced: bool = False
