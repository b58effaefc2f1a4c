"""A shelf of devices: SoftHSM2 tokens in one folder, each made in private and put there whole.

    home/softhsm2.conf     what clients name in SOFTHSM2_CONF
    home/tokens/<uuid>/    one token each, with `device.json` beside SoftHSM2's own files
    home/staging/…         devices being made, and copies being used (`claims`)
    home/gate              lock between those who stage and those who sweep

Safe to use from threads, from several processes, and after any of them is killed. SoftHSM2 by itself is not:
it rewrites a token's file in place at each login, without a lock that others heed, and looks for tokens only
when it is initialised. So nothing here ever logs in to a token on the shelf. A device is made in its own
folder and moved in by one rename; to sign, its files are copied and the copy is used.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from token_emulator import workers
from token_emulator.claims import Claim, clear_dead_claims
from token_emulator.errors import (
    BadCertificate,
    DeviceFailed,
    PinIncorrect,
    PinLocked,
    PinRefused,
    TokenError,
    UnknownAlgorithm,
    UnknownDevice,
    WrongStage,
)
from token_emulator.keys import ALGORITHMS
from token_emulator.models import DEFAULT_MODEL, DeviceModel, device_model
from token_emulator.module import find_module
from token_emulator.pin import NewPin, PinPolicy

RECORD = "device.json"
LABEL_OCTETS = 32
TOKEN_FOLDER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-([0-9a-f]{4})-([0-9a-f]{12})")
CONFIGURATION = """\
# Written by token_emulator; clients find the tokens with SOFTHSM2_CONF set to this file.
directories.tokendir = {tokens}
objectstore.backend = file
log.level = ERROR
library.reset_on_fork = true
"""


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What can be seen of a device without a PIN."""

    serial: str
    """As C_GetTokenInfo shows it: 16 hexadecimal digits."""
    device_model: str | None
    """Id of the device model; None for a token that was not personalised here."""
    algorithm: str | None
    label: str
    manufacturer: str
    model: str
    flags: tuple[str, ...]
    """Names of the CK_TOKEN_INFO flags that are set, without CKF_."""
    certificate: bytes | None
    """DER."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed."""

    staged: int
    """Work folders whose owners were gone."""
    devices: tuple[str, ...]
    """Serials of devices that nobody knew."""


class StagedDevice:
    """A personalised device that is not on the shelf yet.

    As a context manager: discarded unless `place` was called.
    """

    def __init__(self, shelf: Shelf, claim: Claim, serial: str, public_key_der: bytes, label: str) -> None:
        self.serial = serial
        """16 hexadecimal digits, as C_GetTokenInfo shows them."""
        self.public_key_der = public_key_der
        """SubjectPublicKeyInfo of the key made on the device."""
        self._shelf, self._claim, self._label = shelf, claim, label
        self._stage = "staged"

    def write_certificate(self, der: bytes) -> None:
        """Put the certificate beside its key.

        Raises BadCertificate when it is not one for that key, WrongStage.
        """
        self._require_staged("take a certificate")
        try:
            key = x509.load_der_x509_certificate(der).public_key()
            theirs = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BadCertificate(self.serial, str(error)) from error
        if theirs != self.public_key_der:
            raise BadCertificate(self.serial, "it is for another key than the one on the device")
        order = {"der": b64encode(der).decode(), "label": self._label}
        self._shelf._ask(self._claim, self.serial, "write_certificate", order)

    def place(self) -> None:
        """Put the device onto the shelf: whole and durable, or not at all.

        Raises WrongStage when called twice.
        """
        self._require_staged("be placed")
        self._shelf._place(self._claim, self.serial)
        self._stage = "placed"

    def release(self) -> None:
        """Say that the registry knows the device by now. Until then no sweep takes it from the shelf.

        Raises WrongStage when it has not been placed.
        """
        if self._stage == "staged":
            raise WrongStage(self.serial, self._stage, "be released")
        self._claim.release()

    def discard(self) -> None:
        """Destroy the device, placed or not. A second call does nothing."""
        with suppress(UnknownDevice):
            self._shelf.remove(self.serial)
        self._stage = "discarded"
        self._claim.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None or self._stage == "staged":
            self.discard()
        else:
            self.release()

    def _require_staged(self, wanted: str) -> None:
        if self._stage != "staged":
            raise WrongStage(self.serial, self._stage, wanted)


