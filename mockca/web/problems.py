"""Errors as RFC 9457 `application/problem+json`: what was wrong, by which clause, what would do, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mockca.desk.views import Problem, ViolationView
from mockca.errors import (
    BeyondRestore,
    Conflict,
    Forbidden,
    Malformed,
    MockcaError,
    Moved,
    NotAvailable,
    NotFound,
    OutOfOrder,
    Refused,
    SetUpError,
    Violation,
)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:mockca:problem:"

KINDS_VI = {
    "account": "tài khoản",
    "activation": "đề nghị kích hoạt",
    "announced certificate": "chứng thư số đã công bố",
    "certificate": "chứng thư số",
    "class": "lớp",
    "deadline": "thời hạn",
    "device": "thiết bị",
    "dossier": "hồ sơ",
    "exchange": "lần trao đổi",
    "fault": "lỗi đã đặt",
    "form": "biểu mẫu",
    "handover": "biên bản giao nhận",
    "learner": "học viên",
    "lesson": "bài học",
    "list of form": "danh sách của biểu mẫu",
    "outing": "lần mang thiết bị ra ngoài",
    "page": "trang",
    "regulation": "quy định",
    "restore": "đề nghị khôi phục",
    "revocation": "yêu cầu thu hồi",
    "roster": "danh sách tổng hợp",
    "sandbox": "sandbox",
    "snapshot": "ảnh chụp",
    "step": "bước",
    "unit": "cơ quan, tổ chức",
}
"""Vietnamese words for the kinds of things that errors name."""

SECRET_NAMES = frozenset({"pin", "user_pin", "so_pin", "puk", "password", "credential", "token", "private_key", "key"})
"""Fields that nobody should send; were they sent, their values are not repeated."""
HIDDEN = "(…)"
LONGEST_VALUE = 120
"""Characters of a refused value that an error repeats."""
MOST_VIOLATIONS = 50

STATUS_TEXTS: Mapping[int, tuple[str, str, str]] = {
    400: (
        "malformed",
        "Dữ liệu không đọc được / Malformed data",
        "Sửa dữ liệu gửi lên rồi gửi lại. / Correct the data and send it again.",
    ),
    401: (
        "unauthenticated",
        "Chưa xác thực / Not authenticated",
        (
            "Gửi kèm `Authorization: Bearer <credential>`; mã truy cập của từng vai có trong credentials.json. / "
            "Send `Authorization: Bearer <credential>`; each role's credential is in the sandbox's credentials.json."
        ),
    ),
    403: (
        "forbidden",
        "Không đúng thẩm quyền / Not within this role's powers",
        "Dùng tài khoản của một vai được phép. / Use an account of a role that may do this.",
    ),
    404: (
        "not-found",
        "Không tìm thấy / Not found",
        (
            "Kiểm tra lại tên, số hoặc đường dẫn; các đường dẫn có trong /openapi.json. / "
            "Check the name, number or path; the paths are in /openapi.json."
        ),
    ),
    405: (
        "method-not-allowed",
        "Không hỗ trợ phương thức này / Method not allowed",
        "Dùng một phương thức nêu trong `Allow`. / Use a method named in `Allow`.",
    ),
    409: (
        "conflict",
        "Xung đột với một yêu cầu khác / Conflict with another request",
        "Đọc lại trạng thái hiện tại rồi quyết định. / Read the present state again, then decide.",
    ),
    413: (
        "too-large",
        "Nội dung quá lớn / Content too large",
        "Gửi ít hơn: giảm dung lượng tệp đính kèm. / Send less: make the attachments smaller.",
    ),
    415: (
        "unsupported-media-type",
        "Không hỗ trợ kiểu nội dung này / Unsupported media type",
        (
            "Gửi JSON với `Content-Type: application/json`; danh sách còn nhận CSV và Excel. / "
            "Send JSON with `Content-Type: application/json`; lists are taken as CSV and XLSX, too."
        ),
    ),
    422: (
        "refused",
        "Yêu cầu trái quy định / The request breaks the rules",
        "Sửa từng điểm trong `violations` rồi gửi lại. / Correct each of the `violations`, then send it again.",
    ),
    500: (
        "internal",
        "Lỗi của hệ thống mô phỏng / A fault of this mock",
        (
            "Báo lỗi kèm mã trong `instance`; nhật ký máy chủ có dòng mang mã đó. / "
            "Report it with the id in `instance`; the server's log has a line that bears it."
        ),
    ),
    503: (
        "not-set-up",
        "Máy chủ chưa sẵn sàng / The server is not ready",
        "Cài đặt thành phần còn thiếu theo `detail`. / Install what is missing, as `detail` says.",
    ),
}
"""For each status: the problem's type, its title and the remedy."""


class Unauthenticated(MockcaError):
    """No credential, or one that no account has."""

    def __init__(self, realm: str, *, given: bool) -> None:
        self.realm, self.given = realm, given
        super().__init__(realm)

    @property
    def challenge(self) -> str:
        """The WWW-Authenticate header (RFC 6750 §3)."""
        return f'Bearer realm="{self.realm}"' + (', error="invalid_token"' if self.given else "")


