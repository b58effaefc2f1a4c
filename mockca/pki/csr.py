"""PKCS #10 certification requests (RFC 2986), read with suspicion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from mockca.errors import Malformed
from mockca.pki import der, keys
from mockca.pki.keys import KeyAlgorithm, PublicKey

MAX_CHARACTERS: Final = 20_000
SUBSCRIBER_ALGORITHMS: Final = frozenset(
    {KeyAlgorithm.RSA_2048, KeyAlgorithm.RSA_3072, KeyAlgorithm.P256, KeyAlgorithm.P384}
)
_COMMON_NAME: Final = der.oid("2.5.4.3")
_STRINGS: Final = {der.UTF8_STRING: "utf-8", der.PRINTABLE_STRING: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be"}
"""UTF8String, PrintableString, TeletexString and BMPString, as Python calls what they hold."""
_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True, slots=True)
class Csr:
    """A request whose signature holds. Only the key counts; the authority writes the name itself."""

    public_key: PublicKey
    algorithm: KeyAlgorithm
    common_name: str | None


def parse(text: str) -> Csr:
    """Reads a request in PEM and checks its signature. Raises Malformed for everything that is not fine."""
    if len(text) > MAX_CHARACTERS:
        raise Malformed("CSR", f"longer than {MAX_CHARACTERS} characters")
    try:
        request = x509.load_pem_x509_csr(text.encode())
        key = request.public_key()
        signature_hash = request.signature_hash_algorithm
        valid = request.is_signature_valid
        common_name = _common_name(request.tbs_certrequest_bytes)
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
        raise Malformed("CSR", "not a PKCS #10 request in PEM with a known key and signature") from error
    if not isinstance(key, PublicKey):
        raise Malformed("CSR", "the key is neither RSA nor on an elliptic curve")
    algorithm = keys.algorithm_of(key)
    if algorithm not in SUBSCRIBER_ALGORITHMS:
        raise Malformed("CSR", f"subscribers have no {algorithm} keys")
    if not isinstance(signature_hash, _HASHES):
        raise Malformed("CSR", "signed over a hash other than SHA-256, SHA-384 or SHA-512")
    if not valid:
        raise Malformed("CSR", "its signature does not match its key")
    return Csr(key, algorithm, common_name)


def _common_name(to_be_signed: bytes) -> str | None:
    """The first common name of the subject, if there is one.

    Not read through cryptography, which warns of names longer than 64 octets: the standard counts characters.
    """
    info = der.Reader("CSR", to_be_signed).enter(der.SEQUENCE)
    info.unsigned()
    subject = info.enter(der.SEQUENCE)
    while subject.more():
        pairs = subject.enter(der.SET)
        while pairs.more():
            pair = pairs.enter(der.SEQUENCE)
            if pair.object_identifier() == _COMMON_NAME:
                encoding = next((name for tag, name in _STRINGS.items() if pair.next_is(tag)), None)
                if encoding is None:
                    raise pair.malformed("a common name that is no text")
                return pair.content(pair.data[pair.at]).decode(encoding)
    return None
