"""Time stamps and faults over HTTP: what clients of the TSA, OCSP, CRLs and AIA see, and how the trainer sets it up."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask.testing import FlaskClient
from granian.server import mp
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from werkzeug.test import Client, TestResponse

from mockca.desk import faults
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import AddFault
from mockca.pki import tsa
from mockca.web.carrying import Late
from mockca.web.patience import MOST_WAITING, WRAP, have_patience
from mockca.web.pki import PkiFace
from tests.desk.publication_world import World, found_world

TRAINER = Actor("trainer", Role.TRAINER)
TSA = "/demo/pki/tsa"
QUERY = "application/timestamp-query"
DATA = b"tai lieu"
Headers = dict[str, str]


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return found_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    yield shared_world
    for fault in faults.list_faults(shared_world.sandbox).items:
        faults.remove_fault(shared_world.sandbox, TRAINER, fault.number)


@pytest.fixture
def bare(world: World) -> Client:
    """The PKI's face alone."""
    return Client(PkiFace(world.sandboxes))


def request() -> bytes:
    built: bytes = TimestampRequestBuilder().data(DATA).cert_request(cert_request=True).build().as_bytes()
    return built


def asked(client: Client, content: bytes | None = None, **options: Any) -> TestResponse:
    options = {"content_type": QUERY, **options}
    return client.post(TSA, data=request() if content is None else content, **options)


def order(world: World, endpoint: str, effect: str, **more: object) -> None:
    faults.add_fault(world.sandbox, TRAINER, AddFault.model_validate({"endpoint": endpoint, "effect": effect, **more}))


# --- the time-stamping authority ----------------------------------------------------------------------------------


def test_a_time_stamp_over_http_is_one_that_a_client_believes(world: World, bare: Client) -> None:
    response = asked(bare)
    assert response.headers["Content-Type"] == "application/timestamp-reply"
    assert response.headers["Cache-Control"] == "no-store"
    root = world.sandbox.hierarchy.root.certificate
    assert (
        VerifierBuilder()
        .add_root_certificate(root)
        .build()
        .verify_message(decode_timestamp_response(response.data), DATA)
    )


def test_garbage_is_refused_in_the_protocol(bare: Client) -> None:
    response = asked(bare, b"garbage")
    assert response.status_code == 200
    assert decode_timestamp_response(response.data).status == 2


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_it_is_asked_by_post_alone(bare: Client, method: str) -> None:
    response = bare.open(TSA, method=method)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_it_takes_no_other_media_type_and_no_endless_request(bare: Client) -> None:
    assert asked(bare, content_type="application/json").status_code == 415
    assert asked(bare, content_type="").status_code == 200
    assert asked(bare, bytes(tsa.MAX_OCTETS + 1)).status_code == 413


def test_there_is_one_in_each_sandbox_and_nowhere_else(bare: Client) -> None:
    assert bare.post("/nowhere/pki/tsa", data=request(), content_type=QUERY).status_code == 404
    assert bare.post(f"{TSA}/more", data=request(), content_type=QUERY).status_code == 404


def test_the_authority_tells_where_it_is(client: FlaskClient) -> None:
    told = client.get("/demo/api/v1/public/authority").get_json()
    assert told["tsa"] == "http://127.0.0.1:8400/demo/pki/tsa"
    assert told["tsa"] in client.get("/demo/authority").text


# --- faults -------------------------------------------------------------------------------------------------------


def test_a_refusal_by_http_names_when_to_come_back(world: World, bare: Client) -> None:
    for status, effect in {429: "too-many-requests", 503: "unavailable"}.items():
        order(world, "tsa", effect, retry_after=9, next=1)
        response = asked(bare)
        assert (response.status_code, response.headers["Retry-After"]) == (status, "9")
        assert response.get_json()["status"] == status
    assert asked(bare).status_code == 200


@pytest.mark.parametrize("endpoint", ["tsa", "ocsp", "crl", "aia"])
def test_der_without_its_end(world: World, bare: Client, endpoint: str) -> None:
    def ask() -> TestResponse:
        path = {"crl": "/demo/pki/crl/issuing.crl", "aia": "/demo/pki/crt/root.crt", "ocsp": "/demo/pki/ocsp"}
        return asked(bare, b"garbage") if endpoint == "tsa" else bare.get(path[endpoint])

    whole = ask().data
    order(world, endpoint, "truncated", octets=3, next=1)
    cut = ask()
    assert cut.data == whole[:-3]
    assert cut.headers["Cache-Control"] == "no-store"
    assert "ETag" not in cut.headers
    assert ask().data == whole


def test_a_fault_may_be_about_one_ca_or_one_certificate(world: World, bare: Client) -> None:
    order(world, "crl", "unavailable", role="root")
    order(world, "aia", "unavailable", role="issuing")
    got = {path: bare.get(f"/demo/pki/{path}").status_code for path in ("crl/root.crl", "crl/issuing-delta.crl")}
    got |= {path: bare.get(f"/demo/pki/{path}").status_code for path in ("crt/root.crt", "crt/issuing.crt")}
    assert list(got.values()) == [503, 200, 200, 503]


