"""`conformance mapping`: mapping files, written and looked over without a target."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from conformance import catalogue
from conformance.errors import HarnessError, NothingToRun
from conformance.exits import could_not_run
from conformance.mapping import model, playable
from conformance.mapping.reading import read_mapping
from conformance.mapping.skeleton import skeleton
from scenarios import Operation, available, load


@click.group()
def mapping() -> None:
    """Tệp ánh xạ cho hệ thống có API riêng. Mapping files, for systems with an interface of their own.

    \b
    conformance mapping new mapping.yaml
    conformance mapping check mapping.yaml --regulation lai-chau
    """


@mapping.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--regulation", multiple=True, metavar="ID", help="Chỉ quy định này. Only this one; may be repeated.")
def check(file: Path, regulation: tuple[str, ...]) -> None:
    """Soát một tệp ánh xạ. Looks a mapping file over: mistakes, what it covers, which checks that lets play."""
    try:
        found = read_mapping(file)
        for line in _told(found, _regulations(regulation or found.regulations)):
            click.echo(line)
    except HarnessError as error:
        could_not_run(error)


@mapping.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new(file: Path) -> None:
    """Ghi một tệp ánh xạ mẫu có chú giải. Writes a commented mapping file to begin with."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(skeleton())
    except FileExistsError:
        could_not_run(NothingToRun(f"{file} is there already; name another file"))
    except OSError as error:
        could_not_run(NothingToRun(f"{file}: {error.strerror}"))
    click.echo(f"Đã ghi / written: {file}. Tiếp theo / next: conformance mapping check {file}")


def _regulations(wanted: tuple[str, ...]) -> tuple[str, ...]:
    known = catalogue.regulations()
    for one in wanted:
        if one not in known:
            raise NothingToRun(f"no scenario under the regulation {one!r}; there are: {', '.join(known)}")
    return wanted or known


def _told(found: model.Mapping, regulations: tuple[str, ...]) -> Iterator[str]:
    done = [name for name, cases in found.operations.items() if any(case.requests for case in cases)]
    refused = len(found.operations) - len(done)
    left_out = len(Operation) - len(found.operations)
    figures = f"{len(done)} thao tác / operations, {refused} không có / not had, {left_out} để trống / left out"
    yield f"{found.name}: {figures}"
    for operation in Operation:
        for line in _cases(found.operations.get(operation.value, ())):
            yield f"  {line[0]} {operation.value:22} {line[1:]}".rstrip()
    for regulation in regulations:
        scenarios = [load(name) for name in available() if name.startswith(f"{regulation}/")]
        reached = list(playable.reach(found, scenarios))
        steps, can = sum(one.steps for one in reached), sum(one.playable for one in reached)
        yield f"{regulation}: {can}/{steps} phép kiểm chơi được / checks can be played"
        for one in reached:
            yield f"  {one.scenario:36} {one.playable}/{one.steps}"
        unread = playable.unread(found, scenarios)
        if unread:
            yield "  phép kiểm đọc mà ánh xạ không cho / read by checks and not given by the mapping:"
            yield from (f"    {operation}: {', '.join(paths)}" for operation, paths in unread.items())


def _cases(cases: tuple[model.Case, ...]) -> Iterator[str]:
    """A line a case, its mark in front."""
    for case in cases:
        if case.unsupported is not None:
            yield f"○{case.unsupported}"
        else:
            yield "✓" + "; ".join(f"{request.method} {request.path}" for request in case.requests or ())
    if not cases:
        yield "–"
