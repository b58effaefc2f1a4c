"""`conformance corpus`: documents to put verifiers to the test with, as files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from conformance.corpus import Case, cases
from conformance.corpus.export import entry, export
from conformance.errors import COULD_NOT_RUN
from conformance.run import DEFAULT_SEED


@click.group()
def corpus() -> None:
    """Bộ văn bản mẫu để thử phần mềm kiểm tra chữ ký số. Documents to put verifiers of signatures to the test with.

    \b
    conformance corpus make --out corpus
    conformance corpus list
    conformance corpus explain revocation/backdated
    """


@corpus.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Thư mục ghi. To here.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Cùng seed, cùng bộ mẫu. Same seed, same files.")
@click.option("--only", multiple=True, metavar="ID", help="Chỉ các mẫu bắt đầu bằng ID. Only those that begin so.")
def make(out: Path, seed: str, only: tuple[str, ...]) -> None:
    """Làm bộ mẫu. Makes the corpus: a folder a case, and a manifest with the right verdicts."""
    # What makes documents takes a second to import, and the other commands do without it.
    from conformance.corpus.making import Maker

    chosen = _meant(only)
    maker = Maker(seed)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        made = (maker.make(case) for case in progress.track(chosen, description="văn bản · documents"))
        number = export(out, seed, made)
    click.echo(f"{number} văn bản / documents: {out}")


@corpus.command("list")
@click.option("--json", "as_json", is_flag=True, help="In JSON. Print JSON.")
def list_command(*, as_json: bool) -> None:
    """Liệt kê các mẫu với kết luận đúng. Lists every case with the right verdict."""
    if as_json:
        told = [entry(case).model_dump(mode="json") for case in cases()]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for case in cases():
        click.echo(f"{case.id:48} {case.verdict:14} {', '.join(case.reasons[:1]) or '–'}")


@corpus.command()
@click.argument("case")
def explain(case: str) -> None:
    """Giải thích một mẫu. Explains a case, or all that begin with this id."""
    for number, one in enumerate(_meant((case,))):
        click.echo(("\n" if number else "") + explained(one))


def explained(case: Case) -> str:
    """What people read of a case."""
    told = entry(case)
    also = f"; cũng đúng / also right: {', '.join(case.also)}" if case.also else ""
    lines = [
        case.id,
        case.vi,
        case.en,
        f"kết luận đúng / right verdict: {case.verdict}{also}",
        f"lý do / reason: {', '.join(case.reasons) or '–'}",
        f"điều khoản / clauses: {', '.join(case.clauses) or '–'}",
        f"kiểm tra lúc / checked at: {told.at.isoformat()}",
        f"hiệu lực / effect: {case.effect or 'announcement, not_before'}",
    ]
    for sign in case.signatures:
        stamp = f", dấu thời gian / stamped by {sign.stamp}" if sign.stamp else ""
        lines.append(f"ký / signed: {sign.by}, {sign.signed}{stamp}")
    lines += [f"sau khi ký / afterwards: {edit}" for edit in (*case.between, *case.edits)]
    lines.append(f"bằng chứng / evidence: {', '.join(case.evidence) or '–'}")
    return "\n".join(lines)


def _meant(wanted: tuple[str, ...]) -> tuple[Case, ...]:
    found = tuple(case for case in cases() if not wanted or any(case.id.startswith(one) for one in wanted))
    if not found:
        click.echo(f"ERROR: no case {wanted[0]!r}; `conformance corpus list` shows them", err=True)
        sys.exit(COULD_NOT_RUN)
    return found
