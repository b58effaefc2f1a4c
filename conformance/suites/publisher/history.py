"""Certificates led through their lives, and what every face of the publisher said at each moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from conformance.evidence import Fetched
from conformance.publisher import addresses, lists
from conformance.suites.publisher.bench import Asked, Bench, FetchedList
from conformance.suites.publisher.driver import CHANGES, Driver, Truth
from conformance.suites.token.bench import Failed, NotApplicable, NotChecked
from scenarios import Operation, Performance, Result, Step

WAYS: Final = (("POST", "sha1", True), ("GET", "sha1", False), ("POST", "sha256", False))
"""How the responder is asked at each moment: by what, with which hash, with a nonce or without."""
SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """What everybody was told at one time."""

    what: str
    """What had just happened."""
    since: datetime
    until: datetime
    truth: Mapping[int, Truth]
    """How the certificates stand by the authority's own word, by serial."""
    full: FetchedList | None
    delta: FetchedList | None
    answers: Mapping[int, tuple[Asked, ...]]
    """What OCSP says, by serial, in the order of WAYS."""
    faults: tuple[str, ...]
    """What could not be read."""
    told: tuple[Fetched, ...]
    """What was asked and answered."""

    @property
    def lists(self) -> tuple[FetchedList, ...]:
        """The CRLs that could be read."""
        return tuple(one for one in (self.full, self.delta) if one is not None)

    def has_ended(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate's notAfter had passed when the last of it was answered."""
        return certificate.not_valid_after_utc < self.until

    def had_ended(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate's notAfter had passed before anything was asked."""
        return certificate.not_valid_after_utc < self.since

    def has_begun(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate had been issued by then, for clocks are turned back too."""
        return certificate.not_valid_before_utc <= self.since

    def __str__(self) -> str:
        return f"after {self.what} ({self.since.isoformat(timespec='seconds')})"


@dataclass(slots=True)
class History:
    """Every moment, in the order in which it came."""

    certificates: dict[int, x509.Certificate] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    interrupted: str = ""
    """Why the lives were not led to their end; empty where they were."""
    turned: bool = False
    """Whether the clock was turned."""

    def stretches(self, status: str) -> Iterator[tuple[int, list[Moment]]]:
        """Serial and moments of each certificate that stood so at some time."""
        for serial in self.certificates:
            found = [one for one in self.moments if serial in one.truth and one.truth[serial].status == status]
            if found:
                yield serial, found

    def having(self, status: str, otherwise: str) -> list[tuple[int, list[Moment]]]:
        """The same as a list. NotChecked where none ever stood so, saying `otherwise` if nothing went wrong."""
        found = list(self.stretches(status))
        if not found:
            raise NotChecked(self.interrupted) if self.interrupted else NotApplicable(otherwise)
        return found

    def in_term(self) -> Iterator[tuple[Moment, int]]:
        """Each moment with each certificate that was within its term, whatever its status."""
        for moment in self.moments:
            for serial, certificate in self.certificates.items():
                if serial in moment.answers and moment.has_begun(certificate) and not moment.has_ended(certificate):
                    yield moment, serial

    def ended(self) -> list[tuple[Moment, int]]:
        """Each moment with each certificate that had expired. Raises NotChecked where there is none."""
        found = [
            (moment, serial)
            for moment in self.moments
            for serial, certificate in self.certificates.items()
            if serial in moment.answers and moment.had_ended(certificate)
        ]
        if not found:
            raise NotChecked(self.interrupted or "no certificate was led to its end")
        return found

    def expired(self) -> Iterator[tuple[x509.Certificate, Asked]]:
        """Certificates that have expired, with each answer about them. Raises NotChecked where there is none."""
        for moment, serial in self.ended():
            for asked in moment.answers[serial]:
                yield self.certificates[serial], asked

    def require_turned(self) -> None:
        """Raise NotChecked where the clock could not be turned."""
        if not self.turned:
            raise NotChecked(self.interrupted or "the publisher's clock cannot be turned")


def lead(bench: Bench, driver: Driver) -> History:
    """Play a life under the regulation, let time pass beyond every limit, and turn the clock back."""
    _ = bench.issuer  # without it nothing can be read: NotChecked
    history = History()
    leader = _Leader(bench, driver, history)
    told, calls = bench.told, bench.calls
    try:
        leader.lead()
    finally:
        bench.told, bench.calls = told, calls
        bench.forget()
    return history


class _Leader:
    def __init__(self, bench: Bench, driver: Driver, history: History) -> None:
        self._bench, self._driver, self._history = bench, driver, history

    def lead(self) -> None:
        short, why = self._driver.stage(1, years=1)
        for certificate in short:
            self._know(certificate)
        if not short:
            self._history.interrupted = why
        self._moment("the beginning")
        self._play()
        self._let_time_pass()

    def _know(self, certificate: x509.Certificate) -> None:
        self._history.certificates[certificate.serial_number] = certificate

    # --- the life ------------------------------------------------------------------------------------------------

    def _play(self) -> None:
        scenario = self._driver.life()
        if scenario is None:
            self._history.interrupted = f"no scenario under {self._driver.regulation} leads a certificate through life"
            return
        performance = self._driver.performance(scenario)
        for step in scenario.steps:
            result = performance.perform(step)
            if not result.story_goes_on:
                why = result.reason or "; ".join(str(one) for one in result.mismatches)
                verb = "was skipped" if result.result is Result.SKIPPED else "went wrong"
                self._history.interrupted = f"the life of a certificate ended early: {step.id} {verb}: {why}"
                return
            self._after(step, performance)

    def _after(self, step: Step, performance: Performance) -> None:
        if step.does not in CHANGES:
            return
        outcome = performance.results[step.id].outcome
        issued = None if outcome is None else outcome.values.get("certificate")
        if step.does is Operation.ISSUE_CERTIFICATE and isinstance(issued, Mapping):
            certificate, why = self._driver.certificate(str(issued.get("serial")))
            if certificate is None:
                self._history.interrupted = why
            else:
                self._know(certificate)
        self._moment(step.id)

    # --- time ----------------------------------------------------------------------------------------------------

    def _let_time_pass(self) -> None:
        origin = self._bench.now()
        why = self._driver.turn(origin + SECOND)
        if why:
            self._history.interrupted = self._history.interrupted or why
            return
        self._history.turned = True
        try:
            for name, ends in (
                ("the nextUpdate of OCSP", self._ocsp_ends),
                ("the nextUpdate of the delta CRL", lambda: self._list_ends("delta")),
                ("the nextUpdate of the full CRL", lambda: self._list_ends("full")),
            ):
                self._pass(name, ends())
            for end in sorted({one.not_valid_after_utc for one in self._history.certificates.values()}):
                self._pass("the end of a certificate", end)
        finally:
            self._driver.turn(origin + 2 * SECOND)
        self._moment("the clock was turned back")

    def _pass(self, name: str, end: datetime | None) -> None:
        if end is None:
            return
        # Turned even when it has passed by itself, lest what was issued before it is still served.
        why = self._driver.turn(max(end, self._bench.now()) + SECOND)
        if why:
            self._history.interrupted = self._history.interrupted or why
        else:
            self._moment(name)

    def _ocsp_ends(self) -> datetime | None:
        answers = self._history.moments[-1].answers.values()
        ends = [
            single.next_update
            for asked in answers
            for one in asked
            for single in one.response.singles
            if single.next_update is not None
        ]
        return max(ends, default=None)

    def _list_ends(self, which: str) -> datetime | None:
        found: FetchedList | None = getattr(self._history.moments[-1], which)
        return None if found is None else found.read.parsed.next_update_utc

    # --- one moment ----------------------------------------------------------------------------------------------

    def _moment(self, what: str) -> None:
        bench, faults = self._bench, []
        bench.forget()
        bench.begin()
        since = bench.now()

        def attempt(serve: Callable[[], FetchedList]) -> FetchedList | None:
            try:
                return serve()
            except Failed as failed:
                faults.append(str(failed))
            except NotChecked:
                pass
            return None

        serials = list(self._history.certificates)
        full = attempt(bench.serve_full)
        url = None if full is None else addresses.delta_url(full.read.parsed, bench.leaf)
        delta = None if url is None else attempt(lambda: bench.serve_list(lists.DELTA, url, bench.issuer))
        answers = {serial: self._asked(serial, faults) for serial in serials}
        truth = {serial: found for serial in serials if (found := self._driver.truth(serial)) is not None}
        self._history.moments.append(
            Moment(
                what, since, bench.now(), truth, full, delta, answers, tuple(dict.fromkeys(faults)), tuple(bench.told)
            )
        )

    def _asked(self, serial: int, faults: list[str]) -> tuple[Asked, ...]:
        found = []
        for by, algorithm, with_nonce in WAYS:
            try:
                nonce = secrets.token_bytes(32) if with_nonce else None
                found.append(self._bench.ask(serial, nonce=nonce, by=by, algorithm=algorithm))
            except Failed as failed:
                faults.append(f"OCSP by {by} ({algorithm}): {failed}")
            except NotChecked as reason:
                faults.append(f"OCSP by {by}: {reason}")
        return tuple(found)
