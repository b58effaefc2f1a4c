"""Subscribers' certificates: the profile of the real second generation, constant extensions made once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from mockca.errors import Malformed
from mockca.pki import certificates, keys, names
from mockca.pki.hierarchy import Endpoints, Signer, key_id
from mockca.pki.keys import PublicKey
from mockca.pki.names import SubjectName

_RSA_USAGE: Final = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
# RFC 8813 §3 forbids both encipherments for keys on elliptic curves.
_EC_USAGE: Final = ("digital_signature", "content_commitment")


class LeafIssuer:
    """Issues in the name of one CA, with the addresses of one sandbox.

    The profile: critical basicConstraints CA:FALSE and keyUsage; clientAuth, emailProtection and Microsoft
    smart card logon; one policy with its practice statement; key identifiers; caIssuers and OCSP; one CRL
    address; rfc822Name where the subject has an address. `freshest` adds freshestCRL, which some relying
    parties stumble over, so the default leaves it to the CRL.
    """

    def __init__(self, issuer: Signer, endpoints: Endpoints, *, freshest: bool = False) -> None:
        self.issuer = issuer
        ours = (
            certificates.extended_key_usage(
                ExtendedKeyUsageOID.CLIENT_AUTH,
                ExtendedKeyUsageOID.EMAIL_PROTECTION,
                ExtendedKeyUsageOID.SMARTCARD_LOGON,
            )
            + certificates.policies(certificates.SUBSCRIBER_POLICY, endpoints.cps)
            + certificates.authority_key(issuer.key_id)
            + certificates.information_access(endpoints.issuing_crt, endpoints.ocsp)
            + certificates.crl_place(endpoints.issuing_crl)
            + (certificates.delta_place(endpoints.issuing_delta) if freshest else b"")
        )
        end_entity = certificates.authority(False)
        self._rsa_extensions = end_entity + certificates.key_usage(*_RSA_USAGE) + ours
        self._ec_extensions = end_entity + certificates.key_usage(*_EC_USAGE) + ours
        self._not_before = issuer.certificate.not_valid_before_utc
        self._not_after = issuer.certificate.not_valid_after_utc

    def issue(
        self,
        subject: SubjectName,
        public_key: PublicKey,
        *,
        serial: int,
        not_before: datetime,
        not_after: datetime,
        backdated: bool = False,
    ) -> bytes:
        """The certificate's DER. Instants lose their fractions of a second.

        One that is `backdated` may begin before the CA does: who validates it looks at each validity by itself, at
        the time of the check (RFC 5280 §6.1.3 a.2).

        Raises Malformed for a name that does not fit a certificate, a key of no known kind and a validity
        that is empty or reaches out of the CA's own.
        """
        keys.algorithm_of(public_key)
        not_before, not_after = not_before.replace(microsecond=0), not_after.replace(microsecond=0)
        earliest = not_before if backdated else self._not_before
        if not earliest <= not_before < not_after <= self._not_after:
            raise Malformed(
                "validity",
                f"{not_before.isoformat()} to {not_after.isoformat()} is empty or reaches out of the "
                f"issuer's ({self._not_before.isoformat()} to {self._not_after.isoformat()})",
            )
        name = names.encode(subject)
        spki = keys.spki(public_key)
        extensions = self._rsa_extensions if isinstance(public_key, rsa.RSAPublicKey) else self._ec_extensions
        extensions += certificates.subject_key(key_id(keys.key_bits(spki)))
        if subject.email is not None:
            extensions += certificates.subject_email(names.checked_email(subject.email))
        return certificates.assemble(
            self.issuer.key,
            issuer=self.issuer.subject,
            subject=name,
            serial=serial,
            not_before=not_before,
            not_after=not_after,
            public_key=spki,
            extensions=extensions,
        )
