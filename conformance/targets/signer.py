"""Whoever signs documents: a folder of signed ones with a manifest, a command, or an HTTP endpoint that signs a draft.

A command is a template: `my-sign --rules {regulation} --kind {kind} --number {number} {draft} {signed}`; without
`{signed}` it prints the document. An endpoint is sent a form (multipart) with the part `file` and the fields
`regulation`, `kind`, `number`, `issued`, `signer`, `title`, `organisation`, `at`, and answers with the document. See
docs/conformance/signer.md.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import httpx
import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from conformance.errors import BadTarget

MANIFEST = ("manifest.yaml", "manifest.json")
LARGEST = 64 << 20
"""Octets of a document."""
LARGEST_MANIFEST = 4 << 20
LONGEST_TOLD = 300
REFUSED = range(400, 500)
Role = Literal["person", "organisation"]


class SignerFailed(Exception):
    """There is no signed document. The text says what came instead."""


class SignerRefused(SignerFailed):
    """It does not want to sign this. The text says why, in its own words."""


class Entry(BaseModel):
    """What is known of one signed document: a line of the manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    file: Annotated[str, Field(min_length=1, max_length=200)]
    """Its place beside the manifest."""
    kind: Annotated[str, Field(pattern="^[a-z][a-z-]*$", max_length=40)] = "issued"
    """A kind that regulations know (`issued`, `copy`, `attachment`, `annex`, `scanned`), or another, such as `income`
    and `comment`, of which none asks for a form."""
    regulation: Annotated[str, Field(max_length=60)] | None = None
    """The only regulation under which it is looked at; null: any."""
    number: Annotated[str, Field(max_length=60)] | None = None
    """Number and symbol: `79/SNV-VP`; of a part in a file of its own, the main document's."""
    issued: date | None = None
    """The issue date."""
    signer: Annotated[str, Field(max_length=200)] | None = None
    """Full name of the person who signs."""
    title: Annotated[str, Field(max_length=200)] | None = None
    """The post that the person is registered with."""
    organisation: Annotated[str, Field(max_length=300)] | None = None
    """Name of the body, as it is to be read."""
    seal_diameter: Annotated[float, Field(ge=10, le=80)] | None = None
    """Of the real seal, mm."""
    roles: dict[str, Role] = {}
    """Whose certificate it is, by its serial number in hexadecimal; without it, by its common name."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """Of the octets, hexadecimal, as the document was when it was signed or received."""
    signed_by: Annotated[tuple[Role, ...], Field(max_length=50)] | None = None
    """Who should have signed, in order."""
    signed_after: AwareDatetime | None = None
    """No signature is older."""
    signed_before: AwareDatetime | None = None
    """None is younger."""


class Manifest(BaseModel):
    """What lies in a folder of signed documents."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    documents: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Order:
    """A draft to be signed."""

    entry: Entry
    """What the signed document is to be; `file` names the order."""
    draft: bytes
    """PDF."""
    regulation: str
    at: datetime
    """The time of the order."""

    @property
    def fields(self) -> dict[str, str]:
        """What the signer is told, by the names of a command's places and a form's fields."""
        entry = self.entry
        return {
            "regulation": self.regulation,
            "kind": entry.kind,
            "number": entry.number or "",
            "issued": entry.issued.isoformat() if entry.issued else "",
            "signer": entry.signer or "",
            "title": entry.title or "",
            "organisation": entry.organisation or "",
            "at": self.at.isoformat(),
        }


class Signer(Protocol):
    """Whoever signs a draft."""

    def sign(self, order: Order) -> bytes:
        """The signed document. Raises SignerRefused, SignerFailed."""
        ...


@dataclass(frozen=True, slots=True)
class CommandSigner:
    """A command that writes or prints the signed document."""

    template: str
    timeout: float

    def sign(self, order: Order) -> bytes:
        with tempfile.TemporaryDirectory(prefix="conformance-signer-") as folder:
            draft, signed = Path(folder) / f"{order.entry.file}.pdf", Path(folder) / f"{order.entry.file}-signed.pdf"
            draft.write_bytes(order.draft)
            given = {**order.fields, "draft": str(draft), "signed": str(signed)}
            words = [_filled(word, given) for word in shlex.split(self.template)]
            try:
                done = subprocess.run(words, capture_output=True, timeout=self.timeout, check=False)
            except subprocess.TimeoutExpired:
                raise SignerFailed(f"no answer in {self.timeout:g} s from {shlex.join(words)}") from None
            except OSError as error:
                raise SignerFailed(f"{words[0]}: {error.strerror}") from None
            if done.returncode:
                said = (done.stderr or done.stdout)[-LONGEST_TOLD:].decode("utf-8", "replace").strip()
                raise SignerRefused(f"exit code {done.returncode}" + (f": {said}" if said else ""))
            if "{signed}" not in self.template:
                return _document(done.stdout)
            try:
                return _document(signed.read_bytes())
            except OSError:
                raise SignerFailed("exit code 0, and no {signed} was written") from None


