"""The whole judgement: the document, the order of its signatures, and how each is shown."""

from __future__ import annotations

from token_emulator.documents.judging.appearance import appearance
from token_emulator.documents.judging.case import Case
from token_emulator.documents.judging.model import Given, Judgement
from token_emulator.documents.judging.order import order
from token_emulator.documents.judging.signatures import signatures
from token_emulator.documents.judging.substance import substance
from token_emulator.documents.rules import DocumentRules
from token_emulator.documents.seeing import look
from token_emulator.documents.signing.issuing import kind_of
from token_emulator.documents.signing.pdf import open_pdf


def judge(pdf: bytes, rules: DocumentRules, kind: str = "issued", given: Given | None = None) -> Judgement:
    """What is not as the regulation wants it, by clause. Raises Unsignable for a file that cannot be read."""
    entry = kind_of(rules, kind)
    open_pdf(pdf)
    seen, given = look(pdf), given or Given()
    made = signatures(pdf, seen, rules, given)
    case = Case(pdf, seen, rules, entry, given, made)
    if not made:
        case.find("unsigned", rules.unsigned, None, ("không có chữ ký", "no signature"), ("chữ ký số", "a signature"))
    else:
        order(case)
    substance(case)
    for signature in made:
        if signature.field not in case.extra:
            appearance(case, signature)
    return Judgement(rules.id, kind, made, tuple(case.findings), tuple(sorted(case.unseen)))
