"""Where the authority publishes: its own certificates, its CRLs with their numbers, its OCSP responder, its TSA."""

from __future__ import annotations

import hashlib
from typing import Literal, get_args

from cryptography.hazmat.primitives.serialization import Encoding

from mockca.desk.crl_issue import CrlName, current_record
from mockca.desk.due import run_due
from mockca.desk.sandbox import Sandbox
from mockca.web.models import AuthorityCertificateView, AuthorityView, CrlView

Role = Literal["root", "issuing"]


def authority_view(sandbox: Sandbox) -> AuthorityView:
    """The authority's published addresses; CRLs that are due are issued on the way, so their numbers are true."""
    run_due(sandbox)
    return AuthorityView(
        certificates=tuple(_certificate(sandbox, role) for role in get_args(Role)),
        crls=tuple(_crl(sandbox, name) for name in CrlName),
        ocsp=sandbox.endpoints.ocsp,
        tsa=sandbox.endpoints.tsa,
        policy=sandbox.endpoints.cps,
    )


def _certificate(sandbox: Sandbox, role: Role) -> AuthorityCertificateView:
    signer = getattr(sandbox.hierarchy, role)
    certificate = signer.certificate
    return AuthorityCertificateView(
        role=role,
        subject=certificate.subject.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        sha256=hashlib.sha256(signer.der).hexdigest(),
        not_after=certificate.not_valid_after_utc,
        url=getattr(sandbox.endpoints, f"{role}_crt"),
        pem=certificate.public_bytes(Encoding.PEM).decode("ascii"),
    )


def _crl(sandbox: Sandbox, name: CrlName) -> CrlView:
    record = current_record(sandbox, name)
    return CrlView(
        name=name.value,
        url={
            CrlName.ROOT: sandbox.endpoints.root_crl,
            CrlName.ISSUING: sandbox.endpoints.issuing_crl,
            CrlName.DELTA: sandbox.endpoints.issuing_delta,
        }[name],
        number=record.number,
        # A CRL's times are in whole seconds (RFC 5280 §5.1.2.4).
        this_update=record.this_update.replace(microsecond=0),
        next_update=record.next_update.replace(microsecond=0),
    )
