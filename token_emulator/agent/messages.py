"""What pages send, as models with limits. Field names are those of the real agent (facts: sign-service §3)."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from token_emulator.agent.outcomes import BAD_MESSAGE, Refusal

LARGEST: Final = 8 << 20
"""Characters of a message."""
MOST_FILES: Final = 100
MOST_METADATA: Final = 100
VIETNAM: Final = timezone(timedelta(hours=7))
M = TypeVar("M", bound="Message")


def _text(value: Any) -> Any:
    """Pages write null for nothing, and numbers and booleans where texts are meant."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _http(value: str) -> str:
    """An absolute http or https address."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"no address: {error}") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an absolute http or https address")
    if any(character.isspace() or not character.isprintable() for character in value):
        raise ValueError("must have no spaces or control characters")
    return value


def _optional_http(value: str) -> str:
    return value and _http(value)


def _octets(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"must be Base64: {error}") from None


def _issue_date(value: Any) -> Any:
    """`""`, `2019-03-12T12:00:00+07:00` or a JavaScript date in UTC; the day is Vietnam's."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        raise ValueError("must be a text")
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("must be a date and time in ISO 8601") from None
    return at.date() if at.tzinfo is None else at.astimezone(VIETNAM).date()


Short = Annotated[str, BeforeValidator(_text), Field(max_length=1000)]
Long = Annotated[str, BeforeValidator(_text), Field(max_length=65536)]
Url = Annotated[str, Field(max_length=4096), AfterValidator(_http)]
OptionalUrl = Annotated[str, BeforeValidator(_text), Field(max_length=4096), AfterValidator(_optional_http)]
Base64 = Annotated[str, Field(max_length=LARGEST)]
Flag = Annotated[bool, BeforeValidator(lambda value: str(_text(value)).strip().lower() == "true")]
"""`"true"` or true; all else is false."""


class Message(BaseModel):
    """Unknown fields are passed over: pages of all generations call."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class KeyValue(Message):
    """One further parameter for the upload handler."""

    Key: Annotated[str, Field(min_length=1, max_length=200)]
    Value: Long = ""


Pairs = Annotated[tuple[KeyValue, ...], BeforeValidator(lambda value: value or ()), Field(max_length=MOST_METADATA)]


class DocumentRequest(Message):
    """SignApproved, SignIssued, SignIncome, Comment, SignAppendix, SignCopy, SignFile, SignPDF (facts: §3.1)."""

    FileUploadHandler: Url
    FileName: OptionalUrl = ""
    """Where the agent fetches the document; empty: the user is asked for a file of his own."""
    SessionId: Short = ""
    JWTToken: Long = ""
    MetaData: Pairs = ()
    DocNumber: Short = ""
    IssuedDate: Annotated[date | None, BeforeValidator(_issue_date)] = None
    Comment: Long = ""


class BatchFile(Message):
    """One of several files."""

    FileID: Short = ""
    FileName: Short = ""
    URL: Url


class BatchRequest(Message):
    """SignFiles, SignLyLich (facts: §3.2)."""

    FileUploadHandler: Url
    SessionId: Short = ""
    JWTToken: Long = ""
    MetaData: Pairs = ()
    Files: Annotated[tuple[BatchFile, ...], Field(min_length=1, max_length=MOST_FILES)]


class HashRequest(Message):
    """SignHash, and SignMsg as it is now (facts: §3.5)."""

    HashValue: Annotated[bytes, BeforeValidator(lambda value: _octets(_require_text(value))), Field(max_length=64)]
    HashAlg: Annotated[str, BeforeValidator(lambda value: str(value or "SHA256")), Field(max_length=20)] = "SHA256"


class XmlRequest(Message):
    """SignXML."""

    Base64Content: Base64
    ReturnSignatureOnly: Flag = False
    HashAlg: Annotated[str, BeforeValidator(lambda value: str(value or "SHA256")), Field(max_length=20)] = "SHA256"
    XmlDsigForm: Flag = False


class JsonRequest(Message):
    """SignJson."""

    JsonContent: Annotated[
        str,
        BeforeValidator(lambda value: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)),
        Field(min_length=1, max_length=LARGEST),
    ]
    DetachPayload: Flag = False
    IsPss: Flag = False


class VerifyMessageRequest(Message):
    """VerifyMsg."""

    Base64Content: Base64
    Signature: Base64


class VerifyXmlRequest(Message):
    """VerifyXML."""

    Data: Annotated[str, Field(min_length=1, max_length=LARGEST)]
    Format: Short = "XML"


class VerifyPdfRequest(Message):
    """VerifyPDF."""

    FileName: Url
    SessionId: Short = ""


def parse(kind: type[M], text: str) -> M:
    """The message. Raises Refusal, which names the field and the rule, and none of the values."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise Refusal(BAD_MESSAGE, f"{place}: {first['msg']}") from None


def octets_of(text: str) -> bytes:
    """What a Base64 text stands for. Raises Refusal."""
    try:
        return _octets(text)
    except ValueError as error:
        raise Refusal(BAD_MESSAGE, str(error)) from None


def digest_name(name: str) -> str:
    """`SHA256`, `Sha-256` → `sha256`. Raises Refusal for what is no hash of the real agent's verifier."""
    plain = name.replace("-", "").replace("_", "").lower()
    if plain not in ("sha1", "sha256", "sha384", "sha512"):
        raise Refusal(BAD_MESSAGE, "HashAlg: SHA1, SHA256, SHA384 or SHA512")
    return plain


def _require_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value
