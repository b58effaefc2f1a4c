"""What can go wrong between the agent and the page's server, and how the page is told."""

from __future__ import annotations

from conformance.suites.agent.bench import Bench, Failed
from conformance.suites.agent.marking import check
from conformance.targets.agent import STORED


@check()
def wants_boolean_status(bench: Bench) -> None:
    """Máy chủ trả lời Status là số 1: không phải boolean, nên là lỗi 0x0028, dù tệp đã lưu.

    A handler that answers with the number 1 ends as 0x0028: Status must be a JSON boolean.
    """
    bench.system.answer = {**STORED, "Status": 1}
    _expect_code(bench.expect_refused("SignApproved", bench.request()), "0x0028")


@check()
def heeds_handlers_refusal(bench: Bench) -> None:
    """Máy chủ trả lời Status false: trang web không được nghe là đã xong.

    When the handler answers Status false, the page is not told that all is well.
    """
    bench.system.answer = {**STORED, "Status": False, "Message": "hết chỗ"}
    bench.expect_refused("SignApproved", bench.request())


@check()
def reads_any_content_type(bench: Bench) -> None:
    """JSON của máy chủ được đọc dù Content-Type là text/html, như trong mẫu hay được chép.

    The handler's JSON is read although its type is text/html, as in the sample that handlers are copied from.
    """
    bench.system.kind = "text/html; charset=utf-8"
    bench.expect_done("SignApproved", bench.request())


@check()
def takes_no_login_page(bench: Bench) -> None:
    """Liên kết cần đăng nhập: lỗi 0x0023, và không gửi gì về.

    A link that wants a login ends as 0x0023, and nothing is posted.
    """
    _expect_code(bench.expect_refused("SignApproved", bench.request("/needs-login")), "0x0023")
    if bench.system.uploads:
        raise Failed("no upload", str(len(bench.system.uploads)))


def _expect_code(reply: dict[str, object], code: str) -> None:
    if code not in str(reply.get("Message")):
        raise Failed(f"{code} in Message", str(reply.get("Message"))[:200])
