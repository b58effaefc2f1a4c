"""Electronically signed submissions: a detached CMS signature by a certificate in force."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from mockca.desk.transaction import Transaction
from mockca.errors import Malformed
from mockca.pki.cms import read_detached
from mockca.registry import certificates, status
from mockca.registry.status import Status


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes that an electronic signature covers: UTF-8 JSON, keys sorted, no spaces."""
    return json.dumps(dict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def judge(transaction: Transaction, signature: str, content: bytes) -> bool:
    """Whether the signature is right and its certificate is the actor's own body's, in force now.

    Raises Malformed where it is no CMS signature at all.
    """
    try:
        der = base64.b64decode(signature, validate=True)
    except binascii.Error as error:
        raise Malformed("submission.signature", "not Base64") from error
    for signer in read_detached(der):
        certificate = certificates.get(transaction.connection, f"{signer.serial:x}")
        if certificate is None or certificate.unit != transaction.actor.unit:
            return False
        if not _is_in_force(transaction, certificate.serial):
            return False
        if not signer.covers(content, certificate.der):
            return False
    return True


def _is_in_force(transaction: Transaction, serial: str) -> bool:
    found = status.status_at(transaction.connection, serial, transaction.now)
    return found is not None and found.status is Status.EFFECTIVE
