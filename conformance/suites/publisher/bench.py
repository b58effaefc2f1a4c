"""What the checks of a publisher share: the certificates they start from, and what was fetched, with the evidence."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conformance import evidence
from conformance.publisher import addresses, certificates, lists, ocsp, signatures
from conformance.regulations import under
from conformance.suites.token.bench import Failed, NotApplicable, NotChecked
from conformance.targets.wire import Answer, Silence, Wire
from scenarios.port import PortError

if TYPE_CHECKING:
    from conformance.suites.publisher.history import History

T = TypeVar("T")

GOOD, HELD, REVOKED, EXPIRED = "good", "held", "revoked", "expired"
STATES = (GOOD, HELD, REVOKED, EXPIRED)
"""In which a sample certificate can stand. Not in effect yet is `held` too."""
UNKNOWN_POLICIES = ("unknown", "good", "revoked", "unauthorized")
"""What OCSP may say of a serial that was never issued (RFC 6960 §2.2, RFC 5019 §2.2.3)."""
SKEW = timedelta(minutes=5)
"""By how much our clock and a publisher's may differ, where the publisher's own cannot be read."""
LONGEST_CHAIN = 8
MOST_TOLD = 5
"""Faults of one check that are told one by one."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A subscriber's certificate."""

    certificate: x509.Certificate
    state: str | None = None
    """How it stands, one of STATES; None where nobody said."""

    @property
    def serial(self) -> int:
        """Its serial number."""
        return self.certificate.serial_number

    def __str__(self) -> str:
        return f"certificate {self.serial:x}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, and between which readings of the publisher's clock it came."""

    answer: Answer
    since: datetime
    until: datetime
    told: evidence.Fetched


@dataclass(frozen=True, slots=True)
class FetchedList:
    """A CRL as it was served."""

    read: lists.List
    fetched: Fetched
    issuer: x509.Certificate


