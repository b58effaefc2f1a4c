"""Who signs OCSP answers: the responder that the authority has appointed, or, on order, one that nobody may believe."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mockca.desk.faults.drafts import Signing
from mockca.desk.telling import PublicationSettings
from mockca.pki.hierarchy import Signer, expired
from mockca.pki.ocsp import Responder

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox


class Responders:
    """The responders of one sandbox, each made when it is first needed."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        hierarchy = sandbox.hierarchy
        self.appointed = Responder(hierarchy.issuing, hierarchy.ocsp)
        self._made: dict[tuple[str, ...], Responder] = {}

    def who(self, signing: Signing, settings: PublicationSettings) -> Responder:
        """The one who signs so, as the settings have it."""
        asked = (signing, settings.ocsp_signer, settings.ocsp_responder_id, settings.ocsp_certificates)
        if asked == ("as it should be", "delegate", "key", "responder"):
            return self.appointed
        if asked not in self._made:
            hierarchy = self._sandbox.hierarchy
            signer = self._signer(signing, settings)
            along = {"responder": (signer,), "chain": (signer, hierarchy.issuing), "none": ()}
            certificates = list(dict.fromkeys(one.der for one in along[settings.ocsp_certificates]))
            by_name = settings.ocsp_responder_id == "name"
            self._made[asked] = Responder(hierarchy.issuing, signer, by_name=by_name, certificates=certificates)
        return self._made[asked]

    def _signer(self, signing: Signing, settings: PublicationSettings) -> Signer:
        hierarchy = self._sandbox.hierarchy
        if signing == "by somebody else":
            # A certificate of the same CA which is not for OCSP (RFC 6960 §4.2.2.2).
            return hierarchy.tsa
        if signing == "with an expired certificate":
            return self._expired
        return hierarchy.issuing if settings.ocsp_signer == "authority" else hierarchy.ocsp

    @cached_property
    def _expired(self) -> Signer:
        sandbox = self._sandbox
        # Before the sandbox began, so that it has expired whenever its clock may be asked.
        ended = sandbox.created_at - timedelta(seconds=1)
        serial = sandbox.randomness.serial("authority/ocsp/expired")
        return expired(sandbox.hierarchy.ocsp, sandbox.hierarchy.issuing, ended, serial)
