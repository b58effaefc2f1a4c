"""The publisher suite holds for an honest publisher, and each of its checks catches one that does it wrong."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from conformance import catalogue
from conformance.checks import FunctionCheck
from conformance.events import Result
from conformance.run import Settings
from conformance.suites.publisher import run as publisher_run
from conformance.suites.publisher.run import PublisherRun
from conformance.suites.token.bench import Failed, NotChecked
from tests.conformance.crooked_publisher import crooked_publisher, run_of
from tests.conformance.toy_pki import DER
from tests.conformance.toy_server import Server
from tests.scenarios.toy import START

LAI_CHAU = "lai-chau"
AN_GIANG = "an-giang"
CAUGHT = """
addresses/named: leaf-without-access leaf-without-crl no-responder
addresses/open-to-anybody: login-needed
addresses/media-types: mistyped ocsp-mistyped
addresses/der: issuer-in-pem crl-in-pem
addresses/caching: cached-for-ever expires-next-year modified-tomorrow ocsp-cached-for-ever
chain/issuer-is-served: other-issuer no-issuer issuer-in-pem
chain/leads-to-the-root: chain-broken issuer-leads-nowhere authority-expired
chain/may-issue: issuer-no-ca issuer-unconstrained constraints-uncritical
chain/may-issue: issuer-without-crlsign issuer-without-usage issuer-usage-uncritical
chain/key-identifiers: issuer-without-ski other-authority-key leaf-without-authority
chain/issuer-not-revoked: authority-revoked
chain/strong-algorithms: leaf-sha1 weak-key
chain/term-of-the-authority: authority-of-21-years
certificate/version-and-serial: serials-overlong
certificate/serials-unpredictable: serials-in-a-row serials-short
certificate/names: names-decomposed names-printable names-out-of-order
certificate/no-title: titled
certificate/contents: leaf-without-usage leaf-without-policies
certificate/term: overlong
certificate/key-usage: leaf-without-usage leaf-usage-uncritical leaf-signs-certificates leaf-enciphers leaf-repudiates
certificate/no-authority: leaf-is-ca leaf-constraints-uncritical leaf-without-constraints
certificate/purposes: any-purpose no-client leaf-without-purposes
certificate/mail-address: no-mailbox half-a-mailbox leaf-without-mail
certificate/policies: any-policy no-statement leaf-without-policies
crl/is-served: crl-cut-off speaks-html
crl/signature: crl-signed-by-another crl-of-another
crl/algorithm: crl-sha1
crl/version: crl-version-1
crl/times: crl-from-the-future crl-expired crl-endless crl-backwards
crl/number: crl-unnumbered crl-number-overlong
crl/authority-key: crl-without-authority-key crl-of-another-key
crl/critical-extensions: number-critical scope-uncritical reason-critical
crl/scope: crl-points-elsewhere crl-of-authorities crl-of-some-reasons crl-indirect crl-of-attributes
crl/entry-reasons: unspecified-said holds-are-removals
crl/entry-dates: entries-from-the-future invalid-after-revocation
crl/entries-once: entries-twice empty-list
delta/is-served: delta-down delta-cut-off
delta/indicator: delta-without-indicator delta-before-its-base
delta/fits-the-full: delta-behind delta-ahead
delta/same-scope: delta-of-another-scope
delta/names-no-delta: delta-names-a-delta
ocsp/post: no-post ocsp-cut-off
ocsp/get: no-get escapes-unread
ocsp/nonce-repeated: nonce-forgotten nonce-of-another
ocsp/nonce-lengths: any-nonce long-nonces-only
ocsp/without-nonce: nonce-invented
ocsp/certificate-repeated: ocsp-of-another
ocsp/sha256-ids: sha1-only ids-in-sha1
ocsp/several-in-one: first-only
ocsp/unknown-serial: unknown-good unknown-revoked unknown-unauthorized
ocsp/another-issuer: answers-for-others looks-at-keys-only looks-at-names-only
ocsp/times: ocsp-from-the-future ocsp-expired ocsp-backwards produced-in-the-future produced-before
ocsp/archive-cutoff: no-archive-cutoff archive-cutoff-late
ocsp-signer/responder-id: responder-unknown
ocsp-signer/signature: ocsp-signature-broken
ocsp-signer/algorithm: ocsp-sha1
ocsp-signer/certified-by-the-issuer: responder-of-a-stranger responder-without-purpose responder-may-not-sign
ocsp-signer/in-force: responder-expired
ocsp-signer/not-to-be-checked: responder-to-be-checked
ocsp-requests/garbage: crashes-on-garbage forgives-garbage
ocsp-requests/garbage-in-the-address: crashes-on-paths
ocsp-requests/oversized: oversized-welcome
agreement/crl-and-ocsp: ocsp-always-good ocsp-other-date ocsp-other-reason crl-hides-reasons
agreement/samples-stand-as-said: staged-are-revoked
life/always-readable: delta-down crl-cut-off no-get
life/faces-agree: ocsp-always-good ocsp-other-date
life/as-the-authority-says: effective-early crl-hides-reasons
life/hold-before-effect: effective-early
life/suspension: suspension-ignored
life/lifted: suspends-for-ever delta-keeps-silent
life/revocation: revokes-late
life/revocation-lasts: forgets-revocations entries-drift
life/kept-beyond-expiry: drops-at-expiry
life/expiry: expiry-revokes
life/numbers-grow: numbers-fall numbers-by-the-clock numbers-stand-still
life/numbers-of-one-instant: twins-apart
life/renewed-in-time: crl-frozen
life/delta-completes: delta-forgets delta-keeps-silent
lint/certificates: leaf-signs-certificates
lint/crls: crl-unnumbered
lint/ocsp-answers: ocsp-expired
"""
PAIRS = [
    (check, defect)
    for line in CAUGHT.strip().splitlines()
    for check, _, defects in [line.partition(": ")]
    for defect in defects.split()
]
MEASURED = {defects.split()[0] for line in CAUGHT.strip().splitlines() for defects in [line.partition(": ")[2]]}
"""One of each check's; the others run at full speed."""
DEFECTS = [
    *sorted(MEASURED),
    *(pytest.param(one, marks=pytest.mark.unmeasured) for one in sorted({one for _, one in PAIRS} - MEASURED)),
]


