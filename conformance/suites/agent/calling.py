"""The agent is there, and says whose certificate it has."""

from __future__ import annotations

from conformance.suites.agent.bench import Bench, Failed, certificate_in
from conformance.suites.agent.marking import check
from scenarios import Importance


@check(Importance.BLOCKER)
def answers_version(bench: Bench) -> None:
    """GetVersion được trả lời bằng một văn bản không rỗng: trang web nhờ đó biết dịch vụ đang chạy.

    GetVersion is answered with a text that is not empty: by it pages know that the agent is running.
    """
    if not bench.target.call("GetVersion", "GetVersion").strip():
        raise Failed("a text that is not empty", "an empty one")


@check()
def tells_certificate(bench: Bench) -> None:
    """GetCertInfo cho biết chứng thư số trên thiết bị, trong CertInfo.Base64Data.

    GetCertInfo tells the certificate on the device, in CertInfo.Base64Data.
    """
    told = bench.expect_done("GetCertInfo", "get_cert_info").get("CertInfo")
    certificate_in(told.get("Base64Data") if isinstance(told, dict) else None, "CertInfo.Base64Data")