def test_an_ocsp_fault_may_be_about_one_certificate(world: World, bare: Client) -> None:
    one, other = (int(world.issue(), 16) for _ in range(2))
    order(world, "ocsp", "unavailable", serial=f"{one:x}")
    statuses = [
        bare.post("/demo/pki/ocsp", data=world.request(serial)).status_code for serial in (f"{one:x}", f"{other:x}")
    ]
    assert statuses == [503, 200]


class Protocol:
    """What a worker of granian takes an answer by."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()

    def response_bytes(self, status: int, headers: object, body: bytes) -> None:
        self.told.put((status, body))

    def response_iter(self, status: int, headers: object, body: Any) -> None:
        self.told.put((status, b"".join(iter(body.__next__, None))))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Callable[[Protocol, Any], None]]:
    """Wraps an application as the server's workers do."""
    monkeypatch.setattr(mp, WRAP, getattr(mp, WRAP))
    have_patience()
    return lambda application: getattr(mp, WRAP)(application, {}, None)


def test_a_slow_answer_keeps_nobody_else_waiting(
    world: World, patient: Callable[[Any], Callable[[Protocol, Any], None]]
) -> None:
    order(world, "tsa", "slow", seconds=600.0, next=1)
    released = threading.Event()
    ask = patient(PkiFace(world.sandboxes))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mockca.web.patience.time.sleep", lambda _: released.wait(60))
        slow, quick = Protocol(), Protocol()
        for protocol in (slow, quick):
            body = request()
            headers = {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": QUERY, "wsgi.input": BytesIO(body)}
            ask(protocol, {"PATH_INFO": TSA, "REQUEST_METHOD": "POST", **headers})
        assert quick.told.get(timeout=30)[0] == 200
        assert slow.told.empty()
        released.set()
        assert slow.told.get(timeout=30)[0] == 200


def test_there_is_an_end_to_patience(patient: Callable[[Any], Callable[[Protocol, Any], None]]) -> None:
    waited: list[float] = []

    def application(environ: object, start_response: Any) -> Late:
        start_response("200 OK", [])
        return Late(7.0, iter([b"late"]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mockca.web.patience._seats", threading.BoundedSemaphore(1))
        patch.setattr("mockca.web.patience._seats._value", 0)
        patch.setattr("mockca.web.patience.time.sleep", waited.append)
        patient(application)(protocol := Protocol(), {})
    # Nobody else had a seat to wait on, so the worker itself has waited.
    assert waited == [7.0]
    assert protocol.told.get_nowait() == (200, b"late")
    assert MOST_WAITING > 100


def test_any_other_server_waits_by_itself() -> None:
    late = Late(0.001, [b"late"])
    assert list(late) == [b"late"]


def receive_all(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def test_a_connection_is_torn_down(world: World) -> None:
    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    order(world, "tsa", "reset", next=1)
    with make_server("127.0.0.1", 0, PkiFace(world.sandboxes), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with socket.create_connection(server.server_address[:2]) as connection:  # type: ignore[arg-type]
            content = request()
            head = f"POST {TSA} HTTP/1.0\r\nContent-Type: {QUERY}\r\nContent-Length: {len(content)}\r\n\r\n"
            connection.sendall(head.encode() + content)
            with pytest.raises(ConnectionResetError):
                receive_all(connection)
        thread.join()


# --- the control plane --------------------------------------------------------------------------------------------


@pytest.fixture
def trainer(sign_in: Callable[[str], Headers]) -> Headers:
    return sign_in("trainer")


def test_the_trainer_sets_looks_at_and_removes_faults(client: FlaskClient, trainer: Headers, home: Path) -> None:
    path = "/demo/control/faults"
    made = client.post(path, json={"endpoint": "tsa", "effect": "slow", "seconds": 3, "next": 2}, headers=trainer)
    assert made.status_code == 201
    assert made.get_json()["parameters"] == {"seconds": 3}
    number = made.get_json()["number"]
    assert client.get(path, headers=trainer).get_json()["items"] == [made.get_json()]
    assert client.delete(f"{path}/{number}", headers=trainer).status_code == 200
    assert client.get(path, headers=trainer).get_json()["items"] == []
    assert client.delete(f"{path}/{number}", headers=trainer).status_code == 404


def test_a_fault_that_cannot_be_is_told_by_field(client: FlaskClient, trainer: Headers) -> None:
    answer = client.post("/demo/control/faults", json={"endpoint": "crl", "effect": "skew"}, headers=trainer)
    assert answer.status_code == 422
    assert {one["field"] for one in answer.get_json()["violations"]} == {"endpoint", "skew_seconds"}


def test_nobody_else_comes_near_them(client: FlaskClient, sign_in: Callable[[str], Headers]) -> None:
    headers = sign_in("authority")
    assert client.get("/demo/control/faults", headers=headers).status_code == 403
    assert client.put("/demo/control/timestamping", json={"accept_sha1": False}, headers=headers).status_code == 403


def test_what_is_stamped_is_set_and_read(client: FlaskClient, trainer: Headers) -> None:
    path = "/demo/control/timestamping"
    assert client.get(path, headers=trainer).get_json()["accept_sha1"] is True
    assert client.put(path, json={"accept_sha1": False}, headers=trainer).get_json()["accept_sha1"] is False
    assert client.get(path, headers=trainer).get_json()["accept_sha1"] is False
