"""The PKCS#11 module that clients load: libmocktoken.so, in front of SoftHSM2, which has no PIN policy.

The C sources beside this file are compiled when the package is installed (`building`). What the module obeys is
`token_emulator.pin`; what it keeps beside each token is `token_emulator.state`; which tokens a client sees is
`token_emulator.readers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from token_emulator.errors import ModuleMissing
from token_emulator.module.building import LIBRARY, SOFTHSM_PATHS, SOURCES

HOME = "MOCKTOKEN_HOME"
"""Names the shelf to a client; without it the module looks in ~/.local/share/mocktoken."""
DEVICE = "MOCKTOKEN_DEVICE"
"""Gives a client a reader of its own with the device of this serial in it, whatever the shelf's readers hold."""


def module_path(library: Path = SOURCES / LIBRARY, softhsm: Iterable[str] = SOFTHSM_PATHS) -> Path:
    """The module. Raises ModuleMissing, which ends in the command to type."""
    if not library.is_file():
        raise ModuleMissing(
            f"{library} is not there: no C compiler when this package was installed",
            "sudo apt-get install gcc libc6-dev && python -m token_emulator.module",
        )
    looked_in = tuple(softhsm)
    if not any(Path(path).is_file() for path in looked_in):
        raise ModuleMissing(
            f"SoftHSM2 is not on this machine (looked for {', '.join(looked_in)})", "sudo apt-get install softhsm2"
        )
    return library
