"""The process that drives SoftHSM2: `python -m token_emulator.worker`, one JSON object a line in, one a line out.

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
from pathlib import Path
from typing import IO, Any

from token_emulator import cryptoki
from token_emulator.claims import LOCK


def perform(order: dict[str, Any]) -> dict[str, Any]:
    """Do one order inside its claim, which a sweep must leave alone even when the one who ordered is gone."""
    folder = Path(order["folder"])
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return _do(order["do"], Path(order["module"]), folder / "softhsm2.conf", order["with"])
    finally:
        os.close(descriptor)


def _do(what: str, module: Path, configuration: Path, values: dict[str, Any]) -> dict[str, Any]:
    if what == "personalise":
        serial, public_key = cryptoki.personalise(module, configuration, **values)
        return {"serial": serial, "public_key": b64encode(public_key).decode()}
    if what == "write_certificate":
        cryptoki.write_certificate(module, configuration, der=b64decode(values["der"]), label=values["label"])
        return {}
    if what == "sign":
        signature = cryptoki.sign(module, configuration, user_pin=values["user_pin"], data=b64decode(values["data"]))
        return {"signature": b64encode(signature).decode()}
    if what == "restore":
        cryptoki.restore(module, configuration, **values)
        return {}
    seen = cryptoki.inspect(module, configuration)
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
            answer = {"error": type(error).__name__}
        try:
            answers.write(json.dumps(answer).encode() + b"\n")
        except BrokenPipeError:  # nobody is left to hear it; a sweep clears away what was made
            return


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started us, who then ends our input
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # nothing that a library prints may get between the answers
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
