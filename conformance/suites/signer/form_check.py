"""One point of a regulation's rules for signed documents, as a check of signers: made from the rules, not written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from conformance.checks import SIGNER, weighed
from conformance.law import Text
from scenarios import Importance
from token_emulator.documents.rules import Role, available, load
from token_emulator.documents.rules.asking import Asked, asked, shown
from token_emulator.documents.rules.points import POINTS

DOCUMENT: Final = "document"
"""Where checks of documents of every kind stand."""
BLOCKERS: Final = frozenset({"unsigned", "incomplete", "one-key", "rewritten", "secret"})
"""Points without which what is signed is nothing, or should never have been signed."""
FEATURES: Final = MappingProxyType(
    {"copy": "signed-copies", "attachment": "signed-parts", "annex": "signed-parts", "scanned": "signed-scans"}
)
"""What a signer may lack, by the kind of document."""
ROLES: Final = MappingProxyType(
    {Role.PERSON: Text("chữ ký cá nhân", "the person's"), Role.ORGANISATION: Text("chữ ký cơ quan", "the body's")}
)


@dataclass(frozen=True, slots=True)
class FormCheck:
    """That documents are as the regulation at hand asks on this point; it differs in values, and in whether it asks."""

    point: str
    """Among POINTS."""
    kind: str | None
    """Of which kind of document; None: of all."""
    role: Role | None
    """Of whose signature; None: of the document."""
    asked: Mapping[str, Asked]
    """What it is that regulations ask, by their ids."""

    @property
    def suite(self) -> str:
        return SIGNER

    @property
    def id(self) -> str:
        name = self.point if self.role is None else f"{self.role}-{self.point}"
        return f"{SIGNER}/{self.kind or DOCUMENT}/{name}"

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(clause for one in self.asked.values() for clause in one.clauses))

    @property
    def says(self) -> Text:
        vi, en = POINTS[self.point]
        names = [] if self.kind is None else [_name_of(self.kind)]
        names += [] if self.role is None else [ROLES[self.role]]
        told = Text(", ".join(one.vi for one in names), ", ".join(one.en for one in names))
        return Text(f"{told.vi}: {vi}", f"{told.en}: {en}") if names else Text(vi, en)

    @property
    def importance(self) -> Importance:
        """Minor where no text asks for it."""
        if not self.clauses:
            return Importance.MINOR
        return Importance.BLOCKER if self.point in BLOCKERS else Importance.MAJOR

    @property
    def features(self) -> tuple[str, ...]:
        numbering = ("numbering",) if self.point in ("number", "shown-number") else ()
        kind = FEATURES.get(self.kind or "")
        return tuple(sorted((*numbering, *((kind,) if kind else ()))))

    @property
    def does(self) -> str:
        return ""

    @property
    def explanation(self) -> str:
        lines = [self.says.vi, self.says.en]
        for regulation, one in self.asked.items():
            values = "; ".join(shown(said.value) for said in one.said)
            lines.append(f"{regulation}: {values} ({', '.join(one.clauses) or 'unsourced'})")
        return "\n".join((*lines, *weighed(self)))

    def clauses_under(self, regulation: str) -> tuple[str, ...]:
        """Those by which this regulation asks."""
        return self.asked[regulation].clauses if regulation in self.asked else ()


@cache
def form_checks() -> tuple[FormCheck, ...]:
    """Every point that some regulation asks about, a check each, those of all documents first."""
    found: dict[tuple[str | None, Role | None, str], dict[str, Asked]] = {}
    for regulation in available():
        for one in asked(load(regulation)):
            found.setdefault((one.kind, one.role, one.point), {})[regulation] = one
    checks = [FormCheck(point, kind, role, MappingProxyType(by)) for (kind, role, point), by in found.items()]
    return tuple(sorted(checks, key=lambda check: _place(check.kind)))


def _place(kind: str | None) -> int:
    return -1 if kind is None else list(_kinds()).index(kind)


def _name_of(kind: str) -> Text:
    return _kinds()[kind]


@cache
def _kinds() -> Mapping[str, Text]:
    return MappingProxyType(dict(_named()))


def _named() -> Iterator[tuple[str, Text]]:
    for regulation in available():
        for name, kind in load(regulation).kinds.items():
            yield name, Text(kind.vi, kind.en)
