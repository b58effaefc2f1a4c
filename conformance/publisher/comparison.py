"""`compare_faces` of any implementation: its publisher where the certificate says, portal and API as they are asked.

How a certificate, its status and the portal's word are had differs from target to target; what is made of them is the
same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from cryptography import x509

from conformance.publisher.faces import Publisher
from conformance.redaction import Redactor
from conformance.targets.wire import Wire
from scenarios.port import Body, Outcome, PortError, Verdict

SERIAL = re.compile("[0-9a-f]{1,40}")
NOT_FOUND = "not found"


class Comparison:
    """Compares the faces of one target; remembers the CRLs that it met, for its deltas are held against them."""

    def __init__(self, wire: Wire, now: Callable[[], datetime], redactor: Redactor) -> None:
        self._wire, self._now, self._redactor = wire, now, redactor
        self._crls: dict[int, x509.CertificateRevocationList] = {}

    def forget(self) -> None:
        """The target was emptied: CRLs met before are another history's."""
        self._crls.clear()

    def remember_as(self, other: Comparison) -> None:
        """Know the CRLs that another one has met."""
        self._crls = dict(other._crls)

    def of(
        self,
        body: Body,
        *,
        certificate: Callable[[str], Outcome],
        portal: Callable[[str], tuple[str, Outcome]],
        status: Callable[[str, Outcome], Outcome],
    ) -> Outcome:
        """What each face says about `certificate` (scenarios.faces).

        `certificate` reads one by its serial, with `pem` in its values; not asked where the body has a `pem`. `portal`
        is the word of what the public is told, and the answer. `status` gets that answer too, and gives the word as its
        outcome's state and a `reason`. Raises PortError where no certificate can be had.
        """
        serial = str(body["certificate"])
        if not SERIAL.fullmatch(serial):
            raise PortError(f"{serial!r} is no serial number in lower-case hexadecimal")
        known = str(body.get("issuer_of", serial))
        pem = body.get("pem")
        if pem is None:
            example = certificate(known)
            if example.verdict is not Verdict.ACCEPTED:
                return example
            pem = example.values.get("pem")
        parsed = _parsed(pem, known)
        if known == serial and parsed.serial_number != int(serial, 16):
            raise PortError(f"the PEM of {serial} has the serial number {parsed.serial_number:x}")
        publisher = Publisher(self._wire, self._now, parsed, int(serial, 16), self._crls)
        said = publisher.ask()
        word, public = portal(serial)
        told = status(serial, public)
        is_told = told.verdict is Verdict.ACCEPTED
        said |= {
            "serial": serial,
            "portal": word,
            "api": told.state if is_told else not_found(told),
            "reason": told.values.get("reason") if is_told else None,
        }
        said["faults"] = [self._redactor.text(fault) for fault in said["faults"]]
        exchanges = (*publisher.exchanges, *public.exchanges, *told.exchanges)
        return Outcome(Verdict.ACCEPTED, said, state=said["api"], exchanges=exchanges)


def not_found(outcome: Outcome) -> str:
    """The word for an answer that gave none: `not found`, or that it was refused."""
    status = outcome.exchanges[-1].status if outcome.exchanges else 0
    return NOT_FOUND if status == 404 else f"refused ({status})"


def _parsed(pem: object, serial: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(str(pem).encode())
    except ValueError as error:
        raise PortError(f"the certificate {serial} has no PEM that can be read: {error}") from error
