"""The harness as a pytest plugin: `pytest -p conformance.plugin --conformance-target authority=URL …`.

It adds the options, collects the suite, and stops the session with exit code 2 where the target cannot be tested.
Every test carries its id and its clauses as user properties (JUnit `<property>`) and as the marker `clause`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import COULD_NOT_RUN, HarnessError
from conformance.run import DEFAULT_SEED, Run, Settings
from conformance.suites.authority import SUITE, AuthoritySuite

RUN = pytest.StashKey[Run]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance with a regulation")
    add = group.addoption
    add("--conformance-target", metavar="KIND=URL", help="what is tested: authority=http://host:port/sandbox")
    add("--conformance-regulation", metavar="ID", help="the regulation that it must conform to")
    add("--conformance-credentials", metavar="FILE", type=Path, help="the target's accounts, JSON")
    add("--conformance-seed", metavar="TEXT", default=DEFAULT_SEED, help="makes up people; same seed, same people")
    add("--conformance-only", metavar="ID", action="append", default=[], help="only checks that begin so")
    add("--conformance-given", metavar="KEY=VALUE", action="append", default=[], help="change a scenario's setting")
    add("--conformance-reset", action="store_true", help="empty the sandbox before each scenario")
    add("--conformance-timeout", metavar="SECONDS", type=float, default=30.0, help="patience with one answer")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "clause(id): the clause of the regulation that the test holds the target to")
    target = config.getoption("--conformance-target")
    regulation = config.getoption("--conformance-regulation")
    if target is None or regulation is None:
        return
    try:
        config.stash[RUN] = Run(
            Settings(
                target=target,
                regulation=regulation,
                credentials=config.getoption("--conformance-credentials"),
                seed=config.getoption("--conformance-seed"),
                only=tuple(config.getoption("--conformance-only")),
                given=tuple(config.getoption("--conformance-given")),
                reset=config.getoption("--conformance-reset"),
                timeout=config.getoption("--conformance-timeout"),
            )
        )
    except HarnessError as error:
        pytest.exit(str(error), returncode=COULD_NOT_RUN)


def pytest_sessionstart(session: pytest.Session) -> None:
    run = session.config.stash.get(RUN, None)
    if run is not None:
        try:
            run.start()
        except HarnessError as error:
            pytest.exit(str(error), returncode=COULD_NOT_RUN)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    run = parent.config.stash.get(RUN, None)
    if run is None or file_path != SUITE:
        return None
    return AuthoritySuite.of(parent, file_path, run)


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is not None:
        run.close()
