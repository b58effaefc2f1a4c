"""`mockca document check`: whether a signed document holds, by the evidence at hand."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mockca.clock import system_now
from mockca.rules.loading import load as load_regulation
from token_emulator.documents.checking import (
    Checked,
    CheckingError,
    Effect,
    Part,
    Report,
    Verdict,
    check,
    fetched,
    read_folder,
)
from token_emulator.documents.judging import Finding, judge
from token_emulator.documents.reading import issue_date
from token_emulator.documents.rules import available, load
from token_emulator.documents.seeing import look

PDF = "pdf"
EXIT_CODES = {Verdict.OK: 0, Verdict.FAILED: 1, Verdict.INDETERMINATE: 3}
COULD_NOT_CHECK = 2
WORDS = {
    Verdict.OK: "hợp lệ / valid",
    Verdict.FAILED: "không hợp lệ / not valid",
    Verdict.INDETERMINATE: "chưa kết luận được / cannot be told",
}
PARTS = {
    Part.SIGNATURE: "chữ ký / signature",
    Part.STATUS: "trạng thái chứng thư số / status",
    Part.PATH: "đường dẫn chứng thực / path",
}
ISO = "%Y-%m-%dT%H:%M:%S%z"


@click.command("check")
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--evidence",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Thư mục anchors, certificates, crls, ocsps, announcements.json. The folder of evidence.",
)
@click.option(
    "--regulation", type=click.Choice(available()), help="Quy định: hiệu lực, và PDF đúng thể thức. Also judges by it."
)
@click.option("--at", metavar="INSTANT", help="Thời điểm kiểm tra, ISO 8601. The instant of checking; else now.")
@click.option(
    "--effect",
    type=click.Choice([each.value for each in Effect]),
    help="Chứng thư số có hiệu lực từ khi nào. When certificates take effect, else by the regulation, else not_before.",
)
@click.option(
    "--content",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Tệp mà chữ ký CMS tách rời ký. What a detached CMS signature is over.",
)
@click.option("--fetch", is_flag=True, help="Lấy CRL, OCSP theo địa chỉ trong chứng thư. Ask the addresses in it.")
@click.option("--json", "as_json", is_flag=True, help="In JSON. Print JSON.")
def check_command(
    document: Path,
    evidence: Path,
    regulation: str | None,
    at: str | None,
    effect: str | None,
    content: Path | None,
    *,
    fetch: bool,
    as_json: bool,
) -> None:
    """Kiểm tra chữ ký trên PDF, XML hay CMS. Checks the signatures of a PDF, an XML document or a CMS file.

    \b
    Mã thoát / exit codes: 0 hợp lệ / valid, 1 không hợp lệ / not valid, 3 chưa kết luận được / cannot be told,
    2 không kiểm được / could not check.
    """
    try:
        instant = _instant(at)
        known = read_folder(evidence)
        octets = document.read_bytes()
        detached = None if content is None else content.read_bytes()
        if fetch:
            known = fetched(octets, known, detached=detached)
        report = check(octets, known, instant, _effect(effect, regulation), detached=detached)
    except CheckingError as error:
        click.echo(f"ERROR: {error}", err=True)
        sys.exit(COULD_NOT_CHECK)
    found = judge(octets, load(regulation)).findings if regulation and report.kind == PDF else ()
    dated = issue_date(look(octets)) if report.kind == PDF and report.signatures else None
    if as_json:
        whole = _as_json(report, found) | ({} if dated is None else {"effective": dated.isoformat()})
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        for line in known.fetched:
            click.echo(line)
        click.echo(told(document.name, report))
        if dated is not None:
            click.echo(f"\ncó hiệu lực từ ngày ghi trên văn bản / in effect from its own date: {dated.isoformat()}")
        for one in found:
            click.echo(f"\n✗ {one.vi} ({one.clause or 'unsourced'})\n  {one.en}")
    code = EXIT_CODES[report.verdict]
    sys.exit(EXIT_CODES[Verdict.FAILED] if found else code)


def _effect(effect: str | None, regulation: str | None) -> Effect:
    """When certificates take effect."""
    if effect is not None:
        return Effect(effect)
    return Effect.NOT_BEFORE if regulation is None else Effect(load_regulation(regulation).effective_from.value.value)


def _as_json(report: Report, found: tuple[Finding, ...]) -> dict[str, Any]:
    whole = report.as_json()
    if found:
        whole["layout"] = [{"rule": one.rule, "clause": one.clause, "vi": one.vi, "en": one.en} for one in found]
        if report.verdict is Verdict.OK:
            first = found[0]
            whole |= {"verdict": "failed", "reason": first.rule, "clause": first.clause, "vi": first.vi, "en": first.en}
    return whole


def told(name: str, report: Report) -> str:
    """The report for people."""
    lines = [f"{name}: {WORDS[report.verdict]}"]
    why = report.why
    if why is not None:
        lines.append(f"  {why.vi}")
        lines.append(f"  {why.en}" + (f" ({why.reason.clause})" if why.reason.clause else ""))
    for number, one in enumerate(report.signatures, 1):
        lines += ["", *_of_one(number, one)]
    return "\n".join(lines)


def _of_one(number: int, one: Checked) -> list[str]:
    lines = [f"{number}. {one.signer or one.name}: {WORDS[one.verdict]}"]
    if one.signed_at is not None:
        by = "dấu thời gian / timestamp" if one.is_time_proven else "giờ máy người ký / the signer's clock"
        lines.append(f"   ký lúc / signed at {one.signed_at.strftime(ISO)} ({by})")
    lines += [f"   {PARTS[part]}: {WORDS[verdict]}" for part, verdict in one.parts().items()]
    for each in one.findings:
        clause = f" ({each.reason.clause})" if each.reason.clause else ""
        lines += [f"   - {each.vi}{clause}", f"     {each.en}"]
    return lines


def _instant(text: str | None) -> datetime:
    """Raises CheckingError."""
    if text is None:
        return system_now()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CheckingError(f"--at {text!r} is no instant; write e.g. 2026-03-10T10:00:00+07:00") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
