"""PDF signatures made with devices, looked at by pyHanko's validation and by poppler's pdfsig."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import DocumentSecurityStore
from pypdf import PdfWriter

from tests.documents.authority import BODY, NOON, PERSON, authority, organisation, person
from tests.documents.conftest import blank_page
from tests.documents.verifying import der, reader, statuses
from token_emulator import Shelf
from token_emulator.documents.errors import NoCertificate, NoEvidence, NoRoom, NotPlugged, TimestampFailed, Unsignable
from token_emulator.documents.signing import DeviceKey, Evidence, MemoryKey, PdfOptions, SubFilter, device_key, sign_pdf
from token_emulator.documents.signing.keys import pss_padding
from token_emulator.errors import PinIncorrect


@pytest.fixture(scope="module")
def signed(devices: dict[str, DeviceKey]) -> bytes:
    """Signed by the person's device, then by the organisation's."""
    once = sign_pdf(blank_page(), devices["p256"], NOON)
    return sign_pdf(once, devices["rsa2048"], NOON, PdfOptions(subfilter=SubFilter.CADES, pss=True))


def test_a_person_signs_and_then_the_organisation(signed: bytes) -> None:
    first, second = statuses(signed)
    assert [one.signing_cert.subject.native["common_name"] for one in (first, second)] == [PERSON, BODY]
    assert first.bottom_line
    assert second.bottom_line
    assert first.modification_level is ModificationLevel.FORM_FILLING
    assert second.modification_level is ModificationLevel.NONE


def test_the_fields_and_forms_are_those_of_the_real_agent(signed: bytes) -> None:
    first, second = reader(signed).embedded_signatures
    assert [one.field_name for one in (first, second)] == ["Signature1", "Signature2"]
    assert [one.sig_object["/SubFilter"] for one in (first, second)] == ["/adbe.pkcs7.detached", "/ETSI.CAdES.detached"]
    assert first.docmdp_level is MDPPerm.FILL_FORMS
    assert second.docmdp_level is None
    assert first.sig_object["/Filter"] == "/Adobe.PPKLite"
    assert [len(one.pkcs7_content) for one in (first, second)] == [8192, 8192]
    assert [one.md_algorithm for one in (first, second)] == ["sha256", "sha256"]


def test_the_cms_has_the_signers_certificate_alone_unless_the_chain_is_wanted() -> None:
    chain = (der(authority().issuer),)
    alone, whole = (
        reader(sign_pdf(blank_page(), person(), NOON, PdfOptions(chain=certificates))).embedded_signatures[0]
        for certificates in ((), chain)
    )
    assert len(alone.signed_data["certificates"]) == 1
    assert len(whole.signed_data["certificates"]) == 2


def test_a_key_on_p384_signs(devices: dict[str, DeviceKey]) -> None:
    (status,) = statuses(sign_pdf(blank_page(), devices["p384"], NOON, PdfOptions(digest="sha384")))
    assert status.bottom_line
    assert status.md_algorithm == "sha384"


def test_the_signing_time_is_the_clocks() -> None:
    (signature,) = reader(sign_pdf(blank_page(), person(), NOON)).embedded_signatures
    assert signature.self_reported_timestamp == NOON
    assert signature.sig_object.raw_get("/M") == "D:20261128120000+07'00'"


def test_local_time_written_as_utc_is_seven_hours_late_in_the_cms_alone() -> None:
    (signature,) = reader(sign_pdf(blank_page(), person(), NOON, PdfOptions(local_as_utc=True))).embedded_signatures
    assert signature.self_reported_timestamp == NOON + timedelta(hours=7)
    assert signature.sig_object.raw_get("/M") == "D:20261128120000+07'00'"


def test_a_timestamp_is_put_into_the_signature(tsa: str) -> None:
    signed = sign_pdf(blank_page(), person(), NOON + timedelta(minutes=1), PdfOptions(timestamp_url=tsa))
    (status,) = statuses(signed)
    assert status.bottom_line
    assert status.timestamp_validity.timestamp == NOON
    assert len(reader(signed).embedded_signatures[0].pkcs7_content) == 8192 + 4192


@pytest.mark.parametrize("imprint", [None, "sha1"])
def test_a_timestamp_is_over_the_digest_that_is_asked_for(tsa: str, imprint: str | None) -> None:
    signed = sign_pdf(blank_page(), person(), NOON, PdfOptions(timestamp_url=tsa, imprint=imprint))
    (token,) = reader(signed).embedded_signatures[0].signer_info["unsigned_attrs"][0]["values"]
    stamped = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
    assert stamped["hash_algorithm"]["algorithm"].native == (imprint or "sha256")


@pytest.mark.parametrize("address", ["{}/broken", "http://127.0.0.1:9/tsa", "không phải"])
def test_without_an_answer_from_the_tsa_nothing_is_signed(tsa: str, address: str) -> None:
    url = address.format(tsa.removesuffix("/tsa"))
    with pytest.raises(TimestampFailed, match="timestamp"):
        sign_pdf(blank_page(), person(), NOON, PdfOptions(timestamp_url=url))


@pytest.mark.parametrize("subfilter", SubFilter)
def test_evidence_goes_into_the_security_store(subfilter: SubFilter) -> None:
    made = authority()
    evidence = Evidence((der(made.root),), (der(made.issuer),), (made.root_crl, made.crl))
    signed = sign_pdf(blank_page(), person(), NOON, PdfOptions(subfilter=subfilter, evidence=evidence))
    store = DocumentSecurityStore.read_dss(reader(signed))
    assert len(store.crls) == 2
    assert statuses(signed)[0].bottom_line
    with pytest.raises(NoEvidence):
        sign_pdf(blank_page(), person(), NOON, PdfOptions(evidence=replace(evidence, crls=())))


def test_a_revoked_certificate_is_refused_before_the_key_is_used() -> None:
    made, key = authority(), person()
    serial = x509.load_der_x509_certificate(key.certificate).serial_number
    revoked = made.crl_with(serial, NOON - timedelta(days=1))
    evidence = Evidence((der(made.root),), (der(made.issuer),), (made.root_crl, revoked))
    with pytest.raises(NoEvidence, match="revoked"):
        sign_pdf(blank_page(), Untouchable(key.certificate), NOON, PdfOptions(evidence=evidence))
    before = replace(evidence, crls=(made.root_crl, made.crl))
    with pytest.raises(NotImplementedError, match="used"):
        sign_pdf(blank_page(), Untouchable(key.certificate), NOON, PdfOptions(evidence=before))


@dataclass(frozen=True)
class Untouchable:
    """A key that must not be used."""

    certificate: bytes

    def sign(self, data: bytes, digest: str, *, pss: bool = False, hashed: bool = False) -> bytes:
        raise NotImplementedError("the key was used")


def test_a_signature_that_does_not_fit_is_refused() -> None:
    with pytest.raises(NoRoom, match="500 octets"):
        sign_pdf(blank_page(), person(), NOON, PdfOptions(placeholder=500))


@pytest.mark.parametrize("document", [b"", b"%PDF-1.7\nkh\xc3\xb4ng", b"PK\x03\x04", blank_page()[:-200]])
def test_what_is_no_pdf_is_not_signed(document: bytes) -> None:
    with pytest.raises(Unsignable, match="PDF"):
        sign_pdf(document, person(), NOON)


def test_an_encrypted_document_is_not_signed() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("mật khẩu", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(Unsignable, match="mã hóa"):
        sign_pdf(out.getvalue(), person(), NOON)


def test_the_device_has_the_last_word(devices: dict[str, DeviceKey]) -> None:
    key = devices["p256"]
    with pytest.raises(PinIncorrect):
        sign_pdf(blank_page(), replace(key, pin="000000"), NOON)
    assert sign_pdf(blank_page(), key, NOON)  # and the counter is back
    reader_number = key.shelf.plugged()[key.serial]
    key.shelf.unplug(key.serial)
    try:
        with pytest.raises(NotPlugged, match=key.serial):
            sign_pdf(blank_page(), key, NOON)
    finally:
        assert key.shelf.plug(key.serial) == reader_number


def test_a_device_that_is_not_ready_gives_no_key(devices: dict[str, DeviceKey], tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    with shelf.personalise("generic-10", "p256", "135790", "24680246") as device:
        device.place()
    with pytest.raises(NotPlugged):
        device_key(shelf, device.serial, "135790")
    shelf.plug(device.serial)
    with pytest.raises(NoCertificate, match=device.serial):
        device_key(shelf, device.serial, "135790")


@pytest.mark.parametrize("pss", [False, True])
def test_a_key_in_memory_signs_as_a_devices_does(devices: dict[str, DeviceKey], pss: bool) -> None:
    key = rsa.generate_private_key(65537, 2048)
    kept = MemoryKey(key, b"")
    digest = hashlib.sha256(b"letter").digest()
    scheme = pss_padding("sha256") if pss else padding.PKCS1v15()
    public = x509.load_der_x509_certificate(devices["rsa2048"].certificate).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    for signer, verifier in ((kept, key.public_key()), (devices["rsa2048"], public)):
        verifier.verify(signer.sign(b"letter", "sha256", pss=pss), b"letter", scheme, SHA256())
        verifier.verify(signer.sign(digest, "sha256", pss=pss, hashed=True), b"letter", scheme, SHA256())


def test_the_pin_is_in_no_text(devices: dict[str, DeviceKey]) -> None:
    assert "135790" not in repr(devices["p256"])


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="needs pdfsig of poppler-utils")
def test_poppler_finds_both_signatures_valid(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(sign_pdf(signed, organisation(), NOON))
    told = subprocess.run(["pdfsig", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid.") == 3
    assert PERSON in told
