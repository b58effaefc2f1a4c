"""The `conformance` command: what there is to check, what a check means, and a run against a target."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.core import ParameterSource
from rich.console import Console

from conformance import catalogue, plugin, regulations, suites
from conformance.checks import AUTHORITY, KINDS, TOKEN, Check
from conformance.cli_coverage import coverage
from conformance.errors import COULD_NOT_RUN, HarnessError, NothingToRun
from conformance.reports.console import ConsoleReport
from conformance.run import DEFAULT_SEED, DEFAULT_TIMEOUT, settings_given, target_of, target_url
from conformance.suites.token.run import module_path, selection
from conformance.targets.credentials import read_credentials
from conformance.targets.pins import Pins, read_pins

PASSED, FAILED = 0, 1
SETTINGS = Path(suites.__file__).with_name("pytest.ini")
OPTIONS_OF = {
    AUTHORITY: ("credentials", "seed", "given", "reset"),
    TOKEN: ("token_label", "token_serial", "tries", "destructive", "pin_file", "so_pin_file"),
}
"""Options that mean something to one kind of target only."""
FOREIGN_SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
"""Environment variables meant for somebody's own tests; a run must not obey them."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Kiểm một hệ thống theo từng điều khoản của quy định. Checks a system, clause by clause.

    \b
    conformance list --regulation an-giang
    conformance explain authority/an-giang/new-person/use-before-effect
    conformance coverage --missing
    conformance run --target authority=http://127.0.0.1:8400/demo --regulation an-giang \\
        --credentials credentials.json --junit report.xml
    conformance run --target token=/usr/lib/softhsm/libsofthsm2.so --regulation cao-bang \\
        --token-label "MY TOKEN" --tries 3 --destructive

    \b
    Mã thoát / exit codes: 0 đúng cả / all passed, 1 có điều sai / failures, 2 không chạy được / could not run.
    """


main.add_command(coverage)


@main.command("list")
@click.option("--regulation", type=click.Choice(regulations.known()), help="Chỉ quy định này. Only this one.")
@click.option("--target-kind", type=click.Choice(KINDS), help="Chỉ loại đích này. Only this kind of target.")
def list_command(regulation: str | None, target_kind: str | None) -> None:
    """Liệt kê mọi phép kiểm. Lists every check with its clauses."""
    for check in catalogue.every_check():
        if target_kind in (None, check.suite) and catalogue.is_made_under(regulation, check):
            click.echo(f"{check.id}  [{', '.join(catalogue.clauses_of(check, regulation)) or '–'}]")


@main.command()
@click.argument("check")
def explain(check: str) -> None:
    """Giải thích một phép kiểm. Explains a check, or all that begin with this id."""
    try:
        found = catalogue.find(check)
    except HarnessError as error:
        _could_not_run(error)
    click.echo("\n\n".join(_explained(one) for one in found))


@main.command()
@click.option("--target", required=True, metavar="KIND=PLACE", help="Đích kiểm. authority=URL, token=MODULE.")
@click.option("--regulation", required=True, metavar="ID", help="Quy định. The regulation, e.g. an-giang.")
@click.option(
    "--credentials",
    type=click.Path(path_type=Path),
    envvar="CONFORMANCE_CREDENTIALS",
    help="Tài khoản của đích (JSON). The target's accounts.",
)
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Ghi báo cáo JUnit. Write JUnit.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Cùng seed, cùng nhân vật. Makes up people.")
@click.option("--only", multiple=True, metavar="ID", help="Chỉ các phép kiểm bắt đầu bằng ID. Only these.")
@click.option("--given", multiple=True, metavar="KEY=VALUE", help="Đổi tham số kịch bản. Change a setting.")
@click.option("--reset", is_flag=True, help="Làm trống sandbox trước mỗi kịch bản. Empty the sandbox before each.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600), default=DEFAULT_TIMEOUT, show_default=True, help="Giây. Seconds."
)
@click.option("--token-label", metavar="TEXT", help="Thiết bị mang nhãn này. The token of that label.")
@click.option("--token-serial", metavar="TEXT", help="Thiết bị mang số này. The token of that serial number.")
@click.option("--tries", type=click.IntRange(1, 100), help="Số lần sai thì khóa. Wrong PINs that lock, by its model.")
@click.option("--destructive", is_flag=True, help="Được khóa thiết bị, đổi PIN. May lock it and change its PIN.")
@click.option("--pin-file", type=click.Path(path_type=Path), help="Tệp chứa PIN. The PIN; or CONFORMANCE_PIN.")
@click.option("--so-pin-file", type=click.Path(path_type=Path), help="PIN của cán bộ. Or CONFORMANCE_SO_PIN.")
@click.option("-v", "--verbose", is_flag=True, help="Mỗi bước một dòng. A line a step.")
def run(target: str, junit: Path | None, verbose: bool, **options: Any) -> None:
    """Chạy bộ kiểm với một hệ thống hay thiết bị. Runs the suite against a target."""
    plugins: list[object] = [plugin]
    try:
        kind, _ = target_of(target)
        _refuse_options_of_others(kind)
        if kind == AUTHORITY:
            target_url(target)
            settings_given(options["given"], catalogue.selection(options["regulation"], options["only"]))
            if options["credentials"] is not None:
                read_credentials(options["credentials"])
        else:
            module_path(target)
            selection(options["regulation"], options["only"])
            plugins.append(_pins(options))
    except HarnessError as error:
        _could_not_run(error)
    arguments = [f"--conformance-target={target}", *_for_the_plugin(options)]
    if junit is not None:
        arguments += ["--junitxml", str(junit.absolute())]
    unit = "bước / steps" if kind == AUTHORITY else "phép kiểm / checks"
    report = ConsoleReport(Console(soft_wrap=False), verbose=verbose, unit=unit)
    sys.exit(_exit_code(_play(plugin.SUITES[kind], arguments, [*plugins, report]), report))


def _refuse_options_of_others(kind: str) -> None:
    """Raise NothingToRun for an option that means nothing to this kind of target."""
    for other, names in OPTIONS_OF.items():
        for name in names if other != kind else ():
            if click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise NothingToRun(f"--{name.replace('_', '-')} is for --target {other}=…")


def _pins(options: Mapping[str, Any]) -> Pins:
    """The PINs from files, the environment, or the keyboard. Raises BadCredentials."""
    pins = read_pins(options["pin_file"], options["so_pin_file"])
    if sys.stdin.isatty():
        if pins.user is None:
            pins = replace(pins, user=click.prompt("PIN", hide_input=True))
        if pins.so is None and options["destructive"]:
            asked = "PIN của cán bộ / SO PIN (Enter: không có / none)"
            pins = replace(pins, so=click.prompt(asked, default="", show_default=False, hide_input=True) or None)
    _ = pins.right
    return pins


def _for_the_plugin(options: Mapping[str, Any]) -> Iterator[str]:
    """The options as the plugin knows them."""
    for name, value in options.items():
        option = f"--conformance-{name.replace('_', '-')}"
        if value is True:
            yield option
        elif isinstance(value, tuple):
            yield from (f"{option}={one}" for one in value)
        elif value not in (None, False):
            yield f"{option}={value.absolute() if isinstance(value, Path) else value}"


def _play(suite: Path, arguments: list[str], plugins: list[object]) -> int:
    """Run pytest as the engine, apart from whatever tests and settings the working directory has."""
    own = [
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "--disable-plugin-autoload",
        "--noconftest",
        "--capture=no",
        f"--rootdir={suite.parent}",
        f"--config-file={SETTINGS}",
    ]
    with _without_foreign_settings():
        return int(pytest.main([*own, *arguments, str(suite)], plugins=plugins))


@contextmanager
def _without_foreign_settings() -> Iterator[None]:
    kept = {name: os.environ.pop(name) for name in FOREIGN_SETTINGS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def _exit_code(code: int, report: ConsoleReport) -> int:
    if code in (PASSED, FAILED):
        report.summary()
    if code == FAILED and report.totals["failed"]:
        return FAILED
    if code == PASSED and report.totals["passed"]:
        return PASSED
    if code == PASSED:
        click.echo("Không kiểm được gì: mọi bước đều bị bỏ qua. / Nothing could be checked.", err=True)
    return COULD_NOT_RUN


def _could_not_run(error: HarnessError) -> None:
    click.echo(f"ERROR: {error}", err=True)
    sys.exit(COULD_NOT_RUN)


def _explained(check: Check) -> str:
    return "\n".join((check.id, *(f"  {line}" for line in check.explanation.splitlines())))


if __name__ == "__main__":
    main()
