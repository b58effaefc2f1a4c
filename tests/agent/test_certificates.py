"""What the agent says of a signer's certificate: the codes that users know."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from tests.agent.conftest import der
from tests.documents.authority import BEGIN, END, NOON, authority
from token_emulator.agent import Settings
from token_emulator.agent.certificates import certificate_status

TRUSTING = Settings(roots=(der(authority().root),), chain=(der(authority().issuer),))


@dataclass
class Responder:
    url: str = ""
    status: ocsp.OCSPCertStatus | None = ocsp.OCSPCertStatus.GOOD
    """None: HTTP 503."""
    genuine: bool = True


@pytest.fixture(scope="module")
def responder() -> Iterator[Responder]:
    told = Responder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b"" if told.status is None else answer(told)
            self.send_response(503 if told.status is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_port}/ocsp"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield told
        server.shutdown()
        thread.join()


def answer(told: Responder) -> bytes:
    made = authority()
    revoked = told.status is ocsp.OCSPCertStatus.REVOKED
    assert told.status is not None
    builder = ocsp.OCSPResponseBuilder().add_response(
        certificate(told.url),
        made.issuer,
        SHA1(),  # noqa: S303
        told.status,
        NOON - timedelta(hours=1),
        NOON + timedelta(days=1),
        NOON - timedelta(days=1) if revoked else None,
        x509.ReasonFlags.key_compromise if revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, made.issuer)
    signed = builder.sign(made.issuer_key, SHA256()).public_bytes(Encoding.DER)
    return signed if told.genuine else signed[:-1] + bytes([signed[-1] ^ 1])


KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(url: str | None) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Trần Thị Bích Ngọc")])
    begin, end = BEGIN + timedelta(days=1), END - timedelta(days=1)
    builder = x509.CertificateBuilder(authority().issuer.subject, name, KEY.public_key(), 77, begin, end)
    if url is not None:
        place = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url))
        builder = builder.add_extension(x509.AuthorityInformationAccess([place]), False)
    return builder.sign(authority().issuer_key, SHA256())


def status(url: str | None, settings: Settings = TRUSTING, at: datetime = NOON) -> int:
    told = asyncio.run(certificate_status(der(certificate(url)), settings, at))
    assert told["Description"]
    return int(told["Status"])


@pytest.mark.parametrize(
    ("answered", "code"),
    [
        (ocsp.OCSPCertStatus.GOOD, 0),
        (ocsp.OCSPCertStatus.REVOKED, 8),
        (ocsp.OCSPCertStatus.UNKNOWN, 11),
        (None, 7),
    ],
)
def test_the_responders_word_becomes_a_code(
    responder: Responder, answered: ocsp.OCSPCertStatus | None, code: int
) -> None:
    responder.status, responder.genuine = answered, True
    assert status(responder.url) == code


def test_a_forged_answer_counts_for_nothing(responder: Responder) -> None:
    responder.status, responder.genuine = ocsp.OCSPCertStatus.GOOD, False
    assert status(responder.url) == 11


def test_time_and_path_come_first(responder: Responder) -> None:
    responder.status, responder.genuine = ocsp.OCSPCertStatus.GOOD, True
    assert status(responder.url, at=BEGIN + timedelta(hours=1)) == 2
    assert status(responder.url, at=END - timedelta(hours=1)) == 1
    assert status(responder.url, replace(TRUSTING, roots=())) == 4
    assert status(None) == 7
    assert status("http://127.0.0.1:9/") == 7
