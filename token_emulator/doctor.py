"""What is wrong with a set-up, and the command that puts it right."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from token_emulator.clients import CLIENTS, Client
from token_emulator.device import Shelf
from token_emulator.errors import ModuleMissing, TokenError
from token_emulator.faults import ordered
from token_emulator.module import DEVICE, HOME, module_path
from token_emulator.module.building import COMPILERS, LIBRARY, SOFTHSM_PATHS, SOURCES
from token_emulator.pin import Who, locked
from token_emulator.state import STATE, Condition

SOFTHSM = "MOCKTOKEN_SOFTHSM"
"""Where the module looks for SoftHSM2 instead of the usual places."""
SYSTEM_MODULES = (Path("/etc/pkcs11/modules"), Path("/usr/share/p11-kit/modules"))
"""What p11-kit reads for every user, root too."""
REBUILD = "python3 -m token_emulator.module"


class Level(StrEnum):
    """How much a finding matters."""

    FINE = "ổn / ok"
    NOTE = "lưu ý / note"
    WRONG = "SAI / WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    vi: str
    en: str
    command: str | None = None
    """What to type."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a client would find on this machine."""

    environ: Mapping[str, str]
    uid: int
    library: Path = SOURCES / LIBRARY
    softhsm: tuple[str, ...] = SOFTHSM_PATHS
    system_modules: tuple[Path, ...] = SYSTEM_MODULES

    @classmethod
    def of_this_process(cls) -> Surroundings:
        return cls(dict(os.environ), os.geteuid())

    def which(self, program: str) -> str | None:
        return shutil.which(program, path=self.environ.get("PATH", os.defpath))

    @property
    def home(self) -> Path:
        return Path(self.environ.get("HOME", "/"))


def examine(here: Surroundings, folder: Path, wanted: Sequence[str] = ()) -> list[Finding]:
    """Look at the module, the shelf in that folder, the environment and the clients.

    The clients that are `wanted` must be there; any other may be missing.
    """
    findings = [*_module(here), *_shelf(here, folder), *_environment(here, folder)]
    if all(finding.level is not Level.WRONG for finding in findings):
        findings += _devices(here, Shelf(folder))
    return [*findings, *_clients(here, wanted), *_p11_kit(here, wanted)]


def _module(here: Surroundings) -> Iterator[Finding]:
    told = here.environ.get(SOFTHSM)
    if told and not any(os.access(path, os.R_OK) for path in told.split(":")):
        yield Finding(
            Level.WRONG,
            f"{SOFTHSM} chỉ đến chỗ không có SoftHSM2: {told}",
            f"{SOFTHSM} points to where no SoftHSM2 is: {told}",
            f"unset {SOFTHSM}",
        )
    if not here.library.is_file() and any(map(here.which, COMPILERS)):
        yield Finding(
            Level.WRONG,
            "Chưa biên dịch mô-đun PKCS#11",
            f"The PKCS#11 module is not built: {here.library} is not there",
            REBUILD,
        )
        return
    try:
        path = module_path(here.library, told.split(":") if told else here.softhsm)
    except ModuleMissing as error:
        yield Finding(Level.WRONG, "Thiếu mô-đun PKCS#11 hoặc SoftHSM2", error.why, error.command)
    else:
        yield Finding(Level.FINE, f"Mô-đun PKCS#11: {path}", f"PKCS#11 module: {path}")


def _shelf(here: Surroundings, folder: Path) -> Iterator[Finding]:
    quoted = shlex.quote(str(folder))
    if not (folder / "readers").is_file():
        yield Finding(
            Level.WRONG,
            f"{folder} không phải là giá thiết bị",
            f"{folder} is not a shelf of devices",
            "mockca serve    # makes the sandbox demo; or: mockca token unpack FILE --shelf " + quoted,
        )
        return
    wrong = list(_permissions(here, folder, quoted))
    yield from wrong or [Finding(Level.FINE, f"Giá thiết bị: {folder}", f"Shelf of devices: {folder}")]


