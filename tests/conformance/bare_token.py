"""Makes a token in bare SoftHSM2, which never locks: `python -m tests.conformance.bare_token HOW`, with SOFTHSM2_CONF.

HOW is what is wrong with its private key: nothing, extractable, readable, public (usable without login), missing, or
alone (there is no certificate).
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, CertificateType, KeyType, MechanismFlag, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
LABEL = "BARE"
USER_PIN, SO_PIN = "Kh0ng-ai-biet", "24680246"
TEMPLATES = {
    "nothing": {},
    "extractable": {Attribute.EXTRACTABLE: True},
    "readable": {Attribute.EXTRACTABLE: True, Attribute.SENSITIVE: False},
    "alone": {},
    "public": {Attribute.PRIVATE: False},
}


def make(how: str) -> None:
    """Initialise the token and make a P-256 key pair with a certificate of nobody's authority."""
    new = ("softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", USER_PIN, "--so-pin", SO_PIN)
    subprocess.run(new, check=True, capture_output=True)
    if how == "missing":
        return
    token = pkcs11.lib(SOFTHSM).get_token(token_label=LABEL)
    with token.open(rw=True, user_pin=USER_PIN) as session:
        private = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, **TEMPLATES[how]}
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        public, _ = session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(
            id=b"\1",
            label="key",
            store=True,
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template=private,
        )
        if how != "alone":
            session.create_object(_certificate(encode_ec_public_key(public)))


def _certificate(public_key: bytes) -> dict[Any, Any]:
    key: Any = load_der_public_key(public_key)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Không Ai")])
    validity = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC))
    signed = x509.CertificateBuilder(name, name, key, 1, *validity).sign(
        ec.generate_private_key(ec.SECP256R1()), SHA256()
    )
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: False,
        Attribute.ID: b"\1",
        Attribute.SUBJECT: name.public_bytes(),
        Attribute.VALUE: signed.public_bytes(Encoding.DER),
    }


if __name__ == "__main__":
    make(sys.argv[1])
