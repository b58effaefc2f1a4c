"""What each verifier makes of the corpus: our own command, bare pyHanko and pdfsig, by their defaults.

A table in Markdown by group, for docs/conformance/verifier.md, and below it each document that somebody got wrong.
Exit code 1 when our own accepts a wrong one or crashes. `conformance run` asks one verifier, a process a document.

    python benchmarks/verifiers.py [GROUP...]
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from subprocess import run

from click.testing import CliRunner

from conformance.corpus import Case, Effect, Verdict, cases
from conformance.corpus.export import write
from conformance.corpus.making import Maker
from conformance.corpus.model import Kind
from conformance.examples.verifiers import pdfsig, pyhanko
from conformance.examples.verifiers.answering import Said
from mockca.cli import main as mockca

Ask = Callable[[Path, Path, datetime, Case], Said]
MISTAKES = ("accepted", "refused", "left open", "crashed")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who is asked."""

    name: str
    kinds: frozenset[Kind]
    """What it reads."""
    ask: Ask
    knows_rules: bool = False
    """Whether it judges by a regulation's rules on signatures."""

    def is_for(self, case: Case) -> bool:
        """Whether the case is put to it."""
        return case.kind in self.kinds and (self.knows_rules or not case.regulations)


def ours(document: Path, evidence: Path, at: datetime, case: Case) -> Said:
    """`mockca document check --json`, in this process."""
    words = ["document", "check", str(document), "--evidence", str(evidence), "--at", at.isoformat(), "--json"]
    words += ["--effect", (case.effect or Effect.NOT_BEFORE).value]
    words += ["--regulation", case.regulations[0]] if case.regulations else []
    told = json.loads(CliRunner().invoke(mockca, words, catch_exceptions=False).stdout)
    return Verdict(told["verdict"]), told["reason"] or ""


VERIFIERS = (
    Verifier(f"`mockca document check` {version('mockca')}", frozenset(Kind), ours, knows_rules=True),
    Verifier(
        f"pyHanko {version('pyhanko')}",
        frozenset((Kind.PDF, Kind.CMS)),
        lambda document, evidence, at, _: pyhanko.verify(document, evidence, at),
    ),
    Verifier(
        "pdfsig",
        frozenset((Kind.PDF,)),
        lambda document, evidence, at, _: pdfsig.verify(document, evidence, at),
    ),
)


def mistake(case: Case, verdict: Verdict | None) -> str | None:
    """What kind of mistake a verdict is, or that there is none; None where it is right."""
    if verdict in case.accepted:
        return None
    return MISTAKES[(Verdict.OK, Verdict.FAILED, Verdict.INDETERMINATE, None).index(verdict)]


def answer(verifier: Verifier, document: Path, evidence: Path, at: datetime, case: Case) -> tuple[Verdict | None, str]:
    """What a verifier says; no verdict where it breaks down."""
    try:
        return verifier.ask(document, evidence, at, case)
    except Exception as error:
        return None, type(error).__name__


def cell(asked: int, mistakes: Mapping[str, int]) -> str:
    """Right ones of those asked, and what is wrong with the others."""
    if not asked:
        return "–"
    wrong = ", ".join(f"{mistakes[kind]} {kind}" for kind in MISTAKES if mistakes.get(kind))
    right = f"{asked - sum(mistakes.values())}/{asked}"
    return f"{right}: {wrong}" if wrong else right


def main() -> int:
    """Print the table and the mistakes."""
    logging.disable(logging.CRITICAL)
    wanted = [one for one in cases() if not sys.argv[1:] or one.id.partition("/")[0] in sys.argv[1:]]
    asked: dict[tuple[str, str], int] = Counter()
    wrong: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    stories: list[str] = []
    maker = Maker()
    with tempfile.TemporaryDirectory() as folder:
        for case in wanted:
            made = maker.make(case)
            document, evidence = write(Path(folder), made)
            for verifier in VERIFIERS:
                if not verifier.is_for(case):
                    continue
                verdict, reason = answer(verifier, document, evidence, made.at, case)
                found = mistake(case, verdict)
                for group in (case.id.partition("/")[0], "all"):
                    asked[group, verifier.name] += 1
                    wrong[group, verifier.name].update([found] if found else [])
                if found:
                    stories.append(f"{verifier.name} · {case.id} · {found}: {reason} · {case.en}")
    print(f"{run(['pdfsig', '-v'], capture_output=True, text=True, check=True).stderr.splitlines()[0]}\n")
    print(f"| group | {' | '.join(one.name for one in VERIFIERS)} |\n|---|{'---|' * len(VERIFIERS)}")
    for group in (*dict.fromkeys(one.id.partition("/")[0] for one in wanted), "all"):
        cells = (cell(asked[group, one.name], wrong[group, one.name]) for one in VERIFIERS)
        print(f"| {group} | {' | '.join(cells)} |")
    print("", *stories, sep="\n")
    ours_wrong = wrong["all", VERIFIERS[0].name]
    return 1 if ours_wrong["accepted"] or ours_wrong["crashed"] else 0


if __name__ == "__main__":
    sys.exit(main())
