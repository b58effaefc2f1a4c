"""One run of the publisher suite: from which certificates, with what said of them, driven by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from conformance.catalogue import clauses_of, publisher_selection
from conformance.checks import PUBLISHER, Check, FunctionCheck
from conformance.clock import system_time
from conformance.errors import BadTarget, NothingToRun
from conformance.events import Mismatch, Result
from conformance.publisher import certificates
from conformance.redaction import Redactor
from conformance.run import DEFAULT_SEED, DEFAULT_TIMEOUT, Finding, Settings, line_to_run, target_of
from conformance.suites.publisher.bench import SKEW, STATES, UNKNOWN_POLICIES, Bench, Sample, Wanted
from conformance.suites.publisher.driver import Driver
from conformance.suites.publisher.history import lead
from conformance.suites.token.bench import Failed, NotApplicable, NotChecked
from conformance.targets.credentials import Credentials, read_credentials
from conformance.targets.http import HttpTarget
from conformance.targets.wire import Wire
from scenarios.port import PortError

SUITE = Path(__file__)
"""What pytest collects."""
STAGED = 3
"""Certificates that are put there to be looked at."""
SUFFIXES = (".pem", ".crt", ".cer", ".der")
LONGEST_FILE = 1 << 20


class PublisherRun:
    """A run in progress."""

    suite = PUBLISHER

    def __init__(self, settings: Settings, target: HttpTarget | None = None, wire: Wire | None = None) -> None:
        """`target` and `wire` are to be driven and asked in the place of those that the settings name."""
        self.settings = settings
        self.checks = publisher_selection(settings.regulation, settings.only)
        samples = samples_of(settings)
        if settings.unknown_serial not in UNKNOWN_POLICIES:
            raise NothingToRun(f"--unknown-serial is one of {', '.join(UNKNOWN_POLICIES)}")
        self.target = target
        _, place = target_of(settings.target)
        if self.target is None and _is_url(place):
            accounts = Credentials() if settings.credentials is None else read_credentials(settings.credentials)
            self.target = HttpTarget(
                place, settings.regulation, accounts, timeout=settings.timeout, cacert=settings.cacert
            )
        self.redactor = Redactor(()) if self.target is None else self.target.redactor
        self.bench = Bench(
            wire or Wire(timeout=settings.timeout, cacert=settings.cacert),
            system_time if self.target is None else self.target.now,
            Wanted(
                settings.regulation,
                settings.unknown_serial,
                None if settings.issuer is None else one_certificate(settings.issuer),
                None if settings.root is None else one_certificate(settings.root),
                settings.tsa,
            ),
            samples,
            skew=SKEW if self.target is None else timedelta(),
            why_no_history="only an authority that can be driven is led through time: --target publisher=URL "
            "--credentials FILE",
        )

    def start(self) -> None:
        """Have certificates to start from. Raises BadTarget where there are none."""
        if self.target is None:
            return
        self.target.check()
        driver = Driver(self.target, self.settings.regulation, self.settings.seed, self.settings.without)
        staged, why = driver.stage(STAGED)
        samples = [*self.bench.samples, *(Sample(one, "good") for one in staged)]
        if not samples:
            raise BadTarget(
                self.redact(
                    f"{why}; give certificates of it as files: --target {PUBLISHER}=FILE, or --sample good=FILE"
                )
            )
        self.bench.samples = samples
        if self.bench.wanted.tsa is None:
            self.bench.wanted = replace(self.bench.wanted, tsa=self._tsa(self.target))
        self.bench.make_history = lambda bench: lead(bench, driver)

    @staticmethod
    def _tsa(target: HttpTarget) -> str | None:
        try:
            return target.tsa()
        except PortError:
            return None

    @property
    def seed(self) -> str | None:
        """What the people of a life are made up from; None where no life is led."""
        return None if self.target is None else self.settings.seed

    def before(self, group: str) -> None:
        """Nothing: the checks only read, and the lives are led once."""

    def judge(self, check: Check) -> Finding:
        """Make one check."""
        if not isinstance(check, FunctionCheck):
            raise TypeError(f"{check.id} is no check of publishers")
        try:
            self.play(check)
        except NotApplicable as reason:
            return self._finding(Result.NOT_APPLICABLE, str(reason))
        except NotChecked as reason:
            return self._finding(Result.SKIPPED, str(reason))
        except Failed as failed:
            return self._finding(Result.FAILED, "", Mismatch(wanted=failed.expected, got=failed.found))
        return self._finding(Result.PASSED)

    def play(self, check: FunctionCheck) -> None:
        """Make one check. Raises Failed, which is a verdict, or NotChecked."""
        self.bench.begin()
        check.function(self.bench)

    def _finding(self, result: Result, reason: str = "", *mismatches: Mismatch) -> Finding:
        bench = self.bench
        return Finding(result, reason, mismatches, exchanges=tuple(bench.told), calls=tuple(bench.calls))

    def clauses(self, check: Check) -> tuple[str, ...]:
        """The check's clauses under the run's regulation."""
        return clauses_of(check, self.settings.regulation)

    def redact(self, text: str) -> str:
        """The text without credentials."""
        return self.redactor.text(text)

    def reproduce(self, check: str | None = None) -> str:
        """The command that makes this check again, all where left out."""
        settings = self.settings
        options: dict[str, object] = {
            "--credentials": settings.credentials,
            "--cacert": settings.cacert,
            "--seed": None if settings.seed == DEFAULT_SEED else settings.seed,
            "--issuer": settings.issuer,
            "--root": settings.root,
            "--tsa": settings.tsa,
            "--timeout": None if settings.timeout == DEFAULT_TIMEOUT else settings.timeout,
            "--unknown-serial": None if settings.unknown_serial == UNKNOWN_POLICIES[0] else settings.unknown_serial,
        }
        samples = [word for sample in settings.samples for word in ("--sample", sample)]
        return line_to_run(settings, options, settings.only if check is None else (check,), flags=samples)

    def close(self) -> None:
        """Close the connections."""
        self.bench.wire.close()
        if self.target is not None:
            self.target.close()


def samples_of(settings: Settings) -> list[Sample]:
    """The certificates that the user gave. Raises BadTarget, NothingToRun."""
    kind, place = target_of(settings.target)
    found: list[Sample] = []
    if not _is_url(place):
        found += [Sample(one) for path in _files(kind, place) for one in read_certificates(path)]
        if not found:
            raise BadTarget(f"{place!r} has no certificate; write --target {kind}=certificate.pem")
    for pair in settings.samples:
        state, _, path = pair.partition("=")
        if state not in STATES or not path:
            raise NothingToRun(f"{pair!r} is no sample; write --sample STATE=FILE, STATE one of {', '.join(STATES)}")
        found += [Sample(one, state) for one in read_certificates(Path(path))]
    by_serial = {(one.certificate.issuer, one.serial): one for one in found}  # what was said of one counts
    return list(by_serial.values())


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a file. Raises BadTarget."""
    try:
        content = path.read_bytes()[:LONGEST_FILE]
    except OSError as error:
        raise BadTarget(f"{path}: {error.strerror}") from None
    try:
        return certificates.read_file(content)
    except ValueError as error:
        raise BadTarget(f"{path} is no certificate in PEM or DER: {error}") from None


def one_certificate(path: Path) -> x509.Certificate:
    """The first certificate in a file. Raises BadTarget."""
    return read_certificates(path)[0]


def _files(kind: str, place: str) -> list[Path]:
    path = Path(place)
    if path.is_dir():
        return sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)
    if not path.is_file():
        raise BadTarget(f"{place!r} is neither a URL nor a file; write --target {kind}=certificate.pem")
    return [path]


def _is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))
