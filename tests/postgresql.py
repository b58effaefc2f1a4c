"""A PostgreSQL server of the tests' own: a cluster in a temporary folder, on a Unix socket, gone with the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL

DEBIAN = Path("/usr/lib/postgresql")
PASSWORD = "mat-khau-cua-so-dang-ky"

ON_POSTGRESQL = pytest.mark.xdist_group("postgresql")
"""For tests that use the server: one process runs them all, so that one server is started."""


@dataclass(frozen=True)
class Cluster:
    """A running server. It asks for a password, so that tests can see where it gets to."""

    folder: Path

    @property
    def url(self) -> URL:
        """Address of its database."""
        return URL.create(
            "postgresql+psycopg",
            username="mockca",
            password=PASSWORD,
            database="postgres",
            query={"host": str(self.folder)},
        )

    def start(self) -> None:
        log = self.folder / "log"
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        _run("pg_ctl", "start", "--wait", f"--pgdata={self.folder / 'data'}", f"--log={log}", f"--options={options}")

    def stop(self, mode: str = "fast") -> None:
        """`immediate` is what a crash of the server is: its processes end at once."""
        _run("pg_ctl", "stop", "--wait", f"--pgdata={self.folder / 'data'}", f"--mode={mode}")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make a cluster, start it, and remove it at the end."""
    # Not pytest's folder: whoever runs the server must be able to enter it, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="mockca-postgresql-"))
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (folder, secret):
                shutil.chown(path, "postgres", "postgres")
        _run(
            "initdb",
            f"--pgdata={folder / 'data'}",
            "--username=mockca",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        server = Cluster(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder)


def _run(program: str, *arguments: str) -> None:
    # It refuses to run as root.
    other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*other, str(_programs() / program), *arguments],
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _programs() -> Path:
    """Debian keeps them out of PATH, a folder a version."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert versions, "PostgreSQL's server is not installed; type: make setup"
    return versions[-1].parent