@dataclass(frozen=True, slots=True)
class HttpSigner:
    """An endpoint that takes a form and answers with the document."""

    url: str
    client: httpx.Client

    def sign(self, order: Order) -> bytes:
        files = {"file": (f"{order.entry.file}.pdf", order.draft, "application/pdf")}
        try:
            with self.client.stream("POST", self.url, data=order.fields, files=files) as response:
                content = b""
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > LARGEST:
                        raise SignerFailed(f"an answer of more than {LARGEST} octets")
        except httpx.HTTPError as error:
            raise SignerFailed(f"{type(error).__name__} {error}") from None
        if response.status_code in REFUSED:
            raise SignerRefused(f"HTTP {response.status_code}: {_short(content)}")
        if response.status_code != httpx.codes.OK:
            raise SignerFailed(f"HTTP {response.status_code}: {_short(content)}")
        return _document(content)


@dataclass(frozen=True, slots=True)
class FunctionSigner:
    """A function of this process: what deliberate defects are."""

    function: Callable[[Order], bytes]

    def sign(self, order: Order) -> bytes:
        return self.function(order)


@dataclass(frozen=True, slots=True)
class Folder:
    """Documents that are signed already."""

    path: Path
    entries: tuple[Entry, ...]

    def read(self, entry: Entry) -> bytes:
        """A document's octets. Raises SignerFailed."""
        path = self.path / entry.file
        try:
            if path.stat().st_size > LARGEST:
                raise SignerFailed(f"{entry.file} has more than {LARGEST} octets")
            return path.read_bytes()
        except OSError as error:
            raise SignerFailed(f"{entry.file}: {error.strerror}") from None


def opened(place: str, timeout: float, cacert: Path | None) -> Signer | Folder:
    """The signer at this place: a folder, a URL, or a command with its places. Raises BadTarget."""
    if place.startswith(("http://", "https://")):
        verify: Any = True if cacert is None else str(cacert)
        return HttpSigner(place, httpx.Client(timeout=timeout, trust_env=False, verify=verify))
    if "{draft}" in place:
        words = shlex.split(place)
        if shutil.which(words[0]) is None:
            raise BadTarget(f"no command {words[0]!r}")
        return CommandSigner(place, timeout)
    if not Path(place).is_dir():
        raise BadTarget(
            f"{place!r} is neither a folder, nor a URL, nor a command with {{draft}}; write e.g. "
            "--target 'signer=my-sign --kind {kind} {draft} {signed}'"
        )
    return read_folder(Path(place))


def read_folder(path: Path) -> Folder:
    """The folder as its manifest tells it. Raises BadTarget, naming the manifest and what is wrong with it."""
    manifest = next((path / name for name in MANIFEST if (path / name).is_file()), None)
    if manifest is None:
        raise BadTarget(f"{path} has no {' or '.join(MANIFEST)}")
    try:
        if manifest.stat().st_size > LARGEST_MANIFEST:
            raise BadTarget(f"{manifest} has more than {LARGEST_MANIFEST} octets")
        found = Manifest.model_validate(yaml.safe_load(manifest.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadTarget(f"{manifest}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadTarget(f"{manifest}: {error}") from None
    outside = next((one.file for one in found.documents if not _is_inside(path, one.file)), None)
    if outside is not None:
        raise BadTarget(f"{manifest}: {outside!r} lies outside the folder")
    return Folder(path, found.documents)


def _is_inside(folder: Path, file: str) -> bool:
    return (folder / file).resolve().is_relative_to(folder.resolve())


def _filled(word: str, given: dict[str, str]) -> str:
    for name, value in given.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def _document(content: bytes) -> bytes:
    if not content:
        raise SignerFailed("nothing, where the signed document should be")
    return content


def _short(content: bytes) -> str:
    return " ".join(content[:LONGEST_TOLD].decode("utf-8", "replace").split())
