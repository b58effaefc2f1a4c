"""`mockca report`: reports and plans of a sandbox, directly on the data folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, TypeAdapter, ValidationError
from rich.table import Table
from rich.text import Text

from mockca.cli.rules import console
from mockca.cli.sandbox import data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk import documents, owed_reports, report_drafts, report_sheets, reports
from mockca.desk.actors import Actor
from mockca.desk.commands import FileReport
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import perform
from mockca.desk.views import OwedReportView, ReportDraftView, ReportView
from mockca.errors import NotFound, Refused
from mockca.registry import accounts
from mockca.rules import reporting
from mockca.rules.deadlines import local_date

STATES = {
    "open": ("chưa đến hạn", ""),
    "overdue": ("QUÁ HẠN", "bold red"),
    "filed": ("đã gửi", "green"),
    "filed-late": ("gửi muộn", "yellow"),
    "passed-on": ("chuyển đơn vị kế thừa", "dim"),
    "ended": ("hết phải gửi", "dim"),
}
MOST_SHOWN = 500

as_option = click.option("--as", "account", help="Tài khoản. The account, e.g. agency@thai-binh; the registrar's.")
regulation_option = click.option("--regulation", help="Quy định. Whose registrar, where --as is left out.")
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, as the API answers.")
period_option = click.option("--period", help="Kỳ: 2026, 2026-H1, 2026-Q3, 2026-05, 2026-01-01/2026-03-15.")
application_option = click.option("--application", help="Ứng dụng. For a report on an application.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Báo cáo, kế hoạch. Reports and plans: due, drafted, filed, shown, printed.

    \b
    mockca report due --regulation an-giang
    mockca report draft half-year --regulation an-giang --period 2026-H1
    mockca report file half-year --regulation an-giang --period 2026-H1
    mockca report file yearly --as agency@thai-binh --period 2026 --set documents_sent=290 …
    mockca report print 1 -o bao-cao.pdf
    """


@command.command("due")
@data_option
@sandbox_option
@regulation_option
@as_option
@click.option("--overdue", is_flag=True, help="Chỉ những báo cáo quá hạn. The late ones alone.")
@json_option
def due(data: Path, name: str, regulation: str | None, account: str | None, overdue: bool, as_json: bool) -> None:
    """Báo cáo phải gửi. What is owed, overdue, filed, and what comes next."""
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        page, upcoming = owed_reports.owed(
            sandbox, _actor(sandbox, account, regulation), overdue=True if overdue else None, limit=MOST_SHOWN
        )
    if as_json:
        _echo_json({"items": [_plain(one) for one in page.items], "upcoming": [_plain(one) for one in upcoming]})
        return
    table = _table("Báo cáo / report", "Kỳ / period", "Cơ quan / body", "Hạn / due", "", "Điều / clause")
    items: tuple[OwedReportView, ...] = page.items
    for one in items:
        words, style = STATES[one.state]
        about = f"{one.vi} ({one.application})" if one.application else one.vi
        state = Text(words if one.filed is None else f"{words}, số {one.filed}", style=style)
        table.add_row(f"{one.report}  {about}", one.period, one.unit_name, _last_day(one.due), state, one.clause)
    if not overdue:
        for coming in upcoming:
            when = "" if coming.due is None else _last_day(coming.due)
            state = Text(f"từ {local_date(coming.opens).isoformat()}", style="dim")
            table.add_row(f"{coming.report}  {coming.vi}", coming.period, "", when, state, coming.clause)
    if not table.row_count:
        click.echo("Không có / none")
        return
    console().print(table)
    if page.next is not None:
        click.echo(f"… {page.total} / in all: --json, hoặc / or GET /reports/due")


@command.command("draft")
@click.argument("report")
@data_option
@sandbox_option
@regulation_option
@as_option
@period_option
@application_option
@json_option
def draft(
    report: str,
    data: Path,
    name: str,
    regulation: str | None,
    account: str | None,
    period: str | None,
    application: str | None,
    as_json: bool,
) -> None:
    """Báo cáo sẽ ghi gì. What a report would say if it were filed now."""
    sandbox = open_sandbox(data, name)
    actor = _actor(sandbox, account, regulation)
    with ending_in_a_line():
        found = report_drafts.draft(sandbox, actor, actor.regulation or "", report, period, application)
    if as_json:
        _echo_json(_plain(found))
    else:
        _print_draft(found)


@command.command("file")
@click.argument("report")
@data_option
@sandbox_option
@regulation_option
@as_option
@period_option
@application_option
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="Số liệu, mục. A figure or a field.")
@click.option("--number", help="Số, ký hiệu. The document's number.")
@click.option("--signed-by", help="Người ký. Who signs.")
@click.option("--remarks", help="Kiến nghị, đề xuất. What is proposed.")
@json_option
def file(
    report: str,
    data: Path,
    name: str,
    regulation: str | None,
    account: str | None,
    period: str | None,
    application: str | None,
    given: tuple[str, ...],
    number: str | None,
    signed_by: str | None,
    remarks: str | None,
    as_json: bool,
) -> None:
    """Gửi báo cáo. File a report with the registry's figures and what `--set` gives."""
    sandbox = open_sandbox(data, name)
    actor = _actor(sandbox, account, regulation)
    with ending_in_a_line():
        drafted = report_drafts.draft(sandbox, actor, actor.regulation or "", report, period, application)
        more = {"document_number": number, "signed_by": signed_by, "remarks": remarks}
        body = _with_values(drafted.body, given) | {key: value for key, value in more.items() if value is not None}
        try:
            view = perform(sandbox, actor, reports.file_report, FileReport(**body))
        except Refused as error:
            for one in error.violations:
                click.echo(f"✗ {one.field}: {one.vi} · {one.en} ({one.clause}) → {one.accepted}", err=True)
            raise
    if as_json:
        _echo_json(_plain(view))
        return
    _print_report(sandbox, view)
    click.echo(f"mockca report print {view.number} --sandbox {name} --as {actor.account}")


