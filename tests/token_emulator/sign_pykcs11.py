"""Sign once for each PIN on standard input, or say why not; `so SO_PIN NEW_PIN` restores. With PyKCS11."""

from __future__ import annotations

import os
import sys
from hashlib import sha256

import PyKCS11
from PyKCS11 import CKF_RW_SESSION, CKF_SERIAL_SESSION, CKU_SO, LowLevel


def main() -> None:
    library = PyKCS11.PyKCS11Lib()
    library.load(os.environ["PKCS11_MODULE"])
    (slot,) = library.getSlotList(tokenPresent=True)
    for line in sys.stdin:
        session = library.openSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION)
        try:
            said = do(session, line.split())
        except PyKCS11.PyKCS11Error as error:
            said = str(error)
        session.closeSession()
        print(said, flush=True)


def do(session: PyKCS11.Session, words: list[str]) -> str:
    if words[0] == "so":
        session.login(words[1], CKU_SO)
        session.initPin(words[2])
        return "restored"
    session.login(words[0])
    (key,) = session.findObjects([(LowLevel.CKA_CLASS, LowLevel.CKO_PRIVATE_KEY)])
    digest = sha256(b"letter").digest()
    return f"signed {bytes(session.sign(key, digest, PyKCS11.Mechanism(LowLevel.CKM_ECDSA))).hex()}"


main()
