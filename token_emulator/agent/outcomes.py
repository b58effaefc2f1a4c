"""How an operation of the agent fails: the Status that the page gets, the code in its text, the words.

What the real agent's numbers mean is not known but for a few texts (facts: sign-service §3.3). Numbers below 1000 are
those of the code in the text; numbers from 1001 on are this project's own. A page should ask whether Status is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to fail."""

    name: str
    status: int
    vi: str
    en: str
    code: str = ""
    """As it stands in the text, where the real agent has one."""


DOWNLOAD: Final = Outcome(
    "download", 0x23, "Tải tệp ký số không thành công", "the file to be signed could not be fetched", "0x0023"
)
UPLOAD: Final = Outcome(
    "upload", 0x28, "Gửi tệp đã ký lên máy chủ không thành công", "the upload handler did not take the file", "0x0028"
)
NO_ROOM: Final = Outcome("no-room", 0x2, "Không đủ không gian lưu chữ ký", "the signature does not fit", "0x002")
CANCELLED: Final = Outcome("cancelled", 1001, "Người dùng đã hủy thao tác", "the user cancelled")
BAD_MESSAGE: Final = Outcome("bad-message", 1002, "Thông điệp không đúng", "the message is not understood")
UNSUPPORTED: Final = Outcome("unsupported", 1003, "Chức năng chưa được hỗ trợ", "this operation is not supported")
NO_TOKEN: Final = Outcome(
    "no-token", 1004, "Không tìm thấy thiết bị chứng thư số", "no device with a certificate is in"
)
PIN_LOCKED: Final = Outcome("pin-locked", 1005, "Thiết bị đã bị khóa do nhập sai mã PIN", "the device is locked")
DEVICE: Final = Outcome("device", 1006, "Lỗi thiết bị", "the device failed")
UNSIGNABLE: Final = Outcome("unsignable", 1007, "Không ký được tài liệu", "the document cannot be signed")
TIMESTAMP: Final = Outcome("timestamp", 1008, "Không lấy được dấu thời gian", "no timestamp could be had")
NOT_VERIFIED: Final = Outcome("not-verified", 1009, "Chữ ký không hợp lệ", "the signature does not hold")
WRONG_PIN: Final = Outcome("wrong-pin", 1010, "Mã PIN không đúng", "the PIN is wrong")
INTERNAL: Final = Outcome("internal", 1099, "Lỗi không xác định", "the agent failed; its log says why")

OUTCOMES: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            DOWNLOAD,
            UPLOAD,
            NO_ROOM,
            CANCELLED,
            BAD_MESSAGE,
            UNSUPPORTED,
            NO_TOKEN,
            PIN_LOCKED,
            DEVICE,
            UNSIGNABLE,
            TIMESTAMP,
            NOT_VERIFIED,
            WRONG_PIN,
            INTERNAL,
        )
    }
)


class Refusal(Exception):
    """An operation that ends without what was asked for. Never carries a PIN."""

    def __init__(self, outcome: Outcome, detail: str = "") -> None:
        self.outcome, self.detail = outcome, detail
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """For the page: Vietnamese, the code, English, the detail."""
        code = f" {self.outcome.code}" if self.outcome.code else ""
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.outcome.vi}.{code} / {self.outcome.en}{detail}"
