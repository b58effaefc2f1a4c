"""`conformance run`: a suite against a target, told on the terminal and written in as many forms as are asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.core import ParameterSource
from rich.console import Console

from conformance import catalogue, plugin, suites
from conformance.checks import AGENT, AUTHORITY, PUBLISHER, SIGNER, TOKEN, VERIFIER
from conformance.engine import Engine
from conformance.errors import COULD_NOT_RUN, HarnessError, NothingToRun
from conformance.events import Conclusion, Writer
from conformance.exits import EXIT_CODES, could_not_run
from conformance.expectations import Expectations, read_entries
from conformance.features import FEATURES, known
from conformance.mapping.reading import read_mapping
from conformance.reports.badge import BadgeReport
from conformance.reports.console import ConsoleReport
from conformance.reports.html import HtmlReport
from conformance.reports.json_report import JsonReport
from conformance.reports.junit import JUnitReport
from conformance.reports.sarif import SarifReport
from conformance.run import DEFAULT_SEED, DEFAULT_TIMEOUT, target_of, target_url
from conformance.suites.agent import run as agent
from conformance.suites.authority import settings_given
from conformance.suites.publisher.bench import UNKNOWN_POLICIES
from conformance.suites.signer import orders as signer_orders
from conformance.suites.token.run import module_path, selection
from conformance.targets.credentials import read_credentials
from conformance.targets.pins import Pins, read_pins
from conformance.targets.verifier import read_reading

SETTINGS = Path(suites.__file__).with_name("pytest.ini")
OPTIONS_OF = {
    AUTHORITY: ("credentials", "mapping", "adapter", "cacert", "seed", "given", "reset"),
    PUBLISHER: ("credentials", "cacert", "seed", "sample", "issuer", "root", "tsa", "unknown_serial"),
    VERIFIER: ("mapping", "cacert", "seed"),
    AGENT: ("cacert",),
    SIGNER: ("cacert", "given", "trust"),
    TOKEN: ("token_label", "token_serial", "tries", "destructive", "pin_file", "so_pin_file"),
}
"""Options that mean something to one kind of target only."""
FOREIGN_SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
"""Environment variables meant for somebody's own tests; a run must not obey them."""
REPORTS: Mapping[str, Callable[[Path], Writer]] = {
    "html": HtmlReport,
    "json": JsonReport,
    "junit": JUnitReport,
    "sarif": SarifReport,
    "badge": BadgeReport,
}
"""Option -> the writer of the file that it names."""
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option(
    "--target",
    required=True,
    metavar="KIND=PLACE",
    help="Đích kiểm. authority=URL, token=MODULE, publisher=FILE, verifier=COMMAND, agent=wss://…, signer=FOLDER.",
)
@click.option("--regulation", required=True, metavar="ID", help="Quy định. The regulation, e.g. an-giang.")
@click.option(
    "--credentials",
    type=click.Path(path_type=Path),
    envvar="CONFORMANCE_CREDENTIALS",
    help="Tài khoản của đích (JSON). The target's accounts.",
)
@click.option("--html", type=FILE, help="Ghi một trang HTML. Write one HTML page.")
@click.option("--json", type=FILE, help="Ghi báo cáo JSON. Write JSON, for machines and for `diff`.")
@click.option("--junit", type=FILE, help="Ghi báo cáo JUnit. Write JUnit.")
@click.option("--sarif", type=FILE, help="Ghi báo cáo SARIF. Write SARIF, for code scanning.")
@click.option("--badge", type=FILE, help="Ghi huy hiệu SVG. Write a badge.")
@click.option("--evidence", type=click.Choice(("failed", "all")), default="failed", help="Of what to keep evidence.")
@click.option("--expect", type=FILE, help="Các lỗi đã biết (TOML, YAML). Known failures.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Cùng seed, cùng nhân vật. Makes up people.")
@click.option("--only", multiple=True, metavar="ID", help="Chỉ các phép kiểm bắt đầu bằng ID. Only these.")
@click.option(
    "--without", multiple=True, metavar="FEATURE", help=f"Đích không có. What it lacks: {', '.join(FEATURES)}."
)
@click.option("--given", multiple=True, metavar="KEY=VALUE", help="Đổi tham số kịch bản. Change a setting.")
@click.option("--reset", is_flag=True, help="Làm trống sandbox trước mỗi kịch bản. Empty the sandbox before each.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600), default=DEFAULT_TIMEOUT, show_default=True, help="Giây. Seconds."
)
@click.option("--mapping", type=FILE, help="Tệp ánh xạ của đích có API riêng. For a target with its own interface.")
@click.option("--adapter", metavar="MODULE:CLASS", help="Lớp Python nói chuyện với đích. A Python class, likewise.")
@click.option("--cacert", type=click.Path(path_type=Path), help="CA của đích https (PEM). CAs to trust for https.")
@click.option("--token-label", metavar="TEXT", help="Thiết bị mang nhãn này. The token of that label.")
@click.option("--token-serial", metavar="TEXT", help="Thiết bị mang số này. The token of that serial number.")
@click.option("--tries", type=click.IntRange(1, 100), help="Số lần sai thì khóa. Wrong PINs that lock, by its model.")
@click.option("--destructive", is_flag=True, help="Được khóa thiết bị, đổi PIN. May lock it and change its PIN.")
@click.option("--pin-file", type=click.Path(path_type=Path), help="Tệp chứa PIN. The PIN; or CONFORMANCE_PIN.")
@click.option("--so-pin-file", type=click.Path(path_type=Path), help="PIN của cán bộ. Or CONFORMANCE_SO_PIN.")
@click.option("--sample", multiple=True, metavar="STATE=FILE", help="good, held, revoked, expired. A certificate so.")
@click.option("--issuer", type=click.Path(path_type=Path), help="Chứng thư cơ quan cấp. The issuer's certificate.")
@click.option("--root", type=click.Path(path_type=Path), help="Chứng thư gốc. The root's certificate.")
@click.option("--tsa", metavar="URL", help="Nơi cấp dấu thời gian. The time-stamping authority.")
@click.option(
    "--unknown-serial", type=click.Choice(UNKNOWN_POLICIES), help="OCSP về số hiệu chưa cấp. Of serials never issued."
)
@click.option("--trust", type=click.Path(path_type=Path, file_okay=False), help="Thư mục chứng cứ. Folder of evidence.")
@click.option("-v", "--verbose", is_flag=True, help="Mỗi phép kiểm một dòng. A line a check.")
def run(target: str, expect: Path | None, evidence: str, verbose: bool, **options: Any) -> None:
    """Chạy bộ kiểm với một hệ thống hay thiết bị. Runs the suite against a target.

    \b
    Mã thoát / exit codes: 0 đúng cả / all passed, 1 có điều sai / failures, 2 không chạy được / could not run.
    """
    writers: list[Writer] = [ConsoleReport(Console(soft_wrap=False), verbose=verbose)]
    writers += [make(path) for name, make in REPORTS.items() if (path := options.pop(name)) is not None]
    try:
        kind, _ = target_of(target)
        pins = _looked_over(kind, target, options)
        engine = Engine(writers, _expectations(expect, options["regulation"], kind), with_evidence=evidence == "all")
    except HarnessError as error:
        could_not_run(error)
    arguments = [f"--conformance-target={target}", *_for_the_plugin(options)]
    plugins = [plugin, engine] if pins is None else [plugin, engine, pins]
    code = _play(plugin.SUITES[kind].file, arguments, plugins)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        click.echo(f"ERROR: {engine.why}", err=True)
        sys.exit(COULD_NOT_RUN)
    if engine.conclusion is Conclusion.NOTHING_CHECKED:
        click.echo("Không kiểm được gì: mọi phép kiểm đều bị bỏ qua. / Nothing could be checked.", err=True)
    sys.exit(EXIT_CODES[engine.conclusion])


