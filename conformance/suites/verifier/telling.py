"""What a verifier must say beside its verdict."""

from __future__ import annotations

from conformance.checks import VERIFIER, FunctionCheck
from conformance.corpus import Verdict
from conformance.suites.token.bench import Failed, NotApplicable
from conformance.suites.verifier.bench import Bench
from scenarios import Importance

GOOD = "valid/stamped-pdf"
REFUSED = ("revocation/signed-after-pdf", "integrity/content-changed-pdf", "path/self-signed-pdf", "sources/none-pdf")
DATED = "2026-03-10"
"""What the corpus's letter says of itself."""
REVOKED, UNTRUSTED = "revocation/signed-after-pdf", "path/self-signed-pdf"


def refusal_has_a_reason(bench: Bench) -> None:
    """Từ chối thì nói vì sao, mỗi trường hợp một lý do khác.

    A refusal says why, and says something else for something else (LC-21.3).
    """
    reasons = {}
    for id_ in REFUSED:
        answer = bench.ask(bench.case(id_))
        if answer.verdict is not Verdict.OK:
            if not answer.reason:
                raise Failed(f"a reason for refusing {id_}", "none")
            reasons[id_] = answer.reason
    if len(reasons) > 1 and len(set(reasons.values())) == 1:
        raise Failed("different reasons for different faults", f"{next(iter(reasons.values()))} for all")


def three_checks_are_told_apart(bench: Bench) -> None:
    """Kiểm tra chữ ký, trạng thái chứng thư số và đường dẫn được báo riêng.

    The checks of signature, status and path are told apart: of a revoked certificate only the status is bad (LC-14).
    """
    for id_, bad, good in ((REVOKED, "status", ("signature", "path")), (UNTRUSTED, "path", ("signature",))):
        answer = bench.ask(bench.case(id_))
        if not answer.checks:
            raise NotApplicable("the verifier's answer has no parts: map them as `checks`")
        if answer.checks.get(bad) is Verdict.OK:
            raise Failed(f"{bad} of {id_} not ok", "ok")
        for part in good:
            if answer.checks.get(part) is not Verdict.OK:
                raise Failed(f"{part} of {id_} ok", str(answer.checks.get(part)))


def signer_is_named(bench: Bench) -> None:
    """Người ký được nêu tên như trong chứng thư số.

    The signer is named as in the certificate (LC-3.1).
    """
    answer = bench.ask(bench.case(GOOD))
    if not answer.signers:
        raise NotApplicable("the verifier's answer names no signers: map them as `signers`")
    if not any("Nguyễn Văn An" in one for one in answer.signers):
        raise Failed("Nguyễn Văn An (MÔ PHỎNG)", ", ".join(answer.signers))


def takes_effect_on_its_own_date(bench: Bench) -> None:
    """Văn bản có hiệu lực từ ngày ghi trên văn bản, không phải ngày nhận hay ngày kiểm tra.

    A document has effect from its own date on, not from when it was received or checked (NB-4.3).
    """
    answer = bench.ask(bench.case(GOOD))
    if not answer.effective:
        raise NotApplicable("the verifier's answer does not tell when the document takes effect: map it as `effective`")
    if answer.effective[: len(DATED)] != DATED:
        raise Failed(DATED, answer.effective)


REFUSAL_HAS_A_REASON = FunctionCheck(VERIFIER, refusal_has_a_reason, ("LC-21.3",), features=("pdf-documents",))
THREE_CHECKS = FunctionCheck(VERIFIER, three_checks_are_told_apart, ("LC-14",), features=("pdf-documents",))
SIGNER_IS_NAMED = FunctionCheck(
    VERIFIER, signer_is_named, ("LC-3.1",), importance=Importance.MINOR, features=("pdf-documents",)
)
TAKES_EFFECT = FunctionCheck(VERIFIER, takes_effect_on_its_own_date, ("NB-4.3",), features=("pdf-documents",))
