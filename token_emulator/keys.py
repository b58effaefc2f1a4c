"""The keys that a device makes."""

from __future__ import annotations

from types import MappingProxyType

RSA_BITS = MappingProxyType({"rsa2048": 2048, "rsa3072": 3072})
CURVES = MappingProxyType({"p256": "secp256r1", "p384": "secp384r1"})
ALGORITHMS = (*RSA_BITS, *CURVES)
EC_DIGESTS = MappingProxyType(
    {
        bytes.fromhex("06082a8648ce3d030107"): "sha256",
        bytes.fromhex("06052b81040022"): "sha384",
    }
)
"""Digest by the curve's object identifier in DER (RFC 5480 §2.1.1.1, §4)."""

KEY_ID = b"\x01"
"""CKA_ID of the key pair and its certificate, short enough to type (`pkcs11-tool --id 01`)."""
