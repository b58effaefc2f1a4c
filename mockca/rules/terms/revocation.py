"""Revocation and its grounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockca.rules.terms.base import Label, Sourced
from mockca.rules.terms.dossiers import SubmissionRule


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for revocation."""

    id: str
    vi: str
    en: str
    requesters: frozenset[str]
    """Roles that may ask for it."""
    kinds: frozenset[str]
    """Kinds of subscriber that it applies to."""
    confirmation: bool
    """Whether the managing body's confirmation must be named (`confirmed_by`)."""
    decisions: Mapping[str, Label]
    """Kinds of decision, one of which must be in effect; empty where none is asked for."""
    duty: bool
    """Whether the broken duty must be named."""
    invalidity: bool
    """Whether the ground can lie before the request, so that an invalidityDate has a meaning."""
    before_event: bool
    """Whether revocation must be done before the event (`event_on`) that it rests on; later is late."""
    attachments: Mapping[str, Label]
    """What must come with the request."""
    unfit: bool
    """Whether the request must name what no longer fits in the certificate, and something must not fit."""
    after_expiry: bool
    """Whether it is for expired certificates, and only for them: no CRL entry follows."""
    submission: SubmissionRule | None
    """How the request must come, where it is not on a form."""
    crl_reason: str | None
    """Reason code by its RFC 5280 §5.3.1 name, None for no code. The laws name none: our choice always."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Forwarder:
    """The body between subscriber and decider: it confirms a request on a form of its own and passes it on."""

    role: str
    form: str
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class RevocationRules:
    """How a revocation is asked for, decided and told."""

    decider: str
    """Role that confirms or refuses requests."""
    at_once: frozenset[str]
    """Roles whose own request is executed without another's decision."""
    forms: Mapping[str, Sourced[str]]
    """Form of the request by kind of subscriber."""
    form_from: frozenset[str]
    """Roles that ask on the form; the others write a letter."""
    effect_clause: str
    """Clause by which validity ends when the request reaches the authority."""
    publish_clause: str
    notice_clause: str
    recovery_clause: str
    """Clause by which the device is taken back; a case with a device outstanding stays open."""
    final: Sourced[bool]
    """Whether revocation is for good."""
    letter: SubmissionRule
    """How the request comes from a role that doesn't ask on the form."""
    lists: Mapping[str, Sourced[str]]
    """List that must be enclosed, filled in, by kind of subscriber; empty where none."""
    forwarder: Forwarder | None
    """Who passes a subscriber's request on, where it doesn't go to the decider directly."""
    by_itself: Sourced[bool] | None
    """Whether the authority opens the case by itself when a certificate expires."""
    lost_form: Sourced[str] | None
    """Minutes that stand in for a device that cannot be returned."""
    clause: str
    unsourced: bool = False
