"""How the module is compiled and packed, and what its C code must be clean of."""

from __future__ import annotations

import ctypes
import hashlib
import hmac
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.token_emulator.conftest import SO_PIN, USER_PIN
from token_emulator import Record, Shelf, device_model, module, state
from token_emulator.module import building
from token_emulator.module.__main__ import main

ROOT = Path(__file__).parents[2]
TEST_PROGRAM = Path(__file__).with_name("module_test.c")
P11_KIT_HEADER = Path("/usr/include/p11-kit-1/p11-kit/pkcs11.h")


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )


def compile_and_run(folder: Path, text: str, *options: str) -> str:
    source = folder / "program.c"
    source.write_text(text)
    compiled = run(*building.find_compiler(), "-std=c11", *options, source, "-o", folder / "program")
    assert compiled.returncode == 0, compiled.stderr
    return run(folder / "program").stdout


def test_an_application_in_c_runs_clean_of_bad_memory_leaks_and_undefined_behaviour(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    with shelf.personalise("bit4id-tokenme", "p256", USER_PIN, SO_PIN) as device:
        device.place()
    shelf.plug(device.serial)
    blank = shelf.home / "devices" / ("b" * 16)
    (blank / "store").mkdir(parents=True)
    state.create(blank, Record(blank.name, "", "", "", device_model("generic-10").pin))
    shelf.plug(blank.name)
    program = tmp_path / "application"
    compiled = run(
        *building.find_compiler(),
        *("-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror"),
        *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
        f'-DSOFTHSM_PATHS="{":".join(building.SOFTHSM_PATHS)}"',
        f"-I{building.SOURCES}",
        *(path for path in building.sources() if path.suffix == ".c"),
        TEST_PROGRAM,
        *("-o", program, "-pthread", "-ldl"),
    )
    assert compiled.returncode == 0, compiled.stderr
    done = run(program, **{module.HOME: str(shelf.home)})
    assert (done.returncode, done.stderr) == (0, "")


def test_the_module_shows_three_functions_to_the_linker_and_nothing_else() -> None:
    shown = run("nm", "-D", "--defined-only", module.module_path()).stdout
    assert [line.split()[2] for line in shown.splitlines()] == [
        "C_GetFunctionList",
        "C_GetInterface",
        "C_GetInterfaceList",
    ]


@pytest.mark.skipif(not P11_KIT_HEADER.exists(), reason="libp11-kit-dev is not installed")
def test_the_declarations_agree_with_those_of_p11_kit(tmp_path: Path) -> None:
    ours = building.SOURCES / "pkcs11.h"
    text = ours.read_text()
    constants = re.findall(r"^#define (CK[ARSUF]_\w+) ", text, re.MULTILINE)
    structures = {
        name: re.findall(r"\*?(\w+)(?:\[\w+\])?(?=[,;])", body)
        for name, body in re.findall(r"^typedef struct (CK_\w+) \{(.*?)^\}", text, re.MULTILINE | re.DOTALL)
        if name not in ("CK_C_INITIALIZE_ARGS", "CK_INTERFACE", "CK_FUNCTION_LIST_3_0")
    }
    functions = re.findall(r"^    X\((C_\w+)", text, re.MULTILINE)[:68]
    lines = [f'    printf("{name} %lx\\n", (unsigned long)({name}));' for name in constants]
    for name, members in structures.items():
        lines.append(f'    printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'    printf("{name}.{member} %zu\\n", offsetof({name}, {member}));' for member in members]
    lines += [f'    printf("{name} %zu\\n", offsetof(CK_FUNCTION_LIST, {name}));' for name in functions]
    program = (
        "#include <stddef.h>\n#include <stdio.h>\n#define CRYPTOKI_COMPAT 1\n#include PKCS11\n"
        "int main(void) {\n" + "\n".join(lines) + "\n}\n"
    )
    ours_say = compile_and_run(tmp_path, program, f'-DPKCS11="{ours}"')
    assert ours_say == compile_and_run(tmp_path, program, f'-DPKCS11="{P11_KIT_HEADER}"')
    assert len(constants) > 50
    assert ours_say.count("\n") == len(lines)
    assert ours_say.splitlines()[-1].split()[0] == "C_WaitForSlotEvent"


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The module's own SHA-256, HMAC and PBKDF2."""
    library = tmp_path_factory.mktemp("digests") / "digests.so"
    sources = [building.SOURCES / name for name in ("sha256.c", "state.c")]
    done = run(
        *building.find_compiler(),
        *("-std=c11", "-D_GNU_SOURCE", "-O2", "-fPIC", "-shared", "-pthread"),
        *sources,
        *("-o", library),
    )
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(library))


def test_sha_256_is_that_of_hashlib(digests: ctypes.CDLL) -> None:
    octets = random.Random("sha256").randbytes(300)
    for length in (*range(140), 300):
        context, digest = ctypes.create_string_buffer(256), ctypes.create_string_buffer(32)
        digests.sha256_begin(context)
        for start in range(0, length, 37):
            digests.sha256_add(context, octets[start : min(length, start + 37)], min(37, length - start))
        digests.sha256_end(context, digest)
        assert digest.raw == hashlib.sha256(octets[:length]).digest()


def test_hmac_is_that_of_rfc_4231(digests: ctypes.CDLL) -> None:
    for key, data in (
        (b"\x0b" * 20, b"Hi There"),
        (b"Jefe", b"what do ya want for nothing?"),
        (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First"),
    ):
        made, message, tag = (ctypes.create_string_buffer(size) for size in (512, 256, 32))
        digests.hmac_key(made, key, ctypes.c_size_t(len(key)))
        digests.hmac_begin(made, message)
        digests.sha256_add(message, data, ctypes.c_size_t(len(data)))
        digests.hmac_end(made, message, tag)
        assert tag.raw == hmac.digest(key, data, "sha256")
        if key == b"Jefe":
            assert tag.raw.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_pbkdf2_is_that_of_rfc_7914(digests: ctypes.CDLL) -> None:
    def derive(password: bytes, salt: bytes, iterations: int) -> bytes:
        key = ctypes.create_string_buffer(32)
        sizes = ctypes.c_size_t(len(password)), ctypes.c_size_t(len(salt))
        digests.pbkdf2(password, sizes[0], salt, sizes[1], ctypes.c_uint32(iterations), key)
        return key.raw

    assert derive(b"Password", b"NaCl", 80000).hex() == (
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
    )
    assert derive(b"1" * 100, b"salt" * 20, 7) == hashlib.pbkdf2_hmac("sha256", b"1" * 100, b"salt" * 20, 7)


# --- packing -----------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's files, to build from without disturbing anybody."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    for name in ("mockca", "token_emulator", "scenarios", "conformance"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    return project


def build(project: Path, target: str, **variables: str) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", "out"],
        cwd=project,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (made,) = (project / "out").iterdir()
    return made


def test_the_wheel_has_the_module_and_fits_any_python_3(project: Path) -> None:
    (project / "token_emulator" / "module" / building.LIBRARY).unlink()
    wheel = build(project, "wheel")
    assert re.fullmatch(r"mockca-[\d.]+-py3-none-linux_\w+\.whl", wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert f"token_emulator/module/{building.LIBRARY}" in names
    assert {f"token_emulator/module/{path.name}" for path in building.sources()} <= set(names)


def test_without_a_compiler_there_is_a_wheel_without_the_module(project: Path) -> None:
    wheel = build(project, "wheel", CC="no-such-compiler")
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".so")]


def test_the_source_archive_has_no_compiled_file(project: Path) -> None:
    with tarfile.open(build(project, "sdist")) as archive:
        names = archive.getnames()
    assert any(name.endswith("module/entry.c") for name in names)
    assert not [name for name in names if name.endswith(".so")]


def test_why_the_module_cannot_be_compiled_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    assert main() == 1
    assert capsys.readouterr().err == "ERROR: no-such-compiler cannot be run: No such file or directory\n"
    monkeypatch.setenv("CC", "false")
    with pytest.raises(building.CannotBuild, match="false failed"):
        building.build(tmp_path / building.LIBRARY)
    monkeypatch.delenv("CC")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(building.CannotBuild, match=r"no C compiler on this machine \(looked for cc, gcc, clang\)"):
        building.find_compiler()
    assert not list(tmp_path.iterdir())


def test_the_module_is_compiled_by_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr().out.strip() == str(module.module_path())