@dataclass(frozen=True, slots=True)
class Asked:
    """An OCSP request and what came of it."""

    ids: tuple[ocsp.CertId, ...]
    nonce: bytes | None
    fetched: Fetched
    response: ocsp.Response

    @property
    def said(self) -> str:
        """The status word of a single answer, or the failure."""
        if self.response.parsed is None:
            return self.response.status
        return ", ".join(one.word for one in self.response.singles) or "about no certificate"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user says of the publisher."""

    regulation: str
    unknown_serial: str = UNKNOWN_POLICIES[0]
    issuer: x509.Certificate | None = None
    """The CA of the samples, where it is not to be fetched."""
    root: x509.Certificate | None = None
    """Where the chain must end."""
    tsa: str | None = None
    """The address of the time-stamping authority; None where there is none, or nobody said."""


@dataclass(slots=True)
class Bench:
    """One publisher under test."""

    wire: Wire
    now: Callable[[], datetime]
    """The publisher's time: its own clock where that can be read, else ours."""
    wanted: Wanted
    samples: Sequence[Sample]
    skew: timedelta = SKEW
    make_history: Callable[[Bench], History] | None = None
    """Leads certificates through their states; None where the publisher cannot be driven."""
    why_no_history: str = ""
    told: list[evidence.Fetched] = field(default_factory=list)
    """What was asked and answered, for the check under way."""
    calls: list[str] = field(default_factory=list)
    """What was asked and not answered, in words."""
    _kept: dict[str, Fetched] = field(default_factory=dict)
    _silent: dict[str, str] = field(default_factory=dict)
    """Addresses that gave no answer in time, and what was said then."""
    _history: History | None = None

    # --- asking -------------------------------------------------------------------------------------------------

    def fetch(
        self,
        url: str,
        method: str = "GET",
        content: bytes | None = None,
        *,
        face: str = "answer",
        serial: int = 0,
        place: str = "",
        kind: str = ocsp.REQUEST_TYPE,
    ) -> Fetched:
        """One exchange. Raises Failed where no whole answer came; a place that was silent once is not asked again.

        `face` and `serial` say what is asked about, for the evidence; `place` what is silent when nothing comes, the
        URL where left out; `kind` is the media type of the content.
        """
        place = place or url
        if place in self._silent:
            raise Failed("an answer", f"{self._silent[place]} (not asked again)")
        since = self.now()
        headers = None if content is None else {"Content-Type": kind}
        try:
            answer = self.wire.send(method, url, headers=headers, content=content)
        except PortError as error:
            self.calls.append(f"{method} {url} → {error.what}")
            if isinstance(error, Silence):
                self._silent[place] = error.what
            raise Failed("an answer", error.what) from None
        sent = b"" if content is None else content
        self.told.append(evidence.fetched(face, serial, method, url, sent, answer.status, answer.content))
        return Fetched(answer, since, self.now(), self.told[-1])

    def document(self, what: str, url: str | None, face: str = "issuer") -> Fetched:
        """What stands at an address of the certificate, fetched once. Raises Failed."""
        if url is None:
            raise Failed(f"an http address of the {what}", "none in the certificate")
        if url not in self._kept:
            found = self.fetch(url, face=face, serial=self.leaf.serial_number)
            if found.answer.status != 200:
                raise Failed(f"the {what} at {url} for anybody who asks", f"status {found.answer.status}")
            self._kept[url] = found
        elif self._kept[url].told not in self.told:
            self.told.append(self._kept[url].told)
        return self._kept[url]

    def was_silent(self, url: str) -> bool:
        """Whether that address once gave no answer in time."""
        return url in self._silent

    def begin(self) -> None:
        """A new check begins."""
        self.told, self.calls = [], []

    def forget(self) -> None:
        """Something has changed: what was fetched before no longer counts."""
        self._kept.clear()

    # --- certificates -------------------------------------------------------------------------------------------

    @property
    def leaf(self) -> x509.Certificate:
        """The subscriber's certificate from which all addresses follow."""
        return next((one for one in self.samples if one.state in (GOOD, None)), self.samples[0]).certificate

    def serve_issuer(self) -> x509.Certificate:
        """The issuer's certificate, as the publisher serves it. Raises Failed."""
        url = addresses.issuer_url(self.leaf)
        served = self.document("issuer's certificate", url)
        try:
            found = certificates.read(served.answer.content)
        except ValueError as error:
            raise Failed("a certificate in DER", f"{url} holds none: {error}") from None
        for one in found:
            if signatures.is_signed_by(self.leaf, one):
                return one
        raise Failed(f"the certificate that signed {self.leaf.serial_number:x}", f"another one at {url}")

    @property
    def issuer(self) -> x509.Certificate:
        """Whoever issued the samples. Raises NotChecked."""
        if self.wanted.issuer is not None:
            return self.wanted.issuer
        return _given("no issuer to check by: see publisher/chain/issuer-is-served", self.serve_issuer)

    def climb(self) -> tuple[x509.Certificate, ...]:
        """The chain from the issuer up, as the certificates' addresses lead. Raises Failed, NotChecked."""
        chain = [self.issuer]
        while chain[-1].subject != chain[-1].issuer:
            if self.wanted.root is not None and signatures.is_signed_by(chain[-1], self.wanted.root):
                return (*chain, self.wanted.root)
            if len(chain) >= LONGEST_CHAIN:
                raise Failed("a root at the end of the chain", f"none after {LONGEST_CHAIN} certificates")
            url = addresses.issuer_url(chain[-1])
            who = chain[-1].subject.rfc4514_string()
            served = self.document(f"issuer of {who}", url)
            try:
                above = certificates.read(served.answer.content)
            except ValueError as error:
                raise Failed("a certificate in DER", f"{url} holds none: {error}") from None
            signer = next((one for one in above if signatures.is_signed_by(chain[-1], one)), None)
            if signer is None:
                raise Failed(f"the certificate that signed {who}", f"another one at {url}")
            chain.append(signer)
        return tuple(chain)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The issuer, and those above it up to the root. Raises NotChecked."""
        return _given("no chain to check: see publisher/chain/leads-to-the-root", self.climb)

    # --- CRLs ---------------------------------------------------------------------------------------------------

    def serve_list(self, name: str, url: str | None, issuer: x509.Certificate) -> FetchedList:
        """The CRL at this address. Raises Failed."""
        served = self.document(name, url, "delta" if name == lists.DELTA else "crl")
        try:
            return FetchedList(lists.read(name, served.answer.content), served, issuer)
        except ValueError as error:
            raise Failed(f"a {name} at {url}", f"what is none: {error}") from None

    def serve_full(self) -> FetchedList:
        """The full CRL. Raises Failed."""
        return self.serve_list(lists.FULL, addresses.crl_url(self.leaf), self.issuer)

    def serve_delta(self) -> FetchedList:
        """The delta CRL. Raises Failed; NotChecked where none is named."""
        url = addresses.delta_url(self.full.read.parsed, self.leaf)
        if url is None:
            raise NotApplicable("the publisher names no delta CRL (freshestCRL), and need not have any")
        return self.serve_list(lists.DELTA, url, self.issuer)

    def serve_above(self) -> FetchedList:
        """The CRL that would list the issuer. Raises Failed; NotChecked where none is named."""
        chain = self.chain
        url = addresses.crl_url(chain[0])
        if len(chain) < 2 or url is None:
            raise NotApplicable("the issuer's certificate names no CRL")
        return self.serve_list(lists.ABOVE, url, chain[1])

    @property
    def full(self) -> FetchedList:
        """The full CRL. Raises NotChecked."""
        return _given("no full CRL to check: see publisher/crl/is-served", self.serve_full)

    @property
    def delta(self) -> FetchedList:
        """The delta CRL. Raises NotChecked."""
        return _given("no delta CRL to check: see publisher/delta/is-served", self.serve_delta)

    def every_list(self) -> list[FetchedList]:
        """Every CRL that is there: full, delta, that of the CA above. NotChecked where the full one is missing."""
        found = [self.full]
        for serve in (self.serve_delta, self.serve_above):
            try:
                found.append(serve())
            except (Failed, NotChecked):
                continue  # its own checks say so
        return found

    # --- OCSP ---------------------------------------------------------------------------------------------------

    @property
    def responder(self) -> str:
        """The responder's address. Raises NotChecked."""
        url = addresses.ocsp_url(self.leaf)
        if url is None:
            raise NotChecked("the certificate names no responder: see publisher/addresses/named")
        return url

    def send(self, request: bytes, by: str = "POST", serial: int = 0, *, first: bool = False) -> Fetched:
        """Send these octets to the responder, whatever they are. Raises Failed where no whole answer came.

        Raises NotChecked where the responder was silent before, unless this is the `first` check of it.
        """
        responder = self.responder
        place = f"{responder} by GET" if by == "GET" else responder
        if place in self._silent and not first:
            raise NotChecked(f"the responder was silent: see publisher/ocsp/{by.lower()}")
        if by == "GET":
            return self.fetch(ocsp.get_url(responder, request), face="ocsp_get", serial=serial, place=place)
        return self.fetch(responder, "POST", request, face="ocsp_post", serial=serial)

    def ask(
        self,
        *serials: int,
        nonce: bytes | None = None,
        by: str = "POST",
        algorithm: str = "sha1",
        first: bool = False,
    ) -> Asked:
        """Ask about certificates of the issuer. Raises Failed where no response can be read, NotChecked as `send`."""
        ids = [ocsp.cert_id(self.issuer, one, algorithm) for one in serials]
        return self.ask_ids(*ids, nonce=nonce, by=by, first=first)

    def ask_ids(self, *ids: ocsp.CertId, nonce: bytes | None = None, by: str = "POST", first: bool = False) -> Asked:
        """Ask about these certificates. Raises Failed where no response can be read, NotChecked as `send`."""
        fetched = self.send(ocsp.request(*ids, nonce=nonce), by, ids[0].serial, first=first)
        if fetched.answer.status != 200:
            raise Failed(f"an OCSP response by {by}", f"status {fetched.answer.status}")
        try:
            return Asked(ids, nonce, fetched, ocsp.parse(fetched.answer.content))
        except ValueError as error:
            raise Failed(f"an OCSP response by {by}", f"what is none: {error}") from None

    def answered(self, *serials: int, nonce: bytes | None = None, by: str = "POST", algorithm: str = "sha1") -> Asked:
        """Ask, and have a signed answer. Raises NotChecked where there is none."""
        asked = _given(
            "the responder gives no answer to check: see publisher/ocsp",
            lambda: self.ask(*serials, nonce=nonce, by=by, algorithm=algorithm),
        )
        if asked.response.parsed is None:
            raise NotChecked(f"the responder answers {asked.response.status}: see publisher/ocsp")
        return asked

    # --- the rest -----------------------------------------------------------------------------------------------

    @property
    def history(self) -> History:
        """Certificates' lives, led once. Raises NotChecked where the publisher cannot be driven."""
        if self._history is None:
            if self.make_history is None:
                raise NotChecked(self.why_no_history)
            self._history = self.make_history(self)
        return self._history

    def in_state(self, state: str) -> list[Sample]:
        """The samples that stand so. Raises NotChecked where there is none."""
        found = [one for one in self.samples if one.state == state]
        if not found:
            raise NotChecked(f"no certificate that is {state}: give one with --sample {state}=FILE")
        return found

    def never_issued(self) -> int:
        """A serial number that nobody issued, but for a chance of one in 2^60."""
        return secrets.randbits(62) | 1 << 62

    def holds(self, *clauses: str) -> bool:
        """Whether one of these clauses holds under the run's regulation."""
        return bool(under(self.wanted.regulation, clauses))


def judge_samples(bench: Bench, expected: str, faults: Callable[[Sample], Iterable[str]]) -> None:
    """Raise Failed with all that is wrong with the samples, and show those that it is wrong with."""
    found: list[str] = []
    for sample in bench.samples:
        wrong = list(faults(sample))
        if wrong:
            found += wrong
            bench.calls.append(f"{sample}: {base64.b64encode(sample.certificate.public_bytes(Encoding.DER)).decode()}")
    judge(expected, found)


def judge(expected: str, faults: Iterable[str]) -> None:
    """Raise Failed with all that is wrong."""
    found = list(dict.fromkeys(faults))
    if found:
        more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
        raise Failed(expected, "; ".join(found[:MOST_TOLD]) + more)


def _given(otherwise: str, serve: Callable[[], T]) -> T:
    try:
        return serve()
    except Failed:
        raise NotChecked(otherwise) from None
