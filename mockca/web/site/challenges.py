"""Signing in by a certificate: a challenge that is signed once by a device, and whose account that opens.

A challenge belongs to the browser's session, is good for a few minutes of the sandbox's clock, and for one answer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import session

from mockca.desk.commands import SubscriberKind
from mockca.desk.due import run_due
from mockca.desk.sandbox import Sandbox
from mockca.errors import Malformed, MockcaError, Refused, Violation
from mockca.pki.cms import DetachedSigner, read_signed
from mockca.randomness import new_credential
from mockca.registry import accounts, certificates, idempotency, journal
from mockca.registry.accounts import Account
from mockca.registry.certificates import Certificate
from mockca.registry.status import Status, status_at
from mockca.rules.terms import UNSOURCED

KEPT: Final = "challenges"
ANSWERED: Final = "sign-in by certificate"
GOOD_FOR: Final = timedelta(minutes=5)
LONGEST: Final = 64 * 1024
ROLE_OF: Final = {SubscriberKind.PERSON.value: "subscriber", SubscriberKind.ORGANISATION.value: "agency"}
"""The role that a certificate signs in as, by kind of subscriber."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a device is to sign."""

    text: str
    made_at: datetime


def pose(sandbox: Sandbox) -> Challenge:
    """A fresh challenge for this session; the one before is void."""
    now = sandbox.clock.now()
    text = f"mockca sign-in (MO PHONG) | {sandbox.name} | {now.isoformat()} | {new_credential()}"
    session[KEPT] = {sandbox.name: {"text": text, "at": now.isoformat()}}
    return Challenge(text, now)


def posed(sandbox: Sandbox) -> Challenge | None:
    """The session's challenge, if it has one."""
    kept = session.get(KEPT, {}).get(sandbox.name)
    return None if kept is None else Challenge(kept["text"], datetime.fromisoformat(kept["at"]))


def answer(sandbox: Sandbox, signature: bytes, serial: str = "") -> Account:
    """Whose account the signature over the session's challenge opens.

    `signature` is a CMS signature, with the challenge inside or without; where `serial` names the certificate it may be
    a bare one (RSA PKCS#1 v1.5 or ECDSA in DER, SHA-256). Refused, with what is wrong, in every other case.
    """
    challenge = posed(sandbox)
    session.pop(KEPT, None)
    if challenge is None:
        raise _refused("challenge", "", "Không có thử thách nào đang chờ.", "No challenge is waiting.")
    now = sandbox.clock.now()
    if not challenge.made_at <= now <= challenge.made_at + GOOD_FOR:
        raise _refused("challenge", challenge.made_at.isoformat(), "Thử thách đã hết hạn.", "The challenge is too old.")
    _use_up(sandbox, challenge, now)
    run_due(sandbox)
    certificate = _signer(sandbox, challenge, signature, serial)
    _require_in_force(sandbox, certificate, now)
    account = _account(sandbox, certificate)
    with sandbox.store.write() as connection:
        journal.append(
            connection,
            at=now,
            actor=account.name,
            action="account.signed-in",
            about=f"certificate {certificate.serial}",
            detail={"by": "certificate"},
            clauses=[],
        )
    return account


def decoded(text: str) -> bytes:
    """A signature that was pasted: PEM, or Base64 with or without line breaks. Malformed."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("-----")]
    try:
        return base64.b64decode("".join("".join(lines).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("signature", "neither PEM nor Base64") from error


def _use_up(sandbox: Sandbox, challenge: Challenge, now: datetime) -> None:
    digest = hashlib.sha256(challenge.text.encode()).hexdigest()
    with sandbox.store.write() as connection:
        if idempotency.recall(connection, ANSWERED, digest, digest) is not None:
            raise _refused(
                "challenge", "", "Thử thách này đã được trả lời một lần.", "This challenge has been answered before."
            )
        idempotency.keep(connection, ANSWERED, digest, digest, {}, now)


def _signer(sandbox: Sandbox, challenge: Challenge, signature: bytes, serial: str) -> Certificate:
    content = challenge.text.encode()
    signers = _bare(sandbox, signature, serial) if serial else ()
    if not signers:
        inside, signers = read_signed(signature)
        if inside is not None and inside != content:
            raise _refused("signature", "", "Chữ ký là của nội dung khác.", "The signature is over something else.")
    if len(signers) != 1:
        raise _refused("signature", str(len(signers)), "Phải có đúng một người ký.", "Exactly one signer must sign.")
    named = f"{signers[0].serial:x}"
    with sandbox.store.read() as connection:
        certificate = certificates.get(connection, named)
    if certificate is None:
        raise _refused(
            "certificate",
            named,
            "Chứng thư số không phải do sandbox này cấp.",
            "The certificate is not one of this sandbox's.",
        )
    if not signers[0].covers(content, certificate.der):
        raise _refused(
            "signature",
            named,
            "Chữ ký không đúng với thử thách và chứng thư số này.",
            "The signature does not fit the challenge and this certificate.",
        )
    return certificate


def _bare(sandbox: Sandbox, signature: bytes, serial: str) -> tuple[DetachedSigner, ...]:
    """A signature that tells nothing about itself, as by the certificate that was named."""
    with sandbox.store.read() as connection:
        certificate = certificates.get(connection, serial.lower().lstrip("0"))
    if certificate is None:
        return ()
    known = x509.load_der_x509_certificate(certificate.der)
    scheme = "rsassa_pkcs1v15" if isinstance(known.public_key(), rsa.RSAPublicKey) else "ecdsa"
    issuer = known.issuer.public_bytes()
    return (DetachedSigner(known.serial_number, issuer, "sha256", scheme, signature, None, None, ()),)


def _require_in_force(sandbox: Sandbox, certificate: Certificate, now: datetime) -> None:
    with sandbox.store.read() as connection:
        found = status_at(connection, certificate.serial, now)
    if found is None or found.status is not Status.EFFECTIVE:
        state = "issued" if found is None else found.status.value
        regulation = sandbox.regulation(certificate.regulation)
        raise _refused(
            "certificate",
            f"{certificate.serial} ({state})",
            "Chứng thư số lúc này không có hiệu lực.",
            "The certificate is not in force now.",
            regulation.effective_from.clause,
        )
    usage = x509.load_der_x509_certificate(certificate.der).extensions.get_extension_for_class(x509.KeyUsage).value
    if not usage.digital_signature:
        raise _refused(
            "certificate",
            certificate.serial,
            "Chứng thư số không dùng để ký, xác thực.",
            "The certificate is not for signing or authentication.",
        )


def _account(sandbox: Sandbox, certificate: Certificate) -> Account:
    """The account of the certificate's body: the subscriber's for a person, the agency's for the body itself."""
    role = ROLE_OF.get(certificate.subscriber_kind)
    with sandbox.store.read() as connection:
        every = accounts.listing(connection)
    mine = [one for one in every if one.unit == certificate.unit and role is not None]
    found = next((one for one in mine if one.role == role), None) or next(iter(mine), None)
    if found is None:
        raise _refused(
            "certificate",
            certificate.serial,
            "Không có tài khoản nào của cơ quan, thuê bao này.",
            "This body or subscriber has no account.",
        )
    return found


def _refused(field: str, value: str, vi: str, en: str, clause: str = UNSOURCED) -> MockcaError:
    return Refused(
        [
            Violation(
                field=field,
                value=value,
                clause=clause,
                vi=vi,
                en=en,
                accepted="chữ ký mới, bằng chứng thư số đang có hiệu lực của sandbox này / "
                "a fresh signature by a certificate of this sandbox that is in force",
            )
        ]
    )
