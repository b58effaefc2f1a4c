"""`mockca snapshot`: a whole world in one file, and back; directly on the data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from mockca.cli.sandbox import PUBLIC_URL, TRAINER, data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk import snapshots
from mockca.desk.commands import RestoreSnapshot, TakeSnapshot
from mockca.desk.sandbox import Sandboxes
from mockca.desk.views import SnapshotView


@click.group("snapshot")
def command() -> None:
    """Ảnh chụp sandbox. Snapshots: CA, registry, devices and clock together, in one file.

    \b
    mockca snapshot take before-lesson
    mockca snapshot restore before-lesson
    mockca snapshot export before-lesson lesson.tar      # with every key and credential in it
    mockca snapshot import before-lesson lesson.tar      # on another machine, then restore
    """


@command.command("take")
@click.argument("snapshot")
@data_option
@sandbox_option
def take(snapshot: str, data: Path, name: str) -> None:
    """Chụp. Take a snapshot; a running server goes on serving meanwhile."""
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        _tell(snapshots.take_snapshot(sandbox, TRAINER, TakeSnapshot(name=snapshot)))


@command.command("list")
@data_option
@sandbox_option
def listing(data: Path, name: str) -> None:
    """Các ảnh chụp. The snapshots of a sandbox."""
    for view in snapshots.list_snapshots(open_sandbox(data, name)).items:
        _tell(view)


@command.command("restore")
@click.argument("snapshot")
@click.option("--accept-url", is_flag=True, help="Restore it though its certificates bear another public address.")
@data_option
@sandbox_option
def restore(snapshot: str, accept_url: bool, data: Path, name: str) -> None:
    """Khôi phục. Put a snapshot's world in the sandbox's place: all of it, or nothing."""
    open_sandbox(data, name).close()
    with ending_in_a_line():
        wanted = RestoreSnapshot(accept_url=accept_url)
        clock = snapshots.restore_snapshot(Sandboxes(data, PUBLIC_URL), name, TRAINER, snapshot, wanted)
    click.echo(f"{name}\t{clock.now.isoformat()}{' (đứng · frozen)' if clock.frozen else ''}")


@command.command("remove")
@click.argument("snapshot")
@data_option
@sandbox_option
def remove(snapshot: str, data: Path, name: str) -> None:
    """Xóa. Remove a snapshot."""
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        _tell(snapshots.remove_snapshot(sandbox, TRAINER, snapshot))


@command.command("export")
@click.argument("snapshot")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@sandbox_option
def export(snapshot: str, target: Path, data: Path, name: str) -> None:
    """Chép ra tệp. Copy a snapshot into a file. It has every key and credential of the sandbox in it."""
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        source = snapshots.snapshot_file(sandbox, TRAINER, snapshot)
        target.touch(mode=0o600, exist_ok=False)
        shutil.copyfile(source, target)
    click.echo(str(target))


@command.command("import")
@click.argument("snapshot")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@sandbox_option
def take_over(snapshot: str, source: Path, data: Path, name: str) -> None:
    """Nhận từ tệp. Take over a snapshot from a file; `restore` then puts it in place."""
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        wanted = TakeSnapshot(name=snapshot).name
        _tell(snapshots.import_snapshot(sandbox, TRAINER, wanted, source))


def _tell(view: SnapshotView) -> None:
    click.echo(
        f"{view.name}\t{view.at.isoformat()}\t{view.certificates} chứng thư · certificates\t"
        f"{view.devices} thiết bị · devices\t{view.octets}\t{view.sha256[:16]}"
    )
