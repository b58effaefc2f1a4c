"""Forms signed by keys that whoever plays holds."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from scenarios.signing import HeldKey, canonical


def certificate_for(key: HeldKey) -> str:
    request = x509.load_pem_x509_csr(key.csr("office").encode())
    assert request.is_signature_valid
    day = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        request.subject, request.subject, request.public_key(), 5, day, day + timedelta(9)
    )
    return builder.sign(key._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_canonical_json_sorts_keys_and_keeps_letters() -> None:
    assert canonical({"b": 1, "a": "ấ"}) == '{"a":"ấ","b":1}'.encode()


def test_openssl_verifies_the_signature_over_the_canonical_form_and_no_other(tmp_path: Path) -> None:
    key = HeldKey()
    pem = certificate_for(key)
    (tmp_path / "certificate.pem").write_text(pem)
    content = canonical({"b": 1, "a": "ấ"})
    (tmp_path / "signature.der").write_bytes(base64.b64decode(key.sign(pem, content)))

    def verify(content: bytes) -> int:
        (tmp_path / "content").write_bytes(content)
        given = ("-certfile", "certificate.pem", "-content", "content", "-in", "signature.der", "-inform", "DER")
        command = ("openssl", "cms", "-verify", "-binary", "-noverify", *given, "-out", "out")
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert verify(content) == 0
    assert verify(canonical({"b": 2, "a": "ấ"})) != 0
