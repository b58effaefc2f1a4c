"""Operations that sign what stands in the message itself: hashes, texts, XML, JSON, challenges (facts: §3.5)."""

from __future__ import annotations

import base64

from token_emulator.agent import replies
from token_emulator.agent.calls import Call
from token_emulator.agent.messages import HashRequest, JsonRequest, XmlRequest, digest_name, octets_of, parse
from token_emulator.agent.outcomes import BAD_MESSAGE, Refusal
from token_emulator.agent.replies import Reply
from token_emulator.documents.errors import Unsignable
from token_emulator.documents.signing import CmsOptions, XmlOptions, sign_cms, sign_jws, sign_xml
from token_emulator.documents.signing.keys import HASHES
from token_emulator.documents.signing.xml import DIGESTS, parse_xml

LONGEST_CHALLENGE = 65536


class SignHash:
    """`{HashValue, HashAlg}` → PKCS#1 or ECDSA over the hash, and the certificate."""

    refused = staticmethod(replies.text_refused)

    async def __call__(self, call: Call) -> Reply:
        """Raises Refusal."""
        request = parse(HashRequest, call.text)
        digest = digest_name(request.HashAlg)
        size = HASHES[digest].digest_size
        if len(request.HashValue) != size:
            raise Refusal(BAD_MESSAGE, f"HashValue: {size} octets for {digest.upper()}")
        question = call.question("Ký giá trị băm", "Sign a hash", f"{digest.upper()} {request.HashValue.hex()[:16]}…")
        signature, key = await call.with_key(question, lambda key: key.sign(request.HashValue, digest, hashed=True))
        return _signed(base64.b64encode(signature).decode(), CertBase64=base64.b64encode(key.certificate).decode())


class SignMessage:
    """As it is now: a hash. As it was: the Base64 of a text → a detached CMS signature, in Base64."""

    refused = staticmethod(replies.text_refused)

    async def __call__(self, call: Call) -> Reply:
        """Raises Refusal."""
        if call.text.lstrip().startswith("{"):
            return await SignHash()(call)
        text = octets_of(call.text)
        return await _sealed(call, "Ký thông điệp", "Sign a message", text, detached=True)


class Authenticate:
    """A challenge, as it is → a CMS signature with the challenge in it."""

    refused = staticmethod(replies.text_refused)

    async def __call__(self, call: Call) -> Reply:
        """Raises Refusal."""
        challenge = call.text.encode()
        if not 0 < len(challenge) <= LONGEST_CHALLENGE:
            raise Refusal(BAD_MESSAGE, f"a challenge of 1 to {LONGEST_CHALLENGE} octets is wanted")
        return await _sealed(call, "Xác thực", "Sign in", challenge, detached=False)


class SignXml:
    """`{Base64Content, ReturnSignatureOnly, HashAlg, XmlDsigForm}` → XML in Base64."""

    refused = staticmethod(replies.text_refused)

    async def __call__(self, call: Call) -> Reply:
        """Raises Refusal."""
        request = parse(XmlRequest, call.text)
        digest, document = digest_name(request.HashAlg), octets_of(request.Base64Content)
        _require_xml(document, digest)
        at = call.agent.clock()
        options = XmlOptions(digest, plain=request.XmlDsigForm, alone=request.ReturnSignatureOnly)
        made, _ = await call.with_key(
            call.question("Ký XML", "Sign XML", ""), lambda key: sign_xml(document, key, at, options)
        )
        return _signed(base64.b64encode(made).decode())


class SignJson:
    """`{JsonContent, DetachPayload, IsPss}` → a compact JWS."""

    refused = staticmethod(replies.text_refused)

    async def __call__(self, call: Call) -> Reply:
        """Raises Refusal."""
        request = parse(JsonRequest, call.text)
        made, _ = await call.with_key(
            call.question("Ký JSON", "Sign JSON", request.JsonContent[:60]),
            lambda key: sign_jws(request.JsonContent.encode(), key, detached=request.DetachPayload, pss=request.IsPss),
        )
        return _signed(made)


async def _sealed(call: Call, vi: str, en: str, data: bytes, *, detached: bool) -> Reply:
    at = call.agent.clock()
    about = data[:60].decode("utf-8", "replace")
    made, _ = await call.with_key(
        call.question(vi, en, about), lambda key: sign_cms(data, key, at, CmsOptions(detached=detached))
    )
    return _signed(base64.b64encode(made).decode())


def _require_xml(document: bytes, digest: str) -> None:
    """Before anybody is asked for a PIN. Raises Refusal."""
    if digest not in DIGESTS:
        raise Refusal(BAD_MESSAGE, f"HashAlg: {', '.join(DIGESTS)}")
    try:
        parse_xml(document)
    except Unsignable as error:
        raise Refusal(BAD_MESSAGE, f"{error.vi} / {error.en}") from None


def _signed(signature: str, **more: str) -> Reply:
    return {"Status": 0, "Signature": signature, "Error": "", "Message": "", **more}
