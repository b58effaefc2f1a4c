"""The publisher suite: what whoever publishes AIA, CRLs, OCSP and time stamps must do.

Each function marked `check` is a check.
"""

from __future__ import annotations

from conformance.checks import FunctionCheck
from conformance.suites.publisher import (
    addresses,
    agreement,
    certificate,
    chain,
    crl,
    delta,
    life,
    lint,
    ocsp,
    ocsp_requests,
    ocsp_signer,
    tsa,
)

CHECKS: tuple[FunctionCheck, ...] = tuple(
    found
    for module in (
        addresses,
        chain,
        certificate,
        crl,
        delta,
        ocsp,
        ocsp_signer,
        ocsp_requests,
        tsa,
        agreement,
        life,
        lint,
    )
    for found in vars(module).values()
    if isinstance(found, FunctionCheck)
)
"""In the order in which they run."""