def named(id_: str) -> FunctionCheck:
    return next(one for one in catalogue.publisher_checks() if one.id == f"publisher/{id_}")


def test_every_check_is_failed_by_some_defect() -> None:
    # Those of time stamping: test_publisher_tsa.py.
    others = {one.id for one in catalogue.publisher_checks() if not one.id.startswith("publisher/tsa/")}
    assert {f"publisher/{check}" for check, _ in PAIRS} == others


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_fails_the_checks_about_it(tmp_path: Path, defect: str) -> None:
    about_it = [named(check) for check, found in PAIRS if found == defect]
    regulation = LAI_CHAU if any(one.clauses[:1] in (("ND68-7",), ("ND68-9.1",)) for one in about_it) else AN_GIANG
    with crooked_publisher(defect) as server, run_of(server, tmp_path, regulation=regulation) as run:
        for check in about_it:
            finding = run.judge(check)
            assert finding.result is Result.FAILED, (check.id, finding.reason)
            assert finding.exchanges or finding.calls or check.id.endswith("serials-unpredictable")


def test_an_honest_publisher_passes_every_check(tmp_path: Path) -> None:
    with crooked_publisher() as server, run_of(server, tmp_path) as run:
        skipped = []
        for check in run.checks:
            try:
                run.play(check)
            except NotChecked:
                skipped.append(check.id)
    tsa = [one.id for one in run.checks if one.id.startswith("publisher/tsa/")]
    assert skipped == ["publisher/chain/term-of-the-authority", "publisher/certificate/no-title", *tsa]


# --- certificates from files ----------------------------------------------------------------------------------------


def write_samples(server: Server, folder: Path) -> dict[str, Path]:
    """A certificate in each state, PEM and DER in turn."""
    toy: Any = server.toy
    found = {}
    for serial, one in toy.certificates.items():
        state = {"effective": "good", "suspended": "held", "revoked": "revoked"}[one["state"]]
        text = toy.certificate_view(serial)["pem"]
        found[state] = folder / f"{state}.pem"
        found[state].write_text(text)
    found["held"].write_bytes(x509.load_pem_x509_certificate(found["held"].read_bytes()).public_bytes(DER))
    return found


def verdicts(run: PublisherRun) -> dict[str, str]:
    """What came of each check, by id without the suite."""
    found = {}
    for check in run.checks:
        try:
            run.play(check)
        except Failed as failed:
            word = f"failed: {failed}"
        except NotChecked as reason:
            word = f"skipped: {reason}"
        else:
            word = "passed"
        found[check.id.partition("/")[2]] = word
    return found


@pytest.fixture
def our_time_is_the_publishers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_run, "system_time", lambda: START)


@pytest.mark.usefixtures("our_time_is_the_publishers")
def test_samples_in_files_are_enough_for_all_but_the_lives(tmp_path: Path) -> None:
    with crooked_publisher() as server:
        files = write_samples(server, tmp_path)
        samples = tuple(f"{state}={path}" for state, path in files.items())
        with closing(PublisherRun(Settings(f"publisher={files['good']}", AN_GIANG, samples=samples))) as run:
            run.start()
            found = verdicts(run)
    skipped = {check for check, word in found.items() if word.startswith("skipped")}
    lives = {check for check in found if check.startswith("life/")}
    tsa = {check for check in found if check.startswith("tsa/")}
    assert skipped == lives | tsa | {"chain/term-of-the-authority", "certificate/no-title", "ocsp/archive-cutoff"}
    assert not [word for word in found.values() if word.startswith("failed")]
    assert "give one with --sample expired=FILE" in found["ocsp/archive-cutoff"]
    assert "--target publisher=URL" in found["life/numbers-grow"]


@pytest.mark.usefixtures("our_time_is_the_publishers")
def test_a_sample_that_stands_otherwise_is_told(tmp_path: Path) -> None:
    with crooked_publisher() as server:
        files = write_samples(server, tmp_path)
        samples = (f"revoked={files['good']}", f"good={files['held']}", f"held={files['revoked']}")
        settings = Settings(f"publisher={tmp_path}", AN_GIANG, samples=samples)
        with closing(PublisherRun(settings)) as run:
            run.start()
            with pytest.raises(Failed) as failed:
                run.play(named("agreement/samples-stand-as-said"))
    for told in ("said to be revoked, the CRL says absent", "said to be good, the CRL says certificateHold"):
        assert told in str(failed.value)
    assert "said to be held, the CRL says keyCompromise, OCSP revoked:keyCompromise" in str(failed.value)
