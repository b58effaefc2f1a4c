"""`mockca form`: the forms of a regulation, templates of their lists, and lists read back from files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from mockca.cli.rules import MARK, REGULATION, console, print_section
from mockca.clock import system_now
from mockca.errors import Malformed, NotFound
from mockca.paper.reading import Reading, read_list
from mockca.paper.tables import MEDIA_TYPES
from mockca.paper.templates import template_csv, template_xlsx
from mockca.rules.deadlines import local_date
from mockca.rules.fields import Background
from mockca.rules.loading import load
from mockca.rules.outline import form_rows
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Form

LARGEST = 16 * 1024 * 1024
"""Longest file, in octets, that is read."""
SHOWN_ROWS = 5

regulation_option = click.option(
    "--regulation", "regulation_id", type=REGULATION, required=True, help="Quy định. The regulation."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Biểu mẫu, danh sách. Forms and their lists.

    \b
    mockca form list --regulation thai-binh
    mockca form show TB-F03 --regulation thai-binh
    mockca form template TB-F03 --regulation thai-binh -o danh-sach.xlsx
    mockca form read danh-sach.xlsx --form TB-F03 --regulation thai-binh
    mockca form read danh-sach.csv --form TB-F03 --regulation thai-binh --json > rows.json
    """


@command.command("list")
@regulation_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_forms(regulation_id: str, as_json: bool) -> None:
    """Các biểu mẫu của một quy định. A regulation's forms."""
    forms = load(regulation_id).forms.values()
    if as_json:
        click.echo(_json([_summary(form) for form in forms]))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Mã / code", "Biểu mẫu / form", "Loại / kind", "Mục / fields", "Cột / columns", "Điều / clause"):
        table.add_column(heading)
    for form in forms:
        columns = str(len(form.rows)) if form.rows else ""
        title = f"{form.vi} · {form.en}"
        table.add_row(Text(form.code, style="bold cyan"), title, form.kind, str(len(form.fields)), columns, form.clause)
    console().print(table)


@command.command("show")
@click.argument("code")
@regulation_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(code: str, regulation_id: str, as_json: bool) -> None:
    """Các mục và cột của một biểu mẫu. A form's fields and columns."""
    regulation = load(regulation_id)
    form = _form(regulation, code)
    if as_json:
        click.echo(_json(regulation.values()["forms"][code]))
        return
    out = console()
    print_section(out, f"{form.code} {form.vi}", form.en, form_rows(regulation, code))
    out.print(Text(f"\n{MARK} chưa có căn cứ, phần mềm tự chọn / unsourced: this project's own choice", style="yellow"))


@command.command("template")
@click.argument("code")
@regulation_option
@click.option("--format", "style", type=click.Choice(["csv", "xlsx"]), help="By the file's name, or csv, by default.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Standard output by default.")
def template(code: str, regulation_id: str, style: str | None, output: Path | None) -> None:
    """Danh sách trống để điền. An empty list to be filled in, with one made-up line."""
    regulation = load(regulation_id)
    form = _form(regulation, code)
    if style is None:
        style = "xlsx" if output is not None and output.suffix.lower() == ".xlsx" else "csv"
    domain = None if regulation.email_domain is None else regulation.email_domain.value
    try:
        content = template_csv(form, domain) if style == "csv" else template_xlsx(form, system_now(), domain)
    except NotFound as error:
        raise click.ClickException(f"biểu mẫu {code} không có danh sách / {error}") from None
    if output is None:
        click.echo(content, nl=False)
        return
    output.write_bytes(content)
    click.echo(f"{output}: điền từ dòng 2 rồi đọc lại / fill in from line 2, then read it back:")
    click.echo(f"  mockca form read {output} --form {code} --regulation {regulation_id}")


@command.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", "code", required=True, help="Mã biểu mẫu. The form's code, e.g. TB-F03.")
@regulation_option
@click.option("--format", "style", type=click.Choice(list(MEDIA_TYPES)), help="By the file's name by default.")
@click.option("--json", "as_json", is_flag=True, help="The lines, ready to be sent as `rows`, and what is wrong.")
def read(file: Path, code: str, regulation_id: str, style: str | None, as_json: bool) -> None:
    """Đọc danh sách từ tệp CSV, Excel, JSON. Read a list out of a file; exit status 1 where something is wrong."""
    regulation = load(regulation_id)
    form = _form(regulation, code)
    style = style or file.suffix.lower().removeprefix(".")
    if style not in MEDIA_TYPES:
        raise click.BadParameter(f"{file.name}: not one of {', '.join(MEDIA_TYPES)}; say --format", param_hint="FILE")
    if file.stat().st_size > LARGEST:
        raise click.ClickException(f"{file.name}: over {LARGEST >> 20} MiB")
    background = Background(regulation, local_date(system_now()))
    try:
        found = read_list(form, file.read_bytes(), MEDIA_TYPES[style], background)
    except Malformed as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    if as_json:
        click.echo(_json(_told(found)))
    else:
        _print(form, found)
    if found.violations:
        sys.exit(1)


def _form(regulation: Regulation, code: str) -> Form:
    if code not in regulation.forms:
        raise click.BadParameter(f"{code}: not among {', '.join(regulation.forms)}", param_hint="CODE")
    return regulation.forms[code]


def _summary(form: Form) -> dict[str, Any]:
    return {
        "code": form.code,
        "vi": form.vi,
        "en": form.en,
        "kind": form.kind,
        "clause": form.clause,
        "fields": list(form.fields),
        "columns": list(form.rows),
    }


def _told(found: Reading) -> dict[str, Any]:
    return {
        "rows": list(found.rows),
        "violations": [
            {name: getattr(one, name) for name in ("field", "value", "clause", "vi", "en", "accepted")}
            for one in found.violations
        ],
    }


def _print(form: Form, found: Reading) -> None:
    out = console()
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for rule in form.rows.values():
        table.add_column(rule.vi)
    for row in found.rows[:SHOWN_ROWS]:
        table.add_row(*(Text(str(row.get(name, ""))) for name in form.rows))
    out.print(table)
    if len(found.rows) > SHOWN_ROWS:
        out.print(Text(f"… và {len(found.rows) - SHOWN_ROWS} dòng nữa / more", style="dim"))
    for one in found.violations:
        out.print(Text(f"✗ {one.vi}", style="red"), Text(f"({one.clause})", style="dim"))
        out.print(Text(f"  {one.en}  →  {one.accepted}", style="dim"))
    right = "không có lỗi / nothing wrong" if not found.violations else f"{len(found.violations)} lỗi / mistakes"
    out.print(Text(f"\n{len(found.rows)} dòng / lines, {right}", style="bold"))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
