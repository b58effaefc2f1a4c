"""The PKI's face over HTTP: what relying parties' software sees."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from mockca.clock import system_now
from mockca.desk.commands import CreateSandbox
from mockca.desk.publication import PublicationSettings, put_publication_settings
from mockca.registry.status import Status
from mockca.web.pki import LONGEST_GET, PkiFace, in_front_of
from tests.desk.publication_world import DAY, HOUR, KEYS, START, World, found_world, listed, told

OCSP = "/demo/pki/ocsp"
CRL = "/demo/pki/crl/issuing.crl"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return found_world(tmp_path)


@pytest.fixture
def client(world: World) -> Client:
    return Client(PkiFace(world.sandboxes))


def inside(request: bytes) -> str:
    return f"{OCSP}/{quote(b64encode(request).decode(), safe='')}"


def answer_in(response: TestResponse) -> tuple[str, str | None]:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/ocsp-response"
    return told(ocsp.load_der_ocsp_response(response.data))


def problem_in(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.get_json(force=True)
    assert body["status"] == status
    assert body["remedy"]
    return body


# --- CRLs and certificates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["root.crl", "issuing.crl", "issuing-delta.crl"])
def test_crls_stand_where_certificates_and_crls_say(world: World, client: Client, name: str) -> None:
    endpoints = world.sandbox.endpoints
    places = {
        place.rpartition("/")[2]: place
        for place in (endpoints.root_crl, endpoints.issuing_crl, endpoints.issuing_delta)
    }
    response = client.get(places[name].removeprefix("http://127.0.0.1:8400"))
    assert response.headers["Content-Type"] == "application/pkix-crl"
    assert name in response.headers["Content-Disposition"]
    assert x509.load_der_x509_crl(response.data).last_update_utc == START


@pytest.mark.parametrize("role", ["root", "issuing"])
def test_ca_certificates_stand_where_certificates_say(world: World, client: Client, role: str) -> None:
    response = client.get(f"/demo/pki/crt/{role}.crt")
    assert response.headers["Content-Type"] == "application/pkix-cert"
    assert response.data == getattr(world.sandbox.hierarchy, role).der


def test_the_policy_page_says_that_this_is_a_mock(client: Client) -> None:
    response = client.get("/demo/pki/policies/cp")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "MÔ PHỎNG" in response.text


def test_a_crl_that_the_asker_has_is_not_sent_again_until_it_changes(world: World, client: Client) -> None:
    serial = world.issue(Status.EFFECTIVE)
    first = client.get(CRL)
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "max-age=0, public, no-transform, must-revalidate"
    again = client.get(CRL, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(CRL, headers={"If-None-Match": "*"}).status_code == 304
    world.change(serial, Status.REVOKED)
    changed = client.get(CRL, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert serial in listed(x509.load_der_x509_crl(changed.data))


def test_a_date_that_lies_ahead_of_the_real_one_is_not_told(world: World, client: Client) -> None:
    assert client.get(CRL).headers["Last-Modified"] == "Mon, 05 Jan 2026 08:00:00 GMT"
    world.sandbox.clock.set(system_now() + DAY)
    assert "Last-Modified" not in client.get(CRL).headers


def test_a_setting_lets_caches_keep_what_is_published(world: World, client: Client) -> None:
    with world.sandbox.store.write() as connection:
        put_publication_settings(connection, PublicationSettings(cache_seconds=300))
    serial = world.issue(Status.EFFECTIVE)
    for path in (CRL, inside(world.request(serial))):
        assert client.get(path).headers["Cache-Control"].startswith("max-age=300,")


@pytest.mark.parametrize("path", [CRL, "/demo/pki/crt/root.crt", "/demo/pki/policies/cp", "/demo/pki/nothing", OCSP])
def test_head_is_get_without_the_body(client: Client, path: str) -> None:
    shown, asked = client.get(path), client.head(path)
    assert asked.status_code == shown.status_code
    assert asked.data == b""
    assert asked.headers == shown.headers


# --- OCSP --------------------------------------------------------------------------------------------------------


def test_ocsp_is_answered_by_post_and_by_get(world: World, client: Client) -> None:
    serial = world.issue(Status.EFFECTIVE)
    request = world.request(serial)
    posted = client.post(OCSP, data=request, content_type="application/ocsp-request")
    assert answer_in(posted) == ("good", None)
    assert answer_in(client.post(f"{OCSP}/", data=request)) == ("good", None)
    got = client.get(inside(request))
    assert got.data == posted.data
    assert client.get(inside(request), headers={"If-None-Match": got.headers["ETag"]}).status_code == 304


def test_ocsp_by_get_takes_base64_as_it_is_and_percent_encoded(world: World, client: Client) -> None:
    serial = world.issue(Status.EFFECTIVE)
    requests = [world.request(serial, nonce=bytes([n]) * 16) for n in range(256)]
    encoded = next(
        text for text in (b64encode(r).decode() for r in requests) if "//" in text or ("/" in text and "+" in text)
    )
    for safe in ("", "/+="):
        assert answer_in(client.get(f"{OCSP}/{quote(encoded, safe=safe)}")) == ("good", None)


def test_an_answer_with_a_nonce_stays_in_no_cache(world: World, client: Client) -> None:
    serial = world.issue(Status.EFFECTIVE)
    response = client.get(inside(world.request(serial, nonce=b"n" * 16)))
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    nonce = ocsp.load_der_ocsp_response(response.data).extensions.get_extension_for_class(x509.OCSPNonce)
    assert nonce.value.nonce == b"n" * 16


def test_requests_may_name_the_issuer_by_sha_256(world: World, client: Client) -> None:
    serial = world.issue()
    assert answer_in(client.post(OCSP, data=world.request(serial, by=SHA256()))) == ("revoked", "certificateHold")


@pytest.mark.parametrize("rest", ["", "/", "/!!!", "/MAA", "/%F0%9F%94%91", "/aGVsbG8="])
def test_garbage_in_the_address_is_a_malformed_request(client: Client, rest: str) -> None:
    assert answer_in(client.get(OCSP + rest)) == ("malformed_request", None)


def test_garbage_in_the_body_is_a_malformed_request(client: Client) -> None:
    for body in (b"", b"hello", bytes(64 * 1024)):
        assert answer_in(client.post(OCSP, data=body)) == ("malformed_request", None)


def test_a_body_without_a_length_is_read_where_the_server_says_that_it_ends(world: World, client: Client) -> None:
    request = world.request(world.issue(Status.EFFECTIVE))
    for ends, expected in ((True, "good"), (False, "malformed_request")):
        found = client.post(
            OCSP, input_stream=_stream(request), environ_overrides={"wsgi.input_terminated": ends, "CONTENT_LENGTH": ""}
        )
        assert answer_in(found)[0] == expected


@pytest.mark.parametrize("length", [None, "65537", "9" * 40])
def test_a_body_over_the_limit_is_too_large(client: Client, length: str | None) -> None:
    body = bytes(65_537)
    overrides: dict[str, Any] = {"wsgi.input_terminated": True, "CONTENT_LENGTH": length or ""}
    problem_in(client.post(OCSP, input_stream=_stream(body), environ_overrides=overrides), 413)


def test_an_address_over_the_limit_is_too_long(client: Client) -> None:
    problem_in(client.get(f"{OCSP}/{'A' * (LONGEST_GET + 1)}"), 414)


def _stream(content: bytes) -> Any:
    return BytesIO(content)


# --- what is not there -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/demo/pki/", "/demo/pki/crl/other.crl", "/demo/pki/ocspx", "/demo/pki/crt/ocsp.crt", "/nobody/pki/ocsp"]
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert problem_in(client.get(path), 404)["instance"] == path


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", OCSP, "GET, HEAD, POST"),
        ("POST", f"{OCSP}/MAA=", "GET, HEAD"),
        ("POST", CRL, "GET, HEAD"),
        ("DELETE", "/demo/pki/crt/root.crt", "GET, HEAD"),
        ("OPTIONS", CRL, "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(client: Client, method: str, path: str, allowed: str) -> None:
    response = client.open(path, method=method)
    problem_in(response, 405)
    assert response.headers["Allow"] == allowed


def test_a_registry_that_cannot_be_read_asks_to_try_later(world: World, client: Client) -> None:
    serial = world.issue(Status.EFFECTIVE)
    with sqlite3.connect(world.sandbox.home / "registry.db") as database:
        database.execute("ALTER TABLE status_changes RENAME TO elsewhere")
    database.close()
    assert answer_in(client.post(OCSP, data=world.request(serial))) == ("try_later", None)
    response = client.get(CRL)
    problem_in(response, 503)
    assert response.headers["Retry-After"] == "1"


def test_sandboxes_have_nothing_in_common(world: World, client: Client) -> None:
    world.sandboxes.create(
        CreateSandbox(name="other", seed="other", regulations=("lai-chau",), start=START, frozen=True, keys=KEYS)
    )
    serial = world.issue()
    assert answer_in(client.post("/other/pki/ocsp", data=world.request(serial))) == ("unauthorized", None)
    assert listed(x509.load_der_x509_crl(client.get("/other/pki/crl/issuing.crl").data)) == {}


def test_a_reset_sandbox_is_seen_as_it_is_now(world: World, client: Client) -> None:
    serial = world.issue()
    request = world.request(serial)
    assert answer_in(client.post(OCSP, data=request)) == ("revoked", "certificateHold")
    world.sandboxes.reset("demo", "another-seed")
    assert client.get("/demo/pki/crt/issuing.crt").data == world.sandbox.hierarchy.issuing.der
    assert answer_in(client.post(OCSP, data=request)) == ("unknown", None)
    assert listed(x509.load_der_x509_crl(client.get(CRL).data)) == {}


# --- in front of Flask -------------------------------------------------------------------------------------------


def behind(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"behind"]


@pytest.mark.parametrize(
    "path", ["/", "/demo", "/demo/", "/pki/ocsp", "/demo/api/v1/pki/", "/demo/pki", "/demo/pkix/ocsp"]
)
def test_everything_else_goes_through(world: World, path: str) -> None:
    assert Client(in_front_of(behind, world.sandboxes)).get(path).data == b"behind"


def test_the_pkis_own_paths_do_not_go_through(world: World) -> None:
    client = Client(in_front_of(behind, world.sandboxes))
    assert client.get("/demo/pki/crt/root.crt").data == world.sandbox.hierarchy.root.der
    problem_in(client.get("/demo/pki/pki/ocsp"), 404)


# --- garbage -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    return found_world(tmp_path_factory.mktemp("fuzz"))


segments = st.sampled_from(
    ["demo", "pki", "ocsp", "crl", "crt", "issuing.crl", "root.crt", "policies", "cp", ""]
) | st.text(max_size=20)
lengths = st.none() | st.integers(-2, 10**30).map(str) | st.text("0123456789abc-+ ٣", max_size=8)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "BREW"]),
    path=st.lists(segments, max_size=6).map("/".join),
    body=st.binary(max_size=300),
    length=lengths,
    tag=st.none() | st.text(max_size=20),
)
@example(method="GET", path="demo/pki/ocsp/\ud83d", body=b"", length=None, tag=None)
def test_whatever_is_asked_the_answer_is_no_fault(
    shared: World, method: str, path: str, body: bytes, length: str | None, tag: str | None
) -> None:
    status, headers, answer = bare(shared, method, f"/demo/pki/{path}", body, length, tag)
    assert int(status[:3]) in {200, 304, 404, 405, 413, 414}
    if status.startswith("200") and method != "HEAD":
        assert int(headers["Content-Length"]) == len(answer)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_request_is_answered_by_something_that_can_be_read(shared: World, data: st.DataObject) -> None:
    request = bytearray(shared.request("1000000000000001", nonce=b"n" * 8))
    for _ in range(data.draw(st.integers(1, 3))):
        request[data.draw(st.integers(0, len(request) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(request)[: data.draw(st.integers(0, len(request)))]
    status, _, answer = bare(shared, "POST", OCSP, cut, str(len(cut)), None)
    assert status == "200 OK"
    ocsp.load_der_ocsp_response(answer)


def bare(
    world: World, method: str, path: str, body: bytes, length: str | None, tag: str | None
) -> tuple[str, dict[str, str], bytes]:
    """A request as a server hands it over, with whatever a client may have put into it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1"),
        "wsgi.input": _stream(body),
        "wsgi.input_terminated": True,
    }
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    if tag is not None:
        environ["HTTP_IF_NONE_MATCH"] = tag
    told_by: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        told_by.extend((status, dict(headers)))

    answer = b"".join(PkiFace(world.sandboxes)(environ, start_response))
    return told_by[0], told_by[1], answer


