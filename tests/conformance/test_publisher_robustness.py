"""A publisher hangs, lies, breaks off, speaks HTML: the suite ends in time, with a verdict and no traceback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conformance.command import Done, conformance
from tests.conformance.crooked_pki import CrookedPki
from tests.conformance.crooked_publisher import pem

Behaviour = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\n"
ENOUGH = 300


def hangs(_: socket.socket) -> None:
    threading.Event().wait(ENOUGH)


def hangs_amid_the_body(client: socket.socket) -> None:
    client.sendall(HEAD + b"Content-Length: 1000\r\n\r\n0\x82")
    threading.Event().wait(ENOUGH)


def drips(client: socket.socket) -> None:
    client.sendall(HEAD)
    while True:
        client.sendall(b"X-Drip: 1\r\n")
        threading.Event().wait(0.1)


def resets(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def promises_more(client: socket.socket) -> None:
    client.sendall(HEAD + b"Content-Length: 1000\r\n\r\n0\x82\x01\x00")


def promises_less(client: socket.socket) -> None:
    client.sendall(HEAD + b"Content-Length: 2\r\n\r\n0\x82\x01\x00 and so on")


def never_ends(client: socket.socket) -> None:
    client.sendall(HEAD + b"\r\n")
    while True:
        client.sendall(bytes(1 << 20))


def speaks_html(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")


def redirects(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 302 Found\r\nLocation: https://login.test/\r\nContent-Length: 0\r\n\r\n")


def speaks_no_http(client: socket.socket) -> None:
    client.sendall(b"220 mail.test ESMTP\r\n")


def packs_a_bomb(client: socket.socket) -> None:
    client.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")


def cuts_the_der(client: socket.socket) -> None:
    client.sendall(HEAD + b"Content-Length: 6\r\n\r\n0\x82\x05\x000\x82")


@contextmanager
def publisher_that(behaves: Behaviour) -> Iterator[str]:
    """A port at which every request is met like that."""
    listener = socket.create_server(("127.0.0.1", 0))

    def meet(client: socket.socket) -> None:
        try:
            client.recv(65536)
            behaves(client)
        except OSError:
            pass
        finally:
            client.close()

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=meet, args=(client,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def certificate_of(base: str, folder: Path) -> Path:
    """A certificate that leads there."""
    now = datetime.now(UTC).replace(microsecond=0)
    der = CrookedPki(base, now, frozenset()).leaf(
        "Nguyễn Thị Mẫu", 0x5A5A_5A5A_5A5A_5A5A, now, now + timedelta(days=1825)
    )
    path = folder / "mẫu.pem"
    path.write_text(pem(der), "utf-8")
    return path


def run(folder: Path, *arguments: str) -> Done:
    return conformance("run", "--regulation", "lai-chau", "--timeout", "0.5", *arguments, cwd=folder)


@pytest.mark.parametrize(
    ("behaves", "told"),
    [
        (hangs, "had not answered in full after 0.5 s"),
        (hangs_amid_the_body, "had not answered in full after 0.5 s"),
        (drips, "had not answered in full after 0.5 s"),
        (resets, "could not be asked"),
        (promises_more, "could not be asked"),
        (promises_less, "holds none"),
        (never_ends, "pki/ca.crt"),
        (speaks_html, "holds none"),
        (redirects, "status 302"),
        (speaks_no_http, "could not be asked"),
        (packs_a_bomb, "could not be asked"),
        (cuts_the_der, "holds none"),
    ],
)
def test_a_publisher_that_misbehaves_gets_a_verdict_in_time(tmp_path: Path, behaves: Behaviour, told: str) -> None:
    with publisher_that(behaves) as base:
        done = run(tmp_path, "--target", f"publisher={certificate_of(base, tmp_path)}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert told in done.stdout
    assert "FAILED publisher/chain/issuer-is-served" in done.stdout
    assert "see publisher/chain/issuer-is-served" in done.stdout  # one cause, one failure
    assert "Traceback" not in done.stdout + done.stderr


def test_nothing_listens_there(tmp_path: Path) -> None:
    with publisher_that(hangs) as base:
        path = certificate_of(base, tmp_path)
    done = run(tmp_path, "--target", f"publisher={path}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "could not be asked" in done.stdout


def test_a_certificate_without_any_address_gets_a_verdict(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    pki = CrookedPki("http://127.0.0.1:1", now, frozenset({"leaf-without-access", "leaf-without-crl"}))
    path = tmp_path / "a.der"
    path.write_bytes(pki.leaf("Mẫu", 0x5A5A_5A5A_5A5A_5A5A, now, now + timedelta(days=9)))
    assert x509.load_der_x509_certificate(path.read_bytes()).public_key() != key.public_key()
    done = run(tmp_path, "--target", f"publisher={path}")
    assert done.returncode == 1
    assert "has no caIssuers; certificate 5a5a5a5a5a5a5a5a has no cRLDistributionPoints;" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--target", "publisher=nowhere.pem"), "neither a URL nor a file"),
        (("--target", "publisher=empty"), "has no certificate"),
        (("--target", "publisher=nonsense.pem"), "is no certificate in PEM or DER"),
        (("--target", "publisher=http://127.0.0.1:1/demo"), "no credential for"),
        (("--target", "publisher=good.pem", "--sample", "lost=good.pem"), "is no sample; write --sample STATE=FILE"),
        (("--target", "publisher=good.pem", "--sample", "good=nowhere.pem"), "No such file"),
        (("--target", "publisher=good.pem", "--only", "publisher/nothing"), "no check 'publisher/nothing'"),
        (("--target", "publisher=good.pem", "--issuer", "nonsense.pem"), "is no certificate in PEM or DER"),
        (("--target", "publisher=good.pem", "--destructive"), "--destructive is for --target token="),
        (("--target", "publisher=good.pem", "--reset"), "--reset is for --target authority="),
    ],
)
def test_what_cannot_be_run_ends_with_2_and_says_why(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "nonsense.pem").write_text("nonsense")
    certificate_of("http://127.0.0.1:1", tmp_path).rename(tmp_path / "good.pem")
    done = run(tmp_path, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
