"""The schema of a mapping file. What it cannot see, names that lead nowhere, checking.py does."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from conformance.mapping import conversions
from conformance.mapping.paths import compiled_path
from conformance.mapping.templates import compiled
from scenarios.paths import BadPath, parts

MOST = 200
"""Entries of a table, elements of a list."""
MOST_WORDS = 2000
"""Words of a map."""
MOST_PAGES = 200


class Strict(BaseModel):
    """Base of the schema: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _template(text: str) -> str:
    compiled(text)
    return text


def _expression(text: str) -> str:
    if len(compiled(text).parts) != 1 or isinstance(compiled(text).parts[0], str):
        raise ValueError("one ${…} and nothing else belongs here")
    return text


def _json_path(text: str) -> str:
    compiled_path(text)
    return text


def _contract_path(text: str) -> str:
    try:
        parts(text)
    except BadPath as error:
        raise ValueError(str(error)) from error
    return text


def _format(text: str) -> str:
    if not conversions.is_format(text):
        raise ValueError("a format is iso, unix, unix-ms, or written with yyyy MM dd HH mm ss SSS XXX")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; write one like Asia/Ho_Chi_Minh") from None
    return text


def _tree(value: Any) -> Any:
    """A JSON value whose texts, keys too, may hold expressions."""
    if isinstance(value, str):
        compiled(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            compiled(key)
            _tree(inner)
    elif isinstance(value, list):
        for inner in value:
            _tree(inner)
    return value


def _one_or_more(given: Any) -> Any:
    return given if isinstance(given, list | tuple) else (given,)


def _some(given: tuple[Any, ...]) -> tuple[Any, ...]:
    # Not by `min_length`: pydantic would count only what is sound, and speak of that beside the real mistake.
    if not given:
        raise ValueError("there must be one at least")
    return given


def _words(given: Any) -> Any:
    return tuple(_word(one) for one in given) if isinstance(given, list | tuple) else (_word(given),)


def _word(given: Any) -> Any:
    """YAML's true and 1 are words like any other here."""
    return json.dumps(given) if given is None or isinstance(given, bool | int | float) else given


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A name used in expressions: lower case, underscores."""
MapName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
Text = Annotated[str, AfterValidator(_template)]
"""A text that may hold `${…}`."""
Expression = Annotated[str, AfterValidator(_expression)]
"""One `${…}`."""
JsonPath = Annotated[str, AfterValidator(_json_path)]
"""A JSONPath of RFC 9535, from `$`."""
ContractPath = Annotated[str, AfterValidator(_contract_path)]
"""Where a value belongs in the contract's answer: `certificate.status.status`."""
Format = Annotated[str, AfterValidator(_format)]
"""A format of dates and times: `dd/MM/yyyy HH:mm`."""
Status = Annotated[int, Field(ge=100, le=599)]
Tree = Annotated[Any, AfterValidator(_tree)]
Clause = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*-[A-Za-z0-9.]+$")]
Clauses = Annotated[
    tuple[Clause, ...], BeforeValidator(_one_or_more, json_schema_input_type=Clause | tuple[Clause, ...])
]
Headers = Annotated[dict[str, Text], Field(max_length=MOST)]


def _reading(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    return {"at": given} if given.startswith("$") and not given.startswith("${") else {"value": given}


class Reading(Strict):
    """One value of an answer: where it stands, and how the contract writes it.

    Written short as a text: a JSONPath, or a text with `${…}`.
    """

    at: JsonPath | None = None
    """JSONPath in the answer. A path that can lead to several places gives a list."""
    value: Text | None = None
    """A text with `${…}` instead. Never an echo of what a check asks about."""
    of: Name | None = None
    """The request whose answer is meant; the last one made where left out."""
    map: MapName | None = None
    """Their word becomes the contract's."""
    time: Format | None = None
    """An instant in this format."""
    day: Format | None = None
    """A date in this format."""
    write: Literal["text", "number", "pem", "hex", "hex-from-decimal"] | None = Field(None, alias="as")
    """`pem` from DER in base64; `hex` a serial number, lower case without separators."""
    each: dict[ContractPath, AReading] = Field(default_factory=dict, max_length=MOST)
    """For a list of objects: the values of each, `$` being the element."""
    keep: Expression | None = None
    """Which elements are kept, `item` being one of them as the contract writes it."""
    default: Any = None
    """What it is where nothing stands there."""

    @model_validator(mode="after")
    def _one_source(self) -> Reading:
        if (self.at is None) == (self.value is None):
            raise ValueError("either `at` or `value`")
        return self


AReading = Annotated[Reading, BeforeValidator(_reading, json_schema_input_type=Reading | str)]


class Paging(Strict):
    """A list that comes in several answers. `$` of what is read is then the list of all elements."""

    by: Literal["page", "offset", "cursor", "link"]
    """A page's number, an offset, a mark that the answer gives, or the next address that it gives."""
    items: JsonPath
    """The elements in one answer."""
    parameter: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    """The query's parameter; not for `link`."""
    first: int = Field(1, ge=0, le=1)
    """The number of the first page."""
    next: JsonPath | None = None
    """For `cursor` and `link`: where the answer has it."""
    last: Expression | None = None
    """Whether `answer` was the last one; for `page` and `offset` one without elements ends it at any rate."""
    most: int = Field(20, ge=1, le=MOST_PAGES)
    """Answers that are read."""

    @model_validator(mode="after")
    def _complete(self) -> Paging:
        if (self.by in ("cursor", "link")) != (self.next is not None):
            raise ValueError("`next` belongs to cursor and link, and to nothing else")
        if (self.by == "link") != (self.parameter is None):
            raise ValueError("`parameter` belongs to page, offset and cursor")
        return self


class File(Strict):
    """A file in a form of several parts."""

    file: Text
    """Its name."""
    content: Text
    type: Text = "application/octet-stream"


class Request(Strict):
    """One HTTP request, and what its answer is good for."""

    name: Name | None = Field(None, alias="as")
    """Under which its answer can be read later."""
    when: Expression | None = None
    """Whether it is made."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: Text
    """Below the target's URL; `${…}` in it is percent-encoded."""
    query: dict[str, Text] = Field(default_factory=dict, max_length=MOST)
    headers: Headers = Field(default_factory=dict)
    body: Tree = Field(None, alias="json")
    """A JSON body."""
    form: dict[str, Text] | None = Field(None, max_length=MOST)
    """A form, `application/x-www-form-urlencoded`."""
    parts: dict[str, Text | File] | None = Field(None, max_length=MOST)
    """A form of several parts, `multipart/form-data`."""
    text: Text | None = None
    """Any other body; say in `headers` what it is."""
    answer: Literal["json", "text", "bytes", "nothing"] = "json"
    """What comes back; `bytes` are read as base64, and `$` is the whole of a text."""
    accepted: tuple[Status, ...] = Field((), max_length=MOST)
    """Statuses besides 200 to 299 that are no refusal, e.g. 302 after a form."""
    take: dict[Name, AReading] = Field(default_factory=dict, max_length=MOST)
    """Values of its answer for the requests after it: `${taken.…}`."""
    paging: Paging | None = None

    @model_validator(mode="after")
    def _one_body(self) -> Request:
        bodies = [one for one in ("body", "form", "parts", "text") if getattr(self, one) is not None]
        if len(bodies) > 1:
            raise ValueError("one body only: json, form, parts or text")
        if bodies and self.method == "GET":
            raise ValueError("a GET has no body; use `query`")
        if not self.path.startswith(("/", "${")):
            raise ValueError("a path begins with / or ${")
        return self


Requests = Annotated[
    tuple[Request, ...],
    Field(max_length=20),
    AfterValidator(_some),
    BeforeValidator(_one_or_more, json_schema_input_type=Request | tuple[Request, ...]),
]


class Refusals(Strict):
    """How a refusal looks. In an operation: what is different there, `codes` and `field_names` being added."""

    statuses: tuple[Status, ...] | None = Field(None, max_length=MOST)
    """Statuses of a refusal; 400, 403, 404, 409 and 422 where left out."""
    when: Expression | None = None
    """Whether `answer`, with another status, is one all the same."""
    message: AReading | None = None
    state: AReading | None = None
    """The state in which the thing is."""
    clauses: AReading | None = None
    """Clause ids, or codes of theirs for which `codes` has the clauses."""
    codes: dict[str, Clauses] = Field(default_factory=dict, max_length=MOST_WORDS)
    fields: AReading | None = None
    """Names of fields that are wrong."""
    field_names: dict[str, ContractPath] = Field(default_factory=dict, max_length=MOST_WORDS)
    """Their name for a field -> the contract's."""


class Case(Strict):
    """One way of doing an operation, or why it cannot be done."""

    when: Expression | None = None
    """Whether it is this one; the first that fits is taken."""
    unsupported: Sentence | None = None
    """Why the implementation has it not: the step is skipped, and the report says this."""
    requests: Requests | None = None
    """One request or several, in order; a refusal ends them."""
    values: dict[ContractPath, AReading] = Field(default_factory=dict, max_length=MOST)
    """Path in the contract's answer -> where it comes from."""
    state: AReading | None = None
    """The state of what was done; what `values` has where the contract has the state, where left out."""
    remember: dict[Text, AReading] = Field(default_factory=dict, max_length=MOST)
    """Kept for other operations: `${remembered['…']}`; its keys may use `${values.…}`."""
    refusals: Refusals = Refusals()

    @model_validator(mode="after")
    def _done_or_not(self) -> Case:
        if (self.unsupported is None) == (self.requests is None):
            raise ValueError("either `requests`, or `unsupported` with the reason")
        return self


Cases = Annotated[
    tuple[Case, ...],
    Field(max_length=MOST),
    AfterValidator(_some),
    BeforeValidator(_one_or_more, json_schema_input_type=Case | tuple[Case, ...]),
]


class NoSignIn(Strict):
    """Nobody signs in."""

    by: Literal["nothing"]


class HeaderSignIn(Strict):
    """Headers with each request: an API key, a bearer token, basic."""

    by: Literal["headers"]
    headers: Headers = Field(min_length=1)
    """e.g. `Authorization: Bearer ${account.credential}`."""


class BasicSignIn(Strict):
    """HTTP Basic (RFC 7617)."""

    by: Literal["basic"]
    username: Text = "${account.username}"
    password: Text = "${account.credential}"  # noqa: S105


class LoginSignIn(Strict):
    """Requests that sign in, once for each account and again when the session is over (401). Cookies are kept."""

    by: Literal["login"]
    requests: Requests
    headers: Headers = Field(default_factory=dict)
    """With each request afterwards: `Authorization: Bearer ${taken.token}`, `X-CSRF: ${cookies.csrf}`."""


class OAuthSignIn(Strict):
    """A token of an OAuth 2.0 server (RFC 6749), by client credentials or by name and password."""

    by: Literal["oauth2"]
    token: Text
    """The token endpoint: a path, or an address with https."""
    grant: Literal["client_credentials", "password"] = "client_credentials"
    client_id: Text = "${account.username}"
    client_secret: Text = "${account.credential}"  # noqa: S105
    username: Text = "${account.username}"
    password: Text = "${account.credential}"  # noqa: S105
    scope: Text | None = None
    client_in: Literal["header", "body"] = "header"
    """Where the client's id and secret travel."""


SignIn = Annotated[
    NoSignIn | HeaderSignIn | BasicSignIn | LoginSignIn | OAuthSignIn,
    Field(discriminator="by"),
]


class Clock(Strict):
    """How the implementation's time is told. How it is turned stands under `operations.turn_clock`."""

    request: Request | None = None
    actor: str = "trainer"
    """Who asks."""
    now: AReading | None = None
    """Where the answer has the time."""
    date: Text | None = None
    """A path whose answer's Date header tells it, where there is no other way."""

    @model_validator(mode="after")
    def _one_way(self) -> Clock:
        if (self.request is None) != (self.now is None) or (self.request is None) == (self.date is None):
            raise ValueError("either `request` with `now`, or `date`")
        return self


class Mapping(Strict):
    """A mapping file."""

    mapping: Literal[1]
    """The version of this format."""
    name: Sentence
    """The implementation's."""
    regulations: tuple[str, ...] = Field((), max_length=MOST)
    """What it works by; any where left out."""
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Ho_Chi_Minh"
    """Of its dates and times that name none."""
    secrets: tuple[str, ...] = Field((), max_length=MOST)
    """Names in its requests and answers whose values no report may show."""
    headers: Headers = Field(default_factory=dict)
    """With every request."""
    maps: dict[
        MapName,
        Annotated[
            dict[
                str,
                Annotated[
                    tuple[str, ...],
                    AfterValidator(_some),
                    BeforeValidator(_words, json_schema_input_type=str | tuple[str, ...]),
                ],
            ],
            Field(max_length=MOST_WORDS),
        ],
    ] = Field(default_factory=dict, max_length=MOST)
    """Name -> the contract's word -> theirs; of several the first is sent and all are read."""
    sign_in: SignIn
    """How accounts sign in."""
    sign_in_of: dict[str, SignIn] = Field(default_factory=dict, max_length=MOST)
    """How single actors do, where it is different."""
    clock: Clock
    reset: Case | None = None
    """Empties the system, as the actor trainer; for `--reset`."""
    refusals: Refusals
    operations: dict[Name, Cases] = Field(min_length=1, max_length=MOST)
    """Operation (docs/scenarios.md) -> how it is done, one way or several of which the first that fits is taken."""
