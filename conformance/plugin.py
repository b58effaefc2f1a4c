"""The harness as a pytest plugin: `pytest -p conformance.plugin --conformance-target authority=URL …`.

The file to collect is that of the target's suite: suites/authority.py, suites/token/run.py and so on.

It adds the options, collects the suite, and stops the session with exit code 2 where the target cannot be tested.
Every test carries its id, importance and clauses as user properties and its clauses as the marker `clause`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.checks import AGENT, AUTHORITY, PUBLISHER, SIGNER, TOKEN, VERIFIER
from conformance.collection import SuiteFile
from conformance.errors import COULD_NOT_RUN, HarnessError
from conformance.features import known
from conformance.run import DEFAULT_SEED, DEFAULT_TIMEOUT, RUN, Settings, SuiteRun, target_of
from conformance.suites import authority
from conformance.suites.agent import run as agent
from conformance.suites.publisher import run as publisher
from conformance.suites.signer import run as signer
from conformance.suites.token import run as token
from conformance.suites.verifier import run as verifier
from conformance.targets.pins import Pins, read_pins


@dataclass(frozen=True, slots=True)
class Suite:
    """What tests one kind of target."""

    file: Path
    """What pytest collects."""
    run: Callable[[Settings, pytest.Config], SuiteRun]
    """Makes a run of it."""


def _authority(settings: Settings, _: pytest.Config) -> SuiteRun:
    return authority.AuthorityRun(settings)


def _token(settings: Settings, config: pytest.Config) -> SuiteRun:
    asked = next((found for found in config.pluginmanager.get_plugins() if isinstance(found, Pins)), None)
    return token.TokenRun(settings, asked or read_pins(settings.pin_file, settings.so_pin_file))


def _publisher(settings: Settings, _: pytest.Config) -> SuiteRun:
    return publisher.PublisherRun(settings)


def _verifier(settings: Settings, _: pytest.Config) -> SuiteRun:
    return verifier.VerifierRun(settings)


def _agent(settings: Settings, _: pytest.Config) -> SuiteRun:
    return agent.AgentRun(settings)


def _signer(settings: Settings, _: pytest.Config) -> SuiteRun:
    return signer.SignerRun(settings)


SUITES: Mapping[str, Suite] = {
    AUTHORITY: Suite(authority.SUITE, _authority),
    TOKEN: Suite(token.SUITE, _token),
    PUBLISHER: Suite(publisher.SUITE, _publisher),
    VERIFIER: Suite(verifier.SUITE, _verifier),
    AGENT: Suite(agent.SUITE, _agent),
    SIGNER: Suite(signer.SUITE, _signer),
}
"""By kind of target."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance with a regulation")
    add = group.addoption
    add("--conformance-target", metavar="KIND=PLACE", help="authority=http://…, token=/…/module.so, publisher=FILE")
    add("--conformance-regulation", metavar="ID", help="the regulation that it must conform to")
    add("--conformance-credentials", metavar="FILE", type=Path, help="the target's accounts, JSON")
    add("--conformance-seed", metavar="TEXT", default=DEFAULT_SEED, help="makes up people; same seed, same people")
    add("--conformance-only", metavar="ID", action="append", default=[], help="only checks that begin so")
    add("--conformance-without", metavar="FEATURE", action="append", default=[], help="what the target lacks")
    add("--conformance-given", metavar="KEY=VALUE", action="append", default=[], help="change a scenario's setting")
    add("--conformance-reset", action="store_true", help="empty the sandbox before each scenario")
    add(
        "--conformance-timeout", metavar="SECONDS", type=float, default=DEFAULT_TIMEOUT, help="patience with one answer"
    )
    add("--conformance-mapping", metavar="FILE", type=Path, help="how a target with its own interface is spoken to")
    add("--conformance-adapter", metavar="MODULE:CLASS", help="a Python class that speaks to the target")
    add("--conformance-cacert", metavar="FILE", type=Path, help="CAs to trust for https, PEM")
    add("--conformance-token-label", metavar="TEXT", help="the token of that label")
    add("--conformance-token-serial", metavar="TEXT", help="the token of that serial number")
    add("--conformance-tries", metavar="N", type=int, help="wrong PINs that lock the device, by its model")
    add("--conformance-destructive", action="store_true", help="the device may be locked and its PIN changed")
    add("--conformance-pin-file", metavar="FILE", type=Path, help="the user PIN, one line")
    add("--conformance-so-pin-file", metavar="FILE", type=Path, help="the SO PIN, one line")
    add("--conformance-sample", metavar="STATE=FILE", action="append", default=[], help="a certificate in that state")
    add("--conformance-issuer", metavar="FILE", type=Path, help="the certificate of the samples' issuer")
    add("--conformance-root", metavar="FILE", type=Path, help="the root that the chain must end in")
    add("--conformance-tsa", metavar="URL", help="the time-stamping authority")
    add("--conformance-trust", metavar="FOLDER", type=Path, help="evidence to check signers' certificates by")
    add("--conformance-unknown-serial", metavar="WORD", default="unknown", help="OCSP of serials never issued")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "clause(id): the clause of the regulation that the test holds the target to")
    if config.getoption("--conformance-target") is None or config.getoption("--conformance-regulation") is None:
        return
    try:
        config.stash[RUN] = _run(config)
    except HarnessError as error:
        pytest.exit(str(error), returncode=COULD_NOT_RUN)


def _run(config: pytest.Config) -> SuiteRun:
    def option(name: str) -> Any:
        return config.getoption(f"--conformance-{name}")

    settings = Settings(
        target=option("target"),
        regulation=option("regulation"),
        credentials=option("credentials"),
        seed=option("seed"),
        only=tuple(option("only")),
        without=tuple(sorted(known(option("without")))),
        given=tuple(option("given")),
        reset=option("reset"),
        timeout=option("timeout"),
        mapping=option("mapping"),
        adapter=option("adapter"),
        cacert=option("cacert"),
        token_label=option("token-label"),
        token_serial=option("token-serial"),
        tries=option("tries"),
        destructive=option("destructive"),
        pin_file=option("pin-file"),
        so_pin_file=option("so-pin-file"),
        samples=tuple(option("sample")),
        issuer=option("issuer"),
        root=option("root"),
        tsa=option("tsa"),
        unknown_serial=option("unknown-serial"),
        trust=option("trust"),
    )
    return SUITES[target_of(settings.target)[0]].run(settings, config)


def pytest_sessionstart(session: pytest.Session) -> None:
    run = session.config.stash.get(RUN, None)
    if run is not None:
        try:
            run.start()
        except HarnessError as error:
            pytest.exit(str(error), returncode=COULD_NOT_RUN)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    run = parent.config.stash.get(RUN, None)
    if run is None or file_path != SUITES[run.suite].file:
        return None
    return SuiteFile.of(parent, file_path, run)


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is not None:
        run.close()
