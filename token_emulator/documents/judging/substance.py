"""The document itself: version, secrecy, number and date, and whose name stands under the signature."""

from __future__ import annotations

import io

from pyhanko.pdf_utils.reader import PdfFileReader

from token_emulator.documents.judging.case import Case
from token_emulator.documents.judging.model import Signature
from token_emulator.documents.reading import document_number, folded, issue_date, secrecy
from token_emulator.documents.rules import Role
from token_emulator.documents.signing.pdf import VIETNAM, readable


def substance(case: Case) -> None:
    """All of it."""
    version, secret = case.rules.pdf_version, case.rules.secret
    if version and _parts(drafted := _version(case.pdf)) < _parts(version.value):
        wanted = (f"từ {version.value}", f"{version.value} or later")
        case.find("version", version, None, (drafted, drafted), wanted)
    if secret and (mark := secrecy(case.seen, secret.value)):
        case.find("secret", secret, None, (mark, mark), ("văn bản không mật", "a document that is not secret"))
    for signature in case.signatures:
        _number(case, signature)
        _day(case, signature)
        _name(case, signature)
    _rewritten(case)


def _version(pdf: bytes) -> str:
    """Of the file as it was before anybody signed: signing may raise it."""
    with readable():
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        told = str(reader.get_historical_root(0).get("/Version", "/0.0"))[1:]
    header = ".".join(str(part) for part in reader.input_version)
    return max(told, pdf[5:8].decode("latin-1") if pdf.startswith(b"%PDF-") else header)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _number(case: Case, signature: Signature) -> None:
    due = case.kind.numbered.get(signature.role)
    if due is None:
        return
    if not case.seen.pages[0].text:  # a scan
        case.unseen.add("number")
        return
    then = case.as_signed(signature)
    missing = [
        words
        for words, value in ((("số", "number"), document_number(then)), (("ngày", "date"), issue_date(then)))
        if value is None
    ]
    if missing:
        found = f"chưa có {', '.join(vi for vi, _ in missing)}", f"no {', '.join(en for _, en in missing)} yet"
        case.find("number", due, signature, found, ("có số và ngày trước khi ký", "both before it is signed"))


def _day(case: Case, signature: Signature) -> None:
    same = case.kind.same_day.get(signature.role)
    if same is None:
        return
    if case.issued is None or signature.at is None:
        case.unseen.add("day")
        return
    day = signature.at.astimezone(VIETNAM).date()
    if day != case.issued:
        case.find("day", same, signature, (str(day), str(day)), (str(case.issued), str(case.issued)))


def _name(case: Case, signature: Signature) -> None:
    own = case.rules.own_certificate
    if own is None or signature.role is not Role.PERSON:
        return
    if case.block is None:
        case.unseen.add("other-name")
        return
    printed, holder = folded(case.block.name.text), folded(signature.common_name)
    if printed not in holder and holder not in printed:
        name = case.block.name.text
        case.find("other-name", own, signature, (name, name), (signature.common_name,) * 2)


def _rewritten(case: Case) -> None:
    """What the pages themselves say must stay; number and date are written into fields."""
    if not case.signatures:
        return
    first = case.signatures[0]
    due = case.kind.numbered.get(Role.ORGANISATION) or case.rules.unsigned
    before, now = case.as_signed(first), case.seen
    same = len(before.pages) == len(now.pages) and all(
        one.contents == other.contents for one, other in zip(before.pages, now.pages, strict=True)
    )
    if not same:
        found = "trang không còn như khi ký", "a page is not what it was when it was signed"
        case.find("rewritten", due, first, found, ("chỉ điền trường", "only fields filled"))
