"""A device in one file, to be handed over and plugged in on another shelf.

A tar with `manifest.json` first, then the device's files as they lie on the shelf: its state with the PIN counters,
and SoftHSM2's files, which only the PINs sealed in that state open. What stays on the shelf is an empty case, marked
PACKED, without keys or seals.

Each packing is a journey, counted in the device's state. A shelf takes a package only when the device is not there
yet, or when its case is and the package is of the journey that the case went away on, or of a later one. So the same
package is never plugged in twice on one shelf, and an old one does not turn back the counters. What a file cannot
prevent: a copy of it on a second shelf, or on this one after its case was removed.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from token_emulator import state
from token_emulator.claims import file_lock
from token_emulator.conditions import emptied, hollow
from token_emulator.device import GUEST, RECORD, SERIAL, Shelf
from token_emulator.durable import sync, sync_all
from token_emulator.errors import BadPackage, UnknownDevice, WrongStage
from token_emulator.faults import KEPT
from token_emulator.state import STATE, Condition, Record

FORMAT = "mockca-token/1"
SUFFIX = ".mocktoken"
MANIFEST = "manifest.json"
PACKAGE = "package"
"""Name of the package in the device's folder, from the packing until it has been written out."""
FILES = re.compile(
    "|".join((*map(re.escape, (STATE, RECORD, "token.copy", KEPT)), "store/[0-9a-f-]{36}/[a-z0-9][a-z0-9.-]{0,63}"))
)
"""Names of the files that a package may hold; `..` is none of them."""
MAX_OCTETS = 16 * 1024 * 1024
MAX_FILES = 1000
PACKABLE = frozenset({Condition.HERE, Condition.DAMAGED, Condition.RETURNED})


@dataclass(frozen=True, slots=True)
class Package:
    """What a file holds, checked against its own digests. They are no signature: who writes a file may write any."""

    record: Record
    files: Mapping[str, bytes]

    @property
    def serial(self) -> str:
        return self.record.serial

    @property
    def journey(self) -> int:
        return self.record.journey


def pack(shelf: Shelf, serial: str, target: Path) -> Record:
    """Pull the device out and move it into a file, which must not exist; what is left on the shelf.

    When the file cannot be written to its end the device is packed already: pack it again, into another file.
    Raises UnknownDevice, WrongStage when it is not here, OSError.
    """
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        try:
            case = shelf.change_state(serial, lambda record: _packed(shelf.folder(serial), record))
            folder = shelf.folder(serial)
            sync(folder / STATE)
            shelf.unplug(serial)
            with _held(folder / PACKAGE, serial) as octets:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
                hollow(folder)
                (folder / PACKAGE).unlink()
        except BaseException:
            target.unlink()
            raise
    return case


def unpack(shelf: Shelf, source: Path) -> Record:
    """Put the device in a file onto the shelf, not into a reader yet.

    Raises BadPackage, WrongStage when the device is here already; OSError.
    """
    package = read_package(source)
    try:
        record = shelf.change_state(package.serial, lambda case: _come_home(shelf, package, case, source))
    except UnknownDevice:
        return _arrive(shelf, package)
    sync(shelf.folder(package.serial) / STATE)
    return record


def read_package(source: Path) -> Package:
    """What is in a file. Raises BadPackage, OSError."""
    with source.open("rb") as file:
        octets = file.read(MAX_OCTETS + 1)
    if len(octets) > MAX_OCTETS:
        raise BadPackage(source, f"larger than {MAX_OCTETS} octets")
    try:
        members = _members(octets)
        described = json.loads(members.pop(MANIFEST))
        _compare(described, members)
        record = state.decode(members[STATE])
        if (described["serial"], described["journey"]) != (record.serial, record.journey):
            raise ValueError("the manifest is not about this device")
        if record.condition not in PACKABLE or record.journey < 1 or not SERIAL.fullmatch(record.serial):
            raise ValueError("its state is not that of a packed device")
    except KeyError as error:
        raise BadPackage(source, f"not a packed device, or a damaged one: {error} is missing") from error
    except (tarfile.TarError, ValueError, TypeError, RecursionError, EOFError) as error:
        raise BadPackage(source, f"not a packed device, or a damaged one: {error}") from error
    return Package(record, members)


@contextmanager
def _held(package: Path, serial: str) -> Iterator[bytes]:
    """What is packed there, for one at a time. WrongStage for whoever comes when it has gone into a file."""
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(package, fcntl.LOCK_EX, os.O_RDWR))
            octets = package.read_bytes()
        except FileNotFoundError:
            raise WrongStage(serial, "packed", "be packed") from None
        yield octets


