"""The corpus as files: each case in a folder of its own, and a manifest that says what is in them and what is right.

cases/<group>/<name>/document.pdf    or .xml, .p7m
cases/<group>/<name>/evidence/       anchors/ certificates/ crls/ ocsps/ announcements.json
manifest.json                        contract/corpus.schema.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict

from conformance.corpus.model import Case, Effect, Kind, Verdict, cases, instant
from conformance.law import Text
from scenarios import Importance

if TYPE_CHECKING:
    from conformance.corpus.making import Made

MANIFEST = "manifest.json"
SCHEMA = Path(__file__).parents[1] / "contract" / "corpus.schema.json"


class Entry(BaseModel):
    """One case, as the manifest tells it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    id: str
    """`revocation/signed-after-pdf`."""
    kind: Kind
    document: str
    """The file's place beside the manifest."""
    evidence: str
    """The folder of evidence."""
    at: AwareDatetime
    """The instant of checking: what is not known by then must not count."""
    effect: Effect | None
    """The only kind of regulation that the case is for; null: any."""
    regulations: tuple[str, ...]
    """The only regulations that the case is for, whose rules on signatures count too; none: any, and they do not."""
    verdict: Verdict
    """The right one."""
    also: tuple[Verdict, ...]
    """Verdicts that are right, too."""
    reasons: tuple[str, ...]
    """Right reasons, the best first; none where the document is good."""
    clauses: tuple[str, ...]
    importance: Importance
    says: Text
    """What the case is about."""


class Manifest(BaseModel):
    """The corpus of one seed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    seed: str
    cases: tuple[Entry, ...]


def entry(case: Case) -> Entry:
    """The case as the manifest tells it."""
    place = f"cases/{case.id}"
    return Entry(
        id=case.id,
        kind=case.kind,
        document=f"{place}/document.{case.kind.suffix}",
        evidence=f"{place}/evidence",
        at=instant(case.check),
        effect=case.effect,
        regulations=case.regulations,
        verdict=case.verdict,
        also=case.also,
        reasons=case.reasons,
        clauses=case.clauses,
        importance=case.importance,
        says=case.says,
    )


def manifest(seed: str) -> str:
    """The manifest of all cases; JSON."""
    whole = Manifest(seed=seed, cases=tuple(map(entry, cases())))
    return whole.model_dump_json(indent=1) + "\n"


def write(folder: Path, made: Made) -> tuple[Path, Path]:
    """Write one case under the folder; the document's path and the evidence's."""
    told = entry(made.case)
    document, evidence = folder / told.document, folder / told.evidence
    evidence.mkdir(parents=True, exist_ok=True)
    document.write_bytes(made.document)
    for name, octets in made.given.files():
        path = evidence / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(octets)
    return document, evidence


def export(folder: Path, seed: str, made: Iterable[Made]) -> int:
    """Write the cases and the manifest; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    number = sum(1 for one in made if write(folder, one))
    (folder / MANIFEST).write_text(manifest(seed), "utf-8")
    return number


def schema() -> str:
    """The manifest's schema; JSON."""
    return json.dumps(Manifest.model_json_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema(), "utf-8")
