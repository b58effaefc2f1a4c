"""A shelf of devices, each made in private and put there whole.

    home/devices/<serial>/state        what the device remembers, PIN counters and policy above all (`state`)
    home/devices/<serial>/store/       SoftHSM2's files; its PINs are not the device's, and nobody knows them
    home/devices/<serial>/token.copy   the one of those files that a killed client may leave empty
    home/devices/<serial>/device.json  what was asked for when it was personalised
    home/devices/<serial>/guest        there for a device that was made on another shelf (`package`)
    home/readers                       which devices are plugged in (`readers`)
    home/staging/…                     devices being made (`claims`)
    home/gate                          lock between those who stage and those who sweep

Clients load `Shelf.module` and see the devices that are plugged in. What the shelf itself does with a device goes
through the same module, in a worker process with a reader of its own, and counts as any client's tries do.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography import x509

from token_emulator import state, workers
from token_emulator.claims import Claim, clear_dead_claims
from token_emulator.durable import sync, sync_all
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
from token_emulator.models import DeviceModel, device_model
from token_emulator.module import HOME, module_path
from token_emulator.pin import NewPin, PinPolicy, Who, flags, tries_left
from token_emulator.readers import Readers
from token_emulator.staged import StagedDevice
from token_emulator.state import Condition, Record

RECORD = "device.json"
GUEST = "guest"
LABEL_OCTETS = 32
SERIAL = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What can be seen of a device without a PIN."""

    serial: str
    """As C_GetTokenInfo shows it: 16 hexadecimal digits."""
    device_model: str | None
    """Id of the device model; None for a device that was not personalised here."""
    algorithm: str | None
    label: str
    manufacturer: str
    model: str
    condition: Condition
    reader: int | None
    """The reader that it is plugged into."""
    flags: tuple[str, ...]
    """Names of the CK_TOKEN_INFO flags that are set, without CKF_."""
    user_tries_left: int
    so_tries_left: int
    certificate: bytes | None
    """DER."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed."""

    staged: int
    """Work folders whose owners were gone."""
    devices: tuple[str, ...]
    """Serials of devices that nobody knew."""


