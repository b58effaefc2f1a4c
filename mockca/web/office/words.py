"""What people call the parts of requests, their values, and the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mockca.rules.lifecycle import STATE_NAMES
from mockca.web.site.languages import VIETNAMESE, current, mark, translate

PARTS: Final[Mapping[str, str]] = {
    "addressed_to": mark("Mã định danh nơi nhận"),
    "algorithm": mark("Loại khóa"),
    "application": mark("Ứng dụng"),
    "appointed_by": mark("Cơ quan cử người nhận"),
    "asset_number": mark("Số tài sản"),
    "attachments": mark("Tài liệu kèm theo"),
    "breached_duty": mark("Trách nhiệm bị vi phạm"),
    "carrier": mark("Người mang thiết bị"),
    "case": mark("Trường hợp"),
    "category": mark("Đối tượng"),
    "certified": mark("Chứng thực bản sao"),
    "channel": mark("Hình thức gửi"),
    "circumstances": mark("Hoàn cảnh sự việc"),
    "classification": mark("Chế độ bảo quản"),
    "common_name": mark("Tên trên chứng thư số"),
    "confirmed_by": mark("Người xác nhận của cơ quan quản lý"),
    "copies": mark("Số bản"),
    "count": mark("Số bộ"),
    "csr": mark("Yêu cầu cấp chứng thư số (PKCS#10)"),
    "date": mark("Ngày"),
    "decision": mark("Quyết định"),
    "decision_number": mark("Số quyết định"),
    "declared_count": mark("Số lượng khai"),
    "device_model": mark("Loại thiết bị"),
    "document_number": mark("Số, ký hiệu văn bản"),
    "due": mark("Hạn gửi"),
    "effective_at": mark("Thời điểm có hiệu lực"),
    "effective_on": mark("Ngày có hiệu lực"),
    "email": mark("Thư điện tử"),
    "event_on": mark("Ngày xảy ra"),
    "file_name": mark("Tên tệp"),
    "has_seal": mark("Có con dấu"),
    "house_rules": mark("Có nội quy quản lý, sử dụng thiết bị"),
    "id": mark("Mã"),
    "invalidity_date": mark("Thời điểm khóa bị lộ hoặc nghi bị lộ"),
    "kind": mark("Loại"),
    "locality": mark("Địa phương"),
    "medium": mark("Loại bộ hồ sơ"),
    "name": mark("Họ và tên"),
    "number": mark("Số"),
    "organisation": mark("Cơ quan công tác"),
    "papers": mark("Giấy tờ đã xuất trình"),
    "period": mark("Kỳ báo cáo"),
    "permitted_by": mark("Người cho phép"),
    "position": mark("Chức vụ"),
    "post": mark("Chức trách"),
    "purpose": mark("Mục đích"),
    "reason": mark("Lý do"),
    "reasons": mark("Lý do, mỗi dòng một lý do"),
    "remarks": mark("Kiến nghị, đề xuất"),
    "report": mark("Báo cáo"),
    "sealed": mark("Có đóng dấu"),
    "signature": mark("Chữ ký số (CMS, Base64)"),
    "signed": mark("Đã ký biên bản"),
    "signed_by": mark("Người ký"),
    "since": mark("Từ thời điểm"),
    "superiors": mark("Cơ quan cấp trên, mỗi dòng một cơ quan"),
    "units": mark("Cơ quan"),
    "via": mark("Cách chuyển"),
}
"""By the name of the part in the request."""

GROUPS: Final[Mapping[str, str]] = {
    "submission": mark("Văn bản gửi kèm"),
    "giver": mark("Bên giao"),
    "receiver": mark("Bên nhận"),
    "decision": mark("Quyết định làm căn cứ"),
    "minutes": mark("Biên bản bàn giao"),
    "unfit": mark("Thông tin không còn đúng"),
}

HINTS: Final[Mapping[str, str]] = {
    "signature": mark("Khi gửi điện tử: chữ ký tách rời trên nội dung, do thiết bị của cơ quan ký."),
    "effective_at": mark("Để trống là ngay khi công bố."),
    "since": mark("Để trống là từ bây giờ."),
    "invalidity_date": mark("Giờ Việt Nam."),
    "csr": mark("Chỉ khi khóa không tạo trên thiết bị ở đây."),
    "period": mark("Ví dụ 2026, 2026-H1, 2026-Q3, 2026-05."),
}

VALUES: Final[Mapping[str, str]] = {
    "accept": mark("Tiếp nhận"),
    "agency": mark("Cơ quan xác nhận"),
    "approve": mark("Phê duyệt"),
    "cipher_service": mark("Đường cơ yếu"),
    "clerk": mark("Văn thư"),
    "confirm": mark("Xác nhận, thu hồi"),
    "document_system": mark("Hệ thống quản lý văn bản"),
    "electronic": mark("Điện tử, ký số"),
    "email": mark("Thư điện tử"),
    "equipment": mark("Thiết bị, dịch vụ, phần mềm"),
    "forward": mark("Xác nhận, chuyển đi"),
    "in_person": mark("Trực tiếp"),
    "issue": mark("Cấp mới"),
    "renew": mark("Gia hạn"),
    "change": mark("Thay đổi thông tin"),
    "reissue": mark("Cấp lại"),
    "mat": mark("Tài liệu mật"),
    "toi-mat": mark("Tài liệu tối mật"),
    "seal": mark("Như con dấu"),
    "public-asset": mark("Như tài sản công"),
    "notarised": mark("Chứng thực"),
    "organisation": mark("Cơ quan, tổ chức"),
    "owner": mark("Chính thuê bao"),
    "paper": mark("Bản giấy"),
    "person": mark("Cá nhân"),
    "portal": mark("Cổng dịch vụ"),
    "post": mark("Bưu chính"),
    "refuse": mark("Từ chối"),
    "responsible": mark("Người được giao trách nhiệm"),
    "restore": mark("Khôi phục"),
    "return": mark("Trả lại"),
    "rsa2048": "RSA 2048",
    "rsa3072": "RSA 3072",
    "p256": "ECDSA P-256",
    "p384": "ECDSA P-384",
    "open": mark("chưa đến hạn"),
    "overdue": mark("quá hạn"),
    "filed": mark("đã gửi"),
    "filed-late": mark("đã gửi, muộn"),
    "passed-on": mark("chuyển cơ quan khác"),
    "ended": mark("không còn phải gửi"),
    "dossier": mark("Hồ sơ"),
    "roster": mark("Danh sách tổng hợp"),
    "handover": mark("Biên bản giao nhận"),
    "activation": mark("Đề nghị có hiệu lực"),
    "revocation": mark("Thu hồi"),
    "device": mark("Thiết bị"),
    "certificate": mark("Chứng thư số"),
    "custodian": mark("Giao người giữ"),
    "appointment": mark("Phân công"),
    "reorganisation": mark("Sắp xếp đơn vị"),
}
"""By the value in the request; `restore`, `report` and a few others mean the same everywhere."""

STEPS: Final[Mapping[str, str]] = {
    "check_dossier": mark("Kiểm tra, tiếp nhận hoặc trả lại"),
    "refile_dossier": mark("Sửa và nộp lại"),
    "submit_roster": mark("Đưa vào danh sách tổng hợp, gửi cơ quan chứng thực"),
    "decide_dossier": mark("Phê duyệt hoặc từ chối"),
    "issue_certificate": mark("Tạo khóa, cấp chứng thư số"),
    "record_handover": mark("Lập biên bản giao nhận"),
    "propose_activation": mark("Đề nghị thời điểm có hiệu lực"),
    "publish_activation": mark("Công bố hiệu lực"),
    "forward_revocation": mark("Xác nhận yêu cầu thu hồi và chuyển đi"),
    "decide_revocation": mark("Quyết định thu hồi"),
    "decide_restore": mark("Khôi phục thiết bị hoặc từ chối"),
    "file_report": mark("Lập và gửi báo cáo"),
    "file_dossier": mark("Nộp hồ sơ"),
    "request_revocation": mark("Đề nghị thu hồi"),
    "suspend_certificate": mark("Tạm dừng chứng thư số"),
    "lift_suspension": mark("Bỏ tạm dừng"),
    "request_restore": mark("Đề nghị khôi phục thiết bị"),
    "report_loss": mark("Báo mất thiết bị"),
    "report_damage": mark("Báo hỏng thiết bị"),
    "assign_custodian": mark("Giao thiết bị cho người giữ"),
    "take_out": mark("Mang thiết bị ra ngoài trụ sở"),
    "bring_back": mark("Mang thiết bị về"),
    "appoint": mark("Phân công người phụ trách"),
    "request_report": mark("Yêu cầu báo cáo"),
    "register_unit": mark("Ghi cơ quan, tổ chức vào danh sách"),
}
"""What is done, by the API's operation."""


