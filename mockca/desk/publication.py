"""Publication: what CRL and OCSP say, from the one status that the registry knows.

`telling` has the table from status to CRL and OCSP, and the settings; `crl_issue` says when a CRL is issued
and what is on it; `ocsp_answers` how a serial stands; `publisher` keeps what is signed while it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockca.desk.crl_issue import CrlName, current_record
from mockca.desk.publisher import Published, Publisher
from mockca.desk.telling import (
    KEEP_AFTER_EXPIRY,
    TOLD,
    PublicationSettings,
    Telling,
    UnknownSerial,
    crl_entry,
    publication_settings,
    put_publication_settings,
)

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox

__all__ = [
    "KEEP_AFTER_EXPIRY",
    "TOLD",
    "CrlName",
    "PublicationSettings",
    "Published",
    "Publisher",
    "Telling",
    "UnknownSerial",
    "answer_ocsp",
    "crl_entry",
    "current_crl",
    "current_record",
    "publication_settings",
    "put_publication_settings",
]


def current_crl(sandbox: Sandbox, name: str) -> bytes:
    """The DER of the `root`, `issuing` or `delta` CRL in force by the sandbox's clock.

    Doesn't run what is due. ValueError for another name.
    """
    return current_record(sandbox, CrlName(name)).der


def answer_ocsp(sandbox: Sandbox, request: bytes) -> bytes:
    """The DER of the answer to an OCSP request, signed now. Doesn't run what is due."""
    return Publisher(sandbox).ocsp(request).der
