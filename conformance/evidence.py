"""What was asked and answered, as events tell it: bodies decoded, and commands that ask the same."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance import decoding
from conformance.events import Decoded, Evidence, Exchange
from conformance.publisher import ocsp, timestamps
from conformance.run import Finding
from scenarios import Exchange as Told

OK = 200
LONGEST_BINARY = 3000
"""Octets of a binary body that are told as base64."""
WITH_VARIABLE = re.compile(r"[A-Za-z0-9-]+: (Bearer )?\$[A-Z0-9_]+")
"""A header whose value is a shell variable."""
LONGEST_KEPT = 1_000_000
"""Octets of a binary body that are kept to be decoded."""


@dataclass(frozen=True, slots=True)
class Fetched(Told):
    """What a public face answered to anybody: `request` and `response` are base64."""

    sent: bytes = b""
    """The OCSP or time-stamp request, DER."""
    received: bytes = b""
    """The answer as it came; empty where it was longer than is kept."""
    face: str = ""
    """issuer, crl, delta, ocsp_get, ocsp_post or tsa."""
    serial: int = 0
    """The certificate asked about."""


def fetched(face: str, serial: int, method: str, url: str, sent: bytes, status: int, received: bytes) -> Fetched:
    """What a public face answered, as evidence."""
    kept = received if len(received) <= LONGEST_KEPT else b""
    response = _told(received) if status == OK else received[:LONGEST_BINARY].decode("utf-8", "replace")
    return Fetched(method, url, _told(sent), status, response, sent=sent, received=kept, face=face, serial=serial)


def of(finding: Finding) -> Evidence:
    """What an event tells of it; bodies are decoded here."""
    return Evidence(exchanges=tuple(_exchange(one, finding.actor) for one in finding.exchanges), calls=finding.calls)


def folded(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with pairs of them that come again and again told once."""
    at = 0
    while at < len(lines):
        pair, times = lines[at : at + 2], 1
        while lines[at + 2 * times : at + 2 * (times + 1)] == pair:
            times += 1
        if times < 3 or len(pair) < 2:
            yield lines[at]
            at += 1
        else:
            yield from pair
            yield f"({times - 1} more times the same)"
            at += 2 * times


def _exchange(told: Told, actor: str) -> Exchange:
    if isinstance(told, Fetched):
        curl, decoded = _curl_of_anybody(told), tuple(_faces(told))
    else:
        curl, decoded = _curl(told, actor), decoding.in_text(f"{told.request}\n{told.response}")
    return Exchange(
        method=told.method,
        url=told.url,
        request=told.request,
        status=told.status,
        response=told.response,
        curl=curl,
        decoded=decoded,
        is_binary=isinstance(told, Fetched) and told.status == OK,
    )


def _faces(told: Fetched) -> Iterator[Decoded]:
    if told.face == "tsa":
        if told.status == OK and told.received:
            yield decoding.timestamp(told.received)
        return
    if told.sent:
        yield decoding.ocsp_request(told.sent)
    if told.status != OK or not told.received:
        return
    if told.face == "issuer":
        yield decoding.certificate(told.received)
    elif told.face in ("crl", "delta"):
        yield decoding.crl(told.received, (told.serial,))
    else:
        yield decoding.ocsp_response(told.received)


def _curl(told: Told, actor: str) -> str:
    words = ["curl", "-sS"]
    if told.method != "GET":
        words += ["-X", told.method]
    headers = told.headers
    if headers is None:
        headers = (("Authorization", f"Bearer ${actor.upper().replace('-', '_')}_CREDENTIAL"),)
        if told.method != "GET":
            headers = (("Content-Type", "application/json"), *headers)
    line = shlex.join(words) + "".join(f" -H {_quoted(f'{name}: {value}')}" for name, value in headers)
    if told.request:
        line += " -d " + shlex.quote(told.request)
    return f"{line} {shlex.quote(told.url)}"


def _quoted(header: str) -> str:
    """A header for the shell; the variable that it is for stays one."""
    return f'"{header}"' if WITH_VARIABLE.fullmatch(header) else shlex.quote(header)


def _curl_of_anybody(told: Fetched) -> str:
    url = shlex.quote(told.url)
    if told.method == "GET":
        return f"curl -sS {url} -o {told.face}.der"
    kind = timestamps.REQUEST_TYPE if told.face == "tsa" else ocsp.REQUEST_TYPE
    header = shlex.quote(f"Content-Type: {kind}")
    return f"echo {told.request} | base64 -d | curl -sS -H {header} --data-binary @- {url} -o {told.face}.der"


def _told(content: bytes) -> str:
    if len(content) > LONGEST_BINARY:
        return f"({len(content)} bytes)"
    return base64.b64encode(content).decode()
