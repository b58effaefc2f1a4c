"""What is looked at of a signed document: each point in Vietnamese and English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

POINTS: Final = MappingProxyType(
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
"""What a judgement may find, in Vietnamese and English."""
