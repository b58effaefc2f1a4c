"""Checking how a document came: on paper, or electronically signed by a certificate in force."""

from __future__ import annotations

from mockca.errors import Violation
from mockca.rules.facts import SubmissionFacts
from mockca.rules.forms import MISSING
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, SubmissionRule

_NEEDS = {
    "document_number": ("số, ký hiệu văn bản", "the document's number"),
    "signed_by": ("người ký văn bản", "who signed the document"),
    "sealed": ("dấu của cơ quan", "the body's seal"),
}


def check_submission(
    rule: SubmissionRule | None,
    submission: SubmissionFacts,
    *,
    first_request: bool = True,
    field: str = "submission",
) -> list[Violation]:
    """What is wrong with the way a document came. Without a rule only a false signature is."""
    if submission.signature is False:
        return [_false_signature(rule, field)]
    if rule is None:
        return []
    if submission.channel not in rule.channels:
        return [
            Violation(
                field=f"{field}.channel",
                value=submission.channel,
                clause=rule.clause,
                vi="Văn bản này phải gửi bằng cách khác.",
                en="This document must come another way.",
                accepted=", ".join(sorted(rule.channels)),
            )
        ]
    if submission.channel == "electronic":
        return [] if submission.signature else [_unsigned(rule, field)]
    return _paper(rule, submission, first_request, field)


def check_address(
    regulation: Regulation, submission: SubmissionFacts, reader: str, *, field: str = "submission"
) -> list[Violation]:
    """Whether a document was sent to the role that reads it, where the regulation tells its identifier.

    Where it tells only others', the identifier must at least be one of theirs. One that was not given is not missed.
    """
    given, contacts = submission.addressed_to, regulation.contacts
    if given is None or not contacts:
        return []
    right = contacts.get(reader)
    accepted = [right.identifier] if right else [contact.identifier for contact in contacts.values()]
    if given in accepted:
        return []
    return [
        Violation(
            field=f"{field}.addressed_to",
            value=given,
            clause=(right or next(iter(contacts.values()))).clause,
            vi="Văn bản gửi đến mã định danh không phải của nơi nhận.",
            en="The document was sent to an identifier that is not its reader's.",
            accepted=", ".join(accepted),
        )
    ]


def _paper(rule: SubmissionRule, submission: SubmissionFacts, first_request: bool, field: str) -> list[Violation]:
    found = []
    if rule.paper_first_only and not first_request:
        found.append(
            Violation(
                field=f"{field}.channel",
                value=submission.channel,
                clause=rule.clause,
                vi="Văn bản giấy chỉ dùng cho lần đề nghị đầu tiên; đơn vị đã có chứng thư để ký số.",
                en="Paper is for a unit's first request; this one has a certificate to sign with.",
                accepted="electronic",
            )
        )
    for name in sorted(rule.paper_needs):
        if not getattr(submission, name):
            vi, en = _NEEDS[name]
            found.append(
                Violation(
                    field=f"{field}.{name}",
                    value=MISSING,
                    clause=rule.clause,
                    vi=f"Văn bản giấy thiếu {vi}.",
                    en=f"The paper document lacks {en}.",
                    accepted="true" if name == "sealed" else "văn bản / text",
                )
            )
    return found


def _false_signature(rule: SubmissionRule | None, field: str) -> Violation:
    return Violation(
        field=f"{field}.signature",
        value="không hợp lệ / not valid",
        clause=UNSOURCED if rule is None else rule.clause,
        vi="Chữ ký số không hợp lệ, hoặc chứng thư số dùng để ký không còn hiệu lực.",
        en="The signature is not valid, or was made with a certificate that is not in force.",
        accepted="chữ ký bằng chứng thư số còn hiệu lực / a signature by a certificate in force",
    )


def _unsigned(rule: SubmissionRule, field: str) -> Violation:
    return Violation(
        field=f"{field}.signature",
        value=MISSING,
        clause=rule.clause,
        vi="Văn bản điện tử phải được ký số.",
        en="An electronic document must be signed.",
        accepted="chữ ký bằng chứng thư số còn hiệu lực / a signature by a certificate in force",
    )
