"""Whatever a target's socket says, the harness comes to a clear word about it: no traceback, no waiting for ever."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.errors import BadTarget
from conformance.run import Settings
from conformance.suites.authority import AuthorityRun
from conformance.targets.credentials import Credentials
from conformance.targets.http import HttpTarget
from conformance.targets.wire import Wire
from scenarios import Operation, PortError
from tests.conformance.command import Done, conformance
from tests.conformance.socket_server import SocketServer, answer, keep_sending, make_ca, reset, say, socket_server

PATIENCE = 0.4
"""Seconds, where the target is to be given up."""
ENOUGH = 60.0
"""Seconds, where it is not."""
ROOT = Path(__file__).parents[2]
TWO_HUNDRED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = TWO_HUNDRED + b"Transfer-Encoding: chunked\r\n\r\n"
HALF_A_CHARACTER = '{"number": 1, "state": "ch\\ud800ờ\\u001b[2J"}'
Trouble = Callable[[SocketServer], Callable[..., None]]

TROUBLES: dict[str, tuple[Trouble, str]] = {
    "says nothing": (lambda server: server.hang, "had not answered in full after"),
    "hangs up at once": (lambda _: say(b""), "could not be asked"),
    "breaks the connection off": (lambda _: reset, "could not be asked"),
    "begins its headers and goes on for ever": (lambda server: server.drip(b"HTTP/1.1 200 OK\r\nX: "), "in full after"),
    "drips its body for ever": (lambda server: server.drip(TWO_HUNDRED + b"\r\n"), "had not answered in full after"),
    "never stops": (lambda _: keep_sending(TWO_HUNDRED + b"\r\n", b" " * 65536), "answered more than 16777216 bytes"),
    "never stops its headers": (
        lambda _: keep_sending(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 999),
        "could not be asked",
    ),
    "sends 100 MB": (
        lambda _: say(answer(b'"' + b"x" * 100_000_000 + b'"')),
        "answered more than 16777216 bytes",
    ),
    "sends 100 MB packed into 100 kB": (
        lambda _: say(
            answer(gzip.compress(b" " * 100_000_000), media_type="application/json\r\nContent-Encoding: gzip")
        ),
        "answered more than 16777216 bytes",
    ),
    "packs badly": (
        lambda _: say(answer(b"no gzip", media_type="application/json\r\nContent-Encoding: gzip")),
        "could not be asked",
    ),
    "announces more than it sends": (lambda _: say(answer(b'{"number": 1}', length=5000)), "could not be asked"),
    "announces less than it sends": (lambda _: say(answer(b'{"number": 1}', length=5)), "cannot be read as JSON"),
    "announces a length that is none": (
        lambda _: say(TWO_HUNDRED + b"Content-Length: minus one\r\n\r\n{}"),
        "could not be asked",
    ),
    "breaks its chunks": (lambda _: say(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"), "could not be asked"),
    "stops within a chunk": (lambda _: say(CHUNKED + b"ff\r\n{}"), "could not be asked"),
    "speaks no HTTP": (lambda _: say(b"220 mail.test ESMTP\r\n"), "could not be asked"),
    "answers HTML": (lambda _: say(answer(b"<html>", media_type="text/html")), "text/html instead of JSON"),
    "answers in no media type": (lambda _: say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), "no media type"),
    "answers half an object": (lambda _: say(answer(b'{"number": ')), "cannot be read as JSON"),
    "answers nothing": (lambda _: say(answer(b"")), "cannot be read as JSON"),
    "answers in another charset": (
        lambda _: say(answer('{"state": "chờ"}'.encode("cp1258", "replace") + b"\xff")),
        "cannot be read as JSON",
    ),
    "nests a thousand deep": (lambda _: say(answer(b'{"a":' * 1000 + b"1" + b"}" * 1000)), "answered 200 with"),
    "writes a number of five thousand digits": (
        lambda _: say(answer(b'{"number": ' + b"9" * 5000 + b"}")),
        "cannot be read as JSON",
    ),
    "redirects to itself": (
        lambda _: say(answer(b"", status="302 Found\r\nLocation: /demo/api/v1/dossiers/1", media_type="text/plain")),
        "answered 302 with",
    ),
    "refuses in HTML": (
        lambda _: say(answer(b"<html>", status="403 Forbidden", media_type="text/html")),
        "refused with 403 but text/html instead of JSON",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_target_that(trouble: str) -> None:
    saying, says = TROUBLES[trouble]
    patience = PATIENCE if "in full after" in says else ENOUGH
    with socket_server() as server, closing(target_at(server, patience=patience)) as target:
        server.otherwise = saying(server)
        with pytest.raises(PortError) as caught:
            target.perform(Operation.READ_DOSSIER, "agency", {"dossier": 1})
    assert says in caught.value.what
    assert len(server.asked) == 1


def test_characters_that_command_a_terminal_or_are_no_characters_are_not_repeated() -> None:
    with socket_server() as server, closing(target_at(server)) as target:
        server.otherwise = say(answer(HALF_A_CHARACTER.encode()))
        outcome = target.perform(Operation.READ_DOSSIER, "agency", {"dossier": 1})
    assert outcome.state == "ch�ờ�[2J"
    str(outcome).encode()


def test_a_whole_run_against_a_target_that_hangs_ends_with_1_and_says_why(tmp_path: Path) -> None:
    with socket_server() as server:
        server.known = {
            "/demo/api/v1/regulations/lai-chau": say(answer(b'{"id": "lai-chau"}')),
            "/demo/api/v1/public/authority": say(
                answer(b"{}", media_type="application/json\r\nDate: Thu, 05 Mar 2026 02:00:00 GMT")
            ),
        }
        server.otherwise = server.hang
        done = run(tmp_path, f"http://{server.authority}/demo", "--timeout", str(PATIENCE))
    assert done.returncode == 1, done.stderr
    assert f"had not answered in full after {PATIENCE:g} s" in unwrapped(done.stdout)
    assert "Traceback" not in done.stdout + done.stderr


# --- time -------------------------------------------------------------------------------------------------------


def test_without_a_date_no_time_can_be_told() -> None:
    with socket_server() as server, closing(target_at(server)) as target:
        for date in ("", "Date: yesterday\r\n"):
            server.otherwise = say(f"HTTP/1.1 200 OK\r\n{date}Content-Length: 0\r\n\r\n".encode())
            with pytest.raises(PortError, match="no Date header to tell the time by"):
                target.now()


def test_a_clock_that_is_hours_off_is_the_targets_time_all_the_same() -> None:
    with socket_server() as server, closing(target_at(server, "trainer")) as target:
        server.known["/demo/control/clock"] = say(answer(b'{"now": "2031-01-01T05:00:00+07:00"}'))
        assert target.now() == datetime(2030, 12, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize("now", ["2031-01-01T05:00:00", "soon", 5, None])
def test_a_clock_that_gives_no_instant_is_no_verdict(now: object) -> None:
    with socket_server() as server, closing(target_at(server, "trainer")) as target:
        server.otherwise = say(answer(json.dumps({"now": now}).encode()))
        with pytest.raises(PortError, match="its clock gives no instant with a time zone"):
            target.now()


# --- TLS --------------------------------------------------------------------------------------------------------


def test_a_chain_that_nobody_trusts_names_the_option_that_helps(tmp_path: Path) -> None:
    ca, context = make_ca(tmp_path)
    with socket_server(context) as server:
        server.otherwise = say(answer(b'{"number": 1, "state": "filed"}'))
        with (
            closing(Wire(timeout=5)) as wire,
            pytest.raises(PortError, match=r"not trusted \(unable to get local issuer certificate\).*--cacert FILE"),
        ):
            wire.send("GET", f"https://{server.authority}/")
        with closing(Wire(timeout=5, cacert=ca)) as wire:
            assert wire.send("GET", f"https://{server.authority}/").status == 200
        credentials = Credentials.model_validate({"accounts": [{"name": "agency", "credential": "the-secret"}]})
        with (
            closing(HttpTarget(f"https://{server.authority}/demo", "an-giang", credentials)) as target,
            pytest.raises(BadTarget, match="not trusted"),
        ):
            target.check()


def test_the_line_that_reproduces_a_failure_repeats_the_ca(tmp_path: Path) -> None:
    ca, _ = make_ca(tmp_path)
    settings = Settings("authority=https://ca.test/demo", "lai-chau", cacert=ca)
    with closing(AuthorityRun(settings)) as run_:
        assert f"--cacert {ca}" in run_.reproduce("authority/lai-chau/new-person/file")


def test_a_handshake_that_never_ends_is_given_up(tmp_path: Path) -> None:
    with socket_server() as server, closing(Wire(timeout=PATIENCE)) as wire:
        server.otherwise = server.hang
        with pytest.raises(PortError, match="had not answered in full after"):
            wire.send("GET", f"https://{server.authority}/")


def test_a_file_of_cas_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadTarget, match=r"ca\.pem: No such file"):
        Wire(cacert=tmp_path / "ca.pem")
    (tmp_path / "ca.pem").write_text("none")
    with pytest.raises(BadTarget, match="no certificates in PEM"):
        Wire(cacert=tmp_path / "ca.pem")


# --- helpers ----------------------------------------------------------------------------------------------------


def target_at(server: SocketServer, actor: str = "agency", *, patience: float = ENOUGH) -> HttpTarget:
    credentials = Credentials.model_validate({"accounts": [{"name": actor, "credential": "the-secret"}]})
    return HttpTarget(f"http://{server.authority}/demo", "an-giang", credentials, timeout=patience)


def run(folder: Path, url: str, *arguments: str) -> Done:
    accounts = [{"name": actor, "credential": f"secret-of-{actor}"} for actor in ("company", "agency")]
    (folder / "credentials.json").write_text(json.dumps({"accounts": accounts}))
    words = ("run", "--target", f"authority={url}", "--regulation", "lai-chau", "--credentials", "credentials.json")
    only = ("--only", "authority/lai-chau/new-person/company-refused")
    return conformance(*words, *only, *arguments, cwd=folder)


def unwrapped(text: str) -> str:
    return " ".join(text.split())
