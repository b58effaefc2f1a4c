"""Where the trainer takes, looks at, restores and removes snapshots."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mockca.desk.actors import Actor, Role
from mockca.desk.commands import RestoreSnapshot, TakeSnapshot
from mockca.desk.control import CONTROL, clock_view
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.snapshots import bundle
from mockca.desk.snapshots.bundle import Manifest
from mockca.desk.snapshots.restoring import restore
from mockca.desk.snapshots.taking import require_file, take
from mockca.desk.views import ClockView, SnapshotListView, SnapshotView
from mockca.errors import Conflict, Malformed, NotFound, Refused, Violation
from token_emulator.claims import file_lock
from token_emulator.durable import sync

FOLDER: Final = ".snapshots"
"""In the data folder, beside the sandboxes: a snapshot outlives the world that it was taken of."""
SUFFIX: Final = ".tar"
MOST: Final = 50
"""Snapshots that are kept of one sandbox."""


def take_snapshot(sandbox: Sandbox, actor: Actor, command: TakeSnapshot) -> SnapshotView:
    """Put the sandbox's world into a file under a name. Conflict where that is taken, or there are too many."""
    actor.require("take a snapshot", (Role.TRAINER,), CONTROL)
    with _alone(sandbox) as folder:
        if len(list(folder.glob(f"*{SUFFIX}"))) >= MOST:
            raise Conflict(f"there are {MOST} snapshots already; remove those that are not needed")
        path = _path(sandbox, command.name)
        if path.exists():
            raise Conflict(f"snapshot {command.name} exists; remove it or choose another name")
        return _view(command.name, path, take(sandbox, path))


def list_snapshots(sandbox: Sandbox) -> SnapshotListView:
    """The sandbox's snapshots by their names. One that cannot be read is left out."""
    found = []
    for path in sorted(_folder(sandbox).glob(f"[a-z0-9]*{SUFFIX}")):
        try:
            found.append(_view(path.name.removesuffix(SUFFIX), path, bundle.read_manifest(path)))
        except (Malformed, FileNotFoundError):
            continue
    return SnapshotListView(items=tuple(found))


def snapshot_file(sandbox: Sandbox, actor: Actor, name: str) -> Path:
    """The file of a snapshot, with every key and credential of the world in it; NotFound."""
    actor.require("read a snapshot", (Role.TRAINER,), CONTROL)
    return _there(sandbox, name)


def remove_snapshot(sandbox: Sandbox, actor: Actor, name: str) -> SnapshotView:
    """Remove a snapshot; NotFound."""
    actor.require("remove a snapshot", (Role.TRAINER,), CONTROL)
    with _alone(sandbox):
        path = _there(sandbox, name)
        view = _view(name, path, bundle.read_manifest(path))
        path.unlink()
    return view


def restore_snapshot(
    sandboxes: Sandboxes, sandbox_name: str, actor: Actor, name: str, command: RestoreSnapshot
) -> ClockView:
    """Put the world of a snapshot in the sandbox's place, all of it or nothing; the clock as it then is.

    Refused where its certificates bear another public address, unless that is accepted.
    """
    sandbox = sandboxes.open(sandbox_name)
    actor.require("restore a snapshot", (Role.TRAINER,), CONTROL)
    require_file(sandbox)
    with _alone(sandbox):
        path = _there(sandbox, name)
        manifest = bundle.read_manifest(path)
        if manifest.url != sandbox.url and not command.accept_url:
            raise Refused([_elsewhere(manifest.url, sandbox.url)])
        restore(sandbox, path)
    return clock_view(sandboxes.open(sandbox_name))


def import_snapshot(sandbox: Sandbox, actor: Actor, name: str, source: Path) -> SnapshotView:
    """Take over a file from another machine, checked from end to end. Conflict where the name is taken; Malformed."""
    actor.require("take over a snapshot", (Role.TRAINER,), CONTROL)
    with _alone(sandbox) as folder:
        path, draft = _path(sandbox, name), folder / f".{name}.imported"
        if path.exists():
            raise Conflict(f"snapshot {name} exists; remove it or choose another name")
        checked = folder / f".{name}.checked"
        shutil.rmtree(checked, ignore_errors=True)
        try:
            shutil.copyfile(source, draft)
            draft.chmod(0o600)
            checked.mkdir(mode=0o700)
            manifest = bundle.extract(draft, checked)
            sync(draft)
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
            shutil.rmtree(checked, ignore_errors=True)
    return _view(name, path, manifest)


@contextmanager
def _alone(sandbox: Sandbox) -> Iterator[Path]:
    """The folder of the sandbox's snapshots, while nobody else takes, restores or removes any."""
    folder = _folder(sandbox)
    # Each of them private: `parents` would make the upper one as open as the system's habit is.
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
    with file_lock(folder / "lock", fcntl.LOCK_EX):
        yield folder


def _folder(sandbox: Sandbox) -> Path:
    return sandbox.home.parent / FOLDER / sandbox.name


def _path(sandbox: Sandbox, name: str) -> Path:
    return _folder(sandbox) / f"{name}{SUFFIX}"


def _there(sandbox: Sandbox, name: str) -> Path:
    path = _path(sandbox, name)
    if not path.is_file():
        raise NotFound("snapshot", name)
    return path


def _view(name: str, path: Path, manifest: Manifest) -> SnapshotView:
    return SnapshotView(
        name=name,
        url=manifest.url,
        seed=manifest.seed,
        regulations=manifest.regulations,
        at=manifest.clock.now,
        frozen=manifest.clock.frozen,
        certificates=manifest.certificates,
        devices=manifest.devices,
        octets=path.stat().st_size,
        sha256=bundle.described(path).sha256,
    )


def _elsewhere(theirs: str, ours: str) -> Violation:
    return Violation(
        field="accept_url",
        value="false",
        clause=CONTROL,
        vi=f"Ảnh chụp mang địa chỉ {theirs}; sandbox này ở {ours}, nên các địa chỉ trong chứng thư sẽ không đúng.",
        en=f"the snapshot bears {theirs}, this sandbox is at {ours}: addresses in its certificates will not lead here",
        accepted="true",
    )
