"""CRL, delta CRL and OCSP, asked about one serial: the words for scenarios' `compare_faces`, and what is faulty."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509

from conformance.evidence import Fetched, fetched
from conformance.publisher import addresses, crl, ocsp, signatures
from conformance.targets.wire import Answer, Wire
from scenarios.port import PortError

UNREADABLE = "unreadable"
"""The word for a face that gave no answer that can be read; the fault says more."""


@dataclass(slots=True)
class Publisher:
    """One certificate's publisher, asked about one serial number."""

    wire: Wire
    now: Callable[[], datetime]
    """Reads the target's clock."""
    certificate: x509.Certificate
    """Names the addresses; another of the same issuer where the serial asked about was never issued."""
    serial: int
    seen: dict[int, x509.CertificateRevocationList]
    """Full CRLs met before, by number: a delta is held against the base that a reader may still have."""
    faults: list[str] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)
    exchanges: list[Fetched] = field(default_factory=list)
    """What was asked and answered, in order."""

    def ask(self) -> dict[str, Any]:
        """What each face says, as words; `faults` and `detail` beside them."""
        words = dict.fromkeys(("crl", "delta", "ocsp_get", "ocsp_post"), UNREADABLE)
        try:
            self._ask(words)
        except Exception as error:  # whatever a foreign DER makes a parser throw is a finding, not our failure
            self.faults.append(f"publisher: what it published cannot be read: {type(error).__name__}: {error}")
        return {**words, "faults": self.faults, "detail": self.detail}

    def _ask(self, words: dict[str, str]) -> None:
        issuer = self._issuer()
        if issuer is None:
            return
        full = self._crl(words, issuer)
        if full is not None:
            self._delta(words, issuer, full)
        self._ocsp(words, issuer)

    def _fetch(self, face: str, method: str, url: str | None, content: bytes | None = None) -> Answer | None:
        if url is None:
            self.faults.append(f"{face}: the certificate gives no http address for it")
            return None
        headers = {"Content-Type": ocsp.REQUEST_TYPE} if content is not None else None
        try:
            answer = self.wire.send(method, url, headers=headers, content=content)
        except PortError as error:
            self.faults.append(f"{face}: {error.what}")
            return None
        asked = fetched(face, self.serial, method, url, content or b"", answer.status, answer.content)
        self.exchanges.append(asked)
        if answer.status != 200:
            self.faults.append(f"{face}: {url} answered {answer.status}")
            return None
        return answer

    def _issuer(self) -> x509.Certificate | None:
        answer = self._fetch("issuer", "GET", addresses.issuer_url(self.certificate))
        if answer is None:
            return None
        try:
            issuer = x509.load_der_x509_certificate(answer.content)
        except ValueError:
            self.faults.append(f"issuer: {answer.url} is no DER certificate")
            return None
        if not signatures.is_signed_by(self.certificate, issuer):
            self.faults.append(f"issuer: the certificate was not signed by the one at {answer.url}")
            return None
        return issuer

    def _crl(self, words: dict[str, str], issuer: x509.Certificate) -> x509.CertificateRevocationList | None:
        return self._list("crl", addresses.crl_url(self.certificate), words, issuer)

    def _delta(self, words: dict[str, str], issuer: x509.Certificate, full: x509.CertificateRevocationList) -> None:
        delta = self._list("delta", addresses.delta_url(full, self.certificate), words, issuer)
        if delta is not None:
            self.faults += [f"delta: {fault}" for fault in crl.delta_faults(delta, full)]
            base = crl.base_number(delta)
            self.detail["delta_base"] = base
            if base in self.seen:
                self._hold_against(self.seen[base], base, words)
        number = crl.number(full)
        if number is not None:
            self.seen[number] = full

    def _hold_against(self, base: x509.CertificateRevocationList, number: int, words: dict[str, str]) -> None:
        believed = crl.combined(crl.entry(base, self.serial).word, words["delta"])
        if believed != words["crl"]:
            self.faults.append(
                f"delta: a reader with CRL number {number} and this delta believes {believed}, "
                f"the full CRL says {words['crl']}"
            )

    def _list(
        self, face: str, url: str | None, words: dict[str, str], issuer: x509.Certificate
    ) -> x509.CertificateRevocationList | None:
        since = self.now()
        answer = self._fetch(face, "GET", url)
        if answer is None:
            return None
        try:
            found = crl.parse(answer.content)
            entry = crl.entry(found, self.serial)
        except ValueError:
            self.faults.append(f"{face}: {answer.url} is no CRL")
            return None
        self.faults += [f"{face}: {fault}" for fault in crl.faults(found, issuer, since, self.now())]
        words[face] = entry.word
        self.detail[f"{face}_number"] = crl.number(found)
        if entry.revoked_at is not None:
            self.detail[f"{face}_revoked_at"] = entry.revoked_at.isoformat()
        if entry.invalidity_date is not None:
            self.detail[f"{face}_invalidity_date"] = entry.invalidity_date.isoformat()
        return found

    def _ocsp(self, words: dict[str, str], issuer: x509.Certificate) -> None:
        responder = addresses.ocsp_url(self.certificate)
        asked = ocsp.cert_id(issuer, self.serial)
        by_get = None if responder is None else ocsp.get_url(responder, ocsp.request(asked))
        self._reply("ocsp_get", words, issuer, "GET", by_get)
        nonce = secrets.token_bytes(16)
        with_nonce = ocsp.request(asked, nonce=nonce)
        self._reply("ocsp_post", words, issuer, "POST", responder, with_nonce, nonce)

    def _reply(
        self,
        face: str,
        words: dict[str, str],
        issuer: x509.Certificate,
        method: str,
        url: str | None,
        content: bytes | None = None,
        nonce: bytes | None = None,
    ) -> None:
        since = self.now()
        answer = self._fetch(face, method, url, content)
        if answer is None:
            return
        try:
            reply = ocsp.read(
                answer.content, issuer=issuer, serial=self.serial, since=since, until=self.now(), nonce=nonce
            )
        except ValueError:
            self.faults.append(f"{face}: {answer.url} is no OCSP response")
            return
        words[face] = reply.word
        self.faults += [f"{face}: {fault}" for fault in reply.faults]
