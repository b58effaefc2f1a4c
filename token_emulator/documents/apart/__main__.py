"""The process that looks at a document: an order a line in, an answer a line out, both JSON; see `Inspection`."""

from __future__ import annotations

import json
import os
import resource
import sys
from base64 import b64decode, b64encode
from datetime import datetime
from typing import IO, Any

from asn1crypto import crl, ocsp, x509

from token_emulator.documents.apart import CPU_SECONDS, MEMORY
from token_emulator.documents.checking import Announcement, Effect, Evidence, check
from token_emulator.documents.checking.reading import BROKEN, Document, Malformed, Signature, read
from token_emulator.documents.errors import DocumentError
from token_emulator.documents.judging import judge
from token_emulator.documents.rules import load

MOST_SIGNATURES = 50
PDF = "pdf"


def seen(content: bytes, detached: bytes | None) -> dict[str, Any]:
    """Who signed."""
    try:
        document = read(content, detached)
    except Malformed as error:
        return {"kind": "", "signers": [], "why": str(error)}
    if len(document.signatures) + len(document.broken) > MOST_SIGNATURES:
        return {"failed": f"more than {MOST_SIGNATURES} signatures"}
    signers = [_signer(one, document) for one in document.signatures]
    broken: list[dict[str, Any]] = [{"name": name, "certificate": None, "times": []} for name, _ in document.broken]
    return {"kind": document.kind, "signers": signers + broken, "why": ""}


def _signer(one: Signature, document: Document) -> dict[str, Any]:
    tokens = [token for token in (one.token, *(stamp.token for stamp in document.stamps)) if token is not None]
    times = [time for time in (one.claimed, *map(_stamped, tokens)) if time is not None]
    certificate = one.certificate
    return {
        "name": one.name,
        "certificate": None if certificate is None else b64encode(certificate.dump()).decode("ascii"),
        "times": sorted({time.isoformat() for time in times}),
    }


def _stamped(token: Any) -> datetime | None:
    try:
        found: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    except BROKEN:
        return None
    return found


def checked(content: bytes, detached: bytes | None, order: dict[str, Any]) -> dict[str, Any]:
    """The report, and what the regulation finds."""
    evidence = Evidence(
        tuple(x509.Certificate.load(b64decode(one)) for one in order["anchors"]),
        tuple(x509.Certificate.load(b64decode(one)) for one in order["certificates"]),
        tuple(crl.CertificateList.load(b64decode(one)) for one in order["crls"]),
        tuple(ocsp.OCSPResponse.load(b64decode(one)) for one in order["ocsps"]),
        tuple(
            Announcement(serial=serial, effective_at=datetime.fromisoformat(at))
            for serial, at in order["effective"].items()
        ),
    )
    at = datetime.fromisoformat(order["at"])
    report = check(content, evidence, at, Effect(order["effect"]), detached=detached)
    return {**report.as_json(), "layout": _layout(content, report.kind, order["regulation"])}


def _layout(content: bytes, kind: str, regulation: str | None) -> list[dict[str, Any]] | None:
    if regulation is None or kind != PDF:
        return None
    try:
        found = judge(content, load(regulation)).findings
    except (DocumentError, *BROKEN):
        return None
    return [{"rule": one.rule, "clause": one.clause, "vi": one.vi, "en": one.en} for one in found]


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Answer the two orders."""
    first = json.loads(orders.readline())
    content = b64decode(first["document"])
    detached = None if first["detached"] is None else b64decode(first["detached"])
    _answer(answers, seen(content, detached))
    for line in orders:
        _answer(answers, checked(content, detached, json.loads(line)))


def _answer(answers: IO[bytes], told: dict[str, Any]) -> None:
    rest = memoryview(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    while rest:
        rest = rest[answers.write(rest) :]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # nothing that a library prints may get between the answers
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
