"""Sign once for each PIN on standard input, or say why not; `so SO_PIN NEW_PIN` restores. With python-pkcs11."""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from typing import Any

import pkcs11
from pkcs11 import Mechanism, ObjectClass


def main() -> None:
    (slot,) = pkcs11.lib(os.environ["PKCS11_MODULE"]).get_slots(token_present=True)
    for line in sys.stdin:
        try:
            said = do(slot.get_token(), line.split())
        except pkcs11.PKCS11Error as error:
            said = f"pkcs11.exceptions.{type(error).__name__}"
        print(said, flush=True)


def do(token: Any, words: list[str]) -> str:
    if words[0] == "so":
        with token.open(rw=True, so_pin=words[1]) as session:
            session.init_pin(words[2])
        return "restored"
    # Read-write: a wrong PIN leaves the session open, and a read-only one would forbid the SO's login afterwards.
    with token.open(rw=True, user_pin=words[0]) as session:
        key = session.get_key(ObjectClass.PRIVATE_KEY)
        return f"signed {key.sign(sha256(b'letter').digest(), mechanism=Mechanism.ECDSA).hex()}"


main()
