"""Renewal and change of information."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockca.rules.terms.base import Label, Sourced


@dataclass(frozen=True, slots=True)
class RenewalRules:
    """Renewal (gia hạn): by how much, how often, with how many days left."""

    max_years: Sourced[int]
    form: Sourced[str]
    times: Sourced[int]
    days_left: Sourced[int]


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Change of the certificate's information: its form, and the cases by kind of subscriber."""

    form: Sourced[str]
    cases: Mapping[str, Mapping[str, Label]]
