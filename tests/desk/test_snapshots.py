"""Snapshots: a whole world in one file, and back."""

from __future__ import annotations

import io
import os
import shutil
import signal
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from mockca.desk import control, snapshots
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import RestoreSnapshot, TakeSnapshot, TurnClock
from mockca.desk.publication import CrlName, Publisher, current_crl
from mockca.desk.sandbox import Sandboxes
from mockca.desk.snapshots import desk as snapshots_desk
from mockca.desk.snapshots import restoring
from mockca.desk.timestamps import Timestamper
from mockca.errors import Conflict, Forbidden, Malformed, Moved, NotFound, Refused
from mockca.registry import journal, settings
from mockca.registry.status import Status
from mockca.web.pki import PkiFace
from tests.desk.publication_world import START, World, found_world, told
from token_emulator.device import GUEST

TRAINER = Actor("trainer", Role.TRAINER)
URL = "http://127.0.0.1:8400"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a world, a certificate and a device in it."""
    world = found_world(tmp_path_factory.mktemp("world") / "data")
    world.issue(Status.EFFECTIVE)
    shelf = world.sandbox.shelf
    with shelf.personalise("generic-10", "p256", "135790", "24680246") as device:
        device.place()
        (shelf.folder(device.serial) / GUEST).touch()
        shelf.plug(device.serial)
    world.sandboxes.close()
    return world.sandboxes.home


@pytest.fixture
def world(furnished: Path, tmp_path: Path) -> Iterator[World]:
    home = tmp_path / "data"
    shutil.copytree(furnished, home)
    found = World(Sandboxes(home, URL), "demo")
    yield found
    found.sandboxes.close()


def take(world: World, name: str = "first") -> Path:
    snapshots.take_snapshot(world.sandbox, TRAINER, TakeSnapshot(name=name))
    return snapshots.snapshot_file(world.sandbox, TRAINER, name)


def restore(world: World, name: str = "first") -> None:
    snapshots.restore_snapshot(world.sandboxes, world.name, TRAINER, name, RestoreSnapshot())


def turn(world: World, hours: int) -> None:
    control.turn_clock(world.sandbox, TRAINER, TurnClock(advance_seconds=hours * 3600))


def noted(world: World, name: str) -> bool:
    with world.sandbox.store.read() as connection:
        return settings.get(connection, name) is not None


def note(world: World, name: str) -> None:
    with world.sandbox.store.write() as connection:
        settings.put(connection, name, True)


def stamped_serial(world: World) -> int:
    return Timestamper(world.sandbox)._take_serial()


def test_everything_comes_back_together(world: World) -> None:
    serial = "1000000000000001"
    [device] = world.sandbox.shelf.serials()
    crl = current_crl(world.sandbox, CrlName.ISSUING)
    stamped = stamped_serial(world)
    take(world)
    turn(world, 48)
    world.change(serial, Status.REVOKED, reason="keyCompromise")
    world.sandbox.shelf.remove(device)
    stamped_serial(world)
    assert told(world.ask(serial)) == ("revoked", "keyCompromise")
    restore(world)
    assert world.now == START
    assert told(world.ask(serial)) == ("good", None)
    assert current_crl(world.sandbox, CrlName.ISSUING) == crl
    assert world.sandbox.shelf.plugged() == {device: 0}
    assert world.sandbox.shelf.sign(device, "135790", b"van ban")
    assert stamped_serial(world) == stamped + 1
    with world.sandbox.store.read() as connection:
        assert journal.verify(connection).ok


def test_a_world_that_was_restored_gives_the_same_file_again(world: World) -> None:
    file = take(world)
    assert file.stat().st_mode & 0o077 == file.parent.stat().st_mode & 0o077 == 0
    before = file.read_bytes()
    note(world, "in between")
    restore(world)
    assert take(world, "second").read_bytes() == before
    restore(world, "second")
    assert take(world, "third").read_bytes() == before


def test_the_same_seed_and_the_same_calls_give_the_same_octets(furnished: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        home = tmp_path / name
        shutil.copytree(furnished, home)
        # With the same keys and devices, as these are made by chance, everything else follows from the seed.
        world = World(Sandboxes(home, URL), "demo")
        world.sandboxes.reset("demo", "lop-1")
        world.issue(Status.EFFECTIVE)
        turn(world, 30)
        for crl in CrlName:
            current_crl(world.sandbox, crl)
        made.append(take(world).read_bytes())
        world.sandboxes.close()
    assert made[0] == made[1]


def test_whoever_was_about_to_change_the_old_world_is_told(world: World) -> None:
    take(world)
    before = world.sandbox
    reader = Publisher(before)
    restore(world)
    with pytest.raises(Moved), before.store.write() as connection:
        settings.put(connection, "too late", True)
    assert not noted(world, "too late")
    with pytest.raises(Moved):
        reader.crl(CrlName.ISSUING)
    bare = Client(PkiFace(world.sandboxes))
    assert bare.get("/demo/pki/crl/issuing.crl").status_code == 200
    # Leaving the old one takes nothing of the new one along.
    note(world, "kept")
    before.store.close()
    other = World(Sandboxes(world.sandboxes.home, URL), "demo")
    assert noted(other, "kept")
    other.sandboxes.close()


def test_another_process_finds_the_new_world_at_its_next_request(world: World) -> None:
    other = World(Sandboxes(world.sandboxes.home, URL), "demo")
    take(world)
    note(other, "in between")
    assert noted(other, "in between")
    restore(world)
    assert not noted(other, "in between")
    note(other, "after")
    assert noted(world, "after")
    other.sandboxes.close()


@pytest.mark.parametrize("swapped", [False, True])
def test_a_kill_leaves_the_old_world_or_the_new_one_whole(world: World, swapped: bool) -> None:
    take(world)
    note(world, "in between")
    swap = restoring.exchange

    def killed(one: Path, other: Path) -> None:
        if swapped:
            swap(one, other)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        restoring.exchange = killed
        restore(World(Sandboxes(world.sandboxes.home, URL), "demo"))
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert noted(world, "in between") is not swapped
    with world.sandbox.store.read() as connection:
        assert journal.verify(connection).ok
    note(world, "afterwards")
    restore(world)
    assert [path.name for path in world.sandboxes.home.iterdir() if path.name.startswith(".demo")] == []
    assert not noted(world, "afterwards")


def test_it_moves_to_another_machine(world: World, tmp_path: Path) -> None:
    file = take(world)
    elsewhere = found_world(tmp_path / "elsewhere")
    snapshots.import_snapshot(elsewhere.sandbox, TRAINER, "moved", file)
    restore(elsewhere, "moved")
    assert told(elsewhere.ask("1000000000000001")) == ("good", None)
    assert elsewhere.sandbox.shelf.serials() == world.sandbox.shelf.serials()
    elsewhere.sandboxes.close()
    other = found_world(tmp_path / "other", url="http://127.0.0.1:9400")
    snapshots.import_snapshot(other.sandbox, TRAINER, "moved", file)
    with pytest.raises(Refused, match="accept_url"):
        restore(other, "moved")
    snapshots.restore_snapshot(other.sandboxes, "demo", TRAINER, "moved", RestoreSnapshot(accept_url=True))
    assert other.sandbox.url == f"{URL}/demo"
    other.sandboxes.close()


def _without(path: Path, name: str, put: bytes | None = None) -> None:
    """Write the tar again without a member, or with another content of it."""
    with tarfile.open(path) as tar:
        found = [(one, tar.extractfile(one)) for one in tar]
        contents = [(one, b"" if file is None else file.read()) for one, file in found]
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for member, content in contents:
            if member.name != name:
                tar.addfile(member, io.BytesIO(content))
            elif put is not None:
                member.size = len(put)
                tar.addfile(member, io.BytesIO(put))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"no tar"),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: _without(path, "keys/root.pem"),
        lambda path: _without(path, "keys/root.pem", b"another key"),
        lambda path: _without(path, "manifest.json", b"{}"),
        lambda path: _without(path, "manifest.json"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_refused(
    world: World, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    copy = tmp_path / "copy.tar"
    shutil.copyfile(take(world), copy)
    spoil(copy)
    with pytest.raises(Malformed):
        snapshots.import_snapshot(world.sandbox, TRAINER, "spoilt", copy)
    assert [view.name for view in snapshots.list_snapshots(world.sandbox).items] == ["first"]


def test_names_are_taken_once_and_nobody_else_takes_any(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    take(world)
    with pytest.raises(Conflict, match="exists"):
        take(world)
    with pytest.raises(NotFound):
        restore(world, "never")
    with pytest.raises(Forbidden):
        snapshots.take_snapshot(world.sandbox, Actor("authority", Role.AUTHORITY), TakeSnapshot(name="mine"))
    monkeypatch.setattr(snapshots_desk, "MOST", 1)
    with pytest.raises(Conflict, match="1 snapshots"):
        take(world, "second")
    snapshots.remove_snapshot(world.sandbox, TRAINER, "first")
    assert snapshots.list_snapshots(world.sandbox).items == ()


def test_a_registry_on_a_server_is_refused_with_what_to_type(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    take(world)
    monkeypatch.setattr(world.sandbox.store, "is_sqlite", False)
    with pytest.raises(Conflict, match="pg_dump"):
        take(world, "second")
    with pytest.raises(Conflict, match="pg_dump"):
        restore(world)


def test_a_running_clock_runs_on_from_where_it_was(world: World) -> None:
    control.turn_clock(world.sandbox, TRAINER, TurnClock(scale=60))
    control.turn_clock(world.sandbox, TRAINER, TurnClock(freeze=False))
    taken = world.now
    take(world)
    turn(world, 24 * 400)
    restore(world)
    reading = world.sandbox.clock.reading()
    assert (reading.frozen, reading.scale) == (False, 60.0)
    assert taken <= reading.now < taken + timedelta(days=100)
