"""Faults on order, and what the time-stamping authority takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mockca.desk.commands.base import Command, Identifier, SerialHex

Seconds = Annotated[float, Field(gt=0, le=600)]
Times = Annotated[int, Field(ge=1, le=1_000_000)]
LONGEST_SKEW = 100 * 366 * 86400


class AddFault(Command):
    """Have exchanges of an endpoint go wrong: the `next` so many, `every` so-many-th, or with a `probability`; all of
    them where none of the three is given."""

    endpoint: Literal["tsa", "ocsp", "crl", "aia"]
    serial: SerialHex | None = None
    """OCSP: only requests about this certificate."""
    role: Literal["root", "issuing"] | None = None
    """CRL and AIA: only the root's, or only the issuing CA's."""
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
        "skew",
        "refuse",
        "wrong-nonce",
        "wrong-imprint",
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
