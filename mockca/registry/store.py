"""The database: read snapshots, one writer at a time, and a number that tells whether there were commits."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet, finalize

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import OperationalError

from mockca.errors import Moved

BUSY_SECONDS: Final = 30
WRITER_LOCK: Final = 0x6D6F636B
"""First half of the key of the advisory lock that PostgreSQL's writers take: the journal's chain admits one at a time.
The second half stands for the schema, since sandboxes that share a database do not wait for each other."""
_WAIT_FOR_TURN: Final = select(func.pg_advisory_xact_lock(WRITER_LOCK, func.hashtext(func.current_schema())))

_guard = threading.Lock()
"""Held while any store of this process opens or closes, and during a fork."""


class Store:
    """A sandbox's database, by URL (`sqlite:////…/registry.db`, `postgresql+psycopg://…`).

    SQLite runs in WAL mode with synchronous=FULL: a committed transaction survives a crash and a power loss, and
    readers never wait. Writers queue for a lock file beside the database, which the system hands on in the order
    of asking; SQLite's own waiting is a poll that can starve one of them. PostgreSQL's readers see one snapshot, its
    writers queue for an advisory lock, and a commit is flushed whatever the server is set to.

    Connections are opened on demand, for any number of threads. A fork closes them first, since SQLite's must not
    live on in a child; a child forked in the middle of a transaction cannot use the store (RuntimeError).
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and not self.url.database:
            raise ValueError("a store is a file; a database in memory cannot be shared by processes")
        self._opened: _Opened | None = None
        self._at_the_end: finalize[[], Store] | None = None
        with _guard:
            _stores.add(self)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the database and cannot write.

        Moved where it cannot be read any more, because another database has taken its place.
        """
        with self._using() as opened, opened.still_there(), opened.reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection that alone may write: committed on leaving, rolled back on an error.

        Moved where another database has meanwhile taken the place of the one that was opened.
        Keep it short, and never ask for a second one inside the first (RuntimeError).
        """
        with self._using() as opened, opened.turn(), opened.writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(_WAIT_FOR_TURN)
            yield connection

    def data_version(self) -> int:
        """A number that differs from an earlier one if any process has committed since.

        Read it before the data that is to be cached under it. It means nothing to another process.
        """
        with _guard:
            opened = self._open()
            try:
                return opened.watch.version()
            except sqlite3.OperationalError:
                opened.require_same_file()
                raise

    def close(self) -> None:
        """Close the connections that nobody uses. Using the store again opens it again."""
        with _guard:
            self._close()

    @contextmanager
    def _using(self) -> Iterator[_Opened]:
        with _guard:
            opened = self._open()
            opened.users += 1
        try:
            yield opened
        finally:
            with _guard:
                opened.users -= 1

    def _open(self) -> _Opened:
        if self._opened is None:
            self._opened = _Opened(self.url)
            # A command ends without closing what it has used, and a connection takes its leave of a server.
            self._at_the_end = finalize(self, self._opened.close)
        if self._opened.inherited:
            raise RuntimeError("this process was forked in the middle of a transaction; it cannot use the database")
        return self._opened

    def _close(self) -> None:
        if self._opened is not None and not self._opened.users:
            self._forget_the_end()
            self._opened.close()
            self._opened = None

    def _inherit(self) -> None:
        if self._opened is not None:
            self._forget_the_end()
            self._opened.inherit()

    def _forget_the_end(self) -> None:
        if self._at_the_end is not None:
            self._at_the_end.detach()


_stores: WeakSet[Store] = WeakSet()


def _before_fork() -> None:
    _guard.acquire()
    for store in _stores:
        store._close()


def _after_fork_in_child() -> None:
    for store in _stores:
        store._inherit()
    _guard.release()


os.register_at_fork(before=_before_fork, after_in_parent=_guard.release, after_in_child=_after_fork_in_child)


