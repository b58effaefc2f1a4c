"""The authorities and people of the corpus, with their keys and certificates: made from a seed, the same every time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import algos
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from conformance.corpus.keys import Key, key, octets
from conformance.corpus.model import DAYS, Authority, Signer, authorities, everybody, instant, signers

ATTRIBUTES = {
    "C": NameOID.COUNTRY_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
}
POLICY = x509.ObjectIdentifier("1.3.6.1.4.1.32473.1.1")
"""Under the number for examples of RFC 5612."""
HOST = "http://pki.corpus.test"
STAMPING = ("time_stamping",)
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a key and a certificate."""

    id: str
    key: Key
    certificate: asn1.Certificate
    issuer: str

    @property
    def serial(self) -> int:
        """Of the certificate."""
        number: int = self.certificate.serial_number
        return number


@dataclass(slots=True)
class World:
    """All of them; each is made when it is first asked for."""

    seed: str
    _made: dict[str, Holder] = field(default_factory=dict)

    def holder(self, id_: str) -> Holder:
        """An authority, a signer, a responder or a time-stamping authority, by its id in the tables."""
        if id_ not in self._made:
            known = authorities()
            self._made[id_] = self._authority(id_, known[id_]) if id_ in known else self._signer(id_, signers()[id_])
        return self._made[id_]

    def certified_by(self, authority: str) -> list[str]:
        """Ids of those whom the authority certified."""
        return [id_ for id_, row in everybody().items() if row.issuer == authority]

    def serial(self, id_: str) -> int:
        """The serial number of the certificate, without making it."""
        return int.from_bytes(octets(self.seed, f"serial of {id_}", 8), "big") >> 1 | 1 << 62

    def _authority(self, id_: str, row: Authority) -> Holder:
        own = key(self.seed, id_, row.key)
        builder = self._begun(id_, row.issuer or id_, row.name, own, row.not_before, row.not_after)
        builder = builder.add_extension(x509.BasicConstraints(row.is_ca, row.path_length), critical=True)
        builder = builder.add_extension(_usage(row.usages), critical=True)
        mark = x509.SubjectKeyIdentifier.from_public_key(own.public_key())
        if row.poses_as:
            other = self.holder(row.poses_as)
            mark = x509.SubjectKeyIdentifier.from_public_key(other.key.public_key())
        builder = builder.add_extension(mark, critical=False)
        return Holder(id_, own, self._signed(builder, row.issuer or id_, own, row.hash), row.issuer)

    def _signer(self, id_: str, row: Signer) -> Holder:
        own = key(self.seed, id_, row.key)
        begin = instant(row.not_before)
        end = instant(row.not_after) if row.not_after else begin + timedelta(days=DAYS)
        builder = self._begun(id_, row.issuer or id_, {"C": "VN", **row.name}, own, begin, end)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(row.usages), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        if row.purposes:
            purposes = [_purpose(one) for one in row.purposes]
            builder = builder.add_extension(
                x509.ExtendedKeyUsage(purposes), critical=row.purposes == ("time_stamping",)
            )
        if row.is_ocsp:
            builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        policy = x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)])
        builder = builder.add_extension(policy, critical=False)
        return Holder(id_, own, self._signed(builder, row.issuer or id_, own, row.hash), row.issuer)

    def _begun(
        self, id_: str, issuer: str, name: dict[str, str], own: Key, begin: datetime, end: datetime
    ) -> x509.CertificateBuilder:
        above = authorities().get(issuer)
        builder = x509.CertificateBuilder(
            issuer_name=named(name if above is None else above.name),
            subject_name=named(name),
            public_key=own.public_key(),
            serial_number=self.serial(id_),
            not_valid_before=begin,
            not_valid_after=end,
        )
        if issuer == id_ or above is None:
            return builder
        mark = self.holder(issuer).certificate.key_identifier
        builder = builder.add_extension(x509.AuthorityKeyIdentifier(mark, None, None), critical=False)
        crl = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{HOST}/{issuer}.crl")], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([crl]), critical=False)
        access = [
            x509.AccessDescription(how, x509.UniformResourceIdentifier(where))
            for how, where in (
                (AuthorityInformationAccessOID.CA_ISSUERS, f"{HOST}/{issuer}.crt"),
                (AuthorityInformationAccessOID.OCSP, f"{HOST}/ocsp"),
            )
        ]
        return builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)

    def _signed(self, builder: x509.CertificateBuilder, issuer: str, own: Key, hash_: str) -> asn1.Certificate:
        above = authorities().get(issuer)
        by = own if above is None else key(self.seed, issuer, above.key)
        certificate = asn1.Certificate.load(_sign(builder, by))
        return certificate if hash_ == "sha256" else _with_sha1(certificate, by)


def named(name: dict[str, str]) -> x509.Name:
    """The name, its parts in the order of the table."""
    return x509.Name([x509.NameAttribute(ATTRIBUTES[part], value) for part, value in name.items()])


def _sign(builder: x509.CertificateBuilder, with_key: Key) -> bytes:
    if isinstance(with_key, rsa.RSAPrivateKey):
        return builder.sign(with_key, SHA256()).public_bytes(Encoding.DER)
    return builder.sign(with_key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def _with_sha1(certificate: asn1.Certificate, with_key: Key) -> asn1.Certificate:
    """The certificate signed with SHA-1, which cryptography no longer does of itself."""
    assert isinstance(with_key, rsa.RSAPrivateKey)  # noqa: S101 - the tables say so
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha1_rsa"})
    body = certificate["tbs_certificate"].copy()
    body["signature"] = algorithm
    body = asn1.TbsCertificate.load(body.dump(force=True))
    signature = with_key.sign(body.dump(), PKCS1v15(), SHA1())  # noqa: S303 - what the case is about
    whole = asn1.Certificate({"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": signature})
    return asn1.Certificate.load(whole.dump())


def _usage(usages: tuple[str, ...]) -> x509.KeyUsage:
    wanted = {"content_commitment" if one == "non_repudiation" else one for one in usages}
    return x509.KeyUsage(**{one: one in wanted for one in USAGES})


def _purpose(name: str) -> x509.ObjectIdentifier:
    if name[0].isdecimal():
        return x509.ObjectIdentifier(name)
    found: x509.ObjectIdentifier = getattr(ExtendedKeyUsageOID, name.upper())
    return found
