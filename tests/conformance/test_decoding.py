"""Certificates, requests, CRLs and OCSP are told in words, and what is none of them is told to be so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from conformance import decoding
from conformance.events import Result
from conformance.evidence import LONGEST_BINARY, LONGEST_KEPT, fetched, of
from conformance.run import Finding, public_place

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA (MÔ PHỎNG)")])
URL = x509.UniformResourceIdentifier("http://ca.test/full.crl")
OTHER_OID = x509.ObjectIdentifier("1.2.3.4.5.6")


def certificate() -> x509.Certificate:
    """One with an extension of nearly every kind."""
    point = x509.DistributionPoint([URL], None, None, None)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 0x1000, NOW, NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier(b"\x01" * 20), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier(b"\x02" * 20, None, None), critical=False)
        .add_extension(
            x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, URL)]), False
        )
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.RFC822Name("an@tinh.test"), x509.DirectoryName(NAME)]), critical=False
        )
        .add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), None)]),
            False,
        )
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(x509.UnrecognizedExtension(OTHER_OID, b"\x05\x00" * 300), critical=False)
        .sign(KEY, hashes.SHA256())
    )


def crl(entries: int) -> x509.CertificateRevocationList:
    builder = (
        x509.CertificateRevocationListBuilder(NAME, NOW, NOW + timedelta(days=1))
        .add_extension(x509.CRLNumber(7), critical=False)
        .add_extension(x509.IssuingDistributionPoint([URL], None, False, False, None, False, False), critical=True)
    )
    for number in range(entries):
        entry = x509.RevokedCertificateBuilder(0x1000 + number, NOW)
        if number % 2 == 0:
            entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            entry = entry.add_extension(x509.InvalidityDate(NOW.replace(tzinfo=None)), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(KEY, hashes.SHA256())


def der(thing: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return thing.public_bytes(serialization.Encoding.DER)


def test_a_certificate_is_told_with_its_extensions() -> None:
    text = decoding.certificate(der(certificate())).text
    for line in (
        "subject     CN=CA (MÔ PHỎNG)",
        "serial      1000",
        "valid       2026-03-02 02:00:00Z to 2027-03-02 02:00:00Z",
        "key         EC secp256r1",
        "basicConstraints (critical): CA True, path length 0",
        "keyUsage (critical): digital signature, content commitment",
        "extendedKeyUsage: emailProtection",
        f"subjectKeyIdentifier: {'01' * 20}",
        f"authorityKeyIdentifier: {'02' * 20}",
        "authorityInfoAccess: OCSP http://ca.test/full.crl",
        "cRLDistributionPoints: http://ca.test/full.crl",
        "subjectAltName: an@tinh.test, CN=CA (MÔ PHỎNG)",
        "certificatePolicies: 1.3.6.1.4.1.99999.1",
    ):
        assert line in text.splitlines()
    long = next(line for line in text.splitlines() if line.startswith(OTHER_OID.dotted_string))
    assert long.endswith(" …")


def test_of_a_crl_the_entries_asked_about_come_first_and_not_all_are_told() -> None:
    lines = decoding.crl(der(crl(20)), (0x1002, 0x9999)).text.splitlines()
    assert "cRLNumber: 7" in lines
    assert "issuingDistributionPoint (critical): http://ca.test/full.crl" in lines
    entries = lines[lines.index("entries     20") + 1 :]
    assert entries[0] == "  1002  2026-03-02 02:00:00Z  keyCompromise, invalid since 2026-03-02 02:00:00Z"
    assert entries[1] == "  9999  not listed"
    assert entries[2] == "  1000  2026-03-02 02:00:00Z  keyCompromise, invalid since 2026-03-02 02:00:00Z"
    assert entries[3] == "  1001  2026-03-02 02:00:00Z"
    assert len(entries) == 2 + decoding.MOST_ENTRIES + 1
    assert entries[-1] == "  …"


def test_an_ocsp_answer_is_told_whether_good_revoked_or_none() -> None:
    of_whom = certificate()
    builder = ocsp.OCSPResponseBuilder().responder_id(ocsp.OCSPResponderEncoding.NAME, of_whom)
    revoked = builder.add_response(
        cert=of_whom,
        issuer=of_whom,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.REVOKED,
        this_update=NOW,
        next_update=None,
        revocation_time=NOW,
        revocation_reason=None,
    ).sign(KEY, hashes.SHA256())
    lines = decoding.ocsp_response(revoked.public_bytes(serialization.Encoding.DER)).text.splitlines()
    assert "responder   CN=CA (MÔ PHỎNG)" in lines
    assert "serial      1000  REVOKED" in lines
    assert "  revoked   2026-03-02 02:00:00Z, no reason" in lines
    assert "  thisUpdate 2026-03-02 02:00:00Z, nextUpdate –" in lines
    failed = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    told = decoding.ocsp_response(failed.public_bytes(serialization.Encoding.DER))
    assert told.text == "status      UNAUTHORIZED"


def test_pem_is_found_in_the_text_of_a_body_whatever_kind_it_is() -> None:
    encoding = serialization.Encoding.PEM
    request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(
        rsa.generate_private_key(65537, 2048), hashes.SHA256()
    )
    blocks = [one.public_bytes(encoding).decode() for one in (certificate(), request, crl(0))]
    found = decoding.in_text(json.dumps({"chain": blocks, "other": "-----BEGIN CERTIFICATE-----"}))
    assert [one.what for one in found] == ["certificate", "certificate request", "CRL"]
    assert "subject     (empty)" in found[1].text
    assert "key         RSA 2048" in found[1].text
    assert "signature   verifies" in found[1].text


def test_a_key_of_an_uncommon_kind_is_told_by_its_name() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    found = x509.CertificateBuilder(NAME, NAME, key.public_key(), 1, NOW, NOW + timedelta(1)).sign(key, None)
    assert "Ed25519" in decoding.certificate(der(found)).text


def test_what_cannot_be_read_is_told_to_be_so() -> None:
    for told in (decoding.certificate(b"\x30\x00"), decoding.crl(b"GIF89a"), decoding.ocsp_request(b"")):
        assert told.text.startswith("cannot be read: ")
    assert "6 bytes, beginning 474946383961" in decoding.crl(b"GIF89a").text


def test_what_is_long_is_told_by_its_length_and_what_is_no_answer_as_text() -> None:
    long = fetched("crl", 1, "GET", "http://ca.test/full.crl", b"", 200, b"\x30" * (LONGEST_BINARY + 1))
    assert long.response == f"({LONGEST_BINARY + 1} bytes)"
    longer = fetched("crl", 1, "GET", "http://ca.test/full.crl", b"", 200, b"\x30" * (LONGEST_KEPT + 1))
    down = fetched("ocsp_post", 1, "POST", "http://ca.test/ocsp", b"\x30\x00", 503, "bảo trì".encode())
    evidence = of(Finding(Result.FAILED, exchanges=(long, longer, down)))
    assert [len(one.decoded) for one in evidence.exchanges] == [1, 0, 1]
    assert evidence.exchanges[2].response == "bảo trì"
    assert [one.is_binary for one in evidence.exchanges] == [True, True, False]


def test_where_a_target_stands_is_told_without_what_one_signs_in_with() -> None:
    assert public_place("https://user:word@ca.test:8443/demo?key=1#x") == "https://ca.test:8443/demo"
    assert public_place("/usr/lib/module.so") == "/usr/lib/module.so"
