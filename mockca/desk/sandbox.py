"""A sandbox is one isolated world: hierarchy, clock, registry, devices, accounts. It lives in one folder.

<home>/<name>/registry.db        what happened; database.url in its place says on which PostgreSQL server that is
<home>/<name>/clock              the clock, shared by all processes
<home>/<name>/keys/*.pem         the hierarchy's keys (0600)
<home>/<name>/keys/device.secret what PINs of new devices are derived from (0600)
<home>/<name>/timestamp-serials  the serial number of the next time stamp
<home>/<name>/exchanges          the latest exchanges
<home>/<name>/tokens/            the devices
<home>/<name>/credentials.json   who may sign in as whom (0600)
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import finalize

from sqlalchemy import URL

from mockca.clock import SharedClock, system_now
from mockca.desk import report_openings
from mockca.desk.commands import AuthorityKeys, CreateSandbox
from mockca.desk.exchanges.notes import FILE as EXCHANGES
from mockca.desk.lookout import Lookout
from mockca.desk.seeding import Credential, accounts_of, enter_accounts, enter_units
from mockca.errors import Conflict, NotFound
from mockca.pki import hierarchy as pki_hierarchy
from mockca.pki import keys as pki_keys
from mockca.pki.hierarchy import Endpoints, Hierarchy
from mockca.pki.issuing import LeafIssuer
from mockca.randomness import Randomness, new_octets, new_seed
from mockca.registry import accounts, certificates, databases, devices, journal, settings
from mockca.registry.accounts import Account
from mockca.registry.exchanges import ExchangeRing
from mockca.registry.migrations import migrate
from mockca.registry.store import Store
from mockca.rules import loading as rules
from mockca.rules.deadlines import VIETNAM
from mockca.rules.regulation import Regulation
from token_emulator.claims import file_lock
from token_emulator.device import Shelf

STILL = "still"
"""The lock of whoever changes the sandbox as a whole."""
HIERARCHY = ("root", "issuing", "ocsp", "tsa")


@dataclass(frozen=True)
class Sandbox:
    """One world, opened by this process."""

    name: str
    home: Path
    url: str
    """Public base address, e.g. `http://127.0.0.1:8400/demo`; it stands in every certificate."""
    seed: str
    created_at: datetime
    store: Store
    clock: SharedClock
    randomness: Randomness
    regulations: Mapping[str, Regulation]
    hierarchy: Hierarchy
    endpoints: Endpoints
    issuer: LeafIssuer
    shelf: Shelf
    device_secret: bytes
    generation: int
    """The clock's generation when this was opened; another one means that the sandbox was reset since."""
    place: tuple[int, int]
    """Which folder this is, as the system knows it; another one there means that a snapshot was restored since."""
    _accounts: dict[str, Account] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def lookout(self) -> Lookout:
        """What its exchanges ask about first."""
        return Lookout(self.store)

    @cached_property
    def exchanges(self) -> ExchangeRing:
        """Its latest exchanges."""
        return ExchangeRing(self.home / EXCHANGES)

    def regulation(self, regulation_id: str) -> Regulation:
        """The regulation in force here under this id; NotFound where there is none."""
        try:
            return self.regulations[regulation_id]
        except KeyError:
            raise NotFound("regulation", regulation_id) from None

    def account(self, credential: str) -> Account | None:
        """Whose credential this is; None for nobody's. Accounts change by a reset alone, so one look each will do."""
        found = self._accounts.get(credential)
        if found is None:
            with self.store.read() as connection:
                found = accounts.by_credential(connection, credential)
            if found is not None:
                self._accounts[credential] = found
        return found

    def account_named(self, name: str) -> Account:
        """The account of this name; NotFound where there is none."""
        with self.store.read() as connection:
            found = accounts.get(connection, name)
        if found is None:
            raise NotFound("account", name)
        return found

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let nobody else turn the clock, reset the sandbox or take or restore a snapshot meanwhile."""
        with file_lock(self.home / STILL, fcntl.LOCK_EX):
            yield

    def close(self) -> None:
        self.store.close()


class Sandboxes:
    """The sandboxes of one data folder. One object a process; safe for its threads.

    `server` is the PostgreSQL database (`databases.server`) in which new ones get a schema; files of their own where
    None. Those that are there stay where they were made.
    """

    def __init__(self, home: Path, public_url: str, server: URL | None = None) -> None:
        self.home = home
        self.public_url = public_url.rstrip("/")
        self.server = server
        self._open: dict[str, Sandbox] = {}
        self._lock = threading.Lock()

    def names(self) -> tuple[str, ...]:
        """Names of the sandboxes, sorted."""
        return tuple(home.name for home in databases.homes(self.home))

    def open(self, name: str) -> Sandbox:
        """The sandbox of that name, opened once and again after a reset; NotFound where there is none."""
        sandbox = self._open.get(name)
        if sandbox is not None and _is_current(sandbox):
            return sandbox
        with self._lock:
            sandbox = self._open.get(name)
            if sandbox is not None and _is_current(sandbox):
                return sandbox
            if name not in self.names():
                raise NotFound("sandbox", name)
            # The old object, if any, is left to the requests that still hold it.
            sandbox = self._open[name] = _open(self.home / name, name)
        sandbox.shelf.sweep(lambda: _known_devices(sandbox))
        return sandbox

    def create(self, command: CreateSandbox) -> Sandbox:
        """Make a new sandbox; Conflict where the name is taken. All or nothing: it appears by one rename."""
        if command.name in self.names():
            raise Conflict(f"sandbox {command.name} exists; reset it or choose another name")
        self.home.mkdir(parents=True, exist_ok=True)
        draft = self.home / f".{command.name}.{new_seed()}"
        try:
            _furnish(draft, command, f"{self.public_url}/{command.name}", self.server)
            draft.rename(self.home / command.name)
        except OSError as error:
            if command.name in self.names():
                raise Conflict(f"sandbox {command.name} was made by another process just now") from error
            raise
        finally:
            databases.drop(draft)
            shutil.rmtree(draft, ignore_errors=True)
        return self.open(command.name)

    def reset(self, name: str, seed: str | None = None) -> Sandbox:
        """Empty the sandbox and fill it anew; keys and credentials stay, the seed too unless given."""
        sandbox = self.open(name)
        with sandbox.standing_still():
            self._reset(sandbox, seed)
        return self.open(name)

    def _reset(self, sandbox: Sandbox, seed: str | None) -> None:
        with sandbox.store.write() as connection:
            kept = {key: settings.get(connection, key) for key in ("url", "regulations", "start", "frozen")}
            databases.empty(connection)
            world = _World(
                seed=seed or sandbox.seed,
                url=kept["url"],
                regulations=tuple(kept["regulations"]),
                start=kept["start"],
                frozen=bool(kept["frozen"]),
            )
            now = world.first_instant()
            _fill(connection, sandbox.home, world, now)
        sandbox.shelf.sweep(set())
        sandbox.exchanges.clear()
        sandbox.clock.set(now)
        sandbox.clock.scale(1)
        if world.frozen:
            sandbox.clock.freeze()
        else:
            sandbox.clock.resume()
        sandbox.clock.bump_generation()

    def credentials(self, name: str) -> Mapping[str, Any]:
        """The sandbox's credentials file: accounts with their roles and credentials."""
        document: dict[str, Any] = json.loads((self.home / name / "credentials.json").read_text("utf-8"))
        return document

    def close(self) -> None:
        """Close every sandbox that this process has open."""
        with self._lock:
            for sandbox in self._open.values():
                sandbox.close()
            self._open.clear()