# --- packing ------------------------------------------------------------------------------------------------


def _packed(folder: Path, record: Record) -> Record:
    """Leave the package in the device's folder; the record of the empty case. The state's lock is held."""
    if record.condition is Condition.PACKED and (folder / PACKAGE).exists():
        return record  # an earlier packing could not write its file
    if record.condition not in PACKABLE:
        raise WrongStage(record.serial, record.condition.name.lower(), "be packed")
    case = replace(emptied(record, Condition.PACKED), journey=record.journey + 1)
    travelling = replace(record, journey=case.journey, generation=case.generation)
    files = {STATE: state.encode(travelling), **_contents(folder)}
    draft = folder / f"{PACKAGE}.new"
    draft.write_bytes(_tar(travelling, files))
    sync(draft)
    draft.replace(folder / PACKAGE)
    sync(folder)
    return case


def _described(octets: bytes) -> dict[str, Any]:
    return {"octets": len(octets), "sha256": sha256(octets).hexdigest()}


def _contents(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {str(path.relative_to(folder)): path for path in paths}
    return {name: path.read_bytes() for name, path in names.items() if FILES.fullmatch(name) and name != STATE}


def _tar(record: Record, files: Mapping[str, bytes]) -> bytes:
    manifest = {
        "format": FORMAT,
        "serial": record.serial,
        "journey": record.journey,
        "label": record.label,
        "model": record.model,
        "files": {
            name: {"octets": len(octets), "sha256": sha256(octets).hexdigest()} for name, octets in files.items()
        },
    }
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        for name, octets in {MANIFEST: text, **files}.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(octets), 0o600
            tar.addfile(member, io.BytesIO(octets))
    return whole.getvalue()


# --- reading ------------------------------------------------------------------------------------------------


def _members(octets: bytes) -> dict[str, bytes]:
    """The tar's files. Nothing is extracted by name: a wrong name is an error here."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(octets), mode="r:") as tar:
        for member in tar:
            if member.type != tarfile.REGTYPE or member.sparse is not None:
                raise ValueError(f"{member.name!r} is not a plain file")
            if not (FILES.fullmatch(member.name) if found else member.name == MANIFEST) or member.name in found:
                raise ValueError(f"{member.name!r} does not belong there")
            if len(found) > MAX_FILES:
                raise ValueError(f"more than {MAX_FILES} files")
            content = tar.extractfile(member)
            assert content is not None  # noqa: S101 - for the type checker: it is a plain file
            found[member.name] = content.read()
    return found


def _compare(described: Any, members: Mapping[str, bytes]) -> None:
    if described["format"] != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    if set(described["files"]) != set(members):
        raise ValueError("the manifest names other files")
    for name, octets in members.items():
        if described["files"][name] != _described(octets):
            raise ValueError(f"{name} is not as it was packed")


# --- unpacking ----------------------------------------------------------------------------------------------


def _come_home(shelf: Shelf, package: Package, case: Record, source: Path) -> Record:
    """Fill the empty case again; its new record. The lock on the case's state is held."""
    if case.condition is not Condition.PACKED:
        raise WrongStage(case.serial, f"{case.condition.name.lower()} already", "be unpacked")
    if package.journey < case.journey:
        raise BadPackage(source, f"the device has travelled on: journey {case.journey}, this is of {package.journey}")
    folder = shelf.folder(case.serial)
    (folder / PACKAGE).unlink(missing_ok=True)
    hollow(folder)
    _write(folder, package)
    return package.record  # written last: until then it is an empty case


def _arrive(shelf: Shelf, package: Package) -> Record:
    claim = shelf.claim()
    try:
        folder = claim.folder / "devices" / package.serial
        (folder / "store").mkdir(mode=0o700, parents=True)
        _write(folder, package)
        state.create(folder, package.record)
        (folder / GUEST).touch()
        try:
            shelf.place(claim, package.serial)
        except OSError:
            if package.serial not in shelf.serials():
                raise
            raise WrongStage(package.serial, "here already", "be unpacked") from None
    finally:
        claim.release()
    return package.record


def _write(folder: Path, package: Package) -> None:
    for name, octets in package.files.items():
        if name != STATE:
            path = folder / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(octets)
            path.chmod(0o600)
    sync_all(folder)
