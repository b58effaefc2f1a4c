"""A sandbox that goes on working, put into a file as it is at one instant."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, func, select

from mockca.desk.sandbox import Sandbox
from mockca.desk.snapshots import bundle
from mockca.desk.snapshots.bundle import ClockAt, Manifest
from mockca.desk.timestamp_serials import read_next
from mockca.desk.timestamps import SERIALS_FILE
from mockca.errors import Conflict
from mockca.registry import databases, devices
from mockca.registry.migrations import revision
from mockca.registry.tables import certificates
from token_emulator import state
from token_emulator.claims import file_lock
from token_emulator.device import GUEST
from token_emulator.package import FILES as DEVICE_FILES
from token_emulator.package import PACKAGE


def take(sandbox: Sandbox, target: Path) -> Manifest:
    """Write the sandbox's world into a new file; what it is of.

    Those who want to change the registry or turn the clock wait for as long as copying takes, those who read do not. A
    device is copied while no client is at its PINs. Conflict where the registry is on a PostgreSQL server.
    """
    require_file(sandbox)
    with TemporaryDirectory(prefix=f".{sandbox.name}.taken.", dir=target.parent) as name:
        folder = Path(name)
        with sandbox.standing_still(), sandbox.store.write() as connection:
            reading = sandbox.clock.reading()
            copy_database(Path(str(sandbox.store.url.database)), folder / bundle.REGISTRY)
            known = {device.serial for device in devices.listing(connection)}
            _copy_files(sandbox, folder)
            taken = _copy_devices(sandbox, folder, known)
            counted, at = _certificates(connection), revision(connection)
            serial = read_next(sandbox.home / SERIALS_FILE)
        files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
        manifest = Manifest(
            format=bundle.FORMAT,
            sandbox=sandbox.name,
            url=sandbox.url,
            seed=sandbox.seed,
            revision=at or "",
            regulations=tuple(sandbox.regulations),
            clock=ClockAt(now=reading.now, frozen=reading.frozen, scale=reading.scale, epoch=reading.epoch),
            timestamp_serial=serial,
            certificates=counted,
            devices=taken,
            parts={name: bundle.described(path) for name, path in files.items()},
        )
        bundle.write(target, manifest, files)
    return manifest


def require_file(sandbox: Sandbox) -> None:
    """Conflict where the registry is no file of the sandbox's folder: the server has means of its own."""
    if not sandbox.store.is_sqlite:
        raise Conflict(
            f"the registry of {sandbox.name} is on a PostgreSQL server ({databases.shown(sandbox.store.url)}), which "
            f"snapshots do not reach; stop mockca and type: pg_dump --schema=SCHEMA DATABASE > registry.sql && "
            f"cp -a {sandbox.home} {sandbox.home}.kept"
        )


def copy_database(source: Path, target: Path) -> None:
    """The database without free pages and leftovers: what is in it alone decides about its octets."""
    with closing(sqlite3.connect(source, timeout=30)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as connection:
        # It counts how often the tables were made anew, and that counts each vacuum.
        connection.execute("PRAGMA schema_version = 1")


def _certificates(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(certificates)).scalar_one()


def _copy_files(sandbox: Sandbox, folder: Path) -> None:
    (folder / "keys").mkdir(mode=0o700)
    for name in (bundle.CREDENTIALS, *(f"keys/{key}" for key in bundle.KEYS)):
        shutil.copyfile(sandbox.home / name, folder / name)


def _copy_devices(sandbox: Sandbox, folder: Path, known: set[str]) -> int:
    """Copy the devices that the registry knows, and guests; how many they are."""
    shelf, taken = sandbox.shelf, 0
    for serial in shelf.serials():
        home = shelf.home / "devices" / serial
        if serial in known or (home / GUEST).exists():
            with suppress(FileNotFoundError), file_lock(home / state.STATE, fcntl.LOCK_SH, os.O_RDONLY):
                _copy_device(home, folder / "tokens" / "devices" / serial)
                taken += 1
    readers = shelf.home / "readers"
    with file_lock(readers, fcntl.LOCK_SH, os.O_RDONLY):
        (folder / bundle.READERS).parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(readers, folder / bundle.READERS)
    return taken


def _copy_device(home: Path, target: Path) -> None:
    for path in sorted(home.rglob("*")):
        name = str(path.relative_to(home))
        if path.is_file() and (DEVICE_FILES.fullmatch(name) or name in (GUEST, PACKAGE)):
            (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, target / name)
