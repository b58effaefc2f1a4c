"""What each public face must say of a certificate in each state. One truth, five faces, no contradiction.

The answer of `compare_faces` is a flat object of words:

    crl, delta           `absent`, or the entry's CRLReason (RFC 5280 §5.3.1; `unspecified` where it has none)
    ocsp_get, ocsp_post  `good`, `unknown`, or `revoked:` and the CRLReason
    portal               `not found`, `not listed`, or the status that the public is told
    api                  `not found`, or the status
    reason               the CRLReason that the API gives, where it gives one
    faults               what is wrong with a face whatever it says: a bad signature, an expired nextUpdate, …
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FACES = ("crl", "delta", "ocsp_get", "ocsp_post", "portal", "api")
STATES = ("issued", "effective", "suspended", "revoked", "expired", "unknown")
"""`unknown` is a serial number that was never issued."""
REASON = "{reason}"
"""Stands for the CRLReason of a revoked certificate."""

HOLD = "certificateHold"
TABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "issued": {
        "crl": (HOLD,),
        "delta": ("absent", HOLD),
        "ocsp": (f"revoked:{HOLD}",),
        "portal": ("not listed", "not found"),
        "api": ("issued",),
    },
    "effective": {
        "crl": ("absent",),
        "delta": ("absent", "removeFromCRL"),
        "ocsp": ("good",),
        "portal": ("effective",),
        "api": ("effective",),
    },
    "suspended": {
        "crl": (HOLD,),
        "delta": ("absent", HOLD),
        "ocsp": (f"revoked:{HOLD}",),
        "portal": ("suspended",),
        "api": ("suspended",),
    },
    "revoked": {
        "crl": (REASON,),
        "delta": ("absent", REASON),
        "ocsp": (f"revoked:{REASON}",),
        "portal": ("revoked",),
        "api": ("revoked",),
    },
    "expired": {
        "crl": ("absent",),
        "delta": ("absent", "removeFromCRL"),
        "ocsp": ("good", "unknown"),
        "portal": ("expired",),
        "api": ("expired",),
    },
    "unknown": {
        "crl": ("absent",),
        "delta": ("absent",),
        "ocsp": ("unknown",),
        "portal": ("not found",),
        "api": ("not found",),
    },
}
"""For each state and face, the words that agree with it."""


def disagreements(state: str, said: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Every face that contradicts the state: which, what it should say, what it says."""
    reason = str(said.get("reason") or "unspecified")
    found = []
    for face in FACES:
        accepted = [word.replace(REASON, reason) for word in TABLE[state]["ocsp" if face.startswith("ocsp") else face]]
        word = said.get(face)
        if word not in accepted:
            found.append((face, " or ".join(accepted), str(word)))
    found += [("faces", "sound answers", str(fault)) for fault in said.get("faults", ())]
    return found
