"""A case, made: the document as the verifier gets it, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from conformance.corpus import documents
from conformance.corpus.editing import EDITS
from conformance.corpus.evidence import Archive, Given
from conformance.corpus.model import Case, Effect, Kind, Sign, cases, instant
from conformance.corpus.pdf_making import sign_pdf
from conformance.corpus.signing import cms_over, digest
from conformance.corpus.world import World
from conformance.corpus.xml_making import sign_xml
from conformance.run import DEFAULT_SEED


@dataclass(frozen=True, slots=True)
class Made:
    """One case, ready to be put before a verifier."""

    case: Case
    document: bytes
    given: Given
    at: datetime
    """The instant of checking."""
    effect: Effect
    """When certificates take effect under the regulation."""


class Maker:
    """Makes cases from a seed. The same seed gives the same documents, but for signatures that chance goes into."""

    def __init__(self, seed: str = DEFAULT_SEED) -> None:
        self.world = World(seed)
        self._archive = Archive(self.world)
        self._made: dict[str, Made] = {}

    def make(self, case: Case) -> Made:
        """Make one case, once."""
        if case.id not in self._made:
            self._made[case.id] = self._make(case)
        return self._made[case.id]

    def _make(self, case: Case) -> Made:
        given = self._archive.given(case)
        if case.form:
            # The signer stands on the corpus, and takes a while to import.
            from conformance.mutants.crooked_signer import formed

            return Made(case, formed(self.world, case), given, instant(case.check), case.effect or Effect.NOT_BEFORE)
        content = UNSIGNED[case.kind]()
        for number, sign in enumerate(case.signatures, 1):
            for edit in case.between if number > 1 else ():
                content = EDITS[edit](content, self.world, given)
            content = SIGNED[case.kind](content, self.world, sign, number)
        for edit in case.edits:
            content = EDITS[edit](content, self.world, given)
        beside = replace(given, crls=(), ocsps=()) if case.in_file else given
        return Made(case, content, beside, instant(case.check), case.effect or Effect.NOT_BEFORE)

    def all(self) -> list[Made]:
        """Make them all."""
        return [self.make(case) for case in cases()]


def _cms(content: bytes, world: World, sign: Sign, number: int) -> bytes:
    del number
    return cms_over(world, sign, digest(sign.digest, content), content)


UNSIGNED: Mapping[Kind, Callable[[], bytes]] = {
    Kind.PDF: documents.pdf,
    Kind.XML: documents.xml,
    Kind.CMS: documents.text,
}
SIGNED: Mapping[Kind, Callable[[bytes, World, Sign, int], bytes]] = {
    Kind.PDF: sign_pdf,
    Kind.XML: lambda content, world, sign, _: sign_xml(content, world, sign),
    Kind.CMS: _cms,
}