DEEDS: Final[Mapping[str, str]] = {
    "activation.scheduled": mark("Đề nghị có hiệu lực: đã hẹn giờ"),
    "certificate.changed": mark("Chứng thư số: cấp theo thông tin đã thay đổi"),
    "certificate.reinstated": mark("Chứng thư số: hoạt động trở lại"),
    "certificate.reissued": mark("Chứng thư số: cấp lại"),
    "certificate.renewed": mark("Chứng thư số: gia hạn"),
    "certificate.superseded": mark("Chứng thư số: được thay bằng chứng thư mới"),
    "custodian.assigned": mark("Thiết bị: giao cho người giữ"),
    "deadline.missed": mark("Quá thời hạn"),
    "device.back": mark("Thiết bị: mang về trụ sở"),
    "device.out": mark("Thiết bị: mang ra ngoài trụ sở"),
    "dossier.refiled": mark("Hồ sơ: sửa và nộp lại"),
    "handover.recorded": mark("Biên bản giao nhận: đã lập"),
    "report.ended": mark("Báo cáo: không còn phải gửi"),
    "report.filed": mark("Báo cáo: đã gửi"),
    "report.passed-on": mark("Báo cáo: chuyển cơ quan khác"),
    "report.requested": mark("Báo cáo: được yêu cầu"),
    "restore.failed": mark("Khôi phục thiết bị: không thành"),
    "roster.submitted": mark("Danh sách tổng hợp: đã gửi"),
    "unit.registered": mark("Cơ quan, tổ chức: ghi vào danh sách"),
}
"""What entries of the journal tell that is no coming into a state."""


