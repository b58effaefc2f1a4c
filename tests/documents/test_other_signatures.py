"""XML, CMS and JWS with devices' keys, verified by others: signxml, OpenSSL, joserfc."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from lxml import etree
from signxml.exceptions import InvalidDigest
from signxml.verifier import SignatureConfiguration, XMLVerifier
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from tests.documents.authority import NOON, authority
from tests.documents.verifying import der
from token_emulator.documents.errors import TimestampFailed, Unsignable
from token_emulator.documents.signing import (
    CmsOptions,
    DeviceKey,
    XmlOptions,
    sign_cms,
    sign_jws,
    sign_xml,
)
from token_emulator.documents.signing.delegates import private_key
from token_emulator.documents.signing.jws import JwsRegistry
from token_emulator.documents.signing.xml import Utf8

ALGORITHMS = ["p256", "rsa2048", "p384"]
ORDER = "<dossier><name>Nguyễn Thị Ví Dụ</name></dossier>".encode()


def certificate(key: DeviceKey) -> x509.Certificate:
    return x509.load_der_x509_certificate(key.certificate)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_xades_is_verified_by_signxml(devices: dict[str, DeviceKey], algorithm: str) -> None:
    key = devices[algorithm]
    digest = "sha384" if algorithm == "p384" else "sha256"
    signed = sign_xml(ORDER, key, NOON, XmlOptions(digest=digest))
    expected = XAdESSignatureConfiguration(expect_references=3)
    (first, *_) = XAdESVerifier().verify(signed, x509_cert=certificate(key), expect_config=expected)
    assert first.signed_xml is not None
    assert first.signed_xml.findtext("name") == "Nguyễn Thị Ví Dụ"
    time = etree.fromstring(signed).findtext(".//{http://uri.etsi.org/01903/v1.3.2#}SigningTime")
    assert time == "2026-11-28T12:00:00+07:00"
    with pytest.raises(InvalidDigest):
        XAdESVerifier().verify(
            signed.replace("Ví Dụ".encode(), "Ai Đó".encode()), x509_cert=certificate(key), expect_config=expected
        )


def test_names_of_elements_may_be_vietnamese(devices: dict[str, DeviceKey]) -> None:
    class Verifier(Utf8, XAdESVerifier):
        pass

    key = devices["p256"]
    signed = sign_xml("<hồSơ><họTên>Ví Dụ</họTên></hồSơ>".encode(), key, NOON)
    expected = XAdESSignatureConfiguration(expect_references=3)
    (first, *_) = Verifier().verify(signed, x509_cert=certificate(key), expect_config=expected)
    assert first.signed_xml is not None
    assert first.signed_xml.findtext("họTên") == "Ví Dụ"


def test_a_signature_is_handed_back_alone_and_fits_its_document(devices: dict[str, DeviceKey]) -> None:
    key = devices["p256"]
    alone = etree.fromstring(sign_xml(ORDER, key, NOON, XmlOptions(plain=True, alone=True)))
    assert etree.QName(alone).localname == "Signature"
    assert alone.find(".//{*}QualifyingProperties") is None
    document = etree.fromstring(ORDER)
    document.append(alone)
    expected = SignatureConfiguration()
    assert XMLVerifier().verify(etree.tostring(document), x509_cert=certificate(key), expect_config=expected)


@pytest.mark.parametrize(
    "document", [b"", b"<a>", b"\xff\xfe\x00", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a/>" * 2]
)
def test_what_is_no_plain_xml_is_not_signed(devices: dict[str, DeviceKey], document: bytes) -> None:
    with pytest.raises(Unsignable, match="XML"):
        sign_xml(document, devices["p256"], NOON)


def test_a_weak_digest_is_refused(devices: dict[str, DeviceKey]) -> None:
    with pytest.raises(Unsignable, match="sha1"):
        sign_xml(ORDER, devices["p256"], NOON, XmlOptions(digest="sha1"))


@pytest.mark.parametrize(
    "options", [CmsOptions(), CmsOptions(detached=False), CmsOptions(cades=True), CmsOptions(pss=True)]
)
def test_cms_is_verified_by_openssl(devices: dict[str, DeviceKey], tmp_path: Path, options: CmsOptions) -> None:
    made = authority()
    (tmp_path / "data").write_bytes(b"du lieu")
    (tmp_path / "signature").write_bytes(sign_cms(b"du lieu", devices["rsa2048"], NOON, options))
    chain = b"".join(one.public_bytes(Encoding.PEM) for one in (made.root, made.issuer))
    (tmp_path / "roots.pem").write_bytes(chain)
    content = ["-content", "data"] if options.detached else []
    done = subprocess.run(
        [
            *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", *content),
            *("-CAfile", "roots.pem", "-purpose", "any", "-attime", str(int(NOON.timestamp()))),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b"du lieu"


def test_cms_has_a_timestamp_or_is_not_made(devices: dict[str, DeviceKey], tsa: str) -> None:
    signed = cms.ContentInfo.load(sign_cms(b"x", devices["p256"], NOON, CmsOptions(timestamp_url=tsa)))
    (signer,) = signed["content"]["signer_infos"]
    assert [one["type"].native for one in signer["unsigned_attrs"]] == ["signature_time_stamp_token"]
    with pytest.raises(TimestampFailed):
        sign_cms(b"x", devices["p256"], NOON, CmsOptions(timestamp_url=tsa.replace("/tsa", "/broken")))


def test_the_time_in_a_cms_is_the_clocks_or_seven_hours_late(devices: dict[str, DeviceKey]) -> None:
    for options, late in ((CmsOptions(), 0), (CmsOptions(local_as_utc=True, chain=(der(authority().issuer),)), 7)):
        content = cms.ContentInfo.load(sign_cms(b"x", devices["p256"], NOON, options))["content"]
        attributes = content["signer_infos"][0]["signed_attrs"].native
        (time,) = (one["values"][0] for one in attributes if one["type"] == "signing_time")
        assert time == NOON + timedelta(hours=late)
        assert len(content["certificates"]) == 1 + len(options.chain)


@pytest.mark.parametrize(
    ("algorithm", "pss", "name"),
    [("p256", False, "ES256"), ("p384", False, "ES384"), ("rsa2048", False, "RS256"), ("rsa2048", True, "PS256")],
)
def test_jws_is_verified_by_joserfc(devices: dict[str, DeviceKey], algorithm: str, pss: bool, name: str) -> None:
    payload = '{"họTên": "Nguyễn Thị Ví Dụ"}'.encode()
    key = devices[algorithm]
    pem = certificate(key).public_key().public_bytes
    kind = RSAKey if algorithm.startswith("rsa") else ECKey
    public = kind.import_key(pem(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    read = jws.deserialize_compact(sign_jws(payload, key, pss=pss), public, registry=JwsRegistry(algorithms=[name]))
    assert read.payload == payload
    detached = sign_jws(payload, key, pss=pss, detached=True)
    assert detached.split(".")[1] == ""
    assert jws.deserialize_compact(detached, public, registry=JwsRegistry(algorithms=[name]), payload=payload)


def test_the_key_that_others_get_only_signs(devices: dict[str, DeviceKey]) -> None:
    for algorithm in ("p256", "rsa2048"):
        with pytest.raises(NotImplementedError, match="stays"):
            private_key(devices[algorithm]).private_numbers()
