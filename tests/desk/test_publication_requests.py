"""Requests that were read before are read by comparison: it must never make a difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca.desk import ocsp_requests
from mockca.desk.ocsp_requests import LONGEST_KEPT, RequestReader, frame_of
from mockca.errors import Malformed
from mockca.pki import der
from mockca.pki.ocsp import OcspRequest, Responder, parse_request
from tests.desk.publication_world import World, found_world

SERIAL = "1000000000000001"
MARK = bytes.fromhex("06092b0601050507300102")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return found_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def reader(world: World) -> RequestReader:
    return reader_of(world)


def reader_of(world: World) -> RequestReader:
    hierarchy = world.sandbox.hierarchy
    return RequestReader(Responder(hierarchy.issuing, hierarchy.ocsp))


@pytest.mark.parametrize("size", [1, 16, 32, 123, 124, 128])
def test_the_same_question_with_another_nonce_is_read_right(world: World, reader: RequestReader, size: int) -> None:
    for octet in (b"a", b"b", b"a"):
        request = world.request(SERIAL, nonce=octet * size)
        assert reader.read(request) == parse_request(request)
    assert reader.read(world.request("2b", nonce=b"a" * size)) != parse_request(request)


def test_a_question_of_another_ca_is_not_read_into_an_answer(
    world: World, reader: RequestReader, tmp_path: Path
) -> None:
    other = found_world(tmp_path)
    for _ in range(2):
        assert reader.read(other.request(SERIAL, nonce=b"n")) is None


def signed_request(inner: bytes, signature: bytes) -> bytes:
    """The request with a signature, which nobody checks, behind it."""
    tbs = der.Reader("request", inner).enter(der.SEQUENCE).whole(der.SEQUENCE)
    algorithm = der.sequence(der.oid("1.2.840.10045.4.3.2"))
    return der.sequence(tbs, der.tlv(der.explicit(0), der.sequence(algorithm, der.bits(signature))))


def test_what_looks_like_a_nonce_at_the_end_is_none(world: World, reader: RequestReader) -> None:
    inner = world.request(SERIAL, nonce=b"the real one")
    for tail in (b"the real one", b"another text"):
        request = signed_request(inner, MARK + b"\x04\x0e\x04\x0c" + tail)
        assert frame_of(request) == request[: -len(tail)]
        asked = reader.read(request)
        assert asked is not None
        assert asked.nonce == b"the real one"


def test_long_requests_and_those_without_a_nonce_have_no_frame(world: World) -> None:
    assert frame_of(world.request(SERIAL)) is None
    assert frame_of(b"") is None
    assert frame_of(MARK) is None
    assert frame_of(bytes(LONGEST_KEPT + 1) + MARK + b"\x04\x03\x04\x01n") is None


def test_few_requests_are_remembered(world: World, reader: RequestReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocsp_requests, "MOST_KEPT", 3)
    for serial in range(1, 12):
        request = world.request(f"{serial:x}", nonce=b"n")
        assert reader.read(request) == parse_request(request)
        assert len(reader._known) <= 3


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_reader_that_remembers_and_the_parser_never_disagree(world: World, data: st.DataObject) -> None:
    reader = reader_of(world)
    first = bytearray(world.request(SERIAL, nonce=data.draw(st.binary(min_size=1, max_size=40))))
    for _ in range(3):
        for _ in range(data.draw(st.integers(0, 2))):
            first[data.draw(st.integers(0, len(first) - 1))] = data.draw(st.integers(0, 255))
        request = bytes(first)
        assert outcome(reader.read, request) == judged(world, request)


def judged(world: World, request: bytes) -> OcspRequest | str | None:
    """What a reader without a memory says."""
    hierarchy = world.sandbox.hierarchy
    responder = Responder(hierarchy.issuing, hierarchy.ocsp)
    parsed = outcome(parse_request, request)
    if isinstance(parsed, OcspRequest) and not all(map(responder.matches, parsed.cert_ids)):
        return None
    return parsed


def outcome(read: Callable[[bytes], OcspRequest | None], request: bytes) -> OcspRequest | str | None:
    try:
        return read(request)
    except Malformed:
        return "malformed"