class Shelf:
    """The devices of one sandbox. Cheap to make; the folder is filled when first needed."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        if any(character in str(self.home) for character in "#\r\n"):
            raise TokenError(f"{str(self.home)!r}: SoftHSM2 cannot read a configuration with such a folder name")
        self._devices = self.home / "devices"
        self._readers = Readers(self.home / "readers")

    # --- for clients ----------------------------------------------------------------------------------------

    @property
    def module(self) -> Path:
        """The PKCS#11 module that clients load: said here and nowhere else. Raises ModuleMissing."""
        return module_path()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a client needs."""
        self._prepare()
        return {HOME: str(self.home)}

    def plug(self, serial: str) -> int:
        """Put a device into the first free reader: clients see it from now on. The reader, which is its PKCS#11 slot.

        Raises UnknownDevice, WrongStage when it is not here (`Condition`), NoFreeReader.
        """
        self.require_here(serial, "be plugged in")
        reader = self._readers.plug(serial)
        try:
            self.require_here(serial, "be plugged in")  # it may have gone meanwhile
        except TokenError:
            self._readers.unplug(serial)
            raise
        return reader

    def require_here(self, serial: str, wanted: str) -> None:
        """Raise WrongStage when the device is packed, lost, damaged, returned or wiped; UnknownDevice."""
        condition = self.state(serial).condition
        if condition is not Condition.HERE:
            raise WrongStage(serial, condition.name.lower(), wanted)

    def unplug(self, serial: str) -> bool:
        """Pull a device out: clients that use it are told CKR_DEVICE_REMOVED. Whether it was plugged in.

        Raises UnknownDevice.
        """
        self.folder(serial)
        return self._readers.unplug(serial)

    def plugged(self) -> dict[str, int]:
        """Serials of the devices that are plugged in, and their readers."""
        self._prepare()
        return self._readers.plugged()

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
        serial = secrets.token_hex(8)
        claim = self.claim()
        try:
            claim.name_device(serial)
            folder = claim.folder / "devices" / serial
            (folder / "store").mkdir(mode=0o700, parents=True)
            blank = Record(serial, "", model.manufacturer, model.model, replace(model.pin, must_change=False))
            state.create(folder, blank)
            made = self.ask(serial, "personalise", order, claim)
            if model.pin.must_change:  # only now: a transport PIN makes no keys
                state.change(folder, lambda record: _with_transport_pin(record, model.pin))
            record = {"model": model.id, "algorithm": str(algorithm), "label": label}
            (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False), "utf-8")
        except BaseException:
            claim.release()
            raise
        return StagedDevice(self, claim, serial, b64decode(made["public_key"]), label)

    def serials(self) -> tuple[str, ...]:
        """Serials of the devices on the shelf, sorted."""
        found = (folder.name for folder in self._prepare().iterdir())
        return tuple(sorted(name for name in found if SERIAL.fullmatch(name)))

    def remove(self, serial: str) -> None:
        """Take a device off the shelf, out of its reader, and destroy it. Raises UnknownDevice."""
        claim = self.claim()
        try:
            folder = self.folder(serial)
            self._readers.unplug(serial)
            folder.rename(claim.folder / "removed")
            sync(folder.parent)
        except FileNotFoundError:  # another process was quicker
            raise UnknownDevice(serial) from None
        finally:
            claim.release()

    def sign(
        self,
        serial: str,
        user_pin: str,
        data: bytes,
        digest: str | None = None,
        *,
        pss: bool = False,
        hashed: bool = False,
    ) -> bytes:
        """Sign with the device's key: PKCS#1 v1.5, PSS on request, or ECDSA in DER.

        `digest` is sha1, sha256, sha384 or sha512; without it SHA-256, for P-384 SHA-384. `hashed` data is the digest
        itself. Raises UnknownDevice, PinIncorrect, PinLocked, DeviceFailed.
        """
        order = {
            "user_pin": user_pin,
            "data": b64encode(data).decode(),
            "digest": digest,
            "pss": pss,
            "hashed": hashed,
        }
        return b64decode(self.ask(serial, "sign", order)["signature"])

    def log_in(self, serial: str, user_pin: str) -> None:
        """Try a user PIN: a right one gives all tries back, a wrong one costs one.

        Raises UnknownDevice, PinIncorrect, PinLocked, DeviceFailed.
        """
        self.ask(serial, "log_in", {"user_pin": user_pin})

    def change_pin(self, serial: str, user_pin: str, new_pin: str) -> None:
        """Set another user PIN by the present one. One that the device does not take costs no try.

        Raises UnknownDevice, PinRefused, PinIncorrect, PinLocked, DeviceFailed.
        """
        check_new_pin(self.state(serial).policy, "user", new_pin)
        self.ask(serial, "change_pin", {"user_pin": user_pin, "new_pin": new_pin})

    def restore(self, serial: str, so_pin: str, new_user_pin: str) -> None:
        """Set a new user PIN as the SO, with all its tries: the way back for a locked device.

        Raises UnknownDevice, PinRefused, PinIncorrect, PinLocked, DeviceFailed.
        """
        check_new_pin(self.state(serial).policy, "user", new_user_pin)
        self.ask(serial, "restore", {"so_pin": so_pin, "user_pin": new_user_pin}, whose="SO")

    def state(self, serial: str) -> Record:
        """What the device remembers. Raises UnknownDevice, DeviceFailed."""
        try:
            return state.read(self.folder(serial))
        except FileNotFoundError:
            raise UnknownDevice(serial) from None

    def change_state(self, serial: str, how: Callable[[Record], Record]) -> Record:
        """Change what the device remembers, while no client is at it. Raises UnknownDevice, DeviceFailed."""
        try:
            return state.change(self.folder(serial), how)
        except FileNotFoundError:
            raise UnknownDevice(serial) from None

    def inspect(self, serial: str) -> DeviceInfo:
        """What can be seen without a PIN. Of a device that is not here (`Condition`): what is on record.

        Raises UnknownDevice, DeviceFailed.
        """
        record = _record(self.folder(serial))
        remembered = self.state(serial)
        here = remembered.condition is Condition.HERE
        seen = self.ask(serial, "inspect", {}) if here else _on_record(remembered)
        return DeviceInfo(
            serial=serial,
            device_model=record.get("model"),
            algorithm=record.get("algorithm"),
            label=seen["label"],
            manufacturer=seen["manufacturer"],
            model=seen["model"],
            condition=remembered.condition,
            reader=self.plugged().get(serial),
            flags=tuple(seen["flags"]),
            user_tries_left=tries_left(remembered.policy, remembered.pins, Who.USER),
            so_tries_left=tries_left(remembered.policy, remembered.pins, Who.SO),
            certificate=None if seen["certificate"] is None else b64decode(seen["certificate"]),
        )

    def read_certificate(self, serial: str) -> bytes | None:
        """DER of the certificate on the device, None when it has none. Raises UnknownDevice, DeviceFailed."""
        return self.inspect(serial).certificate

    def replace_certificate(self, serial: str, der: bytes | None) -> None:
        """Put another certificate in place of the device's, or none, whether it is for the device's key or not.

        Raises UnknownDevice, BadCertificate when it is not a certificate, DeviceFailed.
        """
        if der is not None:
            try:
                x509.load_der_x509_certificate(der)
            except ValueError as error:
                raise BadCertificate(serial, str(error)) from error
        label = _record(self.folder(serial)).get("label", "")
        self.ask(serial, "write_certificate", {"der": der and b64encode(der).decode(), "label": label})

    def sweep(self, known: Collection[str] | Callable[[], Collection[str]]) -> Swept:
        """Clear away what killed processes left: work folders, and devices that the registry does not know.

        Give `known` as a function that asks the registry when others may be issuing meanwhile: it is called
        after the shelf has been listed, so that a device placed and registered in between is not taken for an
        orphan. A device whose maker has placed it and is still alive, not having called `release`, is spared, and
        so is one that came in a package: another registry knows it.
        """
        self._prepare()
        on_shelf = self.serials()
        staged, claimed = clear_dead_claims(self.home / "staging", self.home / "gate")
        registered = known() if callable(known) else known
        orphans = tuple(
            serial
            for serial in on_shelf
            if serial not in claimed and serial not in registered and not (self._devices / serial / GUEST).exists()
        )
        for serial in orphans:
            with suppress(UnknownDevice):  # another sweep was quicker
                self.remove(serial)
        return Swept(staged, orphans)

    # --- the folder -----------------------------------------------------------------------------------------

    def _prepare(self) -> Path:
        """Make the folder's fixed parts where they are missing; the devices' folder."""
        for folder in (self.home, self._devices, self.home / "staging"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._readers.prepare()
        return self._devices

    def claim(self) -> Claim:
        """A work folder on the shelf's own file system."""
        self._prepare()
        return Claim(self.home / "staging", self.home / "gate")

    def folder(self, serial: str) -> Path:
        """Where the device's files are. Raises UnknownDevice."""
        folder = self._prepare() / serial
        if not SERIAL.fullmatch(serial) or not folder.is_dir():
            raise UnknownDevice(serial)
        return folder

    def place(self, claim: Claim, serial: str) -> None:
        """Put the device in the claim onto the shelf, whole and durable. OSError when there is one of that serial."""
        folder = claim.folder / "devices" / serial
        sync_all(folder)
        devices = self._prepare()
        folder.rename(devices / serial)
        sync(devices)

    def ask(
        self, serial: str, what: str, values: dict[str, Any], claim: Claim | None = None, whose: str = "user"
    ) -> dict[str, Any]:
        """Have a worker do something with a device on the shelf, or with one that is being made in a claim.

        Raises PinIncorrect, PinLocked, DeviceFailed; what is to be done decides which.
        """
        if claim is None:
            self.require_here(serial, what.replace("_", " "))
        answer = workers.shared.request(
            {
                "do": what,
                "claim": claim and str(claim.folder),
                "home": str(claim.folder if claim else self.home),
                "serial": serial,
                "module": str(self.module),
                "with": values,
            }
        )
        match answer.get("error"):
            case None:
                result: dict[str, Any] = answer["answer"]
                return result
            case "PinIncorrect":
                raise PinIncorrect(serial, whose)
            case "PinLocked":
                raise PinLocked(serial, whose)
            case error:
                if claim is None:
                    # somebody may have taken it away under our hands
                    self.require_here(serial, what.replace("_", " "))
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


def _with_transport_pin(record: Record, policy: PinPolicy) -> Record:
    return replace(record, policy=policy, pins=replace(record.pins, user_pin_to_be_changed=True))


def _on_record(record: Record) -> dict[str, Any]:
    """What a device that is not here would show, but for its certificate."""
    return {
        "label": record.label,
        "manufacturer": record.manufacturer,
        "model": record.model,
        "flags": sorted(flag.name for flag in flags(record.policy, record.pins) if flag.name),
        "certificate": None,
    }


def _record(folder: Path) -> dict[str, str]:
    try:
        record: dict[str, str] = json.loads((folder / RECORD).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return record