def _permissions(here: Surroundings, folder: Path, quoted: str) -> Iterator[Finding]:
    parts = (folder, folder / "readers", folder / "devices", *(folder / "devices").glob("*/state"))
    seen = [(path, path.stat()) for path in parts if path.exists()]
    if strangers := [path for path, found in seen if found.st_uid != here.uid]:
        root = here.uid == 0
        yield Finding(
            Level.NOTE if root else Level.WRONG,
            f"{strangers[0]} thuộc về người dùng khác",
            f"{strangers[0]} belongs to another user"
            + ("; what root writes there, its owner cannot read" if root else ""),
            f"sudo chown -R {here.uid} {quoted}" if not root else None,
        )
    closed = [
        path
        for path, found in seen
        if stat.S_IMODE(found.st_mode) & 0o600 != 0o600 or (path.is_dir() and not found.st_mode & stat.S_IXUSR)
    ]
    if closed:
        yield Finding(
            Level.WRONG,
            f"Không đọc hoặc không ghi được {closed[0]}",
            f"{closed[0]} cannot be read or written: clients get CKR_DEVICE_ERROR or CKR_GENERAL_ERROR",
            f"chmod -R u+rwX {quoted}",
        )
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding(
            Level.WRONG,
            f"Người dùng khác vào được {folder}",
            f"Other users may enter {folder}",
            f"chmod go= {quoted}",
        )


def _environment(here: Surroundings, folder: Path) -> Iterator[Finding]:
    home = here.environ.get(HOME)
    usual = Path(here.environ.get("XDG_DATA_HOME") or here.home / ".local/share") / "mocktoken"
    export = f"export {HOME}={shlex.quote(str(folder))}"
    if not home and usual != folder:
        yield Finding(
            Level.WRONG,
            f"Chưa đặt {HOME}: phần mềm sẽ tìm ở {usual}",
            f"{HOME} is not set: clients will look in {usual}",
            export,
        )
    elif home and Path(home).absolute() != folder:
        yield Finding(
            Level.WRONG, f"{HOME} chỉ đến giá khác: {home}", f"{HOME} points to another shelf: {home}", export
        )
    else:
        yield Finding(Level.FINE, f"Phần mềm tìm thiết bị ở {folder}", f"Clients look for devices in {folder}")
    if serial := here.environ.get(DEVICE):
        there = (folder / "devices" / serial / STATE).is_file()
        yield Finding(
            Level.NOTE if there else Level.WRONG,
            f"{DEVICE}: phần mềm chỉ thấy thiết bị {serial}, cắm hay không" + ("" if there else "; không có trên giá"),
            f"{DEVICE}: clients see device {serial} alone, plugged in or not" + ("" if there else "; it is not here"),
            f"unset {DEVICE}",
        )


def _devices(here: Surroundings, shelf: Shelf) -> Iterator[Finding]:
    serials = shelf.serials()
    well = True
    at = "" if here.environ.get(HOME) else f" --shelf {shlex.quote(str(shelf.home))}"
    for serial in serials:
        for finding in _device(shelf, serial, at):
            well = False
            yield finding
    plugged = shelf.plugged()
    if not plugged:
        first = next((serial for serial in serials if _is_here(shelf, serial)), None)
        yield Finding(
            Level.WRONG,
            "Không có thiết bị nào được cắm: phần mềm sẽ không thấy gì",
            "No device is plugged in: clients will see none",
            f"mockca token plug {first}{at}"
            if first
            else f"mockca token unpack FILE{at}    # or have the authority issue one",
        )
    elif well:
        yield Finding(
            Level.FINE,
            f"{len(serials)} thiết bị, {len(plugged)} được cắm",
            f"{len(serials)} devices, {len(plugged)} plugged in",
        )


def _is_here(shelf: Shelf, serial: str) -> bool:
    try:
        return shelf.state(serial).condition is Condition.HERE
    except TokenError:
        return False