def problem(status: int, detail: str, **fields: Any) -> Problem:
    """A problem of this status; type, title and remedy are the status's own unless given."""
    kind, title, remedy = STATUS_TEXTS.get(status, (f"http-{status}", "Yêu cầu bị từ chối / Request refused", None))
    fields.setdefault("remedy", remedy)
    kind, title = fields.pop("kind", kind), fields.pop("title", title)
    return Problem(type=TYPE_PREFIX + kind, title=title, status=status, detail=detail, **fields)


def _views(violations: Iterable[Violation]) -> tuple[ViolationView, ...]:
    return tuple(
        ViolationView(field=v.field, value=v.value, clause=v.clause, vi=v.vi, en=v.en, accepted=v.accepted)
        for v in violations
    )


def problem_of(error: MockcaError) -> Problem:
    """The problem that tells of an error raised on purpose."""
    match error:
        case Unauthenticated(given=True):
            return problem(401, "Mã truy cập không đúng với tài khoản nào. / No account has this credential.")
        case Unauthenticated():
            return problem(401, "Yêu cầu này cần mã truy cập. / This request needs a credential.")
        case Refused():
            vi = "; ".join(v.vi.rstrip(".") for v in error.violations)
            en = "; ".join(v.en.rstrip(".") for v in error.violations)
            clause = error.violations[0].clause if error.violations else None
            return problem(422, f"{vi}. / {en}.", violations=_views(error.violations), clause=clause)
        case BeyondRestore():
            return problem(
                409,
                f"Thiết bị {error.name} đã khóa cả mã PIN quản trị, không khôi phục được nữa. / "
                f"Device {error.name} has locked its SO PIN too; it can no longer be restored.",
                kind="beyond-restore",
                title="Thiết bị không khôi phục được nữa / The device is beyond restoring",
                state=error.state,
                allowed=error.allowed,
                clause=error.clause,
                remedy="Từ chối đề nghị, nêu lý do; thu hồi chứng thư số và trả thiết bị về. / "
                "Refuse the request with that reason; have the certificate revoked and the device returned.",
            )
        case OutOfOrder():
            name = f"{KINDS_VI.get(error.kind, error.kind)} {error.name}"
            steps = ", ".join(error.allowed)
            return problem(
                409,
                f"Sai trình tự: {name} đang ở trạng thái {error.state}, không thể {error.wanted}. / {error}",
                kind="out-of-order",
                title="Sai trình tự / Out of order",
                state=error.state,
                allowed=error.allowed,
                clause=error.clause,
                remedy=f"Bước được phép từ trạng thái này: {steps or 'không có'}. / "
                f"Steps allowed from this state: {steps or 'none'}.",
            )
        case Conflict():
            return problem(409, f"Xung đột với một yêu cầu khác. / {error}")
        case Forbidden():
            allowed = ", ".join(error.allowed)
            return problem(
                403,
                f"Vai {error.role} không có quyền thực hiện {error.operation}. / {error}",
                allowed=error.allowed,
                clause=error.clause,
                remedy=f"Vai được phép: {allowed or 'không có'}. / Roles that may: {allowed or 'none'}.",
            )
        case NotAvailable():
            return problem(
                422,
                f"Quy định {error.regulation} không có dịch vụ {error.operation}. / {error}",
                kind="not-available",
                title="Quy định không có dịch vụ này / The regulation offers no such service",
                clause=error.clause,
                remedy="Xem các dịch vụ có trong `GET …/api/v1/regulations/{id}`. / "
                "See the services in `GET …/api/v1/regulations/{id}`.",
            )
        case NotFound():
            name = _short(error.name)
            kind = KINDS_VI.get(error.kind, error.kind)
            return problem(404, f"Không có {kind} {name}. / There is no {error.kind} {name}.")
        case Moved():
            return problem(
                503,
                f"Sandbox vừa được khôi phục từ một ảnh chụp; yêu cầu chưa được thực hiện. / {error}",
                kind="moved",
                title="Sandbox vừa được khôi phục / The sandbox has just been restored",
                remedy="Gửi lại ngay. / Send it again at once.",
            )
        case Malformed():
            return problem(400, f"Không đọc được {error.what}. / {error}", clause="unsourced")
        case SetUpError():
            return problem(503, str(error))
        case _:
            raise AssertionError(f"no problem for {type(error).__name__}")


def too_large(limit: int) -> Problem:
    """The problem of a body over the limit, in octets."""
    return problem(413, f"Nội dung vượt giới hạn {limit} byte. / The body is over the limit of {limit} bytes.")


# --- what pydantic says, in the same words -----------------------------------------------------------------------

