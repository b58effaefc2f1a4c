"""Every operation that pages are known to call, of all three generations of the plug-in (facts: sign-service §2.1)."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from token_emulator.agent import information, replies, texts, verifying
from token_emulator.agent.calls import Call
from token_emulator.agent.documents import SignBatch, SignDocument
from token_emulator.agent.outcomes import UNSUPPORTED, Refusal
from token_emulator.agent.replies import Reply
from token_emulator.agent.showing import Purpose
from token_emulator.documents.rules import Role


class Operation(Protocol):
    """What is done for one path."""

    def __call__(self, call: Call) -> Awaitable[Reply]:
        """The reply. Raises Refusal."""
        ...

    def refused(self, refusal: Refusal) -> Reply:
        """The reply when it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Known by name; what it takes and answers is not, or its formats are not made here."""

    why: str
    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """Raises Refusal."""
        raise Refusal(UNSUPPORTED, f"{call.operation}: {self.why}")


_UNKNOWN_FIELDS: Final = "its fields are not known"
_OFFICE: Final = "Office documents are not signed here; make a PDF of it"

OPERATIONS: Final[MappingProxyType[str, Operation]] = MappingProxyType(
    {
        "GetVersion": information.GetVersion(),
        "GetCertInfo": information.GetCertInfo(),
        "Config": information.ShowConfig(),
        "GetLicenseRequest": information.GetLicenseRequest(),
        "Auth": texts.Authenticate(),
        "SignApproved": SignDocument("Ký phê duyệt", "Sign as approved", Purpose(Role.PERSON)),
        "SignIssued": SignDocument("Ký phát hành", "Sign as issued", Purpose(Role.ORGANISATION, numbers=True)),
        "SignIncome": SignDocument("Ký công văn đến", "Sign an incoming document"),
        "Comment": SignDocument("Ký ý kiến", "Sign with a comment", comments=True),
        "SignAppendix": SignDocument("Ký phụ lục", "Sign an appendix", Purpose(Role.ORGANISATION, "annex")),
        "SignCopy": SignDocument("Ký sao văn bản", "Sign a copy", Purpose(Role.ORGANISATION, "copy")),
        "SignFile": SignDocument("Ký tệp", "Sign a file"),
        "SignPDF": SignDocument("Ký tệp PDF", "Sign a PDF"),
        "SignPDFWP": SignDocument("Ký tệp PDF", "Sign a PDF"),
        "SignFiles": SignBatch("Ký nhiều tệp", "Sign several files"),
        "SignLyLich": SignBatch("Ký sơ yếu lý lịch", "Sign curricula vitae"),
        "SignHash": texts.SignHash(),
        "SignMsg": texts.SignMessage(),
        "SignXML": texts.SignXml(),
        "SignJson": texts.SignJson(),
        "VerifyMsg": verifying.VerifyMessage(),
        "VerifyXML": verifying.VerifyXml(),
        "VerifyJson": verifying.VerifyJson(),
        "VerifyPDF": verifying.VerifyPdf(),
        "LoginIAM": Unsupported(_UNKNOWN_FIELDS),
        "SignAttestation": Unsupported(_UNKNOWN_FIELDS),
        "SignAttestationes": Unsupported(_UNKNOWN_FIELDS),
        "SignXMLP12": Unsupported("keys are on devices, never in files"),
        "SignOffice": Unsupported(_OFFICE),
        "VerifyOffice": Unsupported(_OFFICE),
    }
)
"""By path."""


def operation_at(path: str) -> Operation:
    """The operation of a path; one that refuses where nothing is known of it."""
    return OPERATIONS.get(path, Unsupported("there is no such operation"))