@dataclass(frozen=True, slots=True)
class _World:
    seed: str
    url: str
    regulations: tuple[str, ...]
    start: str | None
    frozen: bool

    def first_instant(self) -> datetime:
        instant = system_now() if self.start is None else datetime.fromisoformat(self.start)
        return instant.replace(microsecond=0)


def _furnish(home: Path, command: CreateSandbox, url: str, server: URL | None) -> None:
    """Make the folder of a new sandbox with everything in it."""
    home.mkdir(mode=0o700)
    world = _World(
        seed=command.seed or new_seed(),
        url=url,
        regulations=command.regulations or rules.available(),
        start=command.start.isoformat() if command.start else None,
        frozen=command.frozen,
    )
    regulations = [rules.load(regulation_id) for regulation_id in world.regulations]
    _make_keys(home / "keys", command.keys)
    credentials = accounts_of(regulations)
    _write_private(
        home / "credentials.json",
        json.dumps(
            {
                "sandbox": command.name,
                "url": url,
                "accounts": [credential.as_dict() for credential in credentials],
            },
            ensure_ascii=False,
            indent=2,
        ).encode(),
    )
    now = world.first_instant()
    SharedClock.create(home / "clock", now, frozen=world.frozen)
    database = databases.make(home, command.name, server)
    migrate(database)
    store = Store(database)
    try:
        with store.write() as connection:
            _fill(connection, home, world, now)
    finally:
        store.close()