def _looked_over(kind: str, target: str, options: Mapping[str, Any]) -> Pins | None:
    """Raise HarnessError for what cannot be run; a token's PINs."""
    _refuse_options_of_others(kind)
    known(options["without"])
    if kind == AUTHORITY:
        target_url(target)
        settings_given(options["given"], catalogue.selection(options["regulation"], options["only"]))
        if options["credentials"] is not None:
            read_credentials(options["credentials"])
        if options["mapping"] is not None:
            read_mapping(options["mapping"])
        return None
    if kind == PUBLISHER:
        catalogue.publisher_selection(options["regulation"], options["only"])
        return None
    if kind == VERIFIER:
        catalogue.verifier_selection(options["regulation"], options["only"])
        read_reading(options["mapping"])
        return None
    if kind == AGENT:
        agent.agent_url(target)
        agent.selection(options["regulation"], options["only"])
        return None
    if kind == SIGNER:
        catalogue.signer_selection(options["regulation"], options["only"])
        signer_orders.told(options["given"])
        return None
    module_path(target)
    selection(options["regulation"], options["only"])
    return _pins(options)


def _expectations(path: Path | None, regulation: str, kind: str) -> Expectations:
    """The list of known failures, empty where none is given. Raises BadExpectations."""
    if path is None:
        return Expectations()
    checks = tuple(catalogue.every_check())
    entries = read_entries(path, checks)
    made = [one for one in checks if one.suite == kind and catalogue.is_made_under(regulation, one)]
    return Expectations(entries, [(one.id, catalogue.clauses_of(one, regulation)) for one in made])


def _refuse_options_of_others(kind: str) -> None:
    """Raise NothingToRun for an option that means nothing to this kind of target."""
    for other, names in OPTIONS_OF.items():
        for name in set(names) - set(OPTIONS_OF[kind]):
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
