"""The shape of the rules. Every value says which clause it comes from, or that no text gives it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

T = TypeVar("T")


class Role(StrEnum):
    """Whose certificate it is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Presence(StrEnum):
    """Whether something is to be seen."""

    REQUIRED = "required"
    FORBIDDEN = "forbidden"
    OPTIONAL = "optional"


class Place(StrEnum):
    """Where a signature is shown."""

    BETWEEN_TITLE_AND_NAME = "between-title-and-name"
    """Centred between the signer's title and full name."""
    SIGNATURE_BLOCK = "signature-block"
    """In the zone of the signer's title, signature and name (7a to 7c, and 8 for the seal)."""
    ON_PERSONS_SIGNATURE = "on-persons-signature"
    """Over the left part of the person's signature image."""
    TOP_RIGHT_FIRST_PAGE = "top-right-first-page"


class Item(StrEnum):
    """What an appearance may say in words."""

    SIGNER = "signer"
    EMAIL = "email"
    ORGANISATION = "organisation"
    TIME = "time"
    NUMBER = "number"
    COPY_FORM = "copy-form"


class Model(BaseModel):
    """No unknown key passes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(Model, Generic[T]):
    """A value and who says so."""

    value: T
    clause: str | None = None
    """Id in the list of clauses; None where no text gives it."""
    also: tuple[str, ...] = ()
    """Ids of further clauses that say the same."""
    unsourced: bool = False
    """Whether it is this project's own choice."""
    basis: str | None = None
    """Where an unsourced value leans on something."""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if (self.clause is None) != self.unsourced:
            raise ValueError("needs a clause, or unsourced = true without one")
        if self.also and self.clause is None:
            raise ValueError("has further clauses without a first one")
        return self

    @property
    def clauses(self) -> tuple[str, ...]:
        """All of them, the first one first."""
        return () if self.clause is None else (self.clause, *self.also)


class Label(Model):
    """A name in both languages."""

    vi: Annotated[str, Field(min_length=1, max_length=300)]
    en: Annotated[str, Field(min_length=1, max_length=300)]


class Span(Model):
    """From and to, both allowed."""

    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class Type(Model):
    """How words are set."""

    families: tuple[str, ...]
    """Accepted typefaces; the first is the one that the text names, others have its metrics."""
    size: float
    """Points."""
    colour: Literal["black"] = "black"
    upright: bool = True
    lower_case: bool = True
    """Not all in capitals."""


class Mark(Model):
    """How the signature of one role is shown on one kind of document."""

    place: Said[Place] | None = None
    width: Said[Span] | None = None
    """Of the frame, mm."""
    height: Said[Span] | None = None
    signature: Said[Presence] | None = None
    """The image of the signer's hand-written signature."""
    seal: Said[Presence] | None = None
    """The image of the organisation's seal."""
    signature_colour: Said[Literal["blue"]] | None = None
    seal_colour: Said[Literal["red"]] | None = None
    transparent: Said[bool] | None = None
    """Images are PNG with a transparent background."""
    seal_true_size: Said[bool] | None = None
    covers: Said[Span] | None = None
    """How much of the person's signature image the seal covers, on its left."""
    items: Said[tuple[Item, ...]] | None = None
    """What it must say in words."""
    time: Said[Literal["iso8601", "labelled"]] | None = None
    """How the signing time is written."""
    type: Said[Type] | None = None


class Kind(Model):
    """One kind of document: who signs it in which order, and how that is shown."""

    vi: str
    en: str
    sequences: Said[tuple[tuple[Role, ...], ...]]
    """Who signs, in order; one of these. Empty: at least one signature, whosever."""
    person_first: Said[bool] | None = None
    numbered: dict[Role, Said[bool]] = {}
    """Before whose signature number and date must be in the document."""
    same_day: dict[Role, Said[bool]] = {}
    """Whose signing date must be the issue date."""
    marks: dict[Role, Mark] = {}


class Measures(Model):
    """What counts as equal when something is measured; this project's own choice."""

    millimetres: float
    """By how much a length may be off."""
    centre: float
    """By how many mm the centre may be off where something is to be centred."""
    corner: Span
    """Share of the page's height, from its bottom, that counts as its top."""
    points: float
    """By how much a type size may be off."""
    seconds: float
    """By how much the time shown may be off the signing time."""


class DocumentRules(Model):
    """What one regulation asks of signed documents."""

    id: str
    regime: str | None
    title: Label
    province: str | None = None
    email_domain: Said[str] | None = None
    pdf_version: Said[str] | None = None
    """At least."""
    zone: Said[str] | None = None
    secret: Said[tuple[str, ...]] | None = None
    """Marks that keep a document from being signed at all."""
    own_certificate: Said[bool] | None = None
    """Whether the name under the signature must be that of the personal certificate."""
    two_keys: Said[bool] | None = None
    """Whether one key in both roles is wrong."""
    apart: Said[bool] | None = None
    """Whether the frames of several signers keep off each other."""
    once: Said[bool] | None = None
    """Whether a part in the same file goes without a signature of its own."""
    unsigned: Said[bool] | None = None
    """Which clause an unsigned document breaks."""
    seal_diameter: Said[float]
    """Of the real seal, mm, where nobody says otherwise."""
    organisation_words: Said[tuple[str, ...]]
    """What the common name of an organisation begins with."""
    labels: dict[Item, str]
    """What stands before each item in a frame with labels."""
    copies: dict[str, str]
    """Kinds of copies by what they are called."""
    measures: Measures
    kinds: dict[str, Kind]
