"""What the authority publishes of itself, certificates and CRLs, fetched as anybody would: without signing in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509

from conformance.publisher import crl
from conformance.publisher.signatures import is_signed_by
from conformance.targets.wire import Wire
from scenarios.port import PortError

YEAR = 365
"""Days. A term of whole years has between none and one leap day in four of them more, so the quotient is the years."""


@dataclass(slots=True)
class Authority:
    """The authority's own description of where it publishes, held against what is there."""

    wire: Wire
    now: Callable[[], datetime]
    """Reads the target's clock."""
    faults: list[str] = field(default_factory=list)

    def look(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Certificates with the whole years that they last, CRLs with their numbers, and what is wrong with them."""
        certificates: dict[str, x509.Certificate] = {}
        for entry in _objects(told.get("certificates")):
            role = str(entry.get("role"))
            found = self._certificate(role, entry)
            if found is not None:
                certificates[role] = found
        self._chain(certificates)
        numbers = {
            str(entry.get("name")): self._crl(f"crl {entry.get('name')}", entry, certificates.values())
            for entry in _objects(told.get("crls"))
        }
        return {
            "certificates": [_told(role, one) for role, one in certificates.items()],
            "crls": [{"name": name, "number": number} for name, number in numbers.items()],
            "faults": self.faults,
        }

    def _certificate(self, role: str, entry: Mapping[str, Any]) -> x509.Certificate | None:
        content = self._fetch(f"certificate {role}", entry.get("url"))
        if content is None:
            return None
        try:
            found = x509.load_der_x509_certificate(content)
            told = x509.load_pem_x509_certificate(str(entry.get("pem")).encode())
        except ValueError:
            self.faults.append(f"certificate {role}: it cannot be read")
            return None
        if found != told:
            self.faults.append(f"certificate {role}: another one is at {entry.get('url')}")
        return found

    def _chain(self, certificates: Mapping[str, x509.Certificate]) -> None:
        if not certificates:
            self.faults.append("certificates: there are none")
        for role, one in certificates.items():
            if not any(is_signed_by(one, issuer) for issuer in certificates.values()):
                self.faults.append(f"certificate {role}: none of these signed it")

    def _crl(self, face: str, entry: Mapping[str, Any], issuers: Iterable[x509.Certificate]) -> int | None:
        since = self.now()
        content = self._fetch(face, entry.get("url"))
        if content is None:
            return None
        try:
            found = crl.parse(content)
        except ValueError:
            self.faults.append(f"{face}: it is no CRL")
            return None
        issuer = next((one for one in issuers if one.subject == found.issuer), None)
        if issuer is None:
            self.faults.append(f"{face}: none of these certificates issued it")
        else:
            self.faults += [f"{face}: {fault}" for fault in crl.faults(found, issuer, since, self.now())]
        return crl.number(found)

    def _fetch(self, face: str, url: object) -> bytes | None:
        try:
            answer = self.wire.send("GET", str(url))
        except PortError as error:
            self.faults.append(f"{face}: {error.what}")
            return None
        if answer.status != 200:
            self.faults.append(f"{face}: {url} answered {answer.status} to somebody without an account")
            return None
        return answer.content


def _told(role: str, certificate: x509.Certificate) -> dict[str, Any]:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return {
        "role": role,
        "subject": certificate.subject.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}",
        "not_before": begins.isoformat(),
        "not_after": ends.isoformat(),
        "years": (ends - begins).days // YEAR,
    }


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