# --- OpenSSL asks ------------------------------------------------------------------------------------------------


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        del format, args


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with make_server("127.0.0.1", 0, PkiFace(world.sandboxes), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (Status.EFFECTIVE, ": good"),
        (Status.ISSUED, "Reason: certificateHold"),
        (Status.REVOKED, "Reason: superseded"),
    ],
)
def test_openssl_verifies_the_answer(world: World, address: str, tmp_path: Path, status: Status, says: str) -> None:
    # OpenSSL knows no clock but the system's.
    world.sandbox.clock.set(system_now() - HOUR)
    serial = world.issue(Status.ISSUED if status is Status.ISSUED else Status.EFFECTIVE)
    if status is Status.REVOKED:
        world.change(serial, status, reason="superseded")
    world.sandbox.clock.set(system_now())
    files = {name: tmp_path / f"{name}.pem" for name in ("root", "issuing", "leaf")}
    for name, file in files.items():
        found = world.certificate(serial) if name == "leaf" else getattr(world.sandbox.hierarchy, name).certificate
        file.write_bytes(found.public_bytes(Encoding.PEM))
    nonce = "-no_nonce" if status is Status.ISSUED else "-nonce"
    asked = f"-issuer {files['issuing']} -cert {files['leaf']} -CAfile {files['root']} {nonce}"
    run = subprocess.run(
        ["openssl", "ocsp", "-url", f"{address}{OCSP}", *asked.split()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Response verify OK" in run.stderr
    assert "WARNING" not in run.stderr
    assert says in run.stdout
