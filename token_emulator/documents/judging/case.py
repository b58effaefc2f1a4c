"""One document under judgement, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from token_emulator.documents.judging.model import Finding, Given, Signature
from token_emulator.documents.reading import Block, issue_date, last_block, signers_block
from token_emulator.documents.rules import DocumentRules, Kind, Role, Said
from token_emulator.documents.seeing import Seen, look

Words = tuple[str, str]
"""Vietnamese, English."""


@dataclass
class Case:
    """What the checks share."""

    pdf: bytes
    seen: Seen
    rules: DocumentRules
    kind: Kind
    given: Given
    signatures: tuple[Signature, ...]
    findings: list[Finding] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)
    extra: set[str] = field(default_factory=set)
    """Fields of signatures that should not be there at all."""
    _then: dict[int, Seen] = field(default_factory=dict)
    """By how many octets there were."""

    def find(self, rule: str, said: Said[Any] | None, signature: Signature | None, found: Words, wanted: Words) -> None:
        """Note a finding; one of a rule that nobody made is none."""
        if said is None or said.value is False:
            return
        where = signature.field if signature else None
        self.findings.append(Finding(rule, said.clause, where, found[0], found[1], wanted[0], wanted[1]))

    def first(self, role: Role) -> Signature | None:
        """The first signature of a role."""
        return next((one for one in self.signatures if one.role is role), None)

    def __post_init__(self) -> None:
        self._then[len(self.pdf)] = self.seen

    @cached_property
    def issued(self) -> date | None:
        """The issue date."""
        return self.given.issued or issue_date(self.seen)

    @cached_property
    def block(self) -> Block | None:
        """Where the person's title and name stand."""
        person = self.first(Role.PERSON)
        names = (self.given.signer, person.common_name if person else None)
        found = (signers_block(self.seen, name) for name in names if name)
        return next((block for block in found if block), None) or last_block(self.seen)

    def as_signed(self, signature: Signature) -> Seen:
        """The document as it was when that signature had been made."""
        if signature.revision not in self._then:
            self._then[signature.revision] = look(self.pdf[: signature.revision])
        return self._then[signature.revision]
