"""Devices with certificates, and a time-stamping authority, once for all tests that ask."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from reportlab.pdfgen.canvas import Canvas

from tests.documents.authority import BODY, NOON, PERSON, authority
from token_emulator import Shelf
from token_emulator.documents.signing import DeviceKey, device_key

PIN, SO_PIN = "135790", "24680246"


def blank_page(pages: int = 1) -> bytes:
    """A PDF with little in it."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(pages):
        canvas.drawString(100, 700, f"{number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture(scope="session")
def devices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DeviceKey]:
    """A person's device with a key on P-256, an organisation's with an RSA key, one on P-384; all plugged in."""
    shelf = Shelf(tmp_path_factory.mktemp("devices"))
    made = {}
    for algorithm, name in (("p256", PERSON), ("rsa2048", BODY), ("p384", PERSON)):
        with shelf.personalise("generic-10", algorithm, PIN, SO_PIN, name) as device:
            certificate = authority().issue(device.public_key_der, name, ("UBND tỉnh Ví Dụ",), None, 7)
            device.write_certificate(certificate)
            device.place()
        shelf.plug(device.serial)
        made[algorithm] = device_key(shelf, device.serial, PIN)
    return made


@pytest.fixture(scope="session")
def tsa() -> Iterator[str]:
    """Address of a time-stamping authority whose clock stands at NOON; `/broken` answers with nonsense."""
    key = rsa.generate_private_key(65537, 2048)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    purposes = (ExtendedKeyUsageOID.TIME_STAMPING,)
    certificate = authority().issue(spki, "Dấu thời gian (MÔ PHỎNG)", (), None, 9, purposes)
    private = keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    stamper = DummyTimeStamper(x509.Certificate.load(certificate), private, fixed_dt=NOON)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = b"sai" if self.path == "/broken" else stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/tsa"
        server.shutdown()
        thread.join()
