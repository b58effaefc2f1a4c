"""The process that drives tokens: `python -m token_emulator.worker`, one JSON object a line in, one a line out.

It ends when its input ends, so it never outlives the process that started it. PINs come through the pipe
only.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from pkcs11 import SessionHandleInvalid

from token_emulator import cryptoki
from token_emulator.claims import LOCK

PLAIN: Mapping[str, Callable[..., None]] = {
    "restore": cryptoki.restore,
    "log_in": cryptoki.log_in,
    "change_pin": cryptoki.change_pin,
}
"""What is done with a token without an answer."""


def perform(order: dict[str, Any]) -> dict[str, Any]:
    """Do one order inside its claim, which a sweep must leave alone even when the one who ordered is gone."""
    if order["claim"] is None:
        return _do(order)
    descriptor = os.open(Path(order["claim"]) / LOCK, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return _do(order)
    finally:
        os.close(descriptor)


def _do(order: dict[str, Any]) -> dict[str, Any]:
    what, values = order["do"], order["with"]
    token = Path(order["module"]), Path(order["home"]), order["serial"]
    if what == "personalise":
        return {"public_key": b64encode(cryptoki.personalise(*token, **values)).decode()}
    if what == "write_certificate":
        der = None if values["der"] is None else b64decode(values["der"])
        cryptoki.write_certificate(*token, der=der, label=values["label"])
        return {}
    if what in PLAIN:
        PLAIN[what](*token, **values)
        return {}
    if what == "sign":
        signature = cryptoki.sign(*token, **(values | {"data": b64decode(values["data"])}))
        return {"signature": b64encode(signature).decode()}
    seen = cryptoki.inspect(*token)
    if seen["certificate"] is not None:
        seen["certificate"] = b64encode(seen["certificate"]).decode()
    return seen


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Answer orders until there are no more."""
    for line in orders:
        answer: dict[str, Any]
        try:
            answer = {"answer": perform(json.loads(line))}
        except Exception as error:
            # The class alone: the text of an error may quote what it stumbled over.
            answer = {"error": type(_first(error)).__name__}
        try:
            answers.write(json.dumps(answer).encode() + b"\n")
        except BrokenPipeError:  # nobody is left to hear it; a sweep clears away what was made
            return


def _first(error: BaseException) -> BaseException:
    """The error that it began with: closing the session of a device that was removed fails as well."""
    while isinstance(error, SessionHandleInvalid) and error.__context__ is not None:
        error = error.__context__
    return error


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started us, who then ends our input
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # nothing that a library prints may get between the answers
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
