"""What people call the values of the contract."""

from __future__ import annotations

from typing import Final

from mockca.web.site.languages import mark

STATUSES: Final = {
    "issued": mark("Đã cấp, chưa có hiệu lực"),
    "effective": mark("Đang có hiệu lực"),
    "suspended": mark("Tạm dừng"),
    "revoked": mark("Đã thu hồi"),
    "expired": mark("Hết hạn"),
}
REASONS: Final = {
    "unspecified": mark("không nêu"),
    "keyCompromise": mark("khóa bí mật bị lộ hoặc nghi bị lộ"),
    "cACompromise": mark("khóa của CA bị lộ"),
    "affiliationChanged": mark("thay đổi nơi công tác hoặc thông tin"),
    "superseded": mark("đã được thay thế"),
    "cessationOfOperation": mark("chấm dứt sử dụng"),
    "certificateHold": mark("tạm dừng"),
    "privilegeWithdrawn": mark("vi phạm quy định"),
}
ROLES: Final = {
    "authority": mark("Cơ quan chứng thực"),
    "registrar": mark("Người quản lý thuê bao"),
    "agency": mark("Cơ quan, tổ chức"),
    "subscriber": mark("Thuê bao"),
    "security": mark("Cơ quan an ninh"),
    "trainer": mark("Giảng viên"),
}
