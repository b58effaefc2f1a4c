"""Evidence from the addresses in certificates: CAs' certificates, CRLs with their deltas, OCSP responses.

Only from this machine unless told otherwise: the addresses come from a document that nobody has believed yet.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
from asn1crypto import cms, crl, ocsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPRequestBuilder

from token_emulator.documents.checking.evidence import LARGEST_FILE, Evidence, certificates_of
from token_emulator.documents.checking.reading import Malformed, read

PATIENCE = 10.0
"""Seconds for one address."""
MOST_STEPS = 4
"""CAs above one another that are looked for."""
REQUEST_TYPE = "application/ocsp-request"


def fetched(
    content: bytes,
    evidence: Evidence,
    *,
    detached: bytes | None = None,
    anywhere: bool = False,
    client: httpx.Client | None = None,
) -> Evidence:
    """The evidence with what the addresses in the document's certificates give.

    What cannot be had is told in `fetched` and left out, never raised. `detached` is what a CMS file without content is
    over; `anywhere` asks addresses beyond this machine.
    """
    try:
        document = read(content, detached)
    except Malformed:
        return evidence
    known = evidence.plus(document.certificates)
    for one in document.signatures:
        known = known.plus(one.certificates)
        if one.certificate is not None:
            known = known.plus((one.certificate,))
    tokens = (*(one.token for one in document.signatures), *(one.token for one in document.stamps))
    known = known.plus(tuple(found for token in tokens if token is not None for found in _enclosed(token)))
    with client or httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False) as asked:
        return _Fetcher(asked, anywhere=anywhere).filled(known)


def _enclosed(token: cms.SignedData) -> Iterator[x509.Certificate]:
    """The certificates in a timestamp."""
    with suppress(ValueError, TypeError):
        yield from (one.chosen for one in token["certificates"] if one.name == "certificate")


class _Fetcher:
    def __init__(self, client: httpx.Client, *, anywhere: bool) -> None:
        self._client = client
        self._anywhere = anywhere
        self._told: list[str] = []
        self._seen: dict[tuple[str, bytes], bytes | None] = {}

    def filled(self, known: Evidence) -> Evidence:
        for _ in range(MOST_STEPS):
            more = tuple(self._issuers(known))
            if not more:
                break
            known = known.plus(more)
        every = _distinct((*known.certificates, *known.anchors))
        crls = tuple(self._crls(every))
        deltas = tuple(self._deltas(crls))
        found = known.plus((), (*crls, *deltas), self._responses(every))
        return replace(found, fetched=(*known.fetched, *self._told))

    def _issuers(self, known: Evidence) -> Iterator[x509.Certificate]:
        every = _distinct((*known.certificates, *known.anchors))
        names = {one.subject.hashable for one in every}
        for one in every:
            if one.issuer.hashable not in names:
                for address in _addresses(one, "ca_issuers"):
                    answer = self._get(address)
                    if answer is not None:
                        with suppress(ValueError, TypeError):
                            yield from certificates_of(answer)

    def _crls(self, certificates: Iterable[x509.Certificate]) -> Iterator[crl.CertificateList]:
        addresses = dict.fromkeys(
            url for one in certificates for point in one.crl_distribution_points for url in _urls(point)
        )
        for address in addresses:
            yield from self._crl(address)

    def _deltas(self, crls: Iterable[crl.CertificateList]) -> Iterator[crl.CertificateList]:
        for one in crls:
            for point in one.freshest_crl_value or ():
                for address in _urls(point):
                    yield from self._crl(address)

    def _crl(self, address: str) -> Iterator[crl.CertificateList]:
        answer = self._get(address)
        if answer is not None:
            try:
                found = crl.CertificateList.load(answer, strict=True)
                _ = found["tbs_cert_list"]["this_update"].native
            except (ValueError, TypeError):
                self._told.append(f"{address}: no CRL")
                return
            yield found

    def _responses(self, certificates: tuple[x509.Certificate, ...]) -> Iterator[ocsp.OCSPResponse]:
        by_name = {one.subject.hashable: one for one in certificates}
        for one in certificates:
            issuer = by_name.get(one.issuer.hashable)
            for address in one.ocsp_urls if issuer is not None and one.self_signed == "no" else ():
                answer = self._get(address, _request(one, issuer))
                if answer is not None:
                    with suppress(ValueError, TypeError):
                        found = ocsp.OCSPResponse.load(answer, strict=True)
                        _ = found["response_status"].native
                        yield found

    def _get(self, address: str, body: bytes = b"") -> bytes | None:
        if (address, body) not in self._seen:
            self._seen[address, body] = self._asked(address, body)
        return self._seen[address, body]

    def _asked(self, address: str, body: bytes) -> bytes | None:
        if not (self._anywhere or is_here(address)):
            self._told.append(f"{address}: ngoài máy này, không hỏi / not on this machine, not asked")
            return None
        headers = {"Content-Type": REQUEST_TYPE} if body else {}
        content = b""
        try:
            with self._client.stream("POST" if body else "GET", address, content=body, headers=headers) as answer:
                if answer.status_code != httpx.codes.OK:
                    self._told.append(f"{address}: HTTP {answer.status_code}")
                    return None
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > LARGEST_FILE:
                        self._told.append(f"{address}: more than {LARGEST_FILE} octets")
                        return None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._told.append(f"{address}: {type(error).__name__}")
            return None
        self._told.append(f"{address}: {len(content)} octets")
        return content


def is_here(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _request(one: x509.Certificate, issuer: x509.Certificate | None) -> bytes:
    assert issuer is not None  # noqa: S101 - see `_responses`
    subject, above = (pyca.load_der_x509_certificate(each.dump()) for each in (one, issuer))
    return OCSPRequestBuilder().add_certificate(subject, above, SHA1()).build().public_bytes(Encoding.DER)  # noqa: S303


def _distinct(certificates: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    return tuple({one.sha256: one for one in certificates}.values())


def _addresses(certificate: x509.Certificate, method: str) -> Iterator[str]:
    for one in certificate.authority_information_access_value or ():
        if one["access_method"].native == method and one["access_location"].name == "uniform_resource_identifier":
            yield one["access_location"].native


def _urls(point: x509.DistributionPoint) -> Iterator[str]:
    name = point["distribution_point"]
    if name.name == "full_name":
        yield from (one.native for one in name.chosen if one.name == "uniform_resource_identifier")
