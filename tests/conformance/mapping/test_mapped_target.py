"""A target by its mapping: what is sent, what is made of the answers, and what is no verdict."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from conformance.errors import BadTarget
from conformance.mapping.model import Mapping as MappingFile
from conformance.targets.credentials import Credentials
from conformance.targets.mapped import MappedTarget
from scenarios import Body, Operation, Outcome, PortError, Verdict
from tests.conformance.mapping.files import sound
from tests.conformance.socket_server import answer, say, socket_server

URL = "https://so.test/he-thong"
CREDENTIALS = Credentials.model_validate(
    {
        "accounts": [
            {"name": "agency@lai-chau", "credential": "secret-of-agency", "username": "coquan"},
            {"name": "trainer", "credential": "secret-of-trainer"},
        ]
    }
)
CLOCK = {"gio": "2026-03-02T02:00:00+00:00"}
Handler = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers by method and path, and remembers what was asked."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = {"GET /he-thong/gio": CLOCK, **answers}
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        found = self.answers.get(f"{request.method} {request.url.path}", httpx.Response(500))
        if callable(found) and not isinstance(found, httpx.Response):
            found = found(request)
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)

    @property
    def last(self) -> httpx.Request:
        return self.asked[-1]


def target(mapping: MappingFile, server: Handler, credentials: Credentials = CREDENTIALS) -> MappedTarget:
    return MappedTarget(URL, "lai-chau", mapping, credentials, transport=httpx.MockTransport(server))


def done(server: Handler, operation: Operation, body: Body, *, actor: str = "agency", **changes: Any) -> Outcome:
    """The outcome of one operation under the small mapping with changes."""
    with closing(target(sound(**changes), server)) as made:
        return made.perform(operation, actor, body)


def case(server: Handler, made: Mapping[str, Any], body: Body | None = None, *, actor: str = "agency") -> Outcome:
    """The outcome of `appoint` done in this way."""
    return done(server, Operation.APPOINT, body or {}, actor=actor, operations={"appoint": made})


# --- requests ---------------------------------------------------------------------------------------------------


def test_what_a_step_leaves_out_is_left_out_of_the_request() -> None:
    server = Server({"POST /he-thong/ho-so": {"so": 1, "trang_thai": "DA_NHAN"}})
    outcome = done(server, Operation.FILE_DOSSIER, {"form": {"fields": {"full_name": "Lan"}}})
    assert json.loads(server.last.content) == {"ten": "Lan"}
    assert server.last.headers["x-key"] == "secret-of-agency"
    assert outcome == Outcome(
        Verdict.ACCEPTED, {"number": 1, "state": "accepted"}, state="accepted", exchanges=outcome.exchanges
    )


def test_what_goes_into_a_path_is_encoded() -> None:
    server = Server({"GET /he-thong/ho-so/7/../x y": {"trang_thai": "NOP"}})
    done(server, Operation.READ_DOSSIER, {"dossier": "7/../x y"})
    assert server.last.url.raw_path == b"/he-thong/ho-so/7%2F..%2Fx%20y"


def test_a_request_whose_path_leads_nowhere_is_no_verdict() -> None:
    with pytest.raises(PortError, match=r"cannot make its request: /ho-so/\$\{body.dossier\} leads nowhere"):
        done(Server({}), Operation.READ_DOSSIER, {})


def test_forms_queries_headers_and_texts_are_sent_as_they_are_written() -> None:
    server = Server({"POST /he-thong/x": {}})
    request = {"method": "POST", "path": "/x", "query": {"a": "${body.a}", "b": "${body.b}"}}
    case(server, {"requests": {**request, "form": {"tên": "${body.a}", "b": "${body.b}"}}}, {"a": "Lan & Minh"})
    assert parse_qs(server.last.content.decode()) == {"tên": ["Lan & Minh"]}
    assert str(server.last.url).endswith("/x?a=Lan+%26+Minh")
    headers = {"Content-Type": "text/csv", "X-Ai": "${actor}", "X-Không": "${body.b}"}
    case(server, {"requests": {**request, "text": "a,${body.a}", "headers": {**headers}}}, {"a": "Lan"})
    assert (server.last.content, server.last.headers["content-type"]) == (b"a,Lan", "text/csv")
    assert server.last.headers["x-ai"] == "agency"
    case(server, {"requests": {**request, "text": "${body.b}"}}, {"a": 1})
    assert server.last.content == b""


def test_a_header_that_no_request_can_have_is_no_verdict() -> None:
    for headers in ({"Tên": "x"}, {"X": "a\nb"}):
        with pytest.raises(PortError):
            case(Server({}), {"requests": {"path": "/x", "headers": headers}})


def test_files_are_sent_in_a_form_of_several_parts() -> None:
    server = Server({"POST /he-thong/x": {}})
    parts = {
        "so": "${body.a}",
        "thieu": "${body.b}",
        "tep": {"file": "don.xml", "content": "<don>${body.a}</don>", "type": "application/xml"},
        "tep-thieu": {"file": "x", "content": "${body.b}"},
    }
    outcome = case(server, {"requests": {"method": "POST", "path": "/x", "parts": parts}}, {"a": 7})
    assert server.last.headers["content-type"].startswith("multipart/form-data; boundary=")
    content = server.last.content.decode()
    assert 'name="so"\r\n\r\n7\r\n' in content
    assert 'name="tep"; filename="don.xml"\r\nContent-Type: application/xml\r\n\r\n<don>7</don>' in content
    assert "thieu" not in content
    assert "<don>7</don>" in outcome.exchanges[0].request


def test_a_sequence_takes_what_one_answer_gives_to_the_next_request() -> None:
    server = Server(
        {
            "POST /he-thong/nhap": {"ma": "N1", "tep": "/he-thong/tep/1"},
            "PUT /he-thong/tep/1": httpx.Response(204),
            "POST /he-thong/nhap/N1/nop": {"so": 9},
        }
    )
    steps = [
        {
            "as": "draft",
            "method": "POST",
            "path": "/nhap",
            "json": {},
            "take": {"ma": "$.ma", "to": "$.tep", "no": "$.x"},
        },
        {"method": "PUT", "path": "${url | before('/he-thong')}${taken.to}", "text": "x", "answer": "nothing"},
        {"method": "DELETE", "path": "/never", "when": "${body.never}"},
        {"method": "POST", "path": "/nhap/${taken.ma}/nop", "json": {"x": "${taken.no}"}},
    ]
    values = {"number": "$.so", "draft": {"at": "$.ma", "of": "draft"}}
    outcome = case(server, {"requests": steps, "values": values})
    assert outcome.values == {"number": 9, "draft": "N1"}
    assert [exchange.method for exchange in outcome.exchanges] == ["POST", "PUT", "POST"]


def test_a_refusal_ends_a_sequence() -> None:
    refusal = httpx.Response(409, json={"thong_bao": "không", "trang_thai": "DA_NHAN"})
    server = Server({"POST /he-thong/a": refusal})
    outcome = case(server, {"requests": [{"method": "POST", "path": "/a"}, {"method": "POST", "path": "/b"}]})
    assert (outcome.verdict, outcome.message, outcome.state) == (Verdict.REFUSED, "không", "accepted")
    assert len(server.asked) == 1


def test_values_are_remembered_for_other_operations() -> None:
    server = Server({"POST /he-thong/ho-so": {"so": 1, "guid": "a-b"}, "GET /he-thong/x/a-b": {}})
    filing = {
        "requests": {"method": "POST", "path": "/ho-so", "json": {}},
        "values": {"number": "$.so"},
        "remember": {"dossier ${values.number}": "$.guid", "${values.none}": "$.guid", "nothing": "$.none"},
    }
    reading = {"requests": {"path": "/x/${remembered['dossier ' ~ body.dossier]}"}}
    mapping = sound(operations={"file_dossier": filing, "read_dossier": reading})
    with closing(target(mapping, server)) as made:
        made.perform(Operation.FILE_DOSSIER, "agency", {})
        made.perform(Operation.READ_DOSSIER, "agency", {"dossier": 1})
        assert server.last.url.path == "/he-thong/x/a-b"


def test_the_targets_time_is_asked_for_only_where_it_is_said() -> None:
    server = Server({"POST /he-thong/x": {}})
    case(
        server,
        {"requests": {"method": "POST", "path": "/x", "json": {"at": "${now | time('dd/MM/yyyy')}", "d": "${today}"}}},
    )
    assert json.loads(server.last.content) == {"at": "02/03/2026", "d": "2026-03-02"}
    assert [one.url.path for one in server.asked] == ["/he-thong/gio", "/he-thong/x"]
    case(server, {"requests": {"method": "POST", "path": "/x", "json": [{"a": "${body.none}"}, "${body.none}", 5]}})
    assert json.loads(server.last.content) == [{}, 5]
    assert len(server.asked) == 3


# --- what is had and what is not --------------------------------------------------------------------------------


def test_what_a_mapping_has_not_is_unsupported_with_its_reason() -> None:
    ways = [
        {"when": "${body.kind == 'a'}", "unsupported": "không có a"},
        {"when": "${body.kind == 'b'}", "requests": {"path": "/b"}},
    ]
    server = Server({"GET /he-thong/b": {}})
    assert case(server, ways, {"kind": "a"}).message == "không có a"  # type: ignore[arg-type]
    assert case(server, ways, {"kind": "b"}).verdict is Verdict.ACCEPTED  # type: ignore[arg-type]
    outcome = case(server, ways, {"kind": "c"})  # type: ignore[arg-type]
    assert (outcome.verdict, outcome.message) == (Verdict.UNSUPPORTED, "the mapping has no appoint like this")
    assert done(server, Operation.TAKE_OUT, {}).verdict is Verdict.UNSUPPORTED
    assert (
        done(server, Operation.READ_DOSSIER, {}, actor="company").message == "no credential for company under lai-chau"
    )


def test_a_condition_that_goes_wrong_is_no_verdict() -> None:
    with pytest.raises(PortError, match="the mapping's appoint"):
        case(Server({}), {"when": "${body.a > 5}", "requests": {"path": "/x"}}, {"a": "text"})


@pytest.mark.parametrize("status", [405, 501])
def test_a_status_that_says_that_there_is_no_such_thing_is_unsupported(status: int) -> None:
    outcome = case(Server({"GET /he-thong/x": httpx.Response(status)}), {"requests": {"path": "/x"}})
    assert (outcome.verdict, outcome.message) == (Verdict.UNSUPPORTED, f"{URL}/x answered {status}")


# --- refusals ---------------------------------------------------------------------------------------------------


def test_a_refusal_names_clauses_fields_state_and_message() -> None:
    said = {
        "thong_bao": "sai thời hạn",
        "trang_thai": "NOP",
        "loi": [{"ma": "E1", "truong": "so_nam"}, {"ma": "E2", "truong": ""}, {"ma": "E2", "truong": "khac"}],
    }
    outcome = done(Server({"POST /he-thong/ho-so": httpx.Response(403, json=said)}), Operation.FILE_DOSSIER, {})
    assert outcome.clauses == ("ND68-9.2", "ND68-11.1", "LC-8.1")
    assert outcome.fields == ("form.fields.validity_years", "khac")
    assert (outcome.state, outcome.message, outcome.values["thong_bao"]) == ("filed", "sai thời hạn", "sai thời hạn")


def test_a_clause_that_they_name_themselves_needs_no_code() -> None:
    said = {"loi": [{"ma": "ND68-4"}]}
    outcome = done(Server({"POST /he-thong/ho-so": httpx.Response(403, json=said)}), Operation.FILE_DOSSIER, {})
    assert (outcome.clauses, outcome.message) == (("ND68-4",), "ND68-4")


def test_an_operation_can_refuse_in_its_own_way() -> None:
    own = {"statuses": [418], "codes": {"X": "ND68-4"}, "message": "$.why", "clauses": "$.code"}
    server = Server({"GET /he-thong/x": httpx.Response(418, json={"why": "trà", "code": "X"})})
    outcome = case(server, {"requests": {"path": "/x"}, "refusals": own})
    assert (outcome.verdict, outcome.message, outcome.clauses) == (Verdict.REFUSED, "trà", ("ND68-4",))


def test_an_answer_with_200_can_be_a_refusal() -> None:
    refusals = {"when": "${answer.ok == false}", "message": "$.why"}
    server = Server({"GET /he-thong/x": {"ok": False, "why": "không"}, "GET /he-thong/y": {"ok": True}})
    for path, verdict in (("/x", Verdict.REFUSED), ("/y", Verdict.ACCEPTED)):
        operations = {"appoint": {"requests": {"path": path}}}
        assert done(server, Operation.APPOINT, {}, operations=operations, refusals=refusals).verdict is verdict


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (httpx.Response(403, text="<html>"), "refused with 403 but text/plain instead of JSON"),
        (
            httpx.Response(403, json={"nginx": "no"}),
            "says nothing where the mapping's `refusals` look",
        ),
        (httpx.Response(200, text="{}"), "answered 200 with text/plain instead of JSON"),
        (httpx.Response(200, content=b"{"), "answered 200 with no media type instead of JSON"),
        (
            httpx.Response(200, content=b"{", headers={"content-type": "application/json"}),
            "answered 200 with what cannot be read as JSON",
        ),
        (httpx.Response(302, headers={"location": "/"}), "answered 302, which is neither accepted nor a refusal"),
        (httpx.Response(500, json={"thong_bao": "x"}), "answered 500, which is neither accepted nor a refusal"),
        (httpx.Response(429), "answered 429, which is neither"),
        (httpx.Response(401, json={}), "does not know agency (401)"),
    ],
)
def test_an_answer_that_the_mapping_does_not_foresee_is_no_verdict(response: httpx.Response, says: str) -> None:
    with pytest.raises(PortError) as caught:
        case(Server({"GET /he-thong/x": response}), {"requests": {"path": "/x"}})
    assert says in caught.value.what
    assert caught.value.exchanges[0].status == response.status_code


def test_a_status_can_be_accepted_and_an_answer_be_text_or_octets() -> None:
    moved = httpx.Response(302, text="chuyển")
    server = Server({"POST /he-thong/x": moved, "GET /he-thong/x": httpx.Response(200, content=b"\x30\x03")})
    posted = {"method": "POST", "path": "/x", "accepted": [302], "answer": "text"}
    assert case(server, {"requests": posted, "values": {"said": "$"}}).values == {"said": "chuyển"}
    fetched = {"requests": {"path": "/x", "answer": "bytes"}, "values": {"pem": {"at": "$", "as": "pem"}}}
    assert case(server, fetched).values["pem"].splitlines()[1] == base64.b64encode(b"\x30\x03").decode()


# --- values -----------------------------------------------------------------------------------------------------


def test_values_are_read_converted_and_put_where_the_contract_has_them() -> None:
    said = {"a": {"ngay": "03/02/1990", "so": "0A:1B", "thap_phan": 2587, "n": "5"}, "list": ["NOP", "DA_NHAN", "?"]}
    values = {
        "deep.day": {"at": "$.a.ngay", "day": "dd/MM/yyyy"},
        "deep.hex": {"at": "$.a.so", "as": "hex"},
        "serial": {"at": "$.a.thap_phan", "as": "hex-from-decimal"},
        "text": {"at": "$.a.thap_phan", "as": "text"},
        "number": {"at": "$.a.n", "as": "number"},
        "states": {"at": "$.list[*]", "map": "states"},
        "missing": "$.none",
        "usual": {"at": "$.none", "default": "x"},
        "null": {"at": "$.none", "default": None},
        "both": "${answer.a.n}-${body.b}",
        "text.inside": "$.a.n",
    }
    outcome = case(Server({"GET /he-thong/x": said}), {"requests": {"path": "/x"}, "values": values}, {"b": 7})
    assert outcome.values == {
        "deep": {"day": "1990-02-03", "hex": "a1b"},
        "serial": "a1b",
        "text": "2587",
        "number": 5,
        "states": ["filed", "accepted", "?"],
        "usual": "x",
        "null": None,
        "both": "5-7",
    }


def test_lists_of_objects_are_read_one_by_one_and_kept_by_a_condition() -> None:
    said = {"ds": [{"so": "10", "ma": "A"}, {"so": "11", "ma": "B"}, {"so": "10"}], "mot": {"so": "12"}}
    values = {
        "items": {
            "at": "$.ds[*]",
            "each": {"serial": {"at": "$.so", "as": "hex-from-decimal"}, "clause": "$.ma"},
            "keep": "${item.serial == body.certificate}",
        },
        "one": {"at": "$.mot", "each": {"serial": "$.so"}},
    }
    outcome = case(
        Server({"GET /he-thong/x": said}), {"requests": {"path": "/x"}, "values": values}, {"certificate": "a"}
    )
    assert outcome.values == {"items": [{"serial": "a", "clause": "A"}, {"serial": "a"}], "one": [{"serial": "12"}]}


def test_the_state_can_be_read_apart_from_the_values() -> None:
    server = Server({"GET /he-thong/x": {"tt": "NOP"}})
    made = {"requests": {"path": "/x"}, "state": {"at": "$.tt", "map": "states"}}
    assert case(server, made).state == "filed"
    assert case(server, {**made, "state": "$.none"}).state is None
    assert done(server, Operation.READ_DOSSIER, {"dossier": 1}, operations={"read_dossier": made}).state == "filed"
    bare = {"read_dossier": {"requests": {"path": "/x"}}}
    assert done(server, Operation.READ_DOSSIER, {"dossier": 1}, operations=bare).state is None


def test_an_expression_in_a_value_that_goes_wrong_is_no_verdict() -> None:
    made = {"requests": {"path": "/x"}, "values": {"a": "${answer.n > 'x'}"}}
    with pytest.raises(PortError, match="the mapping's appoint"):
        case(Server({"GET /he-thong/x": {"n": 5}}), made)


# --- paging -----------------------------------------------------------------------------------------------------


def pages(request: httpx.Request) -> dict[str, Any]:
    """Five elements, two a page, however they are asked for."""
    query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
    at = int(query.get("tu", 0)) if "trang" not in query else (int(query["trang"]) - 1) * 2
    if "dau" in query:
        at = int(query["dau"])
    rest = at + 2 if at + 2 < 5 else None
    return {
        "ds": [{"so": number} for number in range(at, min(at + 2, 5))],
        "dau": rest,
        "tiep": f"?q=1&tu={rest}" if rest else None,
        "het": rest is None,
    }


@pytest.mark.parametrize(
    ("paging", "requests"),
    [
        ({"by": "page", "parameter": "trang", "last": "${answer.het}"}, 3),
        ({"by": "page", "parameter": "trang"}, 4),
        ({"by": "offset", "parameter": "tu"}, 4),
        ({"by": "cursor", "parameter": "dau", "next": "$.dau"}, 3),
        ({"by": "link", "next": "$.tiep"}, 3),
    ],
)
def test_a_list_in_several_answers_is_read_to_its_end(paging: dict[str, Any], requests: int) -> None:
    server = Server({"GET /he-thong/x": pages})
    request = {"path": "/x", "query": {"q": "1"}, "paging": {**paging, "items": "$.ds"}}
    outcome = case(server, {"requests": request, "values": {"items": {"at": "$[*]", "each": {"n": "$.so"}}}})
    assert outcome.values == {"items": [{"n": number} for number in range(5)]}
    assert len(server.asked) == requests
    assert all("q=1" in str(one.url) for one in server.asked)
    assert len(outcome.exchanges) == 1


def test_a_list_without_end_is_given_up() -> None:
    server = Server({"GET /he-thong/x": {"ds": [1], "m": "again ${x}"}})
    paging = {"by": "cursor", "parameter": "m", "next": "$.m", "items": "$.ds", "most": 3}
    outcome = case(server, {"requests": {"path": "/x", "paging": paging}, "values": {"items": "$[*]"}})
    assert outcome.values == {"items": [1, 1, 1]}
    assert server.last.url.params["m"] == "again $ {x}"


def test_a_list_is_refused_and_broken_off_as_a_single_answer_is() -> None:
    paging = {"by": "page", "parameter": "p", "items": "$.ds"}
    made = {"requests": {"path": "/x", "paging": paging}}
    refusal = httpx.Response(403, json={"thong_bao": "không"})
    assert case(Server({"GET /he-thong/x": refusal}), made).verdict is Verdict.REFUSED
    with pytest.raises(PortError, match="instead of JSON"):
        case(Server({"GET /he-thong/x": httpx.Response(200, text="x")}), made)


def test_a_list_that_continues_on_another_host_is_no_verdict() -> None:
    server = Server({"GET /he-thong/x": {"ds": [1], "tiep": "https://elsewhere.test/x"}})
    paging = {"by": "link", "next": "$.tiep", "items": "$.ds"}
    with pytest.raises(PortError, match="continues on another host"):
        case(server, {"requests": {"path": "/x", "paging": paging}})


# --- signing in -------------------------------------------------------------------------------------------------


class Sessions:
    """A system with sessions: a page gives a mark, signing in gives a cookie, which runs out when it is told to."""

    def __init__(self) -> None:
        self.logins = 0
        self.valid = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        match request.url.path.removeprefix("/he-thong"):
            case "/trang":
                return httpx.Response(200, json={"csrf": "mark-12345"})
            case "/vao":
                form = parse_qs(request.content.decode())
                if form != {"u": ["coquan"], "p": ["secret-of-agency"], "csrf": ["mark-12345"]}:
                    return httpx.Response(200, json={"ok": False})
                self.logins += 1
                self.valid = f"session-{self.logins}"
                cookie = f"phien={self.valid}; Path=/; HttpOnly"
                return httpx.Response(302, headers={"location": "/", "set-cookie": cookie})
            case "/gio":
                return httpx.Response(200, json=CLOCK)
        if f"phien={self.valid}" not in request.headers.get("cookie", ""):
            return httpx.Response(401, json={"thong_bao": "hết phiên"})
        return httpx.Response(200, json={"echo": self.valid, "x": request.headers.get("x-csrf")})


LOGIN: dict[str, Any] = {
    "by": "login",
    "requests": [
        {"path": "/trang", "take": {"csrf": "$.csrf"}},
        {"path": "/never", "when": "${actor == 'trainer'}"},
        {
            "method": "POST",
            "path": "/vao",
            "form": {"u": "${account.username}", "p": "${account.credential}", "csrf": "${taken.csrf}"},
            "accepted": [302],
            "answer": "nothing",
        },
    ],
    "headers": {"X-CSRF": "${cookies.phien}/${taken.csrf}"},
}


def test_a_login_keeps_its_cookie_and_is_made_again_when_the_session_is_over() -> None:
    sessions = Sessions()
    mapping = sound(sign_in=LOGIN, operations={"appoint": {"requests": {"path": "/x"}, "values": {"x": "$.x"}}})
    with closing(target(mapping, sessions)) as made:
        assert made.perform(Operation.APPOINT, "agency", {}).verdict is Verdict.ACCEPTED
        assert made.perform(Operation.APPOINT, "agency", {}).verdict is Verdict.ACCEPTED
        assert sessions.logins == 1
        sessions.valid = "another"
        outcome = made.perform(Operation.APPOINT, "agency", {})
        assert sessions.logins == 2
    assert outcome.verdict is Verdict.ACCEPTED
    assert "session-2" not in str(outcome)
    headers = dict(outcome.exchanges[0].headers or ())
    assert headers == {"X-CSRF": "$AGENCY_X_CSRF", "Cookie": "$AGENCY_COOKIE"}


def test_nobody_does_not_sign_in() -> None:
    sessions = Sessions()
    outcome = done(
        sessions,
        Operation.APPOINT,
        {},
        actor="nobody",
        sign_in=LOGIN,
        operations={"appoint": {"requests": {"path": "/gio"}}},
    )
    assert (outcome.verdict, sessions.logins) == (Verdict.ACCEPTED, 0)


@pytest.mark.parametrize(
    ("requests", "says"),
    [
        ([{"path": "/x", "when": "${body}"}], None),
        ([{"path": "/x"}], "agency cannot sign in: https://so.test/he-thong/x answered 401"),
        ([{"path": "/trang", "take": {"t": "$.none"}}], "/trang gave no t"),
    ],
)
def test_a_login_that_goes_wrong_is_no_verdict(requests: list[dict[str, Any]], says: str | None) -> None:
    if says is None:
        return
    with pytest.raises(PortError) as caught:
        done(Sessions(), Operation.READ_DOSSIER, {"dossier": 1}, sign_in={"by": "login", "requests": requests})
    assert says in caught.value.what


def test_a_header_for_signing_in_that_leads_nowhere_is_no_verdict() -> None:
    sign_in = {"by": "headers", "headers": {"X": "${account.none}"}}
    with pytest.raises(PortError, match=r"agency cannot sign in by the mapping: \$\{account.none\} leads nowhere"):
        done(Server({}), Operation.READ_DOSSIER, {"dossier": 1}, sign_in=sign_in)


def test_basic_and_nothing_and_a_way_of_ones_own() -> None:
    server = Server({"GET /he-thong/ho-so/1": {}})
    for sign_in, expected in (
        ({"by": "basic"}, "Basic " + base64.b64encode(b"coquan:secret-of-agency").decode()),
        ({"by": "nothing"}, None),
    ):
        done(server, Operation.READ_DOSSIER, {"dossier": 1}, sign_in=sign_in)
        assert server.last.headers.get("authorization") == expected
    own = {"trainer": {"by": "basic", "username": "t"}}
    done(server, Operation.READ_DOSSIER, {"dossier": 1}, actor="trainer", sign_in_of=own)
    assert server.last.headers["authorization"] == "Basic " + base64.b64encode(b"t:secret-of-trainer").decode()


@pytest.mark.parametrize(
    ("changes", "form", "has_header"),
    [
        ({}, {"grant_type": "client_credentials"}, True),
        (
            {"client_in": "body", "scope": "ho-so"},
            {
                "grant_type": "client_credentials",
                "scope": "ho-so",
                "client_id": "coquan",
                "client_secret": "secret-of-agency",
            },
            False,
        ),
        (
            {"grant": "password", "client_id": "app", "client_secret": "app-secret"},
            {"grant_type": "password", "username": "coquan", "password": "secret-of-agency"},
            True,
        ),
        ({"token": "https://id.test/token"}, {"grant_type": "client_credentials"}, True),
    ],
)
def test_a_token_is_fetched_and_sent_to_the_target(
    changes: dict[str, str], form: dict[str, str], has_header: bool
) -> None:
    server = Server({"GET /he-thong/ho-so/1": {"trang_thai": "NOP"}})
    server.answers["POST /he-thong/token"] = server.answers["POST /token"] = {"access_token": "token-12345678"}
    outcome = done(
        server, Operation.READ_DOSSIER, {"dossier": 1}, sign_in={"by": "oauth2", "token": "/token", **changes}
    )
    asked = server.asked[0]
    assert {name: values[0] for name, values in parse_qs(asked.content.decode()).items()} == form
    assert ("authorization" in asked.headers) is has_header
    assert server.last.headers["authorization"] == "Bearer token-12345678"
    assert outcome.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("said", [httpx.Response(400, json={"error": "x"}), {"token": "x"}, []])
def test_a_token_that_is_not_given_is_no_verdict(said: Any) -> None:
    with pytest.raises(PortError, match=r"agency cannot sign in: .* without a token"):
        done(
            Server({"POST /he-thong/token": said}),
            Operation.READ_DOSSIER,
            {"dossier": 1},
            sign_in={"by": "oauth2", "token": "/token"},
        )


def test_who_asks_is_told_to_the_target_alone() -> None:
    server = Server({"GET /x": {}})
    case(server, {"requests": {"path": "${body.link}"}}, {"link": "https://elsewhere.test/x"})
    assert server.last.url.host == "elsewhere.test"
    assert "x-key" not in server.last.headers
    with pytest.raises(PortError, match="cannot make its request"):
        case(server, {"requests": {"path": "${body.link}"}}, {"link": "https://[x/"})


# --- time, starting and emptying --------------------------------------------------------------------------------


def test_time_is_told_by_a_request_or_by_a_date_header() -> None:
    expected = datetime(2026, 3, 2, 2, tzinfo=UTC)
    with closing(target(sound(), Server({}))) as made:
        assert made.now() == expected
    for date in ("Mon, 02 Mar 2026 02:00:00 GMT", "Mon, 02 Mar 2026 02:00:00 -0000"):
        dated = Server({"GET /he-thong/": httpx.Response(404, headers={"date": date})})
        with closing(target(sound(clock={"date": "/"}), dated)) as made:
            assert made.now() == expected


@pytest.mark.parametrize("said", [httpx.Response(500, json=CLOCK), {"gio": "soon"}, {}, httpx.Response(200)])
def test_a_clock_that_tells_no_time_is_no_verdict(said: Any) -> None:
    with (
        closing(target(sound(), Server({"GET /he-thong/gio": said}))) as made,
        pytest.raises(PortError, match="without a time where the mapping's `clock` looks"),
    ):
        made.now()


def test_an_answer_without_a_date_tells_no_time() -> None:
    with (
        closing(target(sound(clock={"date": "/"}), Server({"GET /he-thong/": httpx.Response(200)}))) as made,
        pytest.raises(PortError, match="no Date header"),
    ):
        made.now()


def test_a_clock_is_asked_by_nobody_where_its_actor_has_no_account() -> None:
    server = Server({})
    credentials = Credentials.model_validate({"accounts": [{"name": "agency", "credential": "secret-of-agency"}]})
    with closing(target(sound(), server, credentials)) as made:
        made.now()
    assert "x-key" not in server.last.headers


def test_a_run_begins_with_the_regulation_an_account_and_a_clock() -> None:
    for changes, server, credentials, says in (
        ({"regulations": ["cao-bang"]}, Server({}), CREDENTIALS, "is for cao-bang, not for lai-chau"),
        ({}, Server({}), Credentials(), "--credentials FILE"),
        ({}, Server({"GET /he-thong/gio": {}}), CREDENTIALS, "without a time"),
    ):
        with closing(target(sound(**changes), server, credentials)) as made, pytest.raises(BadTarget, match=says):
            made.check()
    with closing(target(sound(regulations=["lai-chau"]), Server({}))) as made:
        made.check()


def test_a_target_is_emptied_as_the_mapping_says() -> None:
    server = Server({"POST /he-thong/xoa": {}})
    reset = {"requests": {"method": "POST", "path": "/xoa"}}
    with closing(target(sound(reset=reset), server)) as made:
        made.reset()
        assert server.last.headers["x-key"] == "secret-of-trainer"
    for changes, said, says in (
        ({}, {}, "has no `reset`"),
        ({"reset": reset}, httpx.Response(403, json={"thong_bao": "không được"}), "could not be reset: không được"),
        ({"reset": reset}, httpx.Response(500), "answered 500"),
    ):
        with (
            closing(target(sound(**changes), Server({"POST /he-thong/xoa": said}))) as made,
            pytest.raises(BadTarget, match=says),
        ):
            made.reset()


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.targets.mapped.MOST_REMEMBERED", 0)
    with pytest.raises(PortError, match="remembers more than 0 values"):
        case(Server({"GET /he-thong/x": {}}), {"requests": {"path": "/x"}, "remember": {"a": "x"}})


# --- the publisher's faces --------------------------------------------------------------------------------------

FACES = {
    "read_certificate": {"requests": {"path": "/ct"}, "values": {"pem": "$.pem"}},
    "read_status": {"requests": {"path": "/tt"}, "values": {"status": "$.s"}},
    "compare_faces": {"requests": {"path": "/cong"}, "values": {"portal": "$.s"}},
}


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"s": "effective"}, "effective"),
        ({}, "unreadable"),
        (httpx.Response(404, json={"thong_bao": "không có"}), "not found"),
        (httpx.Response(403, json={"thong_bao": "cấm"}), "refused: cấm"),
    ],
)
def test_the_portals_word_is_what_its_answer_says(said: Any, word: str) -> None:
    from tests.conformance.toy_pki import ToyPki

    pem = ToyPki("http://127.0.0.1:1", datetime(2026, 1, 1, tzinfo=UTC), frozenset({"no-addresses"})).leaf("x", 0xA1)
    server = Server(
        {"GET /he-thong/ct": {"pem": pem}, "GET /he-thong/tt": {"s": "effective"}, "GET /he-thong/cong": said}
    )
    outcome = done(server, Operation.COMPARE_FACES, {"certificate": "a1"}, operations=FACES)
    assert (outcome.values["portal"], outcome.values["api"]) == (word, "effective")
    by_nobody = done(
        server, Operation.COMPARE_FACES, {"certificate": "a1", "pem": pem}, actor="nobody", operations=FACES
    )
    assert by_nobody.values["portal"] == word


# --- over a socket ----------------------------------------------------------------------------------------------


def test_secrets_of_ones_own_are_hidden_in_what_is_shown() -> None:
    with socket_server() as server:
        server.known["/gio"] = say(answer(json.dumps(CLOCK).encode()))
        server.otherwise = say(answer(b'{"mat_khau": "hush", "ma": "x", "k": "secret-of-agency"}'))
        made = {"appoint": {"requests": {"path": "/x"}, "values": {"mat_khau": "$.mat_khau", "ma": "$.ma"}}}
        mapping = sound(secrets=["MAT_KHAU"], operations=made)
        with closing(MappedTarget(f"http://{server.authority}", "lai-chau", mapping, CREDENTIALS)) as target_:
            outcome = target_.perform(Operation.APPOINT, "agency", {})
    assert "hush" not in str(outcome)
    assert "secret-of-agency" not in str(outcome)
    assert outcome.values["ma"] == "x"
