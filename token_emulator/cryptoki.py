"""The PKCS#11 work on one token, by python-pkcs11.

It runs in a worker process, which has a reader of its own with that one token in it, whatever is plugged in on the
shelf. Every function takes the module, the shelf's folder and the token's serial.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto.algos import DigestInfo
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11 import MGF, Attribute, CertificateType, KeyType, Mechanism, MechanismFlag, ObjectClass, TokenFlag
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from token_emulator import module as mocktoken
from token_emulator.keys import CURVES, EC_DIGESTS, KEY_ID, RSA_BITS

INIT_TOKEN = 9
"""Place of C_InitToken in CK_FUNCTION_LIST (PKCS#11 v2.40 §3.6)."""


@contextmanager
def library(module: Path, home: Path, serial: str) -> Iterator[Any]:
    """The module, initialised with that token in its one reader; finalised afterwards, for the next one."""
    os.environ[mocktoken.HOME] = str(home)
    os.environ[mocktoken.DEVICE] = serial
    loaded = pkcs11.lib(str(module))
    try:
        yield loaded
    finally:
        loaded.finalize()


def personalise(
    module: Path,
    home: Path,
    serial: str,
    *,
    algorithm: str,
    user_pin: str,
    so_pin: str,
    token_label: str,
    key_label: str,
) -> bytes:
    """Initialise the blank token, set both PINs and make a key pair on it; its SubjectPublicKeyInfo."""
    with library(module, home, serial) as loaded:
        (reader,) = loaded.get_slots()
        init_token(module, reader.slot_id, so_pin.encode(), token_label.encode())
        token = the_token(loaded)
        with token.open(rw=True, so_pin=so_pin) as session:
            session.init_pin(user_pin)
        with token.open(rw=True, user_pin=user_pin) as session:
            return public_key_der(_generate(session, algorithm, key_label))


def restore(module: Path, home: Path, serial: str, *, so_pin: str, user_pin: str) -> None:
    """Set the user PIN as the SO, which unlocks it."""
    with library(module, home, serial) as loaded, the_token(loaded).open(rw=True, so_pin=so_pin) as session:
        session.init_pin(user_pin)


def log_in(module: Path, home: Path, serial: str, *, user_pin: str) -> None:
    """Log in as the user and out again: the PIN is compared and the try is counted."""
    with library(module, home, serial) as loaded, the_token(loaded).open(user_pin=user_pin):
        pass


def change_pin(module: Path, home: Path, serial: str, *, user_pin: str, new_pin: str) -> None:
    """Set another user PIN by the present one (C_SetPIN)."""
    with library(module, home, serial) as loaded, the_token(loaded).open(rw=True) as session:
        session.set_pin(user_pin, new_pin)


def init_token(module: Path, slot: int, so_pin: bytes, label: bytes) -> None:
    """C_InitToken, which python-pkcs11 lacks. The module must be initialised already. Raises PKCS11Error."""
    functions = ctypes.POINTER(ctypes.c_void_p)()
    loaded = ctypes.CDLL(str(module))
    if rv := loaded.C_GetFunctionList(ctypes.byref(functions)):
        raise pkcs11.PKCS11Error(f"C_GetFunctionList: {rv:#x}")
    prototype = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
    call = prototype(functions[1 + INIT_TOKEN] or 0)  # the version fills the first place
    if rv := call(slot, so_pin, len(so_pin), label.ljust(32)):
        raise pkcs11.PKCS11Error(f"C_InitToken: {rv:#x}")


def the_token(loaded: Any) -> Any:
    """The one token there is."""
    (reader,) = loaded.get_slots()
    return reader.get_token()


def _generate(session: Any, algorithm: str, label: str) -> Any:
    """Make the key pair; the private key can never leave the token.

    The usages are those of the certificate profile.
    """
    private = {
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.MODIFIABLE: False,
    }
    common: dict[str, Any] = {"id": KEY_ID, "label": label, "store": True, "private_template": private}
    if algorithm in RSA_BITS:
        usages = MechanismFlag.SIGN | MechanismFlag.VERIFY | MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT
        public, _ = session.generate_keypair(KeyType.RSA, RSA_BITS[algorithm], capabilities=usages, **common)
    else:
        curve = encode_named_curve_parameters(CURVES[algorithm])
        parameters = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True)
        usages = MechanismFlag.SIGN | MechanismFlag.VERIFY
        public, _ = parameters.generate_keypair(capabilities=usages, **common)
    return public