def _device(shelf: Shelf, serial: str, at: str) -> Iterator[Finding]:
    """What is the matter with one device; nothing when it is well, or not here. `at` goes behind commands."""
    folder = shelf.folder(serial)
    remove = f"rm -r {shlex.quote(str(folder))}    # its keys are lost"
    try:
        record = shelf.state(serial)
    except TokenError as error:
        yield Finding(Level.WRONG, f"Bản ghi của thiết bị {serial} bị hỏng hoặc thiếu", str(error), remove)
        return
    if record.condition is not Condition.HERE:
        return
    if _is_emptied(folder):
        yield Finding(
            Level.WRONG,
            f"Tệp token.object của thiết bị {serial} rỗng, không có bản sao",
            f"token.object of device {serial} is empty and there is no copy of it",
            remove,
        )
        return
    try:
        shelf.inspect(serial)
    except TokenError as error:
        yield Finding(Level.WRONG, f"Thiết bị {serial} không trả lời", str(error), REBUILD)
        return
    for who, name, command in ((Who.USER, "PIN", f"mockca token restore {serial}{at}"), (Who.SO, "SO PIN", None)):
        if locked(record.policy, record.pins, who):
            yield Finding(
                Level.NOTE,
                f"{name} của thiết bị {serial} đã khóa",
                f"The {name} of device {serial} is locked" + ("" if command else ": it is only good for return"),
                command,
            )
    if ordered(shelf, serial):
        yield Finding(
            Level.NOTE,
            f"Thiết bị {serial} sẽ báo lỗi theo lệnh",
            f"Device {serial} will show faults that are on order",
            f"mockca token fault {serial} none{at}",
        )


def _is_emptied(folder: Path) -> bool:
    """Whether SoftHSM2's file of the token is lost; the module puts it back from the copy, if there is one."""
    kept = folder / "token.copy"
    objects = list((folder / "store").glob("*/token.object"))
    whole = bool(objects) and objects[0].stat().st_size > 0
    return not whole and not (kept.is_file() and kept.stat().st_size > 0)


def _clients(here: Surroundings, wanted: Sequence[str]) -> Iterator[Finding]:
    for name, client in CLIENTS.items():
        if wanted and name not in wanted:
            continue
        if missing := _missing(here, client):
            yield Finding(
                Level.WRONG if wanted else Level.NOTE,
                f"{client.title}: thiếu {missing}",
                f"{client.title}: {missing} is missing" + ("" if wanted else ", if you want it"),
                client.package,
            )
        else:
            yield Finding(Level.FINE, f"{client.title}: có", f"{client.title}: there")


def _missing(here: Surroundings, client: Client) -> str | None:
    for program in client.programs:
        if here.which(program) is None:
            return program
    if client.imports is not None and find_spec(client.imports) is None:
        return client.imports
    return "the engine pkcs11" if client.engine and not _engine_is_there(here) else None


def _engine_is_there(here: Surroundings) -> bool:
    openssl = here.which("openssl") or "openssl"
    told = subprocess.run([openssl, "version", "-e"], capture_output=True, text=True, check=False).stdout
    folder = Path(told.partition('"')[2].rstrip('"\n'))  # ENGINESDIR: "/usr/lib/…/engines-3"
    return (folder / "pkcs11.so").is_file()


def _p11_kit(here: Surroundings, wanted: Sequence[str]) -> Iterator[Finding]:
    own = here.home / ".config/pkcs11/modules"
    if here.uid == 0 and _names_module(own) and not any(map(_names_module, here.system_modules)):
        target = here.system_modules[0]
        yield Finding(
            Level.WRONG if "p11-kit" in wanted else Level.NOTE,
            f"p11-kit của root không đọc {own}",
            f"As root, p11-kit does not read {own}",
            f"mkdir -p {target} && cp {own}/*.module {target}/",
        )


def _names_module(folder: Path) -> bool:
    return any(LIBRARY in path.read_text("utf-8", "replace") for path in folder.glob("*.module"))