COMPLAINTS: Mapping[str, tuple[str, str, str]] = {
    "missing": ("thiếu trường bắt buộc", "required field is missing", "a value for this field"),
    "extra_forbidden": ("không có trường này", "there is no such field", "no such field"),
    "json_invalid": ("không phải JSON hợp lệ", "not valid JSON", "a JSON document (RFC 8259)"),
    "string_pattern_mismatch": ("sai khuôn dạng", "does not match the pattern", "text that matches {pattern}"),
    "string_too_short": ("quá ngắn", "too short", "at least {min_length} characters"),
    "string_too_long": ("quá dài", "too long", "at most {max_length} characters"),
    "too_short": ("có quá ít phần tử", "too few items", "at least {min_length} items"),
    "too_long": ("có quá nhiều phần tử", "too many items", "at most {max_length} items"),
    "greater_than": ("quá nhỏ", "too small", "more than {gt}"),
    "greater_than_equal": ("quá nhỏ", "too small", "{ge} or more"),
    "less_than": ("quá lớn", "too large", "less than {lt}"),
    "less_than_equal": ("quá lớn", "too large", "{le} or less"),
    "literal_error": ("không thuộc các giá trị cho phép", "not one of the allowed values", "{expected}"),
    "enum": ("không thuộc các giá trị cho phép", "not one of the allowed values", "{expected}"),
    "string_type": ("phải là chuỗi ký tự", "must be a string", "a string"),
    "int_type": ("phải là số nguyên", "must be an integer", "an integer"),
    "int_parsing": ("phải là số nguyên", "must be an integer", "an integer"),
    "bool_type": ("phải là true hoặc false", "must be true or false", "true or false"),
    "bool_parsing": ("phải là true hoặc false", "must be true or false", "true or false"),
    "float_type": ("phải là số", "must be a number", "a number"),
    "tuple_type": ("phải là danh sách", "must be a list", "a JSON array"),
    "dict_type": ("phải là đối tượng", "must be an object", "a JSON object"),
    "model_type": ("phải là đối tượng", "must be an object", "a JSON object"),
    "date_parsing": ("phải là ngày", "must be a date", "a date, YYYY-MM-DD"),
    "datetime_parsing": (
        "phải là thời điểm",
        "must be an instant",
        "an instant of RFC 3339, e.g. 2026-01-31T09:00:00+07:00 (in a query, write + as %2B)",
    ),
    "timezone_aware": ("thiếu múi giờ", "the time zone is missing", "an instant with its offset, e.g. …+07:00 or …Z"),
}
"""For each of pydantic's error types: Vietnamese, English, and what is accepted instead."""


UNION_BRANCHES = frozenset({"bool", "int", "float", "str", "constrained-str", "date", "datetime"})
"""What pydantic appends to a place for each type that could have stood there."""


def shape_problem(error: ValidationError, where: str = "") -> Problem:
    """The problem of a request that the contract's models refuse: one violation for each place.

    `where` names the part of the request (`path`, `query`, `header`), empty for the body.
    """
    found: dict[str, ViolationView] = {}
    wrong_type: set[str] = set()
    malformed = False
    for each in error.errors(include_url=False):
        violation = _violation(each, where)
        field, before = violation.field, found.get(violation.field)
        by_type = each["type"].endswith(("_type", "_parsing"))
        if before is None:
            if len(found) < MOST_VIOLATIONS:
                found[field] = violation
                wrong_type |= {field} if by_type else set()
        elif field in wrong_type and not by_type:
            # Of the types that could stand there this one is given; what is wrong is its value.
            found[field] = violation
            wrong_type.discard(field)
        elif field in wrong_type:
            found[field] = before.model_copy(
                update={
                    "vi": "sai kiểu giá trị",
                    "en": "not a value of an accepted type",
                    "accepted": f"{before.accepted} | {violation.accepted}",
                }
            )
        malformed |= each["type"] == "json_invalid"
    violations = tuple(found.values())
    return problem(
        400 if malformed else 422,
        "; ".join(f"{v.field}: {v.vi}" for v in violations)
        + " / "
        + "; ".join(f"{v.field}: {v.en}" for v in violations),
        kind="malformed" if malformed else "contract",
        title="Yêu cầu sai khuôn dạng / The request does not fit the contract",
        violations=violations,
        clause="unsourced",
    )


def _violation(error: ErrorDetails, where: str) -> ViolationView:
    context = {key: str(value) for key, value in error.get("ctx", {}).items()}
    vi, en, accepted = COMPLAINTS.get(error["type"], ("giá trị không hợp lệ", error["msg"], error["msg"]))
    place = [str(part) for part in error["loc"]]
    if len(place) > 1 and (place[-1] in UNION_BRANCHES or "[" in place[-1]):
        place.pop()
    return ViolationView(
        field=_short(".".join([where, *place] if where else place) or "body"),
        value=_value(error, place),
        clause="unsourced",
        vi=vi,
        en=en,
        accepted=accepted.format_map(context),
    )


def _value(error: ErrorDetails, place: list[str]) -> str:
    if any(part.lower() in SECRET_NAMES for part in place):
        return HIDDEN
    if error["type"] in ("missing", "json_invalid"):
        return ""
    given = error["input"]
    if isinstance(given, dict | list):
        return type(given).__name__
    return _short(str(given))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
