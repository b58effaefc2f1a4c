"""Hashes, texts, XML, JSON and challenges signed through the agent, verified by other means and by the agent itself."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from tests.agent.conftest import AgentAtWork, DocumentSystem, agent_at_work
from tests.documents.authority import BODY, PERSON, authority
from token_emulator import Shelf
from token_emulator.agent import Certificate, Script

DATA = "Kính gửi: Ủy ban nhân dân".encode()
XML = "<vănBản><số>79</số></vănBản>".encode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture(scope="module")
def seal(devices: tuple[Shelf, dict[str, str]], certificate: Certificate) -> Iterator[AgentAtWork]:
    """An agent with the organisation's device, whose key is RSA."""
    shelf, serials = devices
    with agent_at_work(shelf, serials["organisation"], certificate, Script(["135790"])) as one:
        yield one


@pytest.fixture(params=["person", "organisation"])
def either(request: pytest.FixtureRequest, agent: AgentAtWork, seal: AgentAtWork) -> AgentAtWork:
    return agent if request.param == "person" else seal


@pytest.mark.parametrize("operation", ["SignHash", "SignMsg"])
def test_a_hash_is_signed_as_it_is(either: AgentAtWork, operation: str) -> None:
    digest = hashlib.sha256(DATA).digest()
    reply = either.call(operation, {"HashAlg": "SHA256", "HashValue": b64(digest), "Encode": "RSA"})
    assert reply["Status"] == 0
    key = x509.load_der_x509_certificate(base64.b64decode(reply["CertBase64"])).public_key()
    signature = base64.b64decode(reply["Signature"])
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signature, digest, ec.ECDSA(Prehashed(SHA256())))


def test_a_text_is_signed_as_cms_which_openssl_verifies(either: AgentAtWork, tmp_path: Path) -> None:
    reply = either.call("SignMsg", b64(DATA))
    (tmp_path / "signature").write_bytes(base64.b64decode(reply["Signature"]))
    (tmp_path / "data").write_bytes(DATA)
    options = ["-binary", "-inform", "DER", "-in", "signature", "-content", "data", "-noverify", "-out", "/dev/null"]
    subprocess.run(["openssl", "cms", "-verify", *options], cwd=tmp_path, check=True, capture_output=True)
    told = either.call("VerifyMsg", {"Base64Content": b64(DATA), "Signature": reply["Signature"]})
    assert told["ValidationStatus"]["Status"] == 0
    assert told["SigningCertInfo"]["CommonName"] in (PERSON, BODY)
    changed = either.call("VerifyMsg", {"Base64Content": b64(DATA + b"."), "Signature": reply["Signature"]})
    assert changed["ValidationStatus"]["Status"] != 0


def test_a_challenge_is_signed_with_itself_inside(agent: AgentAtWork, tmp_path: Path) -> None:
    reply = agent.call("Auth", "thử thách 42")
    (tmp_path / "signature").write_bytes(base64.b64decode(reply["Signature"]))
    options = ["-inform", "DER", "-in", "signature", "-noverify"]
    done = subprocess.run(["openssl", "cms", "-verify", *options], cwd=tmp_path, check=True, capture_output=True)
    assert done.stdout.decode() == "thử thách 42"


@pytest.mark.parametrize("plain", ["true", "false"])
def test_xml_is_signed_and_verified_unless_it_was_changed(either: AgentAtWork, plain: str) -> None:
    message = {"Base64Content": b64(XML), "ReturnSignatureOnly": "false", "HashAlg": "Sha256", "XmlDsigForm": plain}
    reply = either.call("SignXML", message)
    assert reply["Status"] == 0
    signed = base64.b64decode(reply["Signature"]).decode()
    assert ("SigningTime" in signed) == (plain == "false")
    (item,) = either.call("VerifyXML", {"Data": signed, "Format": "XML"})
    assert item["SigInfo"]["SignerCert"]["CommonName"] in (PERSON, BODY)
    assert int(item["SigInfo"]["SignerCert"]["SerialNumber"], 16) == 7
    (item,) = either.call("VerifyXML", {"Data": signed.replace(">79<", ">97<"), "Format": "XML"})
    assert item["Status"] != 0


