"""A server that says whatever octets a test wants, over plain sockets or TLS: what no HTTP library would send."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET, create_server, socket
from struct import pack

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Saying = Callable[[socket], None]
"""What happens on a connection once the request has been read."""
TICK = 0.02
"""Seconds between two octets of one who drips."""


def answer(
    content: bytes, *, status: str = "200 OK", media_type: str = "application/json", length: int | None = None
) -> bytes:
    """A whole answer; its Content-Length is a lie where another one is given."""
    said = len(content) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {said}"
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + content


def say(content: bytes) -> Saying:
    """Send these octets and hang up."""
    return lambda peer: peer.sendall(content)


def keep_sending(head: bytes, piece: bytes) -> Saying:
    """Send the head, then the piece again and again, as fast as it is taken."""

    def saying(peer: socket) -> None:
        peer.sendall(head)
        while True:
            peer.sendall(piece)

    return saying


def reset(peer: socket) -> None:
    """Break the connection off."""
    peer.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    peer.close()


@dataclass
class SocketServer:
    """Answers by path; what no path is known for is answered by `otherwise`."""

    listening: socket
    known: dict[str, Saying] = field(default_factory=dict)
    otherwise: Saying = reset
    context: ssl.SSLContext | None = None
    over: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    """First lines of the requests."""

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.listening.getsockname()[1]}"

    def hang(self, peer: socket) -> None:
        """Say nothing until the test is over or the peer has gone."""
        peer.settimeout(TICK)
        while not self.over.is_set():
            with suppress(TimeoutError):
                if not peer.recv(1):
                    return

    def drip(self, octets: bytes) -> Saying:
        """Send one octet after the other, slowly, for ever."""

        def saying(peer: socket) -> None:
            peer.sendall(octets)
            while not self.over.wait(TICK):
                peer.sendall(b"x")

        return saying

    def serve(self) -> None:
        while True:
            try:
                peer, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket) -> None:
        with suppress(OSError), peer:
            if self.context is not None:
                peer = self.context.wrap_socket(peer, server_side=True)
            with peer:
                self._answer(peer)

    def _answer(self, peer: socket) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += peer.recv(65536)
        first = heard.partition(b"\r\n")[0].decode()
        self.asked.append(first)
        path = first.split(" ")[1]
        self.known.get(path, self.otherwise)(peer)


@contextmanager
def free_socket() -> Iterator[socket]:
    """A listening socket on a port that nobody has; a server that is given it closes it."""
    listening = create_server(("127.0.0.1", 0))
    try:
        yield listening
    finally:
        with suppress(OSError):
            listening.close()


@contextmanager
def socket_server(context: ssl.SSLContext | None = None) -> Iterator[SocketServer]:
    """Serves until the end of the block."""
    server = SocketServer(create_server(("127.0.0.1", 0)), context=context)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.listening.shutdown(SHUT_RDWR)
        server.listening.close()
        thread.join()


def make_ca(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A CA's file, and what a server on 127.0.0.1 with a certificate of it needs."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("CA thử", "Máy thử"))
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, [x509.BasicConstraints(ca=True, path_length=None)])
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    server = _certificate(name, ca_name, key, ca_key, [host])
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    unencrypted = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(key.private_bytes(pem, *unencrypted) + server.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return folder / "ca.pem", context


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extensions: Iterable[x509.ExtensionType],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer, hashes.SHA256())
