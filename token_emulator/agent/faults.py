"""Faults of the agent, on order: what pages must bear and the real agent shows only when it hurts.

A table of entries, one for each fault and operation. An entry fires for the next so many operations, or until it is
taken back. `NOT_RUNNING` is a state: the port that pages call is closed for as long as the entry stands.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from token_emulator.agent.errors import BadFaults

LONGEST: Final = 3600.0
MOST: Final = 200


class FaultName(StrEnum):
    """What may go wrong."""

    NOT_RUNNING = "not-running"
    NEVER_ANSWERS = "never-answers"
    SLOW = "slow"
    CANCELLED = "cancelled"
    WRONG_PIN = "wrong-pin"
    DOWNLOAD_FAILED = "download-failed"
    HANDLER_REFUSED = "handler-refused"
    NO_FILE_SERVER = "no-file-server"
    OCSP_OFF = "ocsp-off"
    TSA_SLOW = "tsa-slow"
    TSA_DOWN = "tsa-down"
    LOCAL_AS_UTC = "local-as-utc"
    LEAF_ONLY = "leaf-only"
    WHOLE_CHAIN = "whole-chain"
    SHA1_IMPRINT = "sha1-imprint"
    PKCS7 = "adbe.pkcs7.detached"
    CADES = "etsi.cades.detached"


TOLD: Final = MappingProxyType(
    {
        FaultName.NOT_RUNNING: (
            "Cổng đóng, như khi chưa chạy.",
            "The port is closed, as if the agent were not running.",
        ),
        FaultName.NEVER_ANSWERS: ("Nhận mà không trả lời.", "The message is taken, and nothing comes back."),
        FaultName.SLOW: ("Trả lời chậm.", "The answer comes `seconds` late."),
        FaultName.CANCELLED: ("Người dùng hủy.", "The user cancels instead of typing the PIN."),
        FaultName.WRONG_PIN: (
            "Nhập sai mã PIN.",
            "Wrong PINs go to the device until it is locked, for real; with `tries`, so many.",
        ),
        FaultName.DOWNLOAD_FAILED: ("Không tải được tệp (0x0023).", "FileName cannot be fetched (0x0023)."),
        FaultName.HANDLER_REFUSED: ("Máy chủ không nhận (0x0028).", "The handler's answer is not accepted (0x0028)."),
        FaultName.NO_FILE_SERVER: (
            "Status 0, FileServer rỗng.",
            "Status 0 with an empty FileServer: nothing was stored.",
        ),
        FaultName.OCSP_OFF: ("Không kiểm tra OCSP.", "SignerCertStatus is null, as long as OCSP is not switched on."),
        FaultName.TSA_SLOW: ("Dấu thời gian chậm.", "The time-stamping authority takes `seconds`."),
        FaultName.TSA_DOWN: ("Không có dấu thời gian.", "The time-stamping authority does not answer."),
        FaultName.LOCAL_AS_UTC: ("Giờ ký lệch +7.", "signingTime is local time written as if it were UTC."),
        FaultName.LEAF_ONLY: ("Chỉ có chứng thư người ký.", "The CMS holds the signer's certificate alone."),
        FaultName.WHOLE_CHAIN: ("Có cả đường dẫn.", "The CMS holds the issuers' certificates, too."),
        FaultName.SHA1_IMPRINT: ("Dấu thời gian trên SHA-1.", "The timestamp's imprint is SHA-1."),
        FaultName.PKCS7: ("SubFilter adbe.pkcs7.detached.", "The SubFilter is adbe.pkcs7.detached."),
        FaultName.CADES: ("SubFilter ETSI.CAdES.detached.", "The SubFilter is ETSI.CAdES.detached."),
    }
)
"""Each fault, for people: Vietnamese, English."""

TIMED: Final = {FaultName.SLOW, FaultName.TSA_SLOW}


class Fault(BaseModel):
    """One entry."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: FaultName
    operation: Annotated[str, Field(pattern="[A-Za-z0-9]{1,40}")] | None = None
    """Only this operation, e.g. SignIssued; without it, each."""
    times: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """For the next so many operations; without it, until it is taken back."""
    seconds: Annotated[float, Field(gt=0, le=LONGEST)] | None = None
    """`slow` and `tsa-slow`: how long."""
    tries: Annotated[int, Field(ge=1, le=100)] | None = None
    """`wrong-pin`: how many, before the right one; without it, until the device is locked."""

    @model_validator(mode="after")
    def _has_its_values_alone(self) -> Self:
        if (self.name in TIMED) != (self.seconds is not None):
            raise ValueError(f"{self.name} {'needs' if self.name in TIMED else 'takes no'} seconds")
        if self.tries is not None and self.name is not FaultName.WRONG_PIN:
            raise ValueError(f"{self.name} takes no tries")
        if self.name is FaultName.NOT_RUNNING and (self.times or self.operation):
            raise ValueError(f"{self.name} is for all operations, until it is taken back")
        return self


FAULTS: Final = TypeAdapter(Annotated[tuple[Fault, ...], Field(max_length=MOST)])

Firing = Mapping[FaultName, Fault]
"""The faults of one operation."""


@dataclass
class FaultTable:
    """The faults on order. Any thread may order and take back."""

    _entries: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, faults: Iterable[Fault]) -> None:
        """Set entries; each replaces the one for the same fault and operation. Raises BadFaults for too many."""
        with self._lock:
            kept = list(self._entries)
            for fault in faults:
                kept = [one for one in kept if (one.name, one.operation) != (fault.name, fault.operation)]
                kept.append(fault)
            if len(kept) > MOST:
                raise BadFaults("faults", f"more than {MOST}")
            self._entries = kept

    def withdraw(self, name: FaultName | None = None) -> None:
        """Take back one fault, or all."""
        with self._lock:
            self._entries = [one for one in self._entries if name not in (None, one.name)]

    def listed(self) -> tuple[Fault, ...]:
        """What is on order."""
        with self._lock:
            return tuple(self._entries)

    def take(self, operation: str) -> Firing:
        """The faults that fire for one operation; each that is counted is one nearer to its end."""
        with self._lock:
            firing = {one.name: one for one in self._entries if one.operation in (None, operation)}
            taken = {id(one) for one in firing.values()}
            self._entries = [left for one in self._entries if (left := _less(one) if id(one) in taken else one)]
            return MappingProxyType(firing)

    def stands(self, name: FaultName) -> bool:
        """Whether a fault is on order."""
        return any(one.name is name for one in self.listed())


def _less(fault: Fault) -> Fault | None:
    if fault.times is None:
        return fault
    return fault.model_copy(update={"times": fault.times - 1}) if fault.times > 1 else None


def parse_faults(value: Any, where: str) -> tuple[Fault, ...]:
    """Faults from plain values. Raises BadFaults, which names the entry and the rule."""
    try:
        return FAULTS.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadFaults(f"{where} {place}".strip(), first["msg"]) from None


def read_faults(path: Path) -> tuple[Fault, ...]:
    """A TOML file with `[[fault]]` tables. Raises BadFaults."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadFaults(str(path), str(error)) from error
    return parse_faults(content.get("fault", []), str(path))
