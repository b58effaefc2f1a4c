"""What the commands of this folder share: their words, and the answer that they print."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import click

from conformance.corpus import Verdict

Said: TypeAlias = tuple[Verdict, str]
"""The verdict, and why in the verifier's own words; empty where it gives no reason."""
Verify: TypeAlias = Callable[[Path, Path, datetime], Said]
"""Of a document, a folder of evidence and the instant of checking."""


def command(verify: Verify, description: str) -> click.Command:
    """The command of a verifier."""

    @click.command(help=description)
    @click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--evidence", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
    @click.option("--at", required=True, type=datetime.fromisoformat, help="The instant of checking, ISO 8601.")
    def answer(document: Path, evidence: Path, at: datetime) -> None:
        verdict, reason = verify(document, evidence, at)
        click.echo(json.dumps({"verdict": verdict, "reason": reason}, ensure_ascii=False))

    return answer


def files_in(evidence: Path, kind: str) -> Iterator[Path]:
    """The files of one kind: `anchors`, `certificates`, `crls`, `ocsps`."""
    return (one for one in sorted((evidence / kind).glob("*")) if one.is_file())


def worst(verdicts: list[Said]) -> Said:
    """Of a document's signatures the worst counts; a document without any does not hold."""
    if not verdicts:
        return Verdict.FAILED, "no signature"
    order = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.OK)
    return min(verdicts, key=lambda said: order.index(said[0]))
