"""Whatever happens to certificates and clock, CRL, every full CRL with the delta, and OCSP never contradict."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathValidationError

from mockca.desk.publication import CrlName, Publisher
from mockca.registry.status import Status, status_at
from tests.desk.publication_world import HOUR, SECOND, World, base_of, found_world, listed, number_of, told


@pytest.fixture
def world(tmp_path: Path) -> World:
    return found_world(tmp_path)


ALLOWED = {
    Status.ISSUED: (Status.EFFECTIVE, Status.REVOKED),
    Status.EFFECTIVE: (Status.SUSPENDED, Status.REVOKED),
    Status.SUSPENDED: (Status.EFFECTIVE, Status.REVOKED),
    Status.REVOKED: (),
}
REASONS = (None, "keyCompromise", "affiliationChanged", "cessationOfOperation")


class RelyingParties(RuleBasedStateMachine):
    """One keeps every full CRL and applies the latest delta to it, one reads the full CRL, one asks by OCSP."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = found_world(Path(self.folder.name))
        self.publisher = Publisher(self.world.sandbox)
        self.serials: list[str] = []
        self.fulls: list[x509.CertificateRevocationList] = []

    def teardown(self) -> None:
        self.world.sandboxes.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.world.sandbox.clock.advance(100 * HOUR)
        self.read_full()

    @rule(effective=st.booleans())
    def issue(self, effective: bool) -> None:
        self.serials.append(self.world.issue(Status.EFFECTIVE if effective else Status.ISSUED))

    @precondition(lambda self: self.serials)
    @rule(data=st.data(), reason=st.sampled_from(REASONS))
    def change(self, data: st.DataObject, reason: str | None) -> None:
        serial = data.draw(st.sampled_from(self.serials))
        with self.world.sandbox.store.read() as connection:
            found = status_at(connection, serial, self.world.now)
        steps = ALLOWED.get(found.status, ()) if found else ()
        if steps:
            wanted = data.draw(st.sampled_from(steps))
            self.world.change(serial, wanted, reason=reason if wanted is Status.REVOKED else None)

    @rule(hours=st.integers(-3, 5).filter(bool))
    def turn_the_clock(self, hours: int) -> None:
        self.world.sandbox.clock.advance(hours * HOUR)

    @rule()
    def read_full(self) -> None:
        self.fulls.append(self.world.crl())

    @invariant()
    def all_say_the_same(self) -> None:
        if not self.fulls:
            return
        delta = self.world.crl(CrlName.DELTA)
        changes = listed(delta)
        truth = listed(self.world.crl())
        for full in self.fulls:
            usable = base_of(delta) <= number_of(full) < number_of(delta)
            if usable and full.last_update_utc <= delta.last_update_utc:
                combined = {s: r for s, r in {**listed(full), **changes}.items() if r != "removeFromCRL"}
                assert combined == truth
        for serial in self.serials:
            status, reason = told(self.world.ask(serial, publisher=self.publisher))
            with self.world.sandbox.store.read() as connection:
                issued = status_at(connection, serial, self.world.now) is not None
            if serial in truth:
                assert (status, reason) == ("revoked", truth[serial])
            else:
                assert status == ("good" if issued else "unknown")


RelyingParties.TestCase.settings = settings(max_examples=10, stateful_step_count=15, deadline=None)
TestRelyingParties = RelyingParties.TestCase


# --- an independent validator ------------------------------------------------------------------------------------


def judge(world: World, serial: str, crls: Sequence[bytes], ocsps: Sequence[bytes] = ()) -> str:
    """What pyhanko-certvalidator says of a certificate, given these, at the sandbox's instant."""
    hierarchy = world.sandbox.hierarchy
    root, issuing, leaf = (
        asn1_x509.Certificate.load(der)
        for der in (
            hierarchy.root.der,
            hierarchy.issuing.der,
            world.certificate(serial).public_bytes(Encoding.DER),
        )
    )
    context = ValidationContext(
        trust_roots=[root],
        moment=world.now + SECOND,
        crls=list(crls),
        ocsps=list(ocsps),
        revocation_mode="hard-fail",
        allow_fetching=False,
    )
    validator = CertificateValidator(leaf, intermediate_certs=[issuing], validation_context=context)
    try:
        asyncio.run(validator.async_validate_usage({"digital_signature"}))
    except PathValidationError as error:
        return type(error).__name__
    return "valid"


def crls_of(world: World, full: x509.CertificateRevocationList) -> list[bytes]:
    return [crl.public_bytes(Encoding.DER) for crl in (world.crl(CrlName.ROOT), full, world.crl(CrlName.DELTA))]


def test_certvalidator_follows_a_certificate_from_hold_to_revocation(world: World) -> None:
    serial = world.issue()
    first = world.crl()
    assert judge(world, serial, crls_of(world, first)) == "RevokedError"
    world.sandbox.clock.advance(HOUR)
    world.change(serial, Status.EFFECTIVE)
    assert judge(world, serial, crls_of(world, first)) == "valid", "the delta lifts the hold that is on the base"
    assert judge(world, serial, crls_of(world, world.crl())) == "valid"
    world.sandbox.clock.advance(HOUR)
    world.change(serial, Status.REVOKED, reason="keyCompromise")
    assert judge(world, serial, crls_of(world, first)) == "RevokedError"
    assert judge(world, serial, crls_of(world, world.crl())) == "RevokedError"


@pytest.mark.parametrize(("status", "verdict"), [(Status.EFFECTIVE, "valid"), (Status.SUSPENDED, "RevokedError")])
def test_certvalidator_believes_the_ocsp_answer(world: World, status: Status, verdict: str) -> None:
    serial = world.issue(status)
    root_crl = world.crl(CrlName.ROOT).public_bytes(Encoding.DER)
    answer = Publisher(world.sandbox).ocsp(world.request(serial)).der
    assert judge(world, serial, [root_crl], [answer]) == verdict
