"""Where the PKCS#11 module is that clients load."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from token_emulator.errors import ModuleMissing

SOFTHSM_MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),  # Debian, Ubuntu
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),  # Fedora
    Path("/usr/lib64/softhsm/libsofthsm2.so"),  # openSUSE
    Path("/usr/local/lib/softhsm/libsofthsm2.so"),  # built from source
)


def find_module(candidates: Iterable[Path] = SOFTHSM_MODULES) -> Path:
    """The first module that exists. Raises ModuleMissing, which says what to install."""
    looked_in = tuple(candidates)
    for path in looked_in:
        if path.is_file():
            return path
    raise ModuleMissing(map(str, looked_in))
