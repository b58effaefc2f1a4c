"""What must hold of signed documents beside their form: that the signatures hold, when and by whom they were made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from conformance.checks import SIGNER, FunctionCheck
from conformance.regulations import effect_under, under
from conformance.suites.signer.bench import Bench, Document
from conformance.suites.signer.orders import FORMAT, ISSUED
from conformance.suites.token.bench import Failed, NotApplicable
from conformance.targets.signer import Folder, SignerFailed, SignerRefused
from scenarios import Importance

if TYPE_CHECKING:
    from token_emulator.documents.checking.reading import Signature


def _check(
    *clauses: str, importance: Importance = Importance.MAJOR, features: tuple[str, ...] = ()
) -> Callable[[Callable[[Bench], None]], FunctionCheck]:
    return lambda function: FunctionCheck(SIGNER, function, clauses, importance=importance, features=features)


def _signed(bench: Bench) -> Iterator[Document]:
    """The documents that have signatures. Raises NotApplicable where none has."""
    found = [document for document in bench.documents() if document.read.signatures or document.read.broken]
    if not found:
        raise NotApplicable("no document with a signature")
    yield from found


def _why(signature: Signature) -> str:
    return f"{signature.name}: {(signature.change or signature.malformed or 'altered').partition(chr(10))[0][:200]}"


@_check("LC-4.2", "LC-16.1.c.1", "NB-8.2.c", "AG-8.2.b", "NB-7.4.b", importance=Importance.BLOCKER)
def signatures_hold(bench: Bench) -> None:
    """Mọi chữ ký đều khớp với nội dung, cả sau khi ghi số, ngày và ký thêm.

    Every signature holds, also after number and date were written and others signed.
    """
    for document in _signed(bench):
        wrong = [_why(one) for one in document.read.signatures if not one.holds]
        wrong += [f"{name}: {why}" for name, why in document.read.broken]
        if wrong:
            raise Failed(f"signatures that hold in {document.entry.file}", "; ".join(wrong))


@_check("LC-16.1", "ND68-29", "TB-13.3.1", importance=Importance.BLOCKER)
def certificates_are_in_force(bench: Bench) -> None:
    """Chứng thư số người ký có hiệu lực khi ký, đường dẫn tới gốc tin cậy.

    The signers' certificates were in force at the time of signing, on a path to a trusted root (needs `--trust`).
    """
    from token_emulator.documents.checking import Effect, Verdict, check

    if bench.evidence is None:
        raise NotApplicable("no evidence to check certificates by: give it with --trust")
    effect = Effect(effect_under(bench.regulation))
    for document in _signed(bench):
        report = check(document.pdf, bench.evidence, bench.now(), effect)
        if report.verdict is not Verdict.OK and report.why is not None:
            raise Failed(f"certificates in force in {document.entry.file}", report.why.en)


@_check("ND68-29", features=("timestamps",))
def signatures_are_timestamped(bench: Bench) -> None:
    """Mỗi chữ ký có dấu thời gian trên chính chữ ký đó.

    Every signature has a timestamp over itself.
    """
    from token_emulator.documents.checking.reading.cms_signature import digest

    if not under(bench.regulation, ("ND68-29",)):
        raise NotApplicable(f"{bench.regulation} does not ask for timestamps")
    for document in _signed(bench):
        for one in document.read.signatures:
            if one.token is None:
                raise Failed(f"a timestamp of {one.name} in {document.entry.file}", "none")
            imprint = one.token["encap_content_info"]["content"].parsed["message_imprint"]
            if imprint["hashed_message"].native != digest(imprint["hash_algorithm"]["algorithm"].native, one.value):
                raise Failed(f"a timestamp over {one.name} in {document.entry.file}", "one over something else")


@_check("AG-4.1", "LC-16.1.c.1", "NB-8.2.c", features=("numbering",))
def number_and_date_are_those_given(bench: Bench) -> None:
    """Văn bản mang đúng số, ký hiệu và ngày đã cấp.

    The document bears the number, symbol and date that it was given.
    """
    from token_emulator.documents.reading import document_number, issue_date

    found = [document for document in bench.documents(ISSUED) if document.entry.number or document.entry.issued]
    if not found:
        raise NotApplicable("no issued document whose number or date is known")
    for document in found:
        seen, entry = document.seen, document.entry
        number, day = document_number(seen), issue_date(seen)
        if entry.number and (number or "") != "".join(entry.number.split()):
            raise Failed(f"{entry.number} on {entry.file}", number or "no number")
        if entry.issued and day != entry.issued:
            raise Failed(f"{entry.issued} on {entry.file}", str(day or "no date"))


@_check("LC-4.3", "LC-10.4")
def title_is_the_signers_own(bench: Bench) -> None:
    """Chức vụ trên chỗ ký là chức vụ mà người ký được cấp chứng thư số để ký.

    The title above the signature is the one that the signer is registered with.
    """
    from token_emulator.documents.reading import folded, last_block, signers_block

    found = [document for document in bench.documents(ISSUED) if document.entry.title]
    if not found:
        raise NotApplicable("no issued document of which the signer's title is known")
    for document in found:
        seen, entry = document.seen, document.entry
        block = signers_block(seen, entry.signer or "") or last_block(seen)
        shown = block.title.text if block and block.title else ""
        if folded(entry.title or "") != folded(shown):
            raise Failed(f"{entry.title} on {entry.file}", shown or "no title")


@_check()
def signing_time_is_that_of_signing(bench: Bench) -> None:
    """Thời gian ký ghi trong chữ ký là lúc ký thật.

    The signing time in the signature is when it was made.
    """
    found = [one for one in bench.documents() if one.entry.signed_after or one.entry.signed_before]
    if not found:
        raise NotApplicable("of no document is it known when it was signed")
    for document in found:
        entry = document.entry
        for one in document.judgement.signatures:
            early = entry.signed_after and (one.at is None or one.at < entry.signed_after)
            late = entry.signed_before and (one.at is None or one.at > entry.signed_before)
            if early or late:
                wanted = f"{entry.signed_after or '…'} to {entry.signed_before or '…'}, {entry.file}, {one.field}"
                raise Failed(wanted, str(one.at or "no time"))


@_check("LC-16.1.b.2")
def signed_by_who_should(bench: Bench) -> None:
    """Người ký, theo đúng thứ tự, là người lẽ ra phải ký theo bản kê.

    Those signed who should have, in their order, as the manifest says.
    """
    found = [document for document in bench.documents() if document.entry.signed_by is not None]
    if not found:
        raise NotApplicable("the manifest says of no document who should have signed it: `signed_by`")
    for document in found:
        roles = tuple(one.role.value for one in document.judgement.signatures)
        wanted = document.entry.signed_by or ()
        if roles != wanted:
            raise Failed(f"{' + '.join(wanted) or 'nobody'} on {document.entry.file}", " + ".join(roles) or "nobody")


@_check("AG-8.1.a.1", "AG-8.1.b.1", "LC-16.1.a.3", "NB-8.1.b")
def only_pdf_is_signed(bench: Bench) -> None:
    """Tệp ảnh, tệp soạn thảo chưa chuyển sang PDF thì không được ký như văn bản.

    A picture, or whatever else is no PDF yet, is refused, or comes back as a signed PDF.
    """
    if bench.is_folder:
        raise NotApplicable("documents of a folder are signed already")
    found = bench.unready(FORMAT)
    if not isinstance(found, SignerRefused) and not found.pdf.startswith(b"%PDF-"):
        raise Failed("a refusal, or a PDF", f"{len(found.pdf)} octets that are no PDF")


@_check("AG-14.2", "NB-13.2", "AG-5")
def every_document_is_there(bench: Bench) -> None:
    """Văn bản nào có trong bản kê cũng có trong kho.

    Whatever the manifest lists lies in the folder.
    """
    if not isinstance(bench.signer, Folder):
        raise NotApplicable("only a folder is an archive")
    for entry in bench.entries():
        try:
            bench.signer.read(entry)
        except SignerFailed as error:
            raise Failed(f"{entry.number or entry.file} in the folder", str(error)) from None


@_check("LC-17.1", "LC-17.3", "NB-10.1.a", "NB-10.1.c", "AG-5", importance=Importance.BLOCKER)
def kept_as_it_was(bench: Bench) -> None:
    """Văn bản trong kho, hay phục hồi từ bản sao lưu, còn nguyên từng octet và chữ ký còn khớp.

    Documents of an archive, or restored from its backup, are octet by octet what they were, and their signatures hold.
    """
    if not isinstance(bench.signer, Folder):
        raise NotApplicable("only a folder is an archive")
    found = [document for document in bench.documents() if document.entry.sha256 is not None]
    if not found:
        raise NotApplicable("the manifest has no `sha256` of any document")
    for document in found:
        digest = hashlib.sha256(document.pdf).hexdigest()
        if digest != document.entry.sha256:
            raise Failed(f"SHA-256 {document.entry.sha256} of {document.entry.file}", digest)
    signatures_hold.function(bench)