def part(name: str) -> str:
    """What a part of a request is called."""
    return translate(PARTS[name]) if name in PARTS else name.replace("_", " ")


def hint(name: str) -> str:
    return translate(HINTS[name]) if name in HINTS else ""


def group(name: str) -> str:
    return translate(GROUPS[name]) if name in GROUPS else part(name)


def value(one: object) -> str:
    """What a value of the contract is called."""
    text = str(getattr(one, "value", one))
    return translate(VALUES[text]) if text in VALUES else text


def step(operation: str) -> str:
    return translate(STEPS[operation])


def state(name: str | None, kind: str) -> str:
    """What the state of a kind of thing is called."""
    if name is None:
        return ""
    names = STATE_NAMES.get(kind, {})
    if current() == VIETNAMESE and name in names:
        return names[name].capitalize()
    return name.replace("_", " ").capitalize() if name in names else value(name)


def colour(name: str, kind: str) -> str:
    """The class of the badge of a state: a dossier that is issued is well, a certificate that is issued only waits."""
    well = {"dossier": ("issued", "approved"), "activation": ("published",), "restore": ("restored",)}
    return "good" if name in well.get(kind, ()) else name


def action(name: str) -> str:
    """What an entry of the journal says happened; its own name where that has no words."""
    kind, _, reached = name.partition(".")
    if reached in STATE_NAMES.get(kind, {}):
        return f"{value(kind)}: {state(reached, kind).lower()}"
    return translate(DEEDS[name]) if name in DEEDS else name


def told(label: Any) -> str:
    """What something of a regulation is called, in the request's language."""
    text: str = label.vi if current() == VIETNAMESE else label.en
    return text[:1].upper() + text[1:]