def public_key_der(key: Any) -> bytes:
    """SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of a public key object."""
    if key.key_type is KeyType.EC:
        return bytes(encode_ec_public_key(key))
    numbers = rsa.RSAPublicNumbers(
        int.from_bytes(key[Attribute.PUBLIC_EXPONENT]), int.from_bytes(key[Attribute.MODULUS])
    )
    return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def write_certificate(module: Path, home: Path, serial: str, *, der: bytes | None, label: str) -> None:
    """Put the certificate onto the token beside its key, in place of an earlier one; None: only take that away.

    Needs no PIN: it is public.
    """
    with library(module, home, serial) as loaded, the_token(loaded).open(rw=True) as session:
        for earlier in list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})):
            earlier.destroy()
        if der is not None:
            session.create_object(_certificate_object(der, label))


def _certificate_object(der: bytes, label: str) -> dict[Any, Any]:
    certificate = x509.load_der_x509_certificate(der)
    number = certificate.serial_number
    octets = number.to_bytes(number.bit_length() // 8 + 1)
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: False,
        Attribute.ID: KEY_ID,
        Attribute.LABEL: label,
        Attribute.SUBJECT: certificate.subject.public_bytes(),
        Attribute.ISSUER: certificate.issuer.public_bytes(),
        Attribute.SERIAL_NUMBER: b"\x02" + bytes([len(octets)]) + octets,
        Attribute.VALUE: der,
    }


def sign(
    module: Path,
    home: Path,
    serial: str,
    *,
    user_pin: str,
    data: bytes,
    digest: str | None = None,
    pss: bool = False,
    hashed: bool = False,
) -> bytes:
    """Sign data, or what is its digest already, with the token's key: RSA PKCS#1 v1.5 or PSS, ECDSA in DER.

    Without a digest's name: SHA-256 for RSA, the curve's SHA-2 for ECDSA. The token gets the digest alone, as small
    ones do (CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_ECDSA; PKCS#11 v2.40 §2.1.6, §2.1.10, §2.3.6).
    """
    with library(module, home, serial) as loaded, the_token(loaded).open(user_pin=user_pin) as session:
        (key,) = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        rsa_key = key.key_type is KeyType.RSA
        name = digest or ("sha256" if rsa_key else EC_DIGESTS[bytes(key[Attribute.EC_PARAMS])])
        value = data if hashed else hashlib.new(name, data).digest()
        if rsa_key and pss:
            parameters = (
                getattr(Mechanism, name.upper().replace("SHA1", "SHA_1")),
                getattr(MGF, name.upper()),
                len(value),
            )
            return bytes(key.sign(value, mechanism=Mechanism.RSA_PKCS_PSS, mechanism_param=parameters))
        if rsa_key:
            info = DigestInfo({"digest_algorithm": {"algorithm": name}, "digest": value})
            return bytes(key.sign(info.dump(), mechanism=Mechanism.RSA_PKCS))
        raw = key.sign(value, mechanism=Mechanism.ECDSA)
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


def inspect(module: Path, home: Path, serial: str) -> dict[str, Any]:
    """What anyone may see without a PIN."""
    with library(module, home, serial) as loaded:
        token = the_token(loaded)
        with token.open() as session:
            certificates = [
                bytes(found[Attribute.VALUE])
                for found in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            ]
        return {
            "label": token.label,
            "manufacturer": token.manufacturer_id,
            "model": token.model,
            "flags": sorted(flag.name for flag in TokenFlag if flag in token.flags),
            "certificate": certificates[0] if certificates else None,
        }
