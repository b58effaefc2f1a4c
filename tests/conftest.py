"""What every test shares."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest

from tests.postgresql import Cluster, cluster
from token_emulator import workers
from token_emulator.module import building

PROCESSES_ARE_MEASURED = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")


class Measuring:
    """Coverage: it makes this process two or three times as slow, and the processes that it starts, too."""

    def __init__(self, config: pytest.Config) -> None:
        self._plugins = config.pluginmanager
        self._here = self._elsewhere = True
        self._kept: dict[str, str] = {}

    def switch(self, *, here: bool, elsewhere: bool) -> None:
        """Whether to measure this process from now on, and those that it starts. Those that drive tokens start anew."""
        plugin = self._plugins.getplugin("_cov")
        if plugin is None:
            return
        if elsewhere is not self._elsewhere:
            self._elsewhere = elsewhere
            workers.shared.close()
            if elsewhere:
                os.environ.update(self._kept)
            else:
                self._kept = {name: os.environ.pop(name) for name in PROCESSES_ARE_MEASURED if name in os.environ}
        if here is not self._here:
            self._here = here
            if here:
                plugin.cov_controller.resume()
            else:
                plugin.cov_controller.pause()


MEASURING = pytest.StashKey[Measuring]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", default=None, metavar="FOLDER", help="keep pictures of the pages that tests look at")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the PKCS#11 module when its sources are newer: once, not in each process that runs tests."""
    config.stash[MEASURING] = Measuring(config)
    library = building.SOURCES / building.LIBRARY
    made = library.stat().st_mtime if library.exists() else 0.0
    if not hasattr(config, "workerinput") and any(path.stat().st_mtime > made for path in building.sources()):
        building.build()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Measure the test unless it is marked `unmeasured`; with the last one measuring goes on."""
    measuring = item.config.stash[MEASURING]
    mark = item.get_closest_marker("unmeasured")
    measuring.switch(here=mark is None or "processes" in mark.args, elsewhere=mark is None)
    done = yield
    if nextitem is None:
        measuring.switch(here=True, elsewhere=True)
    return done


@pytest.fixture(scope="module")
def unmeasured_processes() -> Iterator[None]:
    """Processes started in this module run at full speed: what they do is covered by tests of the parts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PROCESSES_ARE_MEASURED:
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