class _Opened:
    """What one process has open."""

    def __init__(self, url: URL) -> None:
        self.users = 0
        self.inherited = False
        self._thread_turn = threading.Lock()
        self._owner: int | None = None
        self._lock_file: int | None = None
        self._lock_path = Path()
        self._held: WeakSet[Any] = WeakSet()
        self.watch: _Watch | _SnapshotWatch
        if url.get_backend_name() == "sqlite":
            path = Path(str(url.database))
            self.reader = _sqlite_engine(url, begin="BEGIN", pragmas=("query_only=ON",))
            self.writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pragmas=("synchronous=FULL", "foreign_keys=ON"))
            self.watch = _Watch(path)
            self._lock_path = path.with_name(path.name + "-lock")
            self._lock_file = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        else:
            self.writer = _postgresql_engine(url, self._held)
            self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self.watch = _SnapshotWatch(self.writer)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until no other thread writes and, on SQLite, no other process."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a write inside a write would wait for itself")
        with self._thread_turn:
            self._owner = threading.get_ident()
            try:
                if self._lock_file is not None:
                    fcntl.flock(self._lock_file, fcntl.LOCK_EX)
                    self.require_same_file()
                yield
            finally:
                if self._lock_file is not None:
                    fcntl.flock(self._lock_file, fcntl.LOCK_UN)
                self._owner = None

    @contextmanager
    def still_there(self) -> Iterator[None]:
        """Where reading fails because another database has taken this one's place: Moved."""
        try:
            yield
        except OperationalError:
            self.require_same_file()
            raise

    def require_same_file(self) -> None:
        """Moved where another database has taken this one's place, perhaps while its turn was waited for."""
        if self._lock_file is None:
            return
        try:
            there = self._lock_path.stat()
        except FileNotFoundError:
            raise Moved from None
        if not os.path.samestat(there, os.fstat(self._lock_file)):
            raise Moved

    def inherit(self) -> None:
        """In a child: these are the parent's. Its locks must not outlive it here."""
        self.inherited = True
        if self._lock_file is not None:
            os.close(self._lock_file)
        for connection in self._held:
            # The server waits for the last process to let go. What is still sent on it here goes nowhere.
            with Path(os.devnull).open("r+b") as nowhere:
                os.dup2(nowhere.fileno(), connection.fileno())

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()
        self.watch.close()
        if self._lock_file is not None:
            os.close(self._lock_file)


_ages = count(1)


class _Watch:
    """SQLite's own number. It belongs to one connection, so all threads ask the same one, in turn."""

    def __init__(self, path: Path) -> None:
        # A new connection counts from the beginning: what was cached under an older one's number must not be found.
        self._age = next(_ages) << 32
        self._connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=4
        )

    def version(self) -> int:
        return self._age + int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self._connection.close()


class _SnapshotWatch:
    """PostgreSQL's current snapshot: any commit on the server changes it, and so does what is rolled back there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def version(self) -> int:
        with self._engine.connect() as connection:
            snapshot: str = connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one()
        return int.from_bytes(snapshot.encode(), "big")

    def close(self) -> None:
        """Nothing of its own."""


def _postgresql_engine(url: URL, held: WeakSet[Any]) -> Engine:
    # A connection that the server has closed in the meantime, by its restart for one, is noticed before it is used.
    engine = create_engine(url, pool_size=8, max_overflow=-1, pool_pre_ping=True)

    def connected(connection: Any, record: Any) -> None:
        del record
        connection.autocommit = True
        connection.execute("SET synchronous_commit = on")
        connection.autocommit = False
        held.add(connection)

    event.listen(engine, "connect", connected)
    return engine


def _sqlite_engine(url: URL, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=8, max_overflow=-1
    )

    def connected(connection: sqlite3.Connection, record: Any) -> None:
        del record
        # The driver would begin transactions when it sees fit; this leaves it to `do_begin`.
        connection.isolation_level = None
        with closing(connection.cursor()) as cursor:
            for pragma in ("journal_mode=WAL", *pragmas):
                cursor.execute(f"PRAGMA {pragma}")

    def do_begin(dbapi_connection: Any) -> None:
        dbapi_connection.execute(begin)

    event.listen(engine, "connect", connected)
    # A listener to "begin" would do, but the engine then looks for listeners around every statement.
    engine.dialect.do_begin = do_begin  # type: ignore[method-assign]
    return engine