def test_the_xml_signature_can_be_had_alone(agent: AgentAtWork) -> None:
    reply = agent.call("SignXML", {"Base64Content": b64(XML), "ReturnSignatureOnly": "true", "XmlDsigForm": "true"})
    signature = base64.b64decode(reply["Signature"]).decode()
    assert signature.startswith("<ds:Signature")
    assert "<số>" not in signature


@pytest.mark.parametrize("pss", ["true", "false"])
def test_json_is_signed_and_verified_unless_it_was_changed(either: AgentAtWork, pss: str) -> None:
    content = json.dumps({"số": 79}, ensure_ascii=False)
    reply = either.call("SignJson", {"JsonContent": content, "DetachPayload": "false", "IsPss": pss})
    told = either.call("VerifyJson", reply["Signature"])
    assert told["Status"] == 0
    assert told["JsonContent"] == content
    assert told["SigningCertInfo"]["SerialNumber"] == "7"
    head, _, signature = reply["Signature"].split(".")
    other = base64.urlsafe_b64encode(b"{}").rstrip(b"=").decode()
    assert either.call("VerifyJson", f"{head}.{other}.{signature}")["Status"] != 0


def test_a_detached_payload_is_left_out(agent: AgentAtWork) -> None:
    reply = agent.call("SignJson", {"JsonContent": "{}", "DetachPayload": "true"})
    assert reply["Signature"].split(".")[1] == ""


def test_a_signed_pdf_is_verified_and_a_changed_one_is_not(agent: AgentAtWork, system: DocumentSystem) -> None:
    message: dict[str, Any] = {"FileUploadHandler": f"{system.url}/upload", "FileName": f"{system.url}/files/1.pdf"}
    agent.call("SignPDF", message)
    content = system.uploads[0][1]
    assert agent.call("VerifyPDF", {"SessionId": "", "FileName": f"{system.url}/files/1.pdf"})["Status"] == 1009
    system.page = content
    told = agent.call("VerifyPDF", {"FileName": f"{system.url}/files/1.pdf"})
    (one,) = told["Signatures"]
    assert (told["Status"], one["Valid"], one["CoversWholeDocument"]) == (0, True, True)
    assert one["SigningCertInfo"]["CommonName"] == PERSON
    system.page = content.replace(b"/MediaBox", b"/mediaBox", 1)
    told = agent.call("VerifyPDF", {"FileName": f"{system.url}/files/1.pdf"})
    assert (told["Status"], told["Signatures"][0]["Valid"]) == (1009, False)


def test_version_certificate_and_the_like(agent: AgentAtWork) -> None:
    assert "MÔ PHỎNG" in agent.call("GetVersion", "GetVersion")
    told = agent.call("GetCertInfo", "get_cert_info")
    assert told["Status"] == 0
    assert told["CertInfo"]["Email"] == "ai.do@vidu.test"
    der = base64.b64decode(told["CertInfo"]["Base64Data"])
    assert x509.load_der_x509_certificate(der).serial_number == 7
    assert agent.call("Config", "config")["Status"] == 0
    assert agent.call("GetLicenseRequest", "request")["LicenseRequest"]


@pytest.mark.parametrize(
    "operation", ["SignOffice", "VerifyOffice", "SignXMLP12", "LoginIAM", "SignAttestation", "Nope", "", "a/../b"]
)
def test_what_is_not_supported_is_refused_clearly(agent: AgentAtWork, operation: str) -> None:
    reply = agent.call(operation, "{}")
    assert reply["Status"] == 1003
    assert "chưa được hỗ trợ" in reply["Message"]


def test_the_status_of_the_signers_certificate_is_null_without_ocsp(agent: AgentAtWork) -> None:
    reply = agent.call("SignJson", {"JsonContent": "{}"})
    # The test authority's certificates name no responder: nothing could be checked.
    assert agent.call("VerifyJson", reply["Signature"])["SignerCertStatus"]["Status"] == 7
    agent.order({"name": "ocsp-off", "times": 1})
    assert agent.call("VerifyJson", reply["Signature"])["SignerCertStatus"] is None
    assert agent.call("VerifyJson", reply["Signature"])["SignerCertStatus"] is not None
    assert authority().root
