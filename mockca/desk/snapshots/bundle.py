"""The file of a snapshot: a tar with `manifest.json` first, then the world's files, sorted, without dates and owners.

So the same world gives the same octets. The manifest has each file's length and digest: a damaged file is noticed. It
is no signature; who writes a file may write any.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from mockca.errors import Malformed
from token_emulator.device import GUEST
from token_emulator.durable import sync
from token_emulator.package import FILES as DEVICE_FILES
from token_emulator.package import PACKAGE

FORMAT: Final = "mockca-snapshot/1"
MANIFEST: Final = "manifest.json"
REGISTRY: Final = "registry.db"
CREDENTIALS: Final = "credentials.json"
READERS: Final = "tokens/readers"
KEYS: Final = ("root.pem", "issuing.pem", "ocsp.pem", "tsa.pem", "device.secret")
_NAMES: Final = re.compile(
    "|".join(
        (
            *map(re.escape, (REGISTRY, CREDENTIALS, READERS, *(f"keys/{name}" for name in KEYS))),
            rf"tokens/devices/[0-9a-f]{{16}}/(?:{DEVICE_FILES.pattern}|{GUEST}|{PACKAGE})",
        )
    )
)
"""Names of the files that there may be; `..` is in none of them."""
MOST_MANIFEST: Final = 64 * 1024 * 1024
MOST_FILES: Final = 1_000_000
_WHAT: Final = "snapshot"


class ClockAt(BaseModel):
    """What the clock showed and how it ran."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    now: AwareDatetime
    frozen: bool
    scale: float = Field(gt=0)
    epoch: int = Field(ge=0)


class Part(BaseModel):
    """One file of the world."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    octets: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What a snapshot is of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = Field(pattern=f"^{FORMAT}$")
    sandbox: str
    url: str
    """The public address that stands in its certificates."""
    seed: str
    revision: str
    """Of the registry's tables."""
    regulations: tuple[str, ...]
    clock: ClockAt
    timestamp_serial: int = Field(ge=1)
    """The serial number of the next time stamp."""
    certificates: int = Field(ge=0)
    devices: int = Field(ge=0)
    parts: dict[str, Part]


def described(path: Path) -> Part:
    """Length and digest of a file."""
    with path.open("rb") as file:
        return Part(octets=path.stat().st_size, sha256=file_digest(file, "sha256").hexdigest())


def write(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write a snapshot, to the disk; FileExistsError where there is such a file. It appears whole or not at all."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
                text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()
                _add(tar, MANIFEST, len(text), io.BytesIO(text))
                for name, path in sorted(files.items()):
                    with path.open("rb") as content:
                        _add(tar, name, manifest.parts[name].octets, content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)
        sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, octets: int, content: io.IOBase) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = octets, 0o600
    tar.addfile(member, content)


def read_manifest(source: Path) -> Manifest:
    """What a snapshot is of. Malformed where it is none."""
    with _opened(source) as tar:
        return _manifest(tar)


def extract(source: Path, folder: Path) -> Manifest:
    """Put the world's files into an empty folder. Malformed where it is no snapshot, or is not as it was written."""
    with _opened(source) as tar:
        manifest = _manifest(tar)
        found = set()
        for member in _members(tar):
            if member.name in found or member.name not in manifest.parts:
                raise Malformed(_WHAT, f"{member.name!r} does not belong there")
            found.add(member.name)
            path = folder / member.name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            content = tar.extractfile(member)
            assert content is not None  # noqa: S101 - for the type checker: it is a plain file
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                while octets := content.read(1 << 20):
                    file.write(octets)
            if described(path) != manifest.parts[member.name]:
                raise Malformed(_WHAT, f"{member.name} is not as it was written")
        if found != set(manifest.parts):
            raise Malformed(_WHAT, "the manifest names other files")
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise Malformed(_WHAT, f"not a snapshot, or a damaged one: {error}") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = None if first is None or first.name != MANIFEST else tar.extractfile(first)
    if first is None or content is None or first.size > MOST_MANIFEST:
        raise Malformed(_WHAT, "it does not begin with its manifest")
    try:
        manifest = Manifest.model_validate_json(content.read())
    except ValidationError as error:
        raise Malformed(_WHAT, f"its manifest cannot be read: {error.error_count()} mistakes") from None
    missing = {REGISTRY, CREDENTIALS, *(f"keys/{name}" for name in KEYS)} - set(manifest.parts)
    if missing or len(manifest.parts) > MOST_FILES:
        raise Malformed(_WHAT, f"it lacks {', '.join(sorted(missing))}" if missing else "it has too many files")
    return manifest


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The plain files after the manifest. Nothing is extracted by a name that is not known."""
    while (member := tar.next()) is not None:
        if member.type != tarfile.REGTYPE or member.sparse is not None or not _NAMES.fullmatch(member.name):
            raise Malformed(_WHAT, f"{member.name!r} does not belong there")
        yield member
