"""Who signs OCSP answers: the responder that the authority has appointed, or, on order, one that nobody may believe."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mockca.desk.faults.drafts import Signing
from mockca.pki.hierarchy import expired
from mockca.pki.ocsp import Responder

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox


class Responders:
    """The responders of one sandbox, each made when it is first needed."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        hierarchy = sandbox.hierarchy
        self.appointed = Responder(hierarchy.issuing, hierarchy.ocsp)

    def who(self, signing: Signing) -> Responder:
        """The one who signs so."""
        if signing == "by somebody else":
            return self._somebody_else
        return self._expired if signing == "with an expired certificate" else self.appointed

    @cached_property
    def _somebody_else(self) -> Responder:
        """One with a certificate of the same CA which is not for OCSP (RFC 6960 §4.2.2.2)."""
        hierarchy = self._sandbox.hierarchy
        return Responder(hierarchy.issuing, hierarchy.tsa)

    @cached_property
    def _expired(self) -> Responder:
        sandbox = self._sandbox
        # Before the sandbox began, so that it has expired whenever its clock may be asked.
        ended = sandbox.created_at - timedelta(seconds=1)
        serial = sandbox.randomness.serial("authority/ocsp/expired")
        signer = expired(sandbox.hierarchy.ocsp, sandbox.hierarchy.issuing, ended, serial)
        return Responder(sandbox.hierarchy.issuing, signer)
