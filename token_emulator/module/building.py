"""Compiles libmocktoken.so beside this file. Knows the standard library only: the build hook runs it bare.

python -m token_emulator.module        compile it anew
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SOURCES = Path(__file__).parent
LIBRARY = "libmocktoken.so"
COMPILERS = ("cc", "gcc", "clang")
SOFTHSM_PATHS = (
    "/usr/lib/softhsm/libsofthsm2.so",  # Debian, Ubuntu
    "/usr/lib64/pkcs11/libsofthsm2.so",  # Fedora
    "/usr/lib64/softhsm/libsofthsm2.so",  # openSUSE
    "/usr/local/lib/softhsm/libsofthsm2.so",  # built from source
)
COMPILE = ("-std=c11", "-D_GNU_SOURCE", "-O2", "-g", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror")
# nodelete: handlers for fork and exit stay behind when an application unloads the module.
LINK = ("-shared", "-Wl,-z,nodelete,-z,now,-z,relro,-z,defs,-Bsymbolic", "-pthread", "-ldl")


class CannotBuild(Exception):
    """There is no C compiler, or it failed."""


def find_compiler() -> list[str]:
    """The compiler to run: what CC says, else the first there is. Raises CannotBuild."""
    if told := os.environ.get("CC"):
        return shlex.split(told)
    for name in COMPILERS:
        if path := shutil.which(name):
            return [path]
    raise CannotBuild(f"no C compiler on this machine (looked for {', '.join(COMPILERS)})")


def sources() -> list[Path]:
    """What it is made from, declarations and export map included."""
    return sorted(path for path in SOURCES.iterdir() if path.suffix in (".c", ".h", ".map"))


def build(target: Path = SOURCES / LIBRARY, extra: Sequence[str] = ()) -> Path:
    """Compile and link to `target`, put there whole. `extra` goes to the compiler. Raises CannotBuild."""
    compiler = find_compiler()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as folder:
        draft = Path(folder) / LIBRARY
        command = [
            *compiler,
            *COMPILE,
            f'-DSOFTHSM_PATHS="{":".join(SOFTHSM_PATHS)}"',
            *(str(path) for path in sources() if path.suffix == ".c"),
            *extra,
            *LINK,
            f"-Wl,--version-script={SOURCES / 'mocktoken.map'}",
            "-o",
            str(draft),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise CannotBuild(f"{compiler[0]} cannot be run: {error.strerror}") from error
        if done.returncode != 0:
            raise CannotBuild(f"{compiler[0]} failed:\n{done.stderr.strip()}")
        draft.replace(target)
    return target
