"""The checks of time stamping: an honest authority passes them, and each defect fails the check that is about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from conformance import catalogue, evidence
from conformance.checks import PUBLISHER, FunctionCheck
from conformance.events import Result
from conformance.mutants.declared import declared
from conformance.publisher import timestamps
from conformance.run import Finding
from conformance.suites.publisher.bench import Bench, Sample, Wanted
from conformance.suites.token.bench import Failed, NotApplicable
from conformance.targets.wire import Wire
from mockca.mutants import KNOWN
from mockca.mutants.patching import Patch
from mockca.registry import certificates
from mockca.web.pki import PkiFace
from tests.conformance.crooked_publisher import crooked_publisher, run_of
from tests.desk.publication_world import World, found_world

CHECKS = {one.id: one for one in catalogue.publisher_checks() if one.id.startswith("publisher/tsa/")}
DEFECTS = {name: one.plays for name, one in declared(PUBLISHER).items() if name.startswith("tsa-")}
PAIRS = [(name, check) for name, checks in DEFECTS.items() for check in checks]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return found_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def leaf(world: World) -> x509.Certificate:
    serial = world.issue()
    with world.sandbox.store.read() as connection:
        found = certificates.get(connection, serial)
    assert found is not None
    return x509.load_der_x509_certificate(found.der)


def bench_of(world: World, leaf: x509.Certificate, *, tsa: bool = True) -> Bench:
    """A publisher in this process, which is asked without a server."""
    return Bench(
        Wire(transport=httpx.WSGITransport(app=PkiFace(world.sandboxes))),
        world.sandbox.clock.now,
        Wanted("an-giang", tsa=world.sandbox.endpoints.tsa if tsa else None),
        [Sample(leaf, "good")],
    )


@pytest.fixture
def bench(world: World, leaf: x509.Certificate) -> Iterator[Bench]:
    found = bench_of(world, leaf)
    with closing(found.wire):
        yield found


def test_every_check_has_a_defect_and_every_defect_a_check() -> None:
    assert {check for _, check in PAIRS} == set(CHECKS)
    assert set(DEFECTS) == {name for name in KNOWN if name.startswith("tsa-")}


def test_an_honest_authority_passes_every_check(bench: Bench) -> None:
    for check in CHECKS.values():
        bench.begin()
        check.function(bench)


@pytest.mark.parametrize(("defect", "check"), PAIRS)
def test_a_defect_fails_the_check_about_it(world: World, leaf: x509.Certificate, defect: str, check: str) -> None:
    with Patch() as patch:
        KNOWN[defect].put_in(patch)
        bench = bench_of(world, leaf)
        with closing(bench.wire), pytest.raises(Failed):
            CHECKS[check].function(bench)


def test_nothing_applies_where_there_is_no_authority(world: World, leaf: x509.Certificate) -> None:
    bench = bench_of(world, leaf, tsa=False)
    check: FunctionCheck
    for check in CHECKS.values():
        with pytest.raises(NotApplicable):
            check.function(bench)


def test_a_failure_shows_the_token_and_how_to_ask_for_it(bench: Bench) -> None:
    bench.begin()
    CHECKS["publisher/tsa/nonce-repeated"].function(bench)
    told = evidence.of(Finding(Result.PASSED, exchanges=tuple(bench.told))).exchanges[0]
    assert "Content-Type: application/timestamp-query" in told.curl
    [decoded] = told.decoded
    assert "genTime     2026-01-05" in decoded.text
    assert "policy      1.3.6.1.4.1.32473.1.2" in decoded.text


@pytest.mark.parametrize("content", [b"", b"0\x00", b"0\x05\x30\x03\x02\x01\x00", b"<html>", bytes(40)])
def test_what_is_no_response_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w+: "):
        timestamps.parse(content)


def test_the_option_names_an_authority_that_is_not_told(tmp_path: Path) -> None:
    with crooked_publisher() as server, run_of(server, tmp_path, tsa="http://127.0.0.1:9/tsa") as run:
        assert run.bench.wanted.tsa == "http://127.0.0.1:9/tsa"
        assert "--tsa http://127.0.0.1:9/tsa" in run.reproduce()
