"""The `conformance` command: what there is to check, what a check means, and a run against a target."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from rich.console import Console

from conformance import catalogue, plugin
from conformance.checks import Check
from conformance.errors import COULD_NOT_RUN, HarnessError
from conformance.reports.console import ConsoleReport
from conformance.run import DEFAULT_SEED, settings_given, target_url
from conformance.suites.authority import SUITE
from conformance.targets.credentials import read_credentials

PASSED, FAILED = 0, 1
FOREIGN_SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
"""Environment variables meant for somebody's own tests; a run must not obey them."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Kiểm một hệ thống theo từng điều khoản của quy định. Checks a system, clause by clause.

    \b
    conformance list --regulation an-giang
    conformance explain authority/an-giang/new-person/use-before-effect
    conformance run --target authority=http://127.0.0.1:8400/demo --regulation an-giang \\
        --credentials credentials.json --junit report.xml

    \b
    Mã thoát / exit codes: 0 đúng cả / all passed, 1 có điều sai / failures, 2 không chạy được / could not run.
    """


@main.command("list")
@click.option("--regulation", type=click.Choice(catalogue.regulations()), help="Chỉ quy định này. Only this one.")
def list_command(regulation: str | None) -> None:
    """Liệt kê mọi phép kiểm. Lists every check with its clauses."""
    for check in catalogue.checks(regulation):
        click.echo(f"{check.id}  [{', '.join(check.clauses)}]")


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
@click.option("--target", required=True, metavar="KIND=URL", help="Đích kiểm. What is tested: authority=URL.")
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
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=30.0, show_default=True, help="Giây. Seconds.")
@click.option("-v", "--verbose", is_flag=True, help="Mỗi bước một dòng. A line a step.")
def run(
    target: str,
    regulation: str,
    credentials: Path | None,
    junit: Path | None,
    seed: str,
    only: tuple[str, ...],
    given: tuple[str, ...],
    reset: bool,
    timeout: float,
    verbose: bool,
) -> None:
    """Chạy bộ kiểm với một hệ thống. Runs the suite against a target."""
    console = Console(soft_wrap=False)
    try:
        target_url(target)
        settings_given(given, catalogue.selection(regulation, only))
        if credentials is not None:
            read_credentials(credentials)
    except HarnessError as error:
        _could_not_run(error)
    arguments = [
        "--conformance-target",
        target,
        "--conformance-regulation",
        regulation,
        "--conformance-seed",
        seed,
        "--conformance-timeout",
        str(timeout),
        *(f"--conformance-only={one}" for one in only),
        *(f"--conformance-given={one}" for one in given),
    ]
    if credentials is not None:
        arguments += ["--conformance-credentials", str(credentials.absolute())]
    if reset:
        arguments.append("--conformance-reset")
    if junit is not None:
        arguments += ["--junitxml", str(junit.absolute())]
    report = ConsoleReport(console, verbose=verbose)
    sys.exit(_exit_code(_play(arguments, report), report))


def _play(arguments: list[str], report: ConsoleReport) -> int:
    """Run pytest as the engine, apart from whatever tests and settings the working directory has."""
    own = [
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "--disable-plugin-autoload",
        "--noconftest",
        "--capture=no",
        f"--rootdir={SUITE.parent}",
        f"--config-file={SUITE.with_name('pytest.ini')}",
    ]
    with _without_foreign_settings():
        return int(pytest.main([*own, *arguments, str(SUITE)], plugins=[plugin, report]))


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
