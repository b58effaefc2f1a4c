"""What the authorities of the corpus published about statuses: CRLs, delta CRLs and OCSP responses as of any time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from asn1crypto import core, ocsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.corpus.keys import Key
from conformance.corpus.model import Authority, Signer, authorities, everybody, instant
from conformance.corpus.world import HOST, World, named

AGE, LIFE = timedelta(hours=6), timedelta(hours=24)
"""How old a CRL is when it is fetched, and how long it holds."""
BASE_LIFE = timedelta(days=30)
"""How long a CRL holds that deltas bring up to date."""
OCSP_AGE, OCSP_LIFE = timedelta(hours=1), timedelta(hours=12)
HOLD = "certificate_hold"
FLAGS = {
    "unspecified": x509.ReasonFlags.unspecified,
    "key_compromise": x509.ReasonFlags.key_compromise,
    "affiliation_changed": x509.ReasonFlags.affiliation_changed,
    "cessation_of_operation": x509.ReasonFlags.cessation_of_operation,
    "remove_from_crl": x509.ReasonFlags.remove_from_crl,
    HOLD: x509.ReasonFlags.certificate_hold,
}
Status = tuple[datetime, str]
"""Since when, and why."""


def status(row: Authority | Signer, at: datetime) -> Status | None:
    """Whether somebody of these tables was revoked or suspended at that time; None where not."""
    if row.revoked and instant(row.revoked) <= at:
        return instant(row.revoked), row.reason if isinstance(row, Signer) else "unspecified"
    for begin, end in row.holds if isinstance(row, Signer) else ():
        if instant(begin) <= at and (not end or at < instant(end)):
            return instant(begin), HOLD
    return None


def crl(
    world: World, authority: str, at: datetime, *, by: str = "", has_delta: bool = False, is_blank: bool = False
) -> bytes:
    """The CRL that was current at that time; DER.

    `by` signs it with another's key; `has_delta` names where its delta is; `is_blank` lists nobody, as before anything
    happened.
    """
    this = at - AGE
    builder = _list(world, authority, this, by, BASE_LIFE if has_delta else LIFE)
    for serial, (since, reason) in [] if is_blank else _revoked(world, authority, this):
        builder = builder.add_revoked_certificate(_entry(serial, since, reason))
    if has_delta:
        place = x509.DistributionPoint(
            [x509.UniformResourceIdentifier(f"{HOST}/{authority}-delta.crl")], None, None, None
        )
        builder = builder.add_extension(x509.FreshestCRL([place]), critical=False)
    return _signed(builder, world.holder(by or authority).key)


def delta(world: World, authority: str, at: datetime) -> bytes:
    """The delta CRL of that time, on a base from before anything happened but holds that have begun and ended; DER."""
    this = at - AGE
    builder = _list(world, authority, this, "", LIFE)
    builder = builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    listed = dict(_revoked(world, authority, this))
    for id_ in world.certified_by(authority):
        row = everybody()[id_]
        ended = [
            instant(end) for _, end in (row.holds if isinstance(row, Signer) else ()) if end and instant(end) <= this
        ]
        serial = world.serial(id_)
        if ended and serial not in listed:
            listed[serial] = ended[-1], "remove_from_crl"
    for serial, (since, reason) in listed.items():
        builder = builder.add_revoked_certificate(_entry(serial, since, reason))
    return _signed(builder, world.holder(authority).key)


def response(world: World, id_: str, at: datetime, *, by: str, about: str = "", says: str = "") -> bytes:
    """An OCSP response about somebody, given at that time; DER.

    `by` signs it; `about` is whom it is about instead; `says` is `good` or `unknown` instead of the truth.
    """
    holder, responder = world.holder(about or id_), world.holder(by)
    issuer = world.holder(holder.issuer).certificate
    this = at - OCSP_AGE
    row = everybody()[holder.id]
    single = {
        "cert_id": {
            "hash_algorithm": {"algorithm": "sha1"},
            "issuer_name_hash": issuer.subject.sha1,
            "issuer_key_hash": issuer.public_key.sha1,
            "serial_number": holder.serial,
        },
        "cert_status": _word(status(row, this), says),
        "this_update": this,
        "next_update": this + OCSP_LIFE,
    }
    body = ocsp.ResponseData(
        {
            "responder_id": ocsp.ResponderId("by_key", core.OctetString(responder.certificate.public_key.sha1)),
            "produced_at": this,
            "responses": [single],
        }
    )
    signature = raw(responder.key, body.dump())
    basic = ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": body,
            "signature_algorithm": {"algorithm": _mechanism(responder.key)},
            "signature": signature,
            "certs": [responder.certificate],
        }
    )
    whole = {
        "response_status": "successful",
        "response_bytes": {"response_type": "basic_ocsp_response", "response": basic},
    }
    der: bytes = ocsp.OCSPResponse(whole).dump()
    return der


def refusal() -> bytes:
    """An OCSP response that says tryLater."""
    der: bytes = ocsp.OCSPResponse({"response_status": "try_later"}).dump()
    return der


def raw(by: Key, data: bytes) -> bytes:
    """A signature with SHA-256, the same every time."""
    if isinstance(by, rsa.RSAPrivateKey):
        return by.sign(data, PKCS1v15(), SHA256())
    return by.sign(data, ECDSA(SHA256(), deterministic_signing=True))


def _mechanism(by: Key) -> str:
    return "sha256_rsa" if isinstance(by, rsa.RSAPrivateKey) else "sha256_ecdsa"


def _word(known: Status | None, says: str) -> ocsp.CertStatus:
    if says == "unknown":
        return ocsp.CertStatus("unknown", core.Null())
    if known is None or says == "good":
        return ocsp.CertStatus("good", core.Null())
    since, reason = known
    return ocsp.CertStatus("revoked", ocsp.RevokedInfo({"revocation_time": since, "revocation_reason": reason}))


def _list(
    world: World, authority: str, this: datetime, by: str, life: timedelta
) -> x509.CertificateRevocationListBuilder:
    mark = x509.AuthorityKeyIdentifier(world.holder(by or authority).certificate.key_identifier, None, None)
    builder = x509.CertificateRevocationListBuilder(named(authorities()[authority].name), this, this + life)
    builder = builder.add_extension(mark, critical=False)
    return builder.add_extension(x509.CRLNumber(int(this.timestamp()) // 3600), critical=False)


def _revoked(world: World, authority: str, at: datetime) -> Iterator[tuple[int, Status]]:
    for id_ in world.certified_by(authority):
        found = status(everybody()[id_], at)
        if found is not None:
            yield world.serial(id_), found


def _entry(serial: int, since: datetime, reason: str) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder(serial, since)
    if reason != "unspecified":
        builder = builder.add_extension(x509.CRLReason(FLAGS[reason]), critical=False)
    return builder.build()


def _signed(builder: x509.CertificateRevocationListBuilder, by: Key) -> bytes:
    if isinstance(by, rsa.RSAPrivateKey):
        return builder.sign(by, SHA256()).public_bytes(Encoding.DER)
    return builder.sign(by, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)