class Shelf:
    """The devices of one sandbox. Cheap to make; the folder is filled when first needed."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        if any(character in str(self.home) for character in "#\r\n"):
            raise TokenError(f"{str(self.home)!r}: SoftHSM2 cannot read a configuration with such a folder name")

    # --- for clients ----------------------------------------------------------------------------------------

    @property
    def configuration(self) -> Path:
        """The softhsm2.conf that clients name in SOFTHSM2_CONF."""
        self._prepare()
        return self.home / "softhsm2.conf"

    @property
    def module(self) -> Path:
        """The PKCS#11 module that clients load: said here and nowhere else. Raises ModuleMissing."""
        return find_module()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a client needs."""
        return {"SOFTHSM2_CONF": str(self.configuration)}

    # --- devices --------------------------------------------------------------------------------------------

    def personalise(
        self, model: DeviceModel | str, algorithm: str, user_pin: str, so_pin: str, label: str | None = None
    ) -> StagedDevice:
        """Make a device: a token with both PINs set and a key pair that never leaves it.

        `algorithm` is rsa2048, rsa3072, p256 or p384. `label` names the key; the token bears as much of it as
        32 octets of UTF-8 hold. Raises UnknownModel, UnknownAlgorithm, PinRefused, ModuleMissing,
        DeviceFailed.
        """
        model = device_model(model) if isinstance(model, str) else model
        if algorithm not in ALGORITHMS:
            raise UnknownAlgorithm(algorithm, ALGORITHMS)
        check_new_pin(model.pin, "user", user_pin)
        check_new_pin(model.pin, "SO", so_pin)
        label = unicodedata.normalize("NFC", label or model.label)
        order = {
            "algorithm": str(algorithm),
            "user_pin": user_pin,
            "so_pin": so_pin,
            "token_label": token_label(label),
            "key_label": label,
        }
        claim = self._claim()
        try:
            made = self._ask(claim, "being made", "personalise", order)
            serial = made["serial"]
            claim.name_device(serial)
            record = {"model": model.id, "algorithm": str(algorithm), "label": label}
            folder = _token_folders(claim.folder / "tokens")[serial]
            (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False), "utf-8")
        except BaseException:
            claim.release()
            raise
        return StagedDevice(self, claim, serial, b64decode(made["public_key"]), label)

    def serials(self) -> tuple[str, ...]:
        """Serials of the devices on the shelf, sorted."""
        return tuple(sorted(_token_folders(self._prepare())))

    def remove(self, serial: str) -> None:
        """Take a device off the shelf and destroy it. Raises UnknownDevice."""
        claim = self._claim()
        try:
            self._folder(serial).rename(claim.folder / "removed")
            _sync(self.home / "tokens")
        except FileNotFoundError:  # another process was quicker
            raise UnknownDevice(serial) from None
        finally:
            claim.release()

    def sign(self, serial: str, user_pin: str, data: bytes) -> bytes:
        """Sign with the device's key: PKCS#1 v1.5 with SHA-256, or ECDSA in DER with SHA-256 (P-256), SHA-384 (P-384).

        Raises UnknownDevice, PinIncorrect, PinLocked, DeviceFailed.
        """
        order = {"user_pin": user_pin, "data": b64encode(data).decode()}
        with self._copy(serial) as claim:
            return b64decode(self._ask(claim, serial, "sign", order)["signature"])

    def restore(self, serial: str, so_pin: str, new_user_pin: str) -> None:
        """Set a new user PIN by the SO PIN. Key and certificate stay.

        Raises UnknownDevice, PinRefused, PinIncorrect and PinLocked (of the SO PIN), DeviceFailed.
        """
        with self._copy(serial) as claim:
            copied = _token_folders(claim.folder / "tokens")[serial]
            model = device_model(_record(copied).get("model", DEFAULT_MODEL))
            check_new_pin(model.pin, "user", new_user_pin)
            self._ask(claim, serial, "restore", {"so_pin": so_pin, "new_user_pin": new_user_pin})
            # Both PINs are in this one file, and the key under them stays as it is.
            _sync(copied / "token.object")
            folder = self._folder(serial)
            (copied / "token.object").replace(folder / "token.object")
            _sync(folder)

    def inspect(self, serial: str) -> DeviceInfo:
        """What can be seen without a PIN. Raises UnknownDevice, DeviceFailed."""
        with self._copy(serial) as claim:
            seen = self._ask(claim, serial, "inspect", {})
            record = _record(_token_folders(claim.folder / "tokens")[serial])
        return DeviceInfo(
            serial=serial,
            device_model=record.get("model"),
            algorithm=record.get("algorithm"),
            label=seen["label"],
            manufacturer=seen["manufacturer"],
            model=seen["model"],
            flags=tuple(seen["flags"]),
            certificate=None if seen["certificate"] is None else b64decode(seen["certificate"]),
        )

    def read_certificate(self, serial: str) -> bytes | None:
        """DER of the certificate on the device, None when it has none. Raises UnknownDevice, DeviceFailed."""
        return self.inspect(serial).certificate

    def sweep(self, known: Collection[str] | Callable[[], Collection[str]]) -> Swept:
        """Clear away what killed processes left: work folders, and devices that the registry does not know.

        Give `known` as a function that asks the registry when others may be issuing meanwhile: it is called
        after the shelf has been listed, so that a device placed and registered in between is not taken for an
        orphan. A device whose maker has placed it and is still alive, not having called `release`, is spared.
        """
        self._prepare()
        on_shelf = self.serials()
        staged, claimed = clear_dead_claims(self.home / "staging", self.home / "gate")
        registered = known() if callable(known) else known
        orphans = tuple(serial for serial in on_shelf if serial not in claimed and serial not in registered)
        for serial in orphans:
            with suppress(UnknownDevice):  # another sweep was quicker
                self.remove(serial)
        return Swept(staged, orphans)

    # --- the folder -----------------------------------------------------------------------------------------

    def _prepare(self) -> Path:
        """Make the folder's fixed parts where they are missing; the tokens' folder."""
        tokens = self.home / "tokens"
        for folder in (self.home, tokens, self.home / "staging"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_configuration(self.home, tokens)
        return tokens

    def _claim(self) -> Claim:
        self._prepare()
        claim = Claim(self.home / "staging", self.home / "gate")
        (claim.folder / "tokens").mkdir(mode=0o700)
        _write_configuration(claim.folder, claim.folder / "tokens")
        return claim

    def _folder(self, serial: str) -> Path:
        try:
            return _token_folders(self._prepare())[serial]
        except KeyError:
            raise UnknownDevice(serial) from None

    @contextmanager
    def _copy(self, serial: str) -> Iterator[Claim]:
        claim = self._claim()
        try:
            folder = self._folder(serial)
            _copy_token(folder, claim.folder / "tokens" / folder.name, serial)
            yield claim
        finally:
            claim.release()

    def _place(self, claim: Claim, serial: str) -> None:
        folder = _token_folders(claim.folder / "tokens")[serial]
        for file in sorted(folder.iterdir()):
            _sync(file)
        _sync(folder)
        folder.rename(self._prepare() / folder.name)
        _sync(self.home / "tokens")

    def _ask(self, claim: Claim, serial: str, what: str, values: dict[str, Any]) -> dict[str, Any]:
        order = {"do": what, "folder": str(claim.folder), "module": str(self.module), "with": values}
        answer = workers.shared.request(order)
        match answer.get("error"):
            case None:
                result: dict[str, Any] = answer["answer"]
                return result
            case "PinIncorrect":
                raise PinIncorrect(serial)
            case "PinLocked":
                raise PinLocked(serial)
            case error:
                raise DeviceFailed(f"device {serial}, {what}", error)


def check_new_pin(policy: PinPolicy, whose: str, pin: str) -> None:
    """Raise PinRefused when the device model does not take this PIN."""
    if not pin.isprintable():
        raise PinRefused(whose, "it has characters that cannot be typed")
    if refusal := policy.refuses(NewPin.of(pin)):
        classes = ", ".join(sorted(policy.classes))
        rule = f"{policy.min_length} to {policy.max_length} octets" + (f", with {classes}" if classes else "")
        raise PinRefused(whose, f"{refusal.name}; this device takes {rule}")


def token_label(text: str) -> str:
    """As much of the text as a token's label holds (32 octets of UTF-8), cut between characters."""
    return text.encode()[:LABEL_OCTETS].decode(errors="ignore").rstrip()


