"""What the verifier of a case is given beside the document: anchors, CAs, CRLs, OCSP responses, announcements.

A case says what by words `what@instant`:

    crl          the CRL of the signer's issuer, current at that time
    crl/blank    one that lists nobody, though somebody should be on it; with a delta
    crl/based    one that has a delta
    crl/forged   one signed by another key
    crl/other    one of another authority only
    delta        the delta CRL
    ocsp         the response of the issuer's delegated responder
    ocsp/WHO     by another signer (undelegated-ocsp, expired-ocsp, public-ocsp), saying good
    ocsp/unknown, ocsp/about-another, ocsp/later
                 that does not know, is about somebody else, says tryLater
    bare         without even the CRLs of the CAs above
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from conformance.corpus import statuses
from conformance.corpus.model import Case, authorities, instant, signers
from conformance.corpus.world import World

ANCHORS = ("g1-root", "g2-root")
PARENTS = ("g1-root", "g2-root", "g2-services")
"""Those whose CRLs are there unless a case is about their lack."""
NAMED_BY_SIGNER = ("undelegated-ocsp", "expired-ocsp", "public-ocsp")
RESPONDER = "g2-state-ocsp"
BARE = "bare"
SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Given:
    """All of it: name of the file and its octets."""

    anchors: tuple[tuple[str, bytes], ...]
    certificates: tuple[tuple[str, bytes], ...]
    crls: tuple[tuple[str, bytes], ...]
    ocsps: tuple[tuple[str, bytes], ...]
    announcements: bytes | None
    """JSON, as the portal publishes them."""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Each file's place in the folder of evidence, and its octets."""
        for folder in ("anchors", "certificates", "crls", "ocsps"):
            for name, octets in getattr(self, folder):
                yield f"{folder}/{name}", octets
        if self.announcements is not None:
            yield "announcements.json", self.announcements


class Archive:
    """What was published, made once each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._crls: dict[tuple[str, str, datetime], bytes] = {}

    def given(self, case: Case) -> Given:
        """What the verifier of this case is given."""
        signed, check = instant(case.signatures[0].signed), instant(case.check)
        words = [word.partition("@")[::2] for word in case.evidence if word != BARE]
        crls: list[tuple[str, bytes]] = []
        ocsps: list[tuple[str, bytes]] = []
        for what, when in words:
            at = signed if when == SIGNED else instant(when)
            (ocsps if what.startswith("ocsp") else crls).append(self._one(case, what, at, when))
        if BARE not in case.evidence:
            for at, when in ((signed, SIGNED), (check, "check")):
                crls += [(f"{one}-{when}.crl", self._crl(one, "crl", at)) for one in PARENTS]
        return Given(
            tuple((f"{one}.der", self._certificate(one)) for one in ANCHORS),
            tuple((f"{one}.der", self._certificate(one)) for one in case.given),
            tuple(crls),
            tuple(ocsps),
            self._announcements(check) if case.announced else None,
        )

    def _one(self, case: Case, what: str, at: datetime, when: str) -> tuple[str, bytes]:
        by = case.signatures[0].by
        issuer = signers()[by].issuer if by in signers() else authorities()[by].issuer
        name = f"{what.replace('/', '-')}-{when}"
        kind, _, variant = what.partition("/")
        if kind == "ocsp":
            return f"{name}.ors", self._response(by, variant, at)
        if variant == "other":
            return f"{name}.crl", self._crl("public-ca", "crl", at)
        return f"{name}.crl", self._crl(issuer or "g2-state", what, at)

    def _response(self, by: str, variant: str, at: datetime) -> bytes:
        world = self.world
        if variant == "later":
            return statuses.refusal()
        if variant == "about-another":
            return statuses.response(world, by, at, by=RESPONDER, about="binh")
        if variant in NAMED_BY_SIGNER:
            return statuses.response(world, by, at, by=variant, says="good")
        return statuses.response(world, by, at, by=RESPONDER, says=variant)

    def _crl(self, authority: str, what: str, at: datetime) -> bytes:
        known = (authority, what, at)
        if known not in self._crls:
            self._crls[known] = self._made(*known)
        return self._crls[known]

    def _made(self, authority: str, what: str, at: datetime) -> bytes:
        world = self.world
        if what == "delta":
            return statuses.delta(world, authority, at)
        variant = what.partition("/")[2]
        return statuses.crl(
            world,
            authority,
            at,
            by="public-ca" if variant == "forged" else "",
            has_delta=variant in ("blank", "based"),
            is_blank=variant == "blank",
        )

    def _certificate(self, id_: str) -> bytes:
        der: bytes = self.world.holder(id_).certificate.dump()
        return der

    def _announcements(self, check: datetime) -> bytes:
        """Everything that the portal had announced by the time of checking."""
        found = []
        for id_, row in signers().items():
            if row.effective and instant(row.effective) <= check:
                effective = max(instant(row.effective), instant(row.not_before))
                found.append(
                    {
                        "serial": f"{self.world.serial(id_):x}",
                        "kind": "activation",
                        "common_name": row.name["CN"],
                        "effective_at": effective.isoformat(),
                    }
                )
        return json.dumps(found, ensure_ascii=False, indent=1).encode()
