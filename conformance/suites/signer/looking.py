"""A point of the rules, looked at in every document that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.events import Mismatch
from conformance.suites.signer.bench import Bench, Document, box_of
from conformance.suites.signer.form_check import FormCheck
from conformance.suites.signer.orders import ISSUED, UNREADY
from conformance.suites.token.bench import NotApplicable
from conformance.targets.signer import SignerRefused
from token_emulator.documents.judging import Finding, Judgement


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it."""

    mismatches: tuple[Mismatch, ...]
    told: tuple[str, ...]
    """The documents in words, those that are wrong with their certificates."""


def look(bench: Bench, check: FormCheck) -> Looked:
    """Look at all of them. Raises NotApplicable where there is nothing to look at, SignerFailed where nothing came."""
    if bench.regulation not in check.asked:
        raise NotApplicable(f"{bench.regulation} does not ask")
    documents, told = list(bench.documents(check.kind)), []
    if not documents:
        raise NotApplicable(f"no document of the kind {check.kind}")
    if check.point in UNREADY and check.kind in (None, ISSUED) and not bench.is_folder:
        found = bench.unready(check.point)
        if isinstance(found, SignerRefused):
            told.append(f"refused, as it should be: {found}")
        else:
            documents.append(found)
    mismatches = [(document, list(_against(check, document))) for document in documents]
    for document, against in mismatches:
        told += document.told(bench.regulation, in_full=bool(against))
    wrong = tuple(one for _, against in mismatches for one in against)
    if not wrong and not any(_is_seen(check, document) for document in documents):
        raise NotApplicable(_why_not(check, documents[0].judgement))
    return Looked(wrong, tuple(told))


def _against(check: FormCheck, document: Document) -> Iterator[Mismatch]:
    roles = {one.field: one.role for one in document.judgement.signatures}
    for one in document.judgement.findings:
        if one.rule == check.point and (check.role is None or roles.get(one.signature or "") is check.role):
            yield Mismatch(where=_where(document, one), wanted=f"{one.wanted_vi} / {one.wanted_en}", got=_got(one))


def _where(document: Document, finding: Finding) -> str:
    signed = next((one for one in document.judgement.signatures if one.field == finding.signature), None)
    return document.entry.file if signed is None else f"{document.entry.file}, {signed.field}, {box_of(signed)}"


def _got(finding: Finding) -> str:
    clause = f" ({finding.clause})" if finding.clause else ""
    return f"{finding.found_vi} / {finding.found_en}{clause}"


def _is_seen(check: FormCheck, document: Document) -> bool:
    """Whether the point could be looked at in this document."""
    if check.role is not None and not document.of(check.role):
        return False
    return check.point not in document.judgement.unseen


def _why_not(check: FormCheck, judgement: Judgement) -> str:
    if check.point in judgement.unseen:
        return "not to be seen in the document"
    return f"no signature of the {check.role} on it"