@command.command("show")
@click.argument("number", type=int)
@data_option
@sandbox_option
@as_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="As CSV for a spreadsheet.")
def show(number: int, data: Path, name: str, account: str | None, as_json: bool, as_csv: bool) -> None:
    """Một báo cáo đã gửi. A report that was filed."""
    sandbox = open_sandbox(data, name)
    actor = _actor(sandbox, account or "authority", None)
    with ending_in_a_line():
        if as_csv:
            click.echo(report_sheets.as_csv(sandbox, actor, number), nl=False)
            return
        view = reports.report(sandbox, actor, number)
    if as_json:
        _echo_json(_plain(view))
    else:
        _print_report(sandbox, view)


@command.command("print")
@click.argument("number", type=int)
@data_option
@sandbox_option
@as_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="report-N.pdf by default.")
def print_(number: int, data: Path, name: str, account: str | None, output: Path | None) -> None:
    """In báo cáo ra PDF. A filed report on paper, as PDF."""
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        printed = documents.document(sandbox, _actor(sandbox, account or "authority", None), "report", number)
        target = output or Path(printed.name)
        target.write_bytes(printed.content)
    click.echo(str(target))


def _actor(sandbox: Sandbox, account: str | None, regulation: str | None) -> Actor:
    """Whoever may write the data folder may act for any account: the one that is named, or the registrar."""
    wanted = account
    if wanted is None:
        if regulation is None and len(sandbox.regulations) > 1:
            raise click.UsageError(f"say --regulation ({', '.join(sandbox.regulations)}) or --as ACCOUNT")
        wanted = f"registrar@{regulation or next(iter(sandbox.regulations))}"
    with sandbox.store.read() as connection:
        found = next((one for one in accounts.listing(connection) if one.name == wanted), None)
    if found is None:
        raise click.ClickException(str(NotFound("account", wanted)))
    return Actor(found.name, found.role, found.regulation, found.unit)


def _with_values(body: dict[str, Any], given: tuple[str, ...]) -> dict[str, Any]:
    """The draft's request with the values that the command line gives."""
    values = dict(_value(text) for text in given)
    if "form" in body:
        return body | {"form": body["form"] | {"fields": body["form"]["fields"] | values}}
    return body | {"counts": body["counts"] | values}


def _value(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
    try:
        return name, TypeAdapter(bool | int).validate_json(value, strict=True)
    except ValidationError:
        return name, value


def _print_draft(found: ReportDraftView) -> None:
    out = console()
    out.print(Text(f"{found.vi}, {found.period_vi}", style="bold"), Text(f"({found.clause})", style="dim"))
    table = _table("Chỉ tiêu / figure", "", "Số lượng / count")
    for one in found.counters:
        sums = "" if one.registry is None or one.registry == one.count else f"  (toàn tỉnh / province: {one.registry})"
        table.add_row(f"{one.vi} · {one.en}", one.name, "?" if one.count is None else f"{one.count}{sums}")
    out.print(table)
    _print_missing([body.name for body in found.missing])
    if found.filed is not None:
        out.print(Text(f"Đã gửi, báo cáo số {found.filed} / filed already", style="yellow"))


def _print_report(sandbox: Sandbox, view: ReportView) -> None:
    out = console()
    rule = sandbox.regulation(view.regulation).report(view.report)
    title = f"Báo cáo số {view.number}: {view.vi}, {view.period_vi}"
    out.print(Text(title, style="bold"), Text(f"({view.clause})", style="dim"))
    in_time = {None: "", True: ", đúng hạn / in time", False: ", MUỘN / late"}[view.in_time]
    out.print(f"{view.unit_name} → {', '.join(view.recipients)}; {view.filed_at.isoformat()}{in_time}")
    table = _table("Nội dung / what", "Số lượng / count")
    for line in reporting.lines_of(rule):
        table.add_row(f"{line.vi} · {line.en}", "/".join(str(view.counts[one]) for one in line.counters))
    out.print(table)
    _print_missing([body.name for body in view.missing])


def _print_missing(bodies: list[str]) -> None:
    if bodies:
        console().print(Text(f"Chưa có báo cáo / missing: {', '.join(bodies)}", style="yellow"))


def _last_day(until: Any) -> str:
    """The last day on which it is in time."""
    return local_date(until - reporting.INSTANT).isoformat()


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading)
    return table


def _plain(view: BaseModel) -> Any:
    return view.model_dump(mode="json")


def _echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
