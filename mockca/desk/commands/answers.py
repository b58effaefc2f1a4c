"""What the authority answers where an RFC allows two."""

from __future__ import annotations

from typing import Literal, TypeAlias

from mockca.desk.commands.base import Command

Given: TypeAlias = Literal["given", "left-out"]


class SetAnswers(Command):
    """What is answered from now on; what is left out is as at the beginning."""

    unknown_serial: Literal["unknown", "good", "revoked", "unauthorized"] = "unknown"
    """OCSP about a serial number that was never issued (RFC 6960 §2.2, RFC 5019 §2.2.3)."""
    ocsp_nonce: Literal["echoed", "left-out"] = "echoed"
    """RFC 9654 §2.1."""
    ocsp_responder_id: Literal["key", "name"] = "key"
    """RFC 6960 §4.2.1."""
    ocsp_signer: Literal["delegate", "authority"] = "delegate"
    """RFC 6960 §4.2.2.2."""
    ocsp_certificates: Literal["responder", "chain", "none"] = "responder"
    """RFC 6960 §4.2.1."""
    ocsp_next_update: Given = "given"
    """RFC 6960 §4.2.2.1."""
    ocsp_archive_cutoff: Given = "given"
    """RFC 6960 §4.4.4."""
    tsa_accuracy: Given = "given"
    """RFC 3161 §2.4.2."""
    tsa_ordering: Given = "left-out"
    """RFC 3161 §2.4.2: `given` is TRUE."""
    tsa_name: Given = "given"
    """RFC 3161 §2.4.2."""
