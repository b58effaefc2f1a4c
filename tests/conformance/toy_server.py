"""The toy behind the HTTP contract, on loopback: a second implementation for the harness to be tried on.

`defects` are the toy's own, those of its PKI, and of its manners: how it answers, whatever it answers.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from conformance.targets.routes import API, ROUTES
from scenarios import Body, Operation, Outcome, Verdict
from tests.conformance.toy_pki import Standing, ToyPki
from tests.scenarios.toy import START, ToyAuthority

PROBLEM = "application/problem+json"
ACTORS = ("authority", "trainer", "registrar", "agency", "subscriber", "other-agency", "company", "security")
FOUND = {
    "read_device": "devices",
    "read_dossier": "dossiers",
    "read_certificate": "certificates",
    "read_status": "certificates",
}
PATTERNS = [
    (operation, route.method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path) + "$"))
    for operation, route in ROUTES.items()
]


class PublishedToy(ToyAuthority):
    """The toy with a PKI of its own."""

    def __init__(self, base: str, defects: Iterable[str] = ()) -> None:
        super().__init__(defects)
        self.pki = ToyPki(base, START, self.defects)

    def certificate_view(self, serial: str) -> dict[str, Any]:
        certificate = self.certificates[serial]
        if "pem" not in certificate:
            number = 0x99 if "pem-of-another" in self.defects else int(serial, 16)
            certificate["pem"] = self.pki.leaf(certificate["common_name"], number)
        if "no-pem" in self.defects:
            certificate["pem"] = "PEM"
        return super().certificate_view(serial)

    def issue_certificate(self, actor: str, body: Body) -> Outcome:
        outcome = super().issue_certificate(actor, body)
        if outcome.verdict is not Verdict.ACCEPTED:
            return outcome
        letter = {"pin_letter": {"user_pin": "31415926", "so_pin": "2718281828"}}
        return Outcome(Verdict.ACCEPTED, {**outcome.values, **letter}, state=outcome.state)

    def standings(self) -> list[Standing]:
        found = []
        for serial, certificate in self.certificates.items():
            state, since = certificate["state"], datetime.fromisoformat(certificate["since"])
            if state in ("issued", "suspended"):
                found.append((int(serial, 16), "certificateHold", since))
            elif state == "revoked" and "crl-forgets" not in self.defects:
                found.append((int(serial, 16), certificate["reason"], since))
        return found


class Server(ThreadingHTTPServer):
    """One toy on a port."""

    daemon_threads = True

    def __init__(
        self,
        defects: Iterable[str],
        handler: type[Handler] | None = None,
        toy: Callable[[str, Iterable[str]], PublishedToy] = PublishedToy,
    ) -> None:
        super().__init__(("127.0.0.1", 0), handler or Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/demo"
        self.defects = frozenset(defects)
        self.toy = toy(self.url, self.defects)
        self.lock = threading.Lock()
        self.resets = 0


class Handler(BaseHTTPRequestHandler):
    """The contract's paths."""

    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        del format, args

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_GET  # noqa: N815 - the base class's names

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(urlsplit(self.path).path).removeprefix("/demo")
        with self.server.lock:
            if path.startswith("/pki/"):
                self._publish(path, content)
            else:
                self._speak(path, content)

    # --- the publisher --------------------------------------------------------------------------------------

    def _publish(self, path: str, content: bytes) -> None:
        toy, pki = self.server.toy, self.server.toy.pki
        toy.clock = toy.now()
        if "crl-behind-a-login" in toy.defects and path.endswith(".crl") and "Authorization" not in self.headers:
            self._send(401, b"")
        elif "publisher-down" in toy.defects or ("delta-down" in toy.defects and path.endswith("delta.crl")):
            self._send(503, b"")
        elif "publisher-talks-html" in toy.defects and path != "/pki/ca.crt":
            self._send(200, b"<html>")
        elif path == "/pki/ca.crt":
            der = pki.responder if "other-issuer" in toy.defects else pki.certificate
            self._send(
                200, b"no certificate" if "no-issuer" in toy.defects else der.public_bytes(serialization.Encoding.DER)
            )
        elif path == "/pki/full.crl":
            crl = pki.full(toy.standings(), toy.clock)
            self._send(200, to_pem(crl) if "crl-in-pem" in toy.defects else crl)
        elif path == "/pki/delta.crl":
            self._send(200, pki.delta(toy.standings(), toy.clock))
        else:
            request = content or base64.b64decode(path.removeprefix("/pki/ocsp/"))
            known = [int(serial, 16) for serial in toy.certificates]
            self._send(200, pki.ocsp(request, known, toy.standings(), toy.clock))

    # --- the API --------------------------------------------------------------------------------------------

    def _speak(self, path: str, content: bytes) -> None:
        toy = self.server.toy
        credential = self.headers.get("Authorization", "").removeprefix("Bearer ")
        actor = credential.removeprefix("secret-of-") if credential else "nobody"
        if "html" in toy.defects:
            self._send(200, b"<html>Login</html>", "text/html")
        elif actor not in (*ACTORS, "nobody"):
            self._problem(401, {"title": "unknown credential"})
        elif path == "/control/clock" and self.command == "GET":
            self._json({} if "clockless" in toy.defects else {"now": toy.now().isoformat()})
        elif path == "/control/reset" and "no-reset" in toy.defects:
            self._problem(403, {"detail": "chỗ này không xóa được"})
        elif path == "/control/reset":
            self.server.resets += 1
            self.server.toy = PublishedToy(self.server.url, toy.defects)
            self._json({"name": "demo"})
        elif path.startswith(f"{API}/regulations/"):
            known = path.endswith("/an-giang")
            self._json({"id": "an-giang"}) if known else self._problem(404, {"detail": "no such regulation"})
        elif path == f"{API}/me":
            self._json({"account": actor, "unit": "office"})
        elif path == f"{API}/units":
            self._json({"items": [] if "unlisted" in toy.defects else [{"id": "office", "name": "Văn phòng"}]})
        elif path == f"{API}/notices":
            self._page([one for one in toy.notices if one["to"] == actor])
        elif path == f"{API}/public/announcements":
            self._page(toy.announcements)
        elif path == f"{API}/public/authority":
            self._json(self._own())
        elif path.startswith(f"{API}/public/certificates/"):
            self._look_up(path.rpartition("/")[2])
        else:
            self._operate(actor, path, content)

    def _own(self) -> dict[str, Any]:
        """Where the toy publishes its certificate and its CRLs."""
        toy, base = self.server.toy, f"{self.server.url}/pki"
        own = {"role": "issuing", "url": f"{base}/ca.crt"}
        own["pem"] = toy.pki.certificate.public_bytes(serialization.Encoding.PEM).decode()
        if "own-pem-garbled" in toy.defects:
            own["pem"] = "PEM"
        lists = [{"name": "issuing", "url": f"{base}/full.crl"}, {"name": "delta", "url": f"{base}/delta.crl"}]
        if "nothing-of-its-own" in toy.defects:
            return {"certificates": None, "crls": []}
        if "unreachable-crl" in toy.defects:
            lists[0]["url"] = "nowhere"
        return {"certificates": [own], "crls": lists}

    def _look_up(self, serial: str) -> None:
        toy = self.server.toy
        if serial not in toy.certificates:
            self._problem(404, {"detail": "not found"})
        else:
            listed = [one for one in toy.announcements if one["serial"] == serial]
            self._json({"status": toy.status_view(serial), "announcements": listed})

    def _operate(self, actor: str, path: str, content: bytes) -> None:
        toy = self.server.toy
        for operation, method, pattern in PATTERNS:
            found = pattern.fullmatch(path)
            if found is None or method != self.command:
                continue
            names = {key: int(value) if value.isdecimal() else value for key, value in found.groupdict().items()}
            for key in ("certificate", "device"):
                if key in names:
                    names[key] = found[key]
            if operation.value in FOUND and next(iter(names.values())) not in getattr(toy, FOUND[operation.value]):
                self._problem(404, {"detail": "not found"})
                return
            self._outcome(operation, toy.perform(operation, actor, {**json.loads(content or b"{}"), **names}))
            return
        self._send(404, b"no such path", "text/plain")

    def _outcome(self, operation: Operation, outcome: Outcome) -> None:
        defects = self.server.defects
        if operation is Operation.CHECK_DOSSIER and (trouble := defects & TROUBLES.keys()):
            self._send(*TROUBLES[next(iter(trouble))])
        elif outcome.verdict is Verdict.ACCEPTED:
            self._json(dict(outcome.values), 201 if self.command == "POST" else 200)
        elif outcome.verdict is Verdict.UNSUPPORTED:
            self._send(501, b"")
        else:
            broken = [{"field": f, "clause": c} for f, c in zip(outcome.fields, outcome.clauses, strict=True)]
            echo = self.headers.get("Authorization", "") if "echoes-credentials" in defects else ""
            problem = {"detail": f"{outcome.message} {echo}".strip(), "violations": broken, "state": outcome.state}
            self._problem(403 if outcome.fields == ("actor",) else 422, problem)

    def _page(self, items: list[dict[str, Any]]) -> None:
        """Two at a time, as a real one pages."""
        query = urlsplit(self.path).query
        start = int(query.rpartition("after=")[2]) if "after=" in query else 0
        rest = start + 2 if start + 2 < len(items) else None
        self._json({"items": items[start : start + 2], "next": rest})

    def _problem(self, status: int, problem: dict[str, Any]) -> None:
        self._send(status, json.dumps(problem).encode(), PROBLEM)

    def _json(self, value: dict[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _send(self, status: int, content: bytes, media_type: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


TROUBLES: dict[str, tuple[int, bytes, str]] = {
    "fails": (500, b"Traceback", "text/plain"),
    "too-busy": (429, b"", "text/plain"),
    "moved": (302, b"", "text/plain"),
    "talks-html": (200, b"<html>", "text/html"),
    "talks-lists": (200, b"[]", "application/json"),
    "talks-nonsense": (200, b"{", "application/json"),
    "talks-in-circles": (200, b'{"a":' * 100_000, "application/json"),
    "refuses-in-html": (403, b"<html>", "text/html"),
    "forgets-accounts": (401, b"{}", PROBLEM),
    "lacks-it": (404, b"", "text/plain"),
}
"""What checking a dossier is answered with, whatever came of it."""


def to_pem(crl: bytes) -> bytes:
    return x509.load_der_x509_crl(crl).public_bytes(serialization.Encoding.PEM)


@contextmanager
def toy_server(*defects: str) -> Iterator[Server]:
    """A toy that serves until the end of the block."""
    server = Server(defects)
    with serving(server):
        yield server


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    """Have the server serve until the end of the block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_credentials(path: Path, *, without: str = "") -> Path:
    """The toy's accounts as a credentials file."""
    accounts = [
        {
            "name": actor if actor in ("authority", "trainer") else f"{actor}@an-giang",
            "credential": f"secret-of-{actor}",
        }
        for actor in ACTORS
        if actor != without
    ]
    path.write_text(json.dumps({"sandbox": "demo", "accounts": accounts}))
    return path
