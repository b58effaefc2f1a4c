"""A publisher's PKI whose defects are switched on one by one: certificates, CRLs and OCSP put together by asn1crypto.

Written apart from the mock, so that the suite is tried on two implementations.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import core, crl, ocsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from tests.conformance.toy_pki import DER, Standing, access, point, uri

SHA256_ECDSA = {"algorithm": "sha256_ecdsa"}
SHA1_ECDSA = {"algorithm": "sha1_ecdsa"}
HOLD = "certificateHold"
OVERLONG = 1 << 162
"""A bit that makes a serial number longer than 20 octets."""
CODES = {
    "keyCompromise": "key_compromise",
    "certificateHold": "certificate_hold",
    "removeFromCRL": "remove_from_crl",
    "superseded": "superseded",
    "unspecified": "unspecified",
}
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
NAMES = {"C": NameOID.COUNTRY_NAME, "L": NameOID.LOCALITY_NAME, "O": NameOID.ORGANIZATION_NAME}

Private = ec.EllipticCurvePrivateKey


def name(common_name: str, *more: x509.NameAttribute[str]) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Cơ quan Mẫu (MÔ PHỎNG)"),
            *more,
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


class CrookedPki:
    """A root, an issuing CA and a delegated responder on P-256."""

    def __init__(self, base: str, now: datetime, defects: frozenset[str]) -> None:
        self.base, self.defects = base, defects
        start = now - 10 * DAY
        self.root_key, self.key, self.responder_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        self.stranger = ec.generate_private_key(ec.SECP256R1())
        self.root = self._authority("CA gốc (MÔ PHỎNG)", self.root_key, None, start)
        self.certificate = self._authority("CA (MÔ PHỎNG)", self.key, self.root, start)
        self.other_root = self._authority("CA gốc (MÔ PHỎNG)", self.stranger, None, start)
        self.responder = self._responder(start)
        self.number = 10
        self.full_at = start
        self.base_number = 0
        self.base_at = start
        self.ever_listed: set[int] = set()
        self.first: dict[str, bytes] = {}

    # --- certificates -------------------------------------------------------------------------------------------

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, start: datetime, end: datetime, serial: int, key: Any
    ) -> Any:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(start)
            .not_valid_after(end)
        )

    def _authority(
        self, common_name: str, key: Private, above: x509.Certificate | None, start: datetime
    ) -> x509.Certificate:
        issuing = above is not None
        subject = name(common_name)
        years = 21 if "authority-of-21-years" in self.defects and issuing else 20
        end = start + 9 * DAY if "authority-expired" in self.defects and issuing else start + years * YEAR
        builder = self._builder(subject, subject if above is None else above.subject, start, end, 77, key)
        is_ca = not ("issuer-no-ca" in self.defects and issuing)
        if not ("issuer-unconstrained" in self.defects and issuing):
            length = 0 if issuing else None
            builder = builder.add_extension(
                x509.BasicConstraints(is_ca, length if is_ca else None),
                critical=not ("constraints-uncritical" in self.defects and issuing),
            )
        no_crl_sign = "issuer-without-crlsign" in self.defects and issuing
        if not ("issuer-without-usage" in self.defects and issuing):
            builder = builder.add_extension(
                usage(key_cert_sign=True, crl_sign=not no_crl_sign),
                critical="issuer-usage-uncritical" not in self.defects,
            )
        if not ("issuer-without-ski" in self.defects and issuing):
            builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        if above is not None:
            builder = builder.add_extension(authority_key(self.root_key), critical=False)
            builder = builder.add_extension(crl_points(f"{self.base}/pki/root.crl"), critical=False)
            places = [access(AuthorityInformationAccessOID.CA_ISSUERS, f"{self.base}/pki/root.crt")]
            if "issuer-leads-nowhere" not in self.defects:
                builder = builder.add_extension(x509.AuthorityInformationAccess(places), critical=False)
        made: x509.Certificate = builder.sign(self.root_key if issuing else key, hashes.SHA256())
        return made

    def _responder(self, start: datetime) -> x509.Certificate:
        end = start + DAY if "responder-expired" in self.defects else start + 20 * YEAR
        issuer, signer = self.certificate.subject, self.key
        if "responder-of-a-stranger" in self.defects:
            signer = self.stranger
        builder = self._builder(name("OCSP (MÔ PHỎNG)"), issuer, start, end, secrets.randbits(63), self.responder_key)
        purpose = ExtendedKeyUsageOID.OCSP_SIGNING
        if "responder-without-purpose" in self.defects:
            purpose = ExtendedKeyUsageOID.TIME_STAMPING
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        signs = "responder-may-not-sign" not in self.defects
        builder = builder.add_extension(
            usage(digital_signature=signs, key_agreement=not signs), critical=True
        ).add_extension(authority_key(self.key), critical=False)
        if "responder-to-be-checked" not in self.defects:
            builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        made: x509.Certificate = builder.sign(signer, hashes.SHA256())
        return made

    def leaf(self, common_name: str, serial: int, start: datetime, end: datetime) -> bytes:
        """A subscriber's certificate, DER."""
        d = self.defects
        key: Any = ec.generate_private_key(ec.SECP256R1())
        if "weak-key" in d:
            key = rsa.generate_private_key(65537, 1024)  # noqa: S505
        more = [x509.NameAttribute(NameOID.TITLE, "Giám đốc")] if "titled" in d else []
        subject = name(common_name, *more)
        if "names-decomposed" in d:
            subject = name("Nguye\u0302\u0303n Ma\u0302\u0303u")
        if "names-printable" in d:
            subject = x509.Name(
                [
                    x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
                    x509.NameAttribute(NameOID.COMMON_NAME, "Mau", _type=_ASN1Type.PrintableString),
                ]
            )
        if "names-out-of-order" in d:
            subject = x509.Name(list(reversed(list(subject))))
        if "overlong" in d:
            end = start + 11 * YEAR
        builder = self._builder(subject, self.certificate.subject, start, end, serial, key)
        places = [
            access(AuthorityInformationAccessOID.CA_ISSUERS, f"{self.base}/pki/ca.crt"),
            access(AuthorityInformationAccessOID.OCSP, f"{self.base}/pki/ocsp"),
        ]
        extensions: dict[str, tuple[x509.ExtensionType, bool]] = {
            "constraints": (x509.BasicConstraints("leaf-is-ca" in d, None), "leaf-constraints-uncritical" not in d),
            "usage": (self._leaf_usage(), "leaf-usage-uncritical" not in d),
            "purposes": (x509.ExtendedKeyUsage(self._purposes()), False),
            "policies": (self._policies(), False),
            "key": (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            "authority": (authority_key(self.stranger if "other-authority-key" in d else self.key), False),
            "access": (x509.AuthorityInformationAccess(places[: 1 if "no-responder" in d else 2]), False),
            "crl": (crl_points(f"{self.base}/pki/full.crl"), False),
            "mail": (self._mail(), False),
        }
        for part, (value, critical) in extensions.items():
            if f"leaf-without-{part}" not in d:
                builder = builder.add_extension(value, critical=critical)
        made: x509.Certificate = builder.sign(self.key, hashes.SHA256())
        return self._signed_again(made) if d & {"serials-overlong", "leaf-sha1"} else made.public_bytes(DER)

    def _signed_again(self, certificate: x509.Certificate) -> bytes:
        """The certificate as no builder makes it."""
        whole_certificate = asn1.Certificate.load(certificate.public_bytes(DER))
        body, sha1 = whole_certificate["tbs_certificate"], "leaf-sha1" in self.defects
        if "serials-overlong" in self.defects:
            body["serial_number"] = certificate.serial_number | OVERLONG
        algorithm = SHA1_ECDSA if sha1 else SHA256_ECDSA
        body["signature"] = whole_certificate["signature_algorithm"] = algorithm
        signature = self.key.sign(body.dump(force=True), ec.ECDSA(hashes.SHA1() if sha1 else hashes.SHA256()))  # noqa: S303
        whole_certificate["signature_value"] = signature
        made: bytes = whole_certificate.dump(force=True)
        return made

    def _leaf_usage(self) -> x509.KeyUsage:
        bits = {"digital_signature": True, "content_commitment": True}
        if "leaf-signs-certificates" in self.defects:
            bits["key_cert_sign"] = True
        if "leaf-enciphers" in self.defects:
            bits["key_encipherment"] = True
        if "leaf-repudiates" in self.defects:
            bits["content_commitment"] = False
        return usage(**bits)

    def _purposes(self) -> list[x509.ObjectIdentifier]:
        purposes = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
        if "any-purpose" in self.defects:
            purposes.append(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
        return purposes[1:] if "no-client" in self.defects else purposes

    def _policies(self) -> x509.CertificatePolicies:
        policy = "2.5.29.32.0" if "any-policy" in self.defects else "1.3.6.1.4.1.32473.9.1"
        statement: list[str | x509.UserNotice] | None = [f"{self.base}/pki/cps"]
        if "no-statement" in self.defects:
            statement = None
        return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(policy), statement)])

    def _mail(self) -> x509.SubjectAlternativeName:
        if "no-mailbox" in self.defects:
            return x509.SubjectAlternativeName([x509.DNSName("mau.test")])
        return x509.SubjectAlternativeName(
            [x509.RFC822Name("mau" if "half-a-mailbox" in self.defects else "mau@mau.test")]
        )

    def der(self, certificate: x509.Certificate) -> bytes:
        return certificate.public_bytes(serialization.Encoding.PEM if "issuer-in-pem" in self.defects else DER)

    # --- CRLs ---------------------------------------------------------------------------------------------------

    def full(self, standings: Iterable[Standing], now: datetime) -> bytes:
        """The full CRL as of now."""
        listed, d = list(standings), self.defects
        if "crl-frozen" in d and "full" in self.first:
            return self.first["full"]
        self.number += 1
        self.full_at = now.replace(microsecond=0)
        if not self.base_number:
            self.base_number, self.base_at = self.number, now
        if "numbers-stand-still" in d:
            self.number = 5
        self.ever_listed |= {serial for serial, _, _ in listed}
        number = 1000 - self.number if "numbers-fall" in d else self.number
        if "numbers-by-the-clock" in d:
            number = int(now.timestamp())
        self.first["full"] = self._list(listed, number, now, None)
        return self.first["full"]

    def delta(self, standings: Iterable[Standing], now: datetime) -> bytes:
        """What a reader with any full CRL since the base must know."""
        d = self.defects
        listed = list(standings)
        current = {serial for serial, _, _ in listed}
        if "delta-keeps-silent" not in d:
            listed += [(serial, "removeFromCRL", now) for serial in self.ever_listed - current]
        if "delta-forgets" in d:
            listed = []
        if "twins-apart" in d or now.replace(microsecond=0) != self.full_at:
            self.number += 1
        number = self.number - 3 if "delta-behind" in d else self.number
        base = self.base_number + (100 if "delta-ahead" in d else 0)
        if "delta-before-its-base" in d:
            base = number + 1
        return self._list(listed, number, now, base)

    def root_list(self, now: datetime) -> bytes:
        """The root's CRL."""
        revoked: list[Standing] = []
        if "authority-revoked" in self.defects:
            revoked = [(self.certificate.serial_number, "cACompromise", now - DAY)]
        tbs = self._tbs(revoked, 3, now, self.root.subject, [aki(self.root_key), number_extension(3)])
        return self._signed_list(tbs, self.root_key)

    def _list(self, standings: list[Standing], number: int, now: datetime, base: int | None) -> bytes:
        d = self.defects
        extensions: list[dict[str, Any]] = []
        if "crl-without-authority-key" not in d:
            extensions.append(aki(self.stranger if "crl-of-another-key" in d else self.key))
        if "crl-unnumbered" not in d:
            extensions.append({**number_extension(number), "critical": "number-critical" in d})
        if "crl-number-overlong" in d:
            extensions = [aki(self.key), number_extension(1 << 170)]
        point_of = f"{self.base}/pki/{'elsewhere' if 'crl-points-elsewhere' in d else 'full'}.crl"
        scope: dict[str, Any] = {"distribution_point": {"full_name": [uri_name(point_of)]}}
        if "crl-of-authorities" in d:
            scope["only_contains_ca_certs"] = True
        if "crl-of-some-reasons" in d:
            scope["only_some_reasons"] = {"key_compromise"}
        if "crl-indirect" in d:
            scope["indirect_crl"] = True
        if "crl-of-attributes" in d:
            scope["only_contains_attribute_certs"] = True
        if not ("delta-of-another-scope" in d and base is not None):
            extensions.append(
                {"extn_id": "issuing_distribution_point", "critical": "scope-uncritical" not in d, "extn_value": scope}
            )
        freshest = [{"distribution_point": {"full_name": [uri_name(f"{self.base}/pki/delta.crl")]}}]
        if base is None and "no-delta" not in d:
            extensions.append({"extn_id": "freshest_crl", "critical": False, "extn_value": freshest})
        if base is not None:
            if "delta-without-indicator" not in d:
                extensions.append({"extn_id": "delta_crl_indicator", "critical": True, "extn_value": base})
            if "delta-names-a-delta" in d:
                extensions.append({"extn_id": "freshest_crl", "critical": False, "extn_value": freshest})
        issuer = self.certificate.subject
        if "crl-of-another" in d:
            issuer = self.root.subject
        tbs = self._tbs(standings, number, now, issuer, extensions)
        return self._signed_list(tbs, self.stranger if "crl-signed-by-another" in d else self.key)

    def _tbs(
        self, standings: list[Standing], number: int, now: datetime, issuer: x509.Name, extensions: list[dict[str, Any]]
    ) -> dict[str, Any]:
        d = self.defects
        this_update = now + 2 * timedelta(hours=1) if "crl-from-the-future" in d else now
        next_update = now - timedelta(hours=1) if "crl-expired" in d else now + 7 * DAY
        if "crl-backwards" in d:
            next_update = this_update
        entries = [self._entry(*standing, now) for standing in standings]
        if "entries-twice" in d and entries:
            entries.append(entries[0])
        tbs: dict[str, Any] = {
            "version": "v2",
            "signature": SHA1_ECDSA if "crl-sha1" in d else SHA256_ECDSA,
            "issuer": asn1.Name.load(issuer.public_bytes()),
            "this_update": {"utc_time": whole(this_update)},
            "crl_extensions": extensions,
        }
        if "crl-endless" not in d:
            tbs["next_update"] = {"utc_time": whole(next_update)}
        if entries or "empty-list" in d:
            tbs["revoked_certificates"] = entries
        if "crl-version-1" in d:
            del tbs["version"]
        return tbs

    def _entry(self, serial: int, reason: str, since: datetime, now: datetime) -> dict[str, Any]:
        d = self.defects
        if "entries-from-the-future" in d:
            since = now + DAY
        if "entries-drift" in d and reason != "removeFromCRL":
            since = now
        if reason == "keyCompromise" and "crl-hides-reasons" in d:
            reason = "superseded"
        if reason == HOLD and "holds-are-removals" in d:
            reason = "removeFromCRL"
        extensions = []
        code = CODES.get(reason, "ca_compromise")
        if "unspecified-said" in d:
            code = "unspecified"
        extensions.append({"extn_id": "crl_reason", "critical": "reason-critical" in d, "extn_value": code})
        if reason == "keyCompromise":
            lost = since + DAY if "invalid-after-revocation" in d else since - DAY
            extensions.append({"extn_id": "invalidity_date", "critical": False, "extn_value": whole(lost)})
        return {
            "user_certificate": serial,
            "revocation_date": {"utc_time": whole(since)},
            "crl_entry_extensions": extensions,
        }

    def _signed_list(self, tbs: dict[str, Any], key: Private) -> bytes:
        d = self.defects
        body = crl.TbsCertList(tbs)
        algorithm = hashes.SHA1() if "crl-sha1" in d else hashes.SHA256()  # noqa: S303
        signature = key.sign(body.dump(), ec.ECDSA(algorithm))
        outer = SHA1_ECDSA if "crl-two-algorithms" in d or "crl-sha1" in d else SHA256_ECDSA
        whole_list = crl.CertificateList({"tbs_cert_list": body, "signature_algorithm": outer, "signature": signature})
        made: bytes = whole_list.dump()
        return made

    # --- OCSP ---------------------------------------------------------------------------------------------------

    def ocsp(
        self, request: bytes, known: Mapping[int, datetime], standings: Iterable[Standing], now: datetime
    ) -> bytes:
        """The answer to one request; `known` has each certificate's notAfter by its serial."""
        d = self.defects
        try:
            asked = ocsp.OCSPRequest.load(request, strict=True)
            body = asked["tbs_request"]
            ids = [one["req_cert"] for one in body["request_list"]]
            nonces = [
                one["extn_value"].parsed.native
                for one in body["request_extensions"]
                if one["extn_id"].native == "nonce"
            ]
            for one in ids:
                _ = one.native
        except (ValueError, TypeError, KeyError):
            return failure("successful" if False else "malformed_request") if "forgives-garbage" not in d else b"?"
        if any(not 1 <= len(nonce) <= 128 for nonce in nonces) and "any-nonce" not in d:
            return failure("malformed_request")
        if any(len(nonce) < 17 for nonce in nonces) and "long-nonces-only" in d:
            return failure("malformed_request")
        if len(ids) > 1 and "one-at-a-time" in d:
            return failure("unauthorized")
        if not all(self._is_ours(one) for one in ids) and "answers-for-others" not in d:
            return failure("unauthorized")
        if any(one["hash_algorithm"]["algorithm"].native == "sha256" for one in ids) and "sha1-only" in d:
            return failure("unauthorized")
        serials = [one["serial_number"].native for one in ids]
        if any(serial not in known for serial in serials) and "unknown-unauthorized" in d:
            return failure("unauthorized")
        bad = {serial: (reason, since) for serial, reason, since in standings}
        key = ("ocsp", tuple(serials), tuple(nonces))
        singles = [self._single(one, known, bad, now) for one in ids]
        return self._response(singles[:1] if "first-only" in d else singles, nonces, now) if key else b""

    def _is_ours(self, asked: Any) -> bool:
        algorithm = asked["hash_algorithm"]["algorithm"].native
        if algorithm not in ("sha1", "sha256"):
            return False
        name_hash = hashlib.new(algorithm, self.certificate.subject.public_bytes()).digest()
        key_hash = hashlib.new(algorithm, bits(self.key)).digest()
        same_name = asked["issuer_name_hash"].native == name_hash or "looks-at-keys-only" in self.defects
        same_key = asked["issuer_key_hash"].native == key_hash or "looks-at-names-only" in self.defects
        return same_name and same_key

    def _single(
        self, asked: Any, known: Mapping[int, datetime], bad: Mapping[int, tuple[str, datetime]], now: datetime
    ) -> dict[str, Any]:
        d, serial = self.defects, asked["serial_number"].native
        status: Any = ocsp.CertStatus("good")
        if serial in bad:
            reason, since = bad[serial]
            if "ocsp-other-date" in d:
                since = since + 3 * SECOND
            if "ocsp-other-reason" in d:
                reason = "superseded"
            code = CODES.get(reason, "ca_compromise")
            status = ocsp.CertStatus(
                "revoked", ocsp.RevokedInfo({"revocation_time": whole(since), "revocation_reason": code})
            )
            if "ocsp-always-good" in d:
                status = ocsp.CertStatus("good")
        elif serial not in known:
            status = self._unknown()
        elif "expiry-revokes" in d and known[serial] < now:
            status = ocsp.CertStatus(
                "revoked",
                ocsp.RevokedInfo({"revocation_time": whole(known[serial]), "revocation_reason": "superseded"}),
            )
        this_update = now + 2 * timedelta(hours=1) if "ocsp-from-the-future" in d else now
        next_update = now + DAY
        if "ocsp-expired" in d:
            next_update = now - timedelta(hours=1)
        if "ocsp-backwards" in d:
            next_update = this_update
        cert_id = asked
        if "ocsp-of-another" in d:
            cert_id = {**asked.native, "serial_number": serial + 1}
        if "ids-in-sha1" in d:
            cert_id = {
                "hash_algorithm": {"algorithm": "sha1"},
                "issuer_name_hash": hashlib.sha1(self.certificate.subject.public_bytes()).digest(),  # noqa: S324
                "issuer_key_hash": hashlib.sha1(bits(self.key)).digest(),  # noqa: S324
                "serial_number": serial,
            }
        single: dict[str, Any] = {
            "cert_id": cert_id,
            "cert_status": status,
            "this_update": whole(this_update),
            "next_update": whole(next_update),
        }
        if serial in known and known[serial] < now and "no-archive-cutoff" not in d:
            cutoff = now if "archive-cutoff-late" in d else known[serial] - DAY
            single["single_extensions"] = [
                {"extn_id": "archive_cutoff", "extn_value": core.GeneralizedTime(whole(cutoff))}
            ]
        return single

    def _unknown(self) -> Any:
        d = self.defects
        if "unknown-good" in d:
            return ocsp.CertStatus("good")
        if "unknown-revoked" in d:
            from datetime import UTC

            since = (
                datetime(1970, 1, 1, tzinfo=UTC) if "unknown-since-now" not in d else datetime(2026, 1, 1, tzinfo=UTC)
            )
            return ocsp.CertStatus(
                "revoked", ocsp.RevokedInfo({"revocation_time": since, "revocation_reason": "certificate_hold"})
            )
        return ocsp.CertStatus("unknown")

    def _response(self, singles: list[dict[str, Any]], nonces: list[bytes], now: datetime) -> bytes:
        d = self.defects
        key, signer = self.responder_key, self.responder
        if "ocsp-by-the-issuer" in d:
            key, signer = self.key, self.certificate
        named = self.stranger if "responder-unknown" in d else key
        who: Any = ocsp.ResponderId("by_key", hashlib.sha1(bits(named)).digest())  # noqa: S324
        if "responder-by-name" in d:
            who = ocsp.ResponderId("by_name", asn1.Name.load(signer.subject.public_bytes()))
        produced = now + timedelta(hours=3) if "produced-in-the-future" in d else now
        if "produced-before" in d:
            produced = now - timedelta(hours=1)
        extensions = []
        if "nonce-invented" in d and not nonces:
            nonces = [secrets.token_bytes(16)]
        if "nonce-forgotten" not in d:
            for nonce in nonces:
                told = secrets.token_bytes(32) if "nonce-of-another" in d else nonce
                extensions.append({"extn_id": "nonce", "extn_value": core.OctetString(told)})
        if "unknown-revoked" in d and "unknown-unsaid" not in d:
            extensions.append({"extn_id": "extended_revoke", "extn_value": core.Null()})
        data: dict[str, Any] = {"responder_id": who, "produced_at": whole(produced), "responses": singles}
        if extensions:
            data["response_extensions"] = extensions
        body = ocsp.ResponseData(data)
        sha1 = "ocsp-sha1" in d
        signature = key.sign(body.dump(), ec.ECDSA(hashes.SHA1() if sha1 else hashes.SHA256()))  # noqa: S303
        if "ocsp-signature-broken" in d:
            signature = self.stranger.sign(body.dump(), ec.ECDSA(hashes.SHA256()))
        basic: dict[str, Any] = {
            "tbs_response_data": body,
            "signature_algorithm": SHA1_ECDSA if sha1 else SHA256_ECDSA,
            "signature": signature,
        }
        if signer is not self.certificate:
            basic["certs"] = [asn1.Certificate.load(signer.public_bytes(DER))]
        made: bytes = ocsp.OCSPResponse(
            {
                "response_status": "successful",
                "response_bytes": {"response_type": "basic_ocsp_response", "response": ocsp.BasicOCSPResponse(basic)},
            }
        ).dump()
        return made


def failure(status: str) -> bytes:
    made: bytes = ocsp.OCSPResponse({"response_status": status}).dump()
    return made


def usage(**bits_set: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**(dict.fromkeys(names, False) | bits_set))


def authority_key(key: Private) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def crl_points(url: str) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints([point(url)])


def aki(key: Private) -> dict[str, Any]:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest
    return {"extn_id": "authority_key_identifier", "critical": False, "extn_value": {"key_identifier": identifier}}


def number_extension(number: int) -> dict[str, Any]:
    return {"extn_id": "crl_number", "critical": False, "extn_value": number}


def uri_name(url: str) -> Any:
    return asn1.GeneralName("uniform_resource_identifier", uri(url).value)


def bits(key: Private) -> bytes:
    """The content of subjectPublicKey."""
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
