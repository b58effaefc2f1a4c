"""What a judgement says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from token_emulator.documents.rules import Role
from token_emulator.documents.seeing import Widget


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the document from elsewhere; what is not given is read from it where that can be done."""

    number: str | None = None
    """Number and symbol."""
    issued: date | None = None
    signer: str | None = None
    """Full name of the person who signs."""
    organisation: str | None = None
    seal_diameter: float | None = None
    """Of the real seal, mm."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Whose certificate it is, by its serial number in hexadecimal; without it, by its common name."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, as the file tells of it; nothing of it is verified here."""

    field: str
    role: Role
    common_name: str
    email: str | None
    serial: str
    """Of the certificate, hexadecimal."""
    key: bytes
    """SubjectPublicKeyInfo, DER."""
    at: datetime | None
    """The signing time that it claims."""
    revision: int
    """Octets of the file that it was made over."""
    widget: Widget | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the regulation wants it."""

    rule: str
    """Among RULES."""
    clause: str | None
    """None where it is this project's own choice."""
    signature: str | None
    """Name of the signature's field."""
    found_vi: str
    found_en: str
    wanted_vi: str
    wanted_en: str

    @property
    def vi(self) -> str:
        """As a sentence."""
        return f"{self._where}{RULES[self.rule][0]}: {self.found_vi}; cần {self.wanted_vi}"

    @property
    def en(self) -> str:
        """As a sentence."""
        return f"{self._where}{RULES[self.rule][1]}: {self.found_en}; wanted {self.wanted_en}"

    @property
    def _where(self) -> str:
        return f"{self.signature}: " if self.signature else ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a document is as its regulation wants it."""

    regulation: str
    kind: str
    signatures: tuple[Signature, ...]
    findings: tuple[Finding, ...]
    unseen: tuple[str, ...]
    """Rules that could not be looked at in this file."""

    @property
    def obeys(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


RULES: Final = MappingProxyType(
    {
        "unsigned": ("văn bản chưa ký số", "the document is not signed"),
        "incomplete": ("chữ ký không đủ hoặc không đúng vai", "signatures are missing, or of the wrong role"),
        "order": ("thứ tự ký", "order of signing"),
        "extra": ("chữ ký thừa", "a signature too many"),
        "one-key": ("một khóa ký hai vai", "one key in both roles"),
        "other-name": ("tên dưới chữ ký khác chủ chứng thư", "the name under the signature is another's"),
        "number": ("số, ngày văn bản khi ký", "number and date when it was signed"),
        "rewritten": ("nội dung trang thay đổi sau khi ký", "the page itself was changed after signing"),
        "day": ("ngày ký khác ngày ban hành", "signed on another day than issued"),
        "version": ("phiên bản PDF", "PDF version"),
        "secret": ("dấu chỉ độ mật", "mark of secrecy"),
        "overlap": ("các khung chữ ký đè lên nhau", "frames of signatures overlap"),
        "hidden": ("chữ ký không hiển thị", "the signature is not shown"),
        "place": ("vị trí chữ ký", "place of the signature"),
        "width": ("chiều dài khung", "width of the frame"),
        "height": ("chiều rộng khung", "height of the frame"),
        "signature-image": ("ảnh chữ ký mẫu", "image of the specimen signature"),
        "seal-image": ("ảnh con dấu", "image of the seal"),
        "signature-colour": ("màu ảnh chữ ký", "colour of the signature's image"),
        "seal-colour": ("màu ảnh con dấu", "colour of the seal's image"),
        "transparent": ("nền ảnh, định dạng ảnh", "background or format of the image"),
        "seal-size": ("kích thước con dấu", "size of the seal"),
        "covers": ("dấu trùm lên chữ ký", "how the seal covers the signature"),
        "signer": ("tên người ký", "name of the signer"),
        "email": ("thư điện tử", "e-mail address"),
        "organisation": ("tên cơ quan", "name of the body"),
        "copy-form": ("hình thức sao", "kind of copy"),
        "shown-number": ("số, ký hiệu trên chữ ký", "number and symbol in the signature"),
        "time": ("thời gian ký hiển thị", "signing time shown"),
        "zone": ("múi giờ của thời gian ký", "time zone of the signing time"),
        "font": ("phông chữ", "typeface"),
        "font-size": ("cỡ chữ", "type size"),
        "font-style": ("kiểu chữ", "type style"),
        "font-colour": ("màu chữ", "colour of the text"),
        "capitals": ("chữ in hoa", "capitals"),
    }
)
"""What can be found, in Vietnamese and English."""
