"""Faults on order, and what the time-stamping authority takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mockca.desk.commands.base import Command, Identifier, SerialHex

Seconds = Annotated[float, Field(gt=0, le=600)]
Times = Annotated[int, Field(ge=1, le=1_000_000)]
LONGEST_SKEW = 100 * 366 * 86400


class AddFault(Command):
    """Have exchanges of an endpoint go wrong: the `next` so many, `every` so-many-th, or with a `probability`; all of
    them where none of the three is given."""

    endpoint: Literal["tsa", "ocsp", "crl", "aia", "api"]
    serial: Identifier | None = None
    """OCSP: only requests about this certificate; API: only those whose path names this certificate or device."""
    role: (
        Literal["root", "issuing", "authority", "registrar", "agency", "subscriber", "security", "trainer", "anybody"]
        | None
    ) = None
    """CRL and AIA: only the `root`'s, or only the `issuing` CA's. API: only accounts of this role; `anybody` has not
    signed in."""
    operation: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,79}$")] | None = None
    """API: only this operation, by its operationId."""
    next: Times | None = None
    every: Times | None = None
    probability: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Identifier | None = None
    """With `probability`: the same seed, the same exchanges. The sandbox's own where left out."""
    effect: Literal[
        "slow",
        "too-many-requests",
        "unavailable",
        "reset",
        "truncated",
        "try-later",
        "unauthorized",
        "internal-error",
        "stale",
        "missing-entry",
        "number-back",
        "skew",
        "refuse",
        "wrong-nonce",
        "wrong-imprint",
        "wrong-signer",
        "sha1-signature",
        "expired-certificate",
    ]
    seconds: Seconds | None = None
    """`slow`: seconds of real time, before anything is answered."""
    skew_seconds: Annotated[float, Field(ge=-LONGEST_SKEW, le=LONGEST_SKEW)] | None = None
    """`skew`: how far the time stamp's clock is ahead; behind where negative."""
    retry_after: Annotated[int, Field(ge=0, le=86400)] | None = None
    """`too-many-requests`, `unavailable`: Retry-After in seconds; 1 where left out."""
    octets: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """`truncated`: octets that are missing at the end; 16 where left out."""
    stale_seconds: Annotated[float, Field(ge=0, le=LONGEST_SKEW)] | None = None
    """`stale`: how long ago nextUpdate was; 60 where left out."""
    entry: SerialHex | None = None
    """`missing-entry`: whose entry is missing; everybody's where left out."""
    back: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """`number-back`: by how much the number is lower; 1 where left out. None goes below zero."""
    fail_info: (
        Literal[
            "badAlg",
            "badRequest",
            "badDataFormat",
            "timeNotAvailable",
            "unacceptedPolicy",
            "unacceptedExtension",
            "addInfoNotAvailable",
            "systemFailure",
        ]
        | None
    ) = None
    """`refuse`: PKIFailureInfo; `systemFailure` where left out."""


class SetTimestamping(Command):
    """What the time-stamping authority takes from now on."""

    accept_sha1: bool
    """Whether imprints by SHA-1 are stamped, as old clients still send them."""