def _write_configuration(folder: Path, tokens: Path) -> None:
    path, text = folder / "softhsm2.conf", CONFIGURATION.format(tokens=tokens)
    if path.is_file() and path.read_text("utf-8") == text:
        return
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as draft:
        draft.write(text)
    Path(draft.name).rename(path)


def _token_folders(tokens: Path) -> dict[str, Path]:
    """The tokens in a folder by serial, which SoftHSM2 takes from the end of the folder's name."""
    found = {}
    for folder in tokens.iterdir():
        if match := TOKEN_FOLDER.fullmatch(folder.name):
            found[match[1] + match[2]] = folder
    return found


def _copy_token(source: Path, target: Path, serial: str) -> None:
    """Copy a token that some client may be using.

    SoftHSM2 empties `token.object` for a moment at each login.
    """
    for _ in range(40):
        try:
            shutil.copytree(source, target)
        except (FileNotFoundError, shutil.Error) as error:
            if source.exists():
                raise DeviceFailed(f"device {serial}", "its files cannot be read") from error
            raise UnknownDevice(serial) from None
        if (target / "token.object").stat().st_size:
            return
        shutil.rmtree(target)
        time.sleep(0.005)
    raise DeviceFailed(f"device {serial}", "its token.object is empty: a client was killed while it logged in")


def _record(folder: Path) -> dict[str, str]:
    try:
        record: dict[str, str] = json.loads((folder / RECORD).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return record


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
