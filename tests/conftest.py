"""What every test shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgresql import Cluster, cluster
from token_emulator import workers
from token_emulator.module import building


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", default=None, metavar="FOLDER", help="keep pictures of the pages that tests look at")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the PKCS#11 module when its sources are newer: once, not in each process that runs tests."""
    library = building.SOURCES / building.LIBRARY
    made = library.stat().st_mtime if library.exists() else 0.0
    if not hasattr(config, "workerinput") and any(path.stat().st_mtime > made for path in building.sources()):
        building.build()


@pytest.fixture(scope="module")
def unmeasured_processes() -> Iterator[None]:
    """Processes started in this module run at full speed: what they do is covered by tests of the parts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server, for tests that are marked `ON_POSTGRESQL`."""
    with cluster() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _workers_end_with_the_session() -> Iterator[None]:
    """The processes that drive tokens end, and write what they covered, before the measuring does."""
    yield
    workers.shared.close()
