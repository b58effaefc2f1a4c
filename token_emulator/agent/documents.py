"""Operations on documents: fetched, signed with the device, handed to the upload handler (facts: sign-service §3.1)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from token_emulator.agent import replies
from token_emulator.agent.calls import Call
from token_emulator.agent.faults import FaultName, Firing
from token_emulator.agent.messages import BatchFile, BatchRequest, DocumentRequest, KeyValue, parse
from token_emulator.agent.outcomes import BAD_MESSAGE, DOWNLOAD, TIMESTAMP, UPLOAD, Refusal
from token_emulator.agent.prompts import Question
from token_emulator.agent.replies import Reply
from token_emulator.agent.settings import Settings
from token_emulator.agent.showing import Purpose, sign_comment, sign_document
from token_emulator.agent.transfer import Credentials, Fetched, Stored
from token_emulator.documents.signing import DeviceKey, PdfOptions, SubFilter


@dataclass(frozen=True, slots=True)
class SignDocument:
    """One document."""

    vi: str
    en: str
    purpose: Purpose | None = None
    """None: it cannot be seen."""
    comments: bool = False
    """Whether the request's comment is printed with it."""
    refused = staticmethod(replies.document_refused)

    async def __call__(self, call: Call) -> Reply:
        """Fetch, sign, post. Raises Refusal."""
        request = parse(DocumentRequest, call.text)
        credentials = Credentials(request.SessionId, request.JWTToken)
        question = call.question(self.vi, self.en, request.FileName)
        fetched = await fetch(call, request.FileName, credentials, question)
        settings, at = call.agent.settings, call.agent.clock()
        options = pdf_options(settings, call.firing)
        await wait_for_timestamp(call.firing)
        comment = request.Comment.strip() if self.comments else ""

        def sign(key: DeviceKey) -> bytes:
            if comment:
                return sign_comment(fetched.content, key, at, options, comment)
            return sign_document(fetched.content, key, at, options, settings, self.purpose, request)

        signed, _ = await call.with_key(question, sign)
        answer = await post(call, request.FileUploadHandler, fetched.name, signed, request.MetaData, credentials)
        day = request.IssuedDate.isoformat() if request.IssuedDate else ""
        return replies.stored(answer, request.DocNumber.strip(), day)


@dataclass(frozen=True, slots=True)
class SignBatch:
    """Several documents with one PIN; one that fails stops no other."""

    vi: str
    en: str
    refused = staticmethod(replies.batch_refused)

    async def __call__(self, call: Call) -> Reply:
        """Each: fetch, sign, post. Raises Refusal where no PIN, no device can be had."""
        request = parse(BatchRequest, call.text)
        names = ", ".join(one.FileName or one.URL.partition("?")[0] for one in request.Files)
        question = call.question(self.vi, self.en, f"{len(request.Files)}: {names}")
        work = _Batch(call, request, question)
        done = [await work.do(one) for one in request.Files]
        failed = [one["Message"] for one in done if one["Status"]]
        # What a batch answers when some files fail is not known: ours is the first failure's Status.
        status = next((one["Status"] for one in done if one["Status"]), 0)
        return {"Status": status, "Message": failed[0] if failed else "", "Files": done}


class _Batch:
    def __init__(self, call: Call, request: BatchRequest, question: Question) -> None:
        self._call, self._request, self._question = call, request, question
        self._credentials = Credentials(request.SessionId, request.JWTToken)
        self._options = pdf_options(call.agent.settings, call.firing)
        self._key: DeviceKey | None = None

    async def do(self, file: BatchFile) -> dict[str, Any]:
        told = {"FileID": file.FileID, "FileName": file.FileName, "Status": 0, "Message": "", "FileSignedURL": ""}
        try:
            fetched = await fetch(self._call, file.URL, self._credentials, self._question)
            signed = await self._sign(fetched.content)
            answer = await post(
                self._call,
                self._request.FileUploadHandler,
                file.FileName or fetched.name,
                signed,
                self._request.MetaData,
                self._credentials,
            )
        except Refusal as refusal:
            if self._key is None and refusal.outcome is not DOWNLOAD:
                raise  # there is no PIN: nobody will sign the others, either
            return {**told, "Status": refusal.outcome.status, "Message": refusal.text}
        return {**told, "FileSignedURL": answer.file_server}

    async def _sign(self, pdf: bytes) -> bytes:
        at = self._call.agent.clock()
        await wait_for_timestamp(self._call.firing)

        def use(key: DeviceKey) -> bytes:
            return sign_document(pdf, key, at, self._options, self._call.agent.settings)

        if self._key is not None:
            return await self._call.agent.devices.again(self._key, use)
        signed, self._key = await self._call.with_key(self._question, use)
        return signed


async def fetch(call: Call, url: str, credentials: Credentials, question: Question) -> Fetched:
    """The document at an address, or one that the user picks. Raises Refusal."""
    if not url:
        answer = await call.agent.prompter.ask(call.file_question(question))
        if not answer.file:
            raise Refusal(BAD_MESSAGE, "FileName is empty, and the user chose no file")
        return Fetched(answer.file_name or "document.pdf", answer.file)
    if FaultName.DOWNLOAD_FAILED in call.firing:
        raise Refusal(DOWNLOAD)
    return await call.agent.transfer.fetch(url, credentials)


async def post(
    call: Call, handler: str, name: str, signed: bytes, metadata: tuple[KeyValue, ...], credentials: Credentials
) -> Stored:
    """The signed document is handed over. Raises Refusal."""
    if FaultName.NO_FILE_SERVER in call.firing:
        return Stored(name, "", "", "")
    answer = await call.agent.transfer.post(handler, name, signed, metadata, credentials)
    if FaultName.HANDLER_REFUSED in call.firing:
        raise Refusal(UPLOAD)
    return answer


async def wait_for_timestamp(firing: Firing) -> None:
    """What the faults say of the time-stamping authority. Raises Refusal."""
    if FaultName.TSA_DOWN in firing:
        raise Refusal(TIMESTAMP, "the time-stamping authority does not answer")
    if slow := firing.get(FaultName.TSA_SLOW):
        await asyncio.sleep(slow.seconds or 0)


def pdf_options(settings: Settings, firing: Firing) -> PdfOptions:
    """How signatures are made, by the settings and what is on order."""
    subfilter = settings.subfilter
    if FaultName.CADES in firing:
        subfilter = SubFilter.CADES
    elif FaultName.PKCS7 in firing:
        subfilter = SubFilter.PKCS7
    whole = FaultName.WHOLE_CHAIN in firing and FaultName.LEAF_ONLY not in firing
    return PdfOptions(
        subfilter=subfilter,
        chain=settings.chain if whole else (),
        local_as_utc=FaultName.LOCAL_AS_UTC in firing,
        timestamp_url=settings.timestamp_url,
        imprint="sha1" if FaultName.SHA1_IMPRINT in firing else None,
    )