def _fill(connection: Any, home: Path, world: _World, now: datetime) -> None:
    """Write a world's beginning into empty tables: settings, hierarchy, units, accounts, first journal entry."""
    for key, value in {
        "seed": world.seed,
        "url": world.url,
        "regulations": list(world.regulations),
        "start": world.start,
        "frozen": world.frozen,
        "created_at": now.isoformat(),
    }.items():
        settings.put(connection, key, value)
    randomness = Randomness(world.seed)
    hierarchy = pki_hierarchy.build(
        _read_keys(home / "keys"),
        Endpoints(world.url),
        now,
        lambda role: randomness.serial(f"authority/{role}"),
    )
    for role in HIERARCHY:
        signer = getattr(hierarchy, role)
        certificates.add_authority(connection, role, f"{signer.certificate.serial_number:x}", signer.der)
    regulations = [rules.load(name) for name in world.regulations]
    enter_units(connection, regulations, randomness, now.astimezone(VIETNAM).date())
    document = json.loads((home / "credentials.json").read_text("utf-8"))
    enter_accounts(connection, [Credential(**account) for account in document["accounts"]])
    report_openings.begin(connection, regulations, now)
    journal.append(
        connection,
        at=now,
        actor="system",
        action="sandbox.filled",
        about="sandbox",
        detail={"seed": world.seed, "regulations": list(world.regulations)},
        clauses=[],
    )


def _is_current(sandbox: Sandbox) -> bool:
    """Whether this is still the sandbox of its name: not reset, and no other one put into its place."""
    try:
        return sandbox.clock.generation == sandbox.generation and _place(sandbox.home) == sandbox.place
    except FileNotFoundError:
        return False


def _place(home: Path) -> tuple[int, int]:
    found = home.stat()
    return found.st_dev, found.st_ino


def _open(home: Path, name: str) -> Sandbox:
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    opened = _opened(home, name)
    # As long as it is held open, no other folder gets its number.
    finalize(opened, os.close, folder)
    return opened


def _opened(home: Path, name: str) -> Sandbox:
    place = _place(home)
    store = Store(databases.at(home))
    with store.read() as connection:
        stored = {key: settings.get(connection, key) for key in ("seed", "url", "regulations", "created_at")}
        authority = certificates.of_authority(connection)
    endpoints = Endpoints(stored["url"])
    hierarchy = pki_hierarchy.restore(_read_keys(home / "keys"), authority)
    clock = SharedClock.open(home / "clock")
    return Sandbox(
        name=name,
        home=home,
        url=stored["url"],
        seed=stored["seed"],
        created_at=datetime.fromisoformat(stored["created_at"]),
        store=store,
        clock=clock,
        randomness=Randomness(stored["seed"]),
        regulations={regulation_id: rules.load(regulation_id) for regulation_id in stored["regulations"]},
        hierarchy=hierarchy,
        endpoints=endpoints,
        issuer=LeafIssuer(hierarchy.issuing, endpoints),
        shelf=Shelf(home / "tokens"),
        device_secret=(home / "keys" / "device.secret").read_bytes(),
        generation=clock.generation,
        place=place,
    )


def _known_devices(sandbox: Sandbox) -> set[str]:
    with sandbox.store.read() as connection:
        return {device.serial for device in devices.listing(connection)}


def _make_keys(folder: Path, algorithms: AuthorityKeys) -> None:
    folder.mkdir(mode=0o700)
    for role in HIERARCHY:
        key = pki_keys.generate(pki_keys.KeyAlgorithm(getattr(algorithms, role)))
        _write_private(folder / f"{role}.pem", pki_keys.dump(key))
    _write_private(folder / "device.secret", new_octets(32))


def _read_keys(folder: Path) -> dict[str, pki_keys.PrivateKey]:
    return {role: pki_keys.load((folder / f"{role}.pem").read_bytes()) for role in HIERARCHY}


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
