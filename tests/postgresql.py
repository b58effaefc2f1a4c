"""A PostgreSQL server of the tests' own: a cluster in a temporary folder, on a Unix socket, gone with the session."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

DEBIAN = Path("/usr/lib/postgresql")
PASSWORD = "mat-khau-cua-so-dang-ky"
PATIENCE = 60.0
"""Seconds after which a server that has not started or ended counts as failed."""

ON_POSTGRESQL = pytest.mark.xdist_group("postgresql")
"""For tests that use the server: one process runs them all, so that one server is started."""


class Cluster:
    """A running server. It asks for a password, so that tests can see where it gets to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

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
        options = {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            # It ends with the tests, however these end.
            self._process = subprocess.Popen(
                [
                    *_as_its_user("--pdeathsig=INT"),
                    str(_programs() / "postgres"),
                    *("-D", str(self.folder / "data")),
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + PATIENCE
        while subprocess.run(
            [str(_programs() / "pg_isready"), "--quiet", f"--host={self.folder}"], check=False
        ).returncode:
            running = self._process.poll() is None and time.monotonic() < end
            assert running, (self.folder / "log").read_text("utf-8", "replace")
            time.sleep(0.05)

    def crash(self) -> None:
        """End it without any leave-taking: its data stays as it is."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """End it, with whoever is connected."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(PATIENCE)


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
            server.stop()
    finally:
        shutil.rmtree(folder)


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [*_as_its_user(), str(_programs() / program), *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _as_its_user(*options: str) -> list[str]:
    """What a command begins with: PostgreSQL refuses to run as root."""
    user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, *options] if user or options else []


def _programs() -> Path:
    """Debian keeps them out of PATH, a folder a version."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert versions, "PostgreSQL's server is not installed; type: make setup"
    return versions[-1].parent
