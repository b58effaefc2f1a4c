"""The token suite holds for our devices, and each of its checks catches a token that does it wrong."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from conformance import catalogue, regulations
from conformance.cli import main
from conformance.errors import BadTarget
from conformance.evidence import folded
from conformance.mutants.token import build_crooked
from conformance.suites.token.bench import Failed, NotChecked
from conformance.suites.token.run import SUITE
from conformance.targets.pins import Pins
from conformance.targets.token import Flags, ModuleFailed, TokenTarget
from tests.conformance import command
from tests.conformance.bare_token import SO_PIN, USER_PIN
from tests.conformance.command import Done
from tests.conformance.tokens import (
    LABEL,
    ROOT,
    Token,
    bare_token,
    bench_of,
    check_named,
    our_token,
)
from token_emulator import device_model
from token_emulator.workers import shared

ELSEWHERE = pytest.mark.unmeasured("processes")
"""What the module's process does is measured by other tests here."""
EVERYTHING = len(catalogue.token_checks())
THREE_TRIES = "bit4id-tokenme"
TELLS_LATE = "hsm"


@pytest.fixture(scope="module", autouse=True)
def workers_end_with_the_tests() -> Iterator[None]:
    """Before coverage is counted, so that what ran in them counts."""
    yield
    shared.close()


@pytest.fixture(scope="session")
def crooked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_crooked(tmp_path_factory.mktemp("crooked"))


@pytest.fixture
def ours(tmp_path: Path) -> Token:
    return our_token(tmp_path / "giá thiết bị", THREE_TRIES)


@pytest.fixture
def bare(tmp_path: Path) -> Token:
    return bare_token(tmp_path / "bare")


def run(token: Token, *arguments: str, cwd: Path, pin: str | None = USER_PIN, so_pin: str | None = SO_PIN) -> Done:
    """`conformance run` as people and CI run it; PINs by the environment."""
    target = ("--target", f"token={token.module}")
    rest = ("--regulation", "cao-bang", *arguments) if "--regulation" not in arguments else arguments
    return conformance("run", *target, *rest, cwd=cwd, pin=pin, so_pin=so_pin, **token.environment)


def conformance(
    *arguments: str, cwd: Path, pin: str | None = None, so_pin: str | None = None, **environment: str
) -> Done:
    pins = {"CONFORMANCE_PIN": pin, "CONFORMANCE_SO_PIN": so_pin}
    given = {name: value for name, value in pins.items() if value is not None}
    return command.conformance(*arguments, cwd=cwd, **environment, **given)


# --- tokens as they should be -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "tries", "algorithm"), [(THREE_TRIES, 3, "p256"), ("generic-10", 10, "rsa2048")])
def test_a_device_of_ours_passes_every_check_and_is_as_before(
    tmp_path: Path, model: str, tries: int, algorithm: str
) -> None:
    token = our_token(tmp_path / "shelf", model, algorithm)
    for _ in range(2):
        done = run(token, "--tries", str(tries), "--destructive", "--junit", "report.xml", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{EVERYTHING} phép kiểm / checks: {EVERYTHING} đúng / passed, 0 sai" in done.stdout
    cases = {
        case.attrib["name"]: case
        for case in ElementTree.parse(tmp_path / "report.xml").getroot().iter("testcase")  # noqa: S314
    }
    case = cases["right-pin-refused-when-locked"]
    assert case.attrib["classname"] == "token.locking"
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()  # noqa: S314
    properties = {one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")}
    assert properties["clauses:right-pin-refused-when-locked"] == "ND130-73.a ND130-73.b"
    for text in (done.stdout, done.stderr, (tmp_path / "report.xml").read_text("utf-8")):
        assert USER_PIN not in text
        assert SO_PIN not in text


def test_the_number_of_tries_is_learnt_where_nobody_says_it(tmp_path: Path, ours: Token) -> None:
    done = run(ours, "--destructive", "--token-label", LABEL[:10], cwd=tmp_path)
    assert done.returncode == 2  # no such label
    done = run(ours, "--destructive", "-v", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ token/locking/final-try-flag" in done.stdout
    assert "✓ token/locking/right-pin-resets-the-count" in done.stdout
    assert "say by --tries how many wrong PINs the device's model allows (1: locks-at-the-set-number)" in done.stdout


def test_a_device_passes_whose_locking_try_is_told_pin_incorrect_once_more(tmp_path: Path) -> None:
    done = run(our_token(tmp_path / "shelf", TELLS_LATE), "--destructive", "--tries", "10", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 chưa kiểm / skipped" in done.stdout


def test_a_device_passes_whose_restored_pin_is_a_transport_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = device_model(THREE_TRIES)
    careful = replace(model, pin=replace(model.pin, must_change=True))
    token = our_token(tmp_path / "shelf", careful)
    could_not_run(run(token, cwd=tmp_path), "the device bears a transport PIN: change it first")
    with bench_of(token, monkeypatch) as bench:
        bench.target.set_pin(bench.pins.right, bench.pins.new)
        bench.target.set_pin(bench.pins.new, bench.pins.right)
    for _ in range(2):
        done = run(token, "--destructive", "--tries", "3", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{EVERYTHING} đúng / passed" in done.stdout


def test_without_leave_to_destroy_nothing_is_locked_and_the_summary_says_what_that_leaves_out(
    tmp_path: Path, ours: Token
) -> None:
    done = run(ours, "--regulation", "lai-chau", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "only with --destructive (7: wrong-pins-lock, locks-at-the-set-number" in done.stdout
    assert "Clauses left untested (1 trong / of 1): LC-13.2.dev" in done.stdout
    assert "6 đúng / passed, 0 sai / failed, 13 chưa kiểm / skipped" in done.stdout


def test_without_the_so_pin_nothing_is_locked_either(tmp_path: Path, ours: Token) -> None:
    done = run(ours, "--destructive", cwd=tmp_path, so_pin=None)
    assert done.returncode == 0
    assert "no SO PIN was given: the device could not be brought back" in done.stdout


# --- tokens with a defect ---------------------------------------------------------------------------------------


def test_bare_softhsm_fails_what_is_about_locking_and_each_failure_can_be_reproduced(
    tmp_path: Path, bare: Token
) -> None:
    done = run(bare, "--destructive", "--tries", "3", "-v", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    for check in ("wrong-pins-lock", "locks-at-the-set-number", "locked-flag", "right-pin-refused-when-locked"):
        assert f"✗ token/locking/{check}" in done.stdout
    assert "expected CKR_PIN_LOCKED after 3 wrong PINs, found CKR_PIN_INCORRECT" in done.stdout
    assert "> C_Login CKU_USER, wrong PIN → CKR_PIN_INCORRECT" in done.stdout
    assert "the device does not lock: see token/locking/wrong-pins-lock (3: final-try-flag, " in done.stdout
    for name in ("access/private-key-stays", "access/sign-after-right-pin", "access/sign-without-login-refused"):
        assert f"✓ token/{name}" in done.stdout
    line = next(one for one in done.stdout.splitlines() if "reproduce: " in one)
    assert USER_PIN not in done.stdout
    again = conformance(
        *shlex.split(line.partition("reproduce: ")[2])[1:],
        cwd=tmp_path,
        pin=USER_PIN,
        so_pin=SO_PIN,
        **bare.environment,
    )
    assert again.returncode == 1
    assert "1 phép kiểm / checks: 0 đúng / passed, 1 sai / failed" in again.stdout


def test_without_a_number_twenty_wrong_pins_are_enough_to_say_that_it_never_locks(
    bare: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench_of(bare, monkeypatch) as bench:
        with pytest.raises(Failed, match="CKR_PIN_LOCKED after 20 wrong PINs, found CKR_PIN_INCORRECT"):
            check_named("locking/wrong-pins-lock").function(bench)
        for check in ("locking/final-try-flag", "locking/right-pin-resets-the-count", "restore/user-cannot-restore"):
            with pytest.raises(NotChecked, match="does not lock"):
                check_named(check).function(bench)


@pytest.mark.parametrize(
    ("how", "check", "says"),
    [
        ("extractable", "access/private-key-stays", "never extractable, found CKA_EXTRACTABLE True"),
        ("readable", "access/private-key-stays", "CKR_ATTRIBUTE_SENSITIVE for CKA_VALUE of private key 1"),
        ("public", "access/sign-without-login-refused", "CKR_USER_NOT_LOGGED_IN without login, found a signature"),
    ],
)
def test_a_key_that_does_not_stay_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, check: str, says: str
) -> None:
    with bench_of(bare_token(tmp_path / how, how), monkeypatch) as bench, pytest.raises(Failed, match=says):
        check_named(check).function(bench)


DEFECTS = [
    ("signs-badly", "access/sign-after-right-pin", "verifies against the certificate on the token"),
    ("stays-logged-in", "access/sign-without-login-refused", "after logging out, found a signature"),
    ("tells-little", "access/private-key-stays", r"CKA_SENSITIVE of private key 1 \(EC\) true, found None"),
    ("vague", "locking/wrong-pin-refused", "CKR_PIN_INCORRECT for a wrong PIN, found CKR_GENERAL_ERROR"),
    ("always-low", "locking/count-low-flag", "right PIN: set, set, set"),
    ("final-too-early", "locking/final-try-flag", "FINAL_TRY after 2 wrong PINs only, found 1, 2"),
    ("hides-the-lock", "locking/locked-flag", "LOCKED after 3 wrong PINs only, found never"),
    ("any-length", "pins/too-short-refused", "CKR_PIN_LEN_RANGE for a PIN of 3 octets, found CKR_OK"),
    ("any-length", "pins/too-long-refused", "CKR_PIN_LEN_RANGE for a PIN of 17 octets, found CKR_OK"),
    ("never-signs", "access/sign-after-right-pin", "a signature, found CKR_FUNCTION_FAILED at C_Sign"),
    ("has-words-of-its-own", "locking/wrong-pin-refused", "for a wrong PIN, found CKR 0x80000001"),
    ("flag-stays", "restore/security-officer-restores", "CKF_USER_PIN_LOCKED cleared by C_InitPIN, found it is set"),
    ("cannot-restore", "restore/security-officer-restores", "C_InitPIN by the SO, found CKR_FUNCTION_FAILED"),
    ("restores-old-pin", "restore/security-officer-restores", "CKR_OK for the new PIN, found CKR_PIN_INCORRECT"),
    ("restores-old-pin", "restore/old-pin-refused-after-restore", "CKR_PIN_INCORRECT for the old PIN, found CKR_OK"),
    ("loses-the-certificate", "restore/same-key-signs-after-restore", "certificate that was on the device before"),
    ("prints-pins", "secrecy/pin-not-printed", "no PIN in what the module prints, found one"),
]


@ELSEWHERE
@pytest.mark.parametrize(("defect", "check", "says"), DEFECTS)
def test_each_defect_is_caught_by_the_check_about_it(
    ours: Token, crooked: Path, monkeypatch: pytest.MonkeyPatch, defect: str, check: str, says: str
) -> None:
    with bench_of(ours.behind(crooked, "nothing"), monkeypatch, tries=3) as bench:
        check_named(check).function(bench)  # so it is the defect that it catches
        bench.give_back()
        assert not bench.broken
    with bench_of(ours.behind(crooked, defect), monkeypatch, tries=3) as bench, pytest.raises(Failed, match=says):
        check_named(check).function(bench)


@ELSEWHERE
@pytest.mark.parametrize(
    ("defect", "check", "says"),
    [
        ("forgets", "locking/lock-survives-a-new-process", "CKR_PIN_LOCKED in a new process, found CKR_OK"),
        ("never-resets", "locking/right-pin-resets-the-count", "CKR_OK for the right PIN, found CKR_PIN_LOCKED"),
        ("unlocks-itself", "restore/user-cannot-restore", "C_SetPIN refused without the SO, found CKR_OK"),
    ],
)
def test_a_count_kept_badly_is_caught(
    bare: Token, crooked: Path, monkeypatch: pytest.MonkeyPatch, defect: str, check: str, says: str
) -> None:
    with bench_of(bare.behind(crooked, defect), monkeypatch) as bench, pytest.raises(Failed, match=says):
        check_named(check).function(bench)


@ELSEWHERE
@pytest.mark.parametrize(
    ("tries", "says"),
    [(2, "CKR_PIN_LOCKED after 2 wrong PINs, found CKR_OK"), (4, "a lock at wrong PIN 4, found one at wrong PIN 3")],
)
def test_another_number_of_tries_than_the_models_is_caught(
    ours: Token, monkeypatch: pytest.MonkeyPatch, tries: int, says: str
) -> None:
    with bench_of(ours, monkeypatch, tries=tries) as bench, pytest.raises(Failed, match=says):
        check_named("locking/locks-at-the-set-number").function(bench)


def test_every_check_is_failed_by_some_defect_here() -> None:
    by_hand = {"wrong-pins-lock", "locks-at-the-set-number", "right-pin-refused-when-locked", "private-key-stays"}
    by_hand |= {"lock-survives-a-new-process", "right-pin-resets-the-count", "user-cannot-restore"}
    caught = by_hand | {check.rpartition("/")[2] for _, check, _ in DEFECTS}
    assert caught == {check.id.rpartition("/")[2] for check in catalogue.token_checks()}


@ELSEWHERE
@pytest.mark.parametrize(
    ("defect", "check", "says"),
    [
        ("never-low", "locking/count-low-flag", "never sets USER_PIN_COUNT_LOW, as PKCS#11 allows"),
        ("never-low", "locking/final-try-flag", "never sets USER_PIN_FINAL_TRY, as PKCS#11 allows"),
        ("hides-the-lock", "locking/right-pin-resets-the-count", "say by --tries how many tries it has"),
        ("no-lengths", "pins/too-short-refused", "no PIN is too short"),
        ("no-lengths", "pins/too-long-refused", "no PIN is too long"),
        ("cannot-restore", "restore/old-pin-refused-after-restore", "see token/restore/security-officer-restores"),
    ],
)
def test_what_the_standard_leaves_open_is_not_held_against_a_token(
    ours: Token, crooked: Path, monkeypatch: pytest.MonkeyPatch, defect: str, check: str, says: str
) -> None:
    with bench_of(ours.behind(crooked, defect), monkeypatch) as bench, pytest.raises(NotChecked, match=says):
        check_named(check).function(bench)


@pytest.mark.parametrize(
    ("how", "check", "says"),
    [
        ("alone", "access/sign-after-right-pin", "0 certificates, 1 private keys"),
        ("missing", "access/sign-after-right-pin", "0 certificates, 0 private keys"),
        ("missing", "access/private-key-stays", "no private key on the token"),
    ],
)
def test_what_is_not_on_the_token_is_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, check: str, says: str
) -> None:
    with bench_of(bare_token(tmp_path / how, how), monkeypatch) as bench, pytest.raises(NotChecked, match=says):
        check_named(check).function(bench)


def test_a_device_that_the_first_wrong_pin_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = device_model(THREE_TRIES)
    strict = our_token(tmp_path / "shelf", replace(model, pin=replace(model.pin, max_tries=1)))
    with bench_of(strict, monkeypatch, tries=1) as bench:
        with pytest.raises(NotChecked, match="the first wrong PIN would lock this device"):
            check_named("locking/wrong-pin-refused").function(bench)
        with pytest.raises(NotChecked, match="the first wrong PIN locks this device"):
            check_named("locking/right-pin-resets-the-count").function(bench)
        check_named("locking/final-try-flag").function(bench)
        bench.give_back()
        check_named("locking/locks-at-the-set-number").function(bench)


def test_an_rsa_key_signs_on_a_device_that_does_not_hash(
    tmp_path: Path, crooked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = our_token(tmp_path / "shelf", THREE_TRIES, "rsa2048")
    with bench_of(token.behind(crooked, "knows-few-mechanisms"), monkeypatch) as bench:
        check_named("access/sign-after-right-pin").function(bench)


def test_a_device_whose_pin_cannot_be_set_again_is_said_to_be_so(
    ours: Token, crooked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench_of(ours, monkeypatch) as bench:
        bench.lock()
        bench.pins = Pins(USER_PIN)
        bench.give_back()
        assert "there is no SO PIN to set it again" in bench.broken
    with bench_of(ours.behind(crooked, "crashes-at-once"), monkeypatch) as bench:
        bench.give_back()
        assert (
            bench.broken == "the PIN could not be set again: the module's process was ended by SIGSEGV at C_Initialize"
        )


def test_a_device_that_cannot_be_brought_back_fails_one_check_and_leaves_the_others_unchecked(
    tmp_path: Path, ours: Token, crooked: Path
) -> None:
    done = run(ours.behind(crooked, "cannot-restore"), "--tries", "3", "--destructive", "-v", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "✓ token/locking/wrong-pins-lock" in done.stdout
    assert "the SO could not set the PIN again: CKR_FUNCTION_FAILED, then CKR_PIN_LOCKED" in done.stdout
    assert "✗ token/restore/security-officer-restores" in done.stdout
    assert "1 sai / failed" in done.stdout


# --- modules that crash or hang ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("defect", "says"), [("crashes", "ended by SIGSEGV"), ("hangs", "did not answer"), ("exits", "ended with 3")]
)
def test_a_crash_or_a_hang_is_a_verdict_and_the_run_goes_on(
    tmp_path: Path, ours: Token, crooked: Path, defect: str, says: str
) -> None:
    only = ("--only", "token/access", "--timeout", "4", "-v")
    done = run(ours.behind(crooked, defect), *only, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "✗ token/access/sign-after-right-pin" in done.stdout
    assert says in done.stdout
    assert "C_Login right PIN, C_Sign" in done.stdout
    assert "--timeout 4" in done.stdout
    assert "✓ token/access/private-key-stays" in done.stdout


# --- what cannot be run -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("defect", "says"), [("crashes-at-once", "ended by SIGSEGV at C_Initialize"), ("hangs-at-once", "did not answer")]
)
def test_a_module_that_cannot_begin_ends_the_run_with_2(
    tmp_path: Path, bare: Token, crooked: Path, defect: str, says: str
) -> None:
    could_not_run(run(bare.behind(crooked, defect), "--timeout", "4", cwd=tmp_path), says)


@pytest.mark.parametrize(
    ("defect", "says"),
    [
        ("lets-nobody-in", "nobody can log in with the PIN that was given: CKR_FUNCTION_FAILED"),
        ("has-no-slots", "C_GetTokenInfo answered CKR_DEVICE_ERROR"),
        ("is-not-recognised", "there is no token in any slot of the module"),
    ],
)
def test_a_module_whose_token_cannot_be_used_ends_the_run_with_2(
    ours: Token, crooked: Path, monkeypatch: pytest.MonkeyPatch, defect: str, says: str
) -> None:
    with bench_of(ours.behind(crooked, defect), monkeypatch) as bench, pytest.raises(BadTarget, match=says):
        bench.start()


@pytest.mark.parametrize(
    ("defect", "says"),
    [
        ("lets-nobody-in", "C_Login with the right PIN answered CKR_FUNCTION_FAILED"),
        ("has-odd-keys", "the answer of the module cannot be understood"),
    ],
)
def test_an_answer_that_leads_nowhere_is_a_verdict(
    ours: Token, crooked: Path, monkeypatch: pytest.MonkeyPatch, defect: str, says: str
) -> None:
    with bench_of(ours.behind(crooked, defect), monkeypatch) as bench, pytest.raises(ModuleFailed, match=says):
        check_named("access/private-key-stays").function(bench)


def test_a_wrong_pin_ends_the_run_with_2_after_one_try(
    tmp_path: Path, ours: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    for whose, pins in (("PIN", {"pin": "99999999"}), ("SO PIN", {"so_pin": "99999999"})):
        done = run(ours, "--destructive", cwd=tmp_path, **pins)
        could_not_run(done, f"the {whose} that was given is not this device's (CKR_PIN_INCORRECT); one of its tries")
        assert "99999999" not in done.stdout + done.stderr
    with bench_of(ours, monkeypatch) as bench:
        bench.start()  # two tries are left


def test_a_device_that_is_locked_or_nearly_is_left_alone(
    tmp_path: Path, ours: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench_of(ours, monkeypatch) as bench:
        for _ in range(2):
            bench.target.login(bench.pins.wrong)
        could_not_run(run(ours, cwd=tmp_path), "the device has one try left: log in with the right PIN first")
        bench.target.login(bench.pins.wrong)
        could_not_run(run(ours, cwd=tmp_path), "the device is locked: have its SO restore it first")
        bench.target.init_pin(bench.officer, bench.pins.right)
        assert bench.officer.value == SO_PIN
        for _ in range(2):
            bench.target.login(bench.pins.wrong, "so")
        could_not_run(run(ours, "--destructive", cwd=tmp_path), "the SO PIN is locked or has one try left")


def test_what_is_no_module_and_no_token_ends_the_run_with_2(tmp_path: Path, bare: Token) -> None:
    text = tmp_path / "module.so"
    text.write_text("không phải thư viện", "utf-8")
    could_not_run(run(Token(str(text), {}), cwd=tmp_path), "the module cannot be loaded")
    could_not_run(run(Token(str(tmp_path / "none.so"), {}), cwd=tmp_path), "is no file; write --target token=")
    could_not_run(run(bare, "--token-label", "OTHER", cwd=tmp_path), "there is no such token; there are: 'BARE' (")
    could_not_run(run(bare, "--token-serial", "00", cwd=tmp_path), "there is no such token; there are: 'BARE' (")
    libc = subprocess.run(["cc", "-print-file-name=libm.so.6"], capture_output=True, text=True, check=True)
    could_not_run(run(Token(libc.stdout.strip(), {}), cwd=tmp_path), "the module cannot be loaded")
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "conf").write_text(f"directories.tokendir = {empty}\n")
    nothing_in_it = Token(bare.module, {"SOFTHSM2_CONF": str(empty / "conf")})
    could_not_run(run(nothing_in_it, cwd=tmp_path), "there is no token in any slot of the module")


def test_of_two_tokens_one_must_be_chosen(tmp_path: Path, ours: Token) -> None:
    both = our_token(tmp_path / "giá thiết bị", THREE_TRIES)
    done = run(both, cwd=tmp_path)
    could_not_run(done, "choose one by --token-label or --token-serial: ")
    serial = done.stderr.rpartition("(")[2].partition(")")[0]
    chosen = run(both, "--token-serial", serial, "--only", "token/access", cwd=tmp_path)
    assert chosen.returncode == 0, chosen.stdout + chosen.stderr


@ELSEWHERE
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--only", "token/nowhere"), "no check 'token/nowhere' for tokens"),
        (("--regulation", "atlantis"), "no regulation 'atlantis'; there are: an-giang"),
        (("--reset",), "--reset is for --target authority="),
        (("--pin-file", "none.txt"), "none.txt: No such file"),
        (("--pin-file", "two-lines.txt"), "one line is wanted, with nothing but the PIN"),
        (("--pin-file", "bytes.txt"), "bytes.txt: not UTF-8"),
        ((), "give the device's PIN: set CONFORMANCE_PIN"),
    ],
)
def test_what_is_asked_for_wrongly_ends_with_2_and_says_what_to_do(
    tmp_path: Path, bare: Token, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "two-lines.txt").write_text("1234\n5678\n")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe1234")
    could_not_run(run(bare, *arguments, cwd=tmp_path, pin=None), says)


def test_a_tokens_options_mean_nothing_to_an_authority() -> None:
    target = ("--target", "authority=http://127.0.0.1:9", "--regulation", "an-giang")
    done = CliRunner().invoke(main, ["run", *target, "--destructive"])
    assert done.exit_code == 2
    assert "--destructive is for --target token=" in done.stderr


def could_not_run(done: Done, says: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


# --- PINs -------------------------------------------------------------------------------------------------------


def test_pins_come_from_files_too_and_the_line_that_reproduces_names_those(
    tmp_path: Path, ours: Token, crooked: Path
) -> None:
    for name, pin in (("pin.txt", USER_PIN), ("so.txt", SO_PIN)):
        (tmp_path / name).write_text(f"{pin}\n", "utf-8")
    files = ("--pin-file", "pin.txt", "--so-pin-file", "so.txt", "--token-label", LABEL)
    once = ("--destructive", "--tries", "3", "--only", "token/pins/too-long-refused")
    done = run(ours.behind(crooked, "any-length"), *files, *once, cwd=tmp_path, pin=None, so_pin=None)
    assert done.returncode == 1, done.stdout + done.stderr
    line = next(one for one in done.stdout.splitlines() if "reproduce: " in one)
    assert f"--token-label '{LABEL}'" in line
    assert f"--tries 3 --pin-file {tmp_path / 'pin.txt'} --so-pin-file {tmp_path / 'so.txt'} --destructive" in line
    assert "điều khoản / clause: –" in done.stdout


def test_pins_are_asked_for_on_a_terminal_and_not_shown(
    tmp_path: Path, ours: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**ours.environment, "PYTHONPATH": str(ROOT)}.items():
        monkeypatch.setenv(name, value)
    expect = f"""
import os, pty, sys
answers = [{USER_PIN!r}, {SO_PIN!r}]
def read(descriptor):
    data = os.read(descriptor, 1024)
    if b": " in data[-3:] and answers:
        os.write(descriptor, answers.pop(0).encode() + b"\\n")
    return data
command = [sys.executable, "-m", "conformance", "run", "--target", "token={ours.module}", "--regulation", "cao-bang"]
sys.exit(os.waitstatus_to_exitcode(pty.spawn([*command, "--destructive", "--only", "token/restore"], read)))
"""
    done = subprocess.run(
        [sys.executable, "-c", expect], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 đúng / passed" in done.stdout
    assert USER_PIN not in done.stdout
    assert SO_PIN not in done.stdout


@pytest.mark.parametrize("pin", ["1234", "9", "az", "ZZZZ", "----", "Mật khẩu", "đ"])
def test_the_pins_made_up_are_as_long_and_all_different(pin: str) -> None:
    pins = Pins(pin)
    made_up = [one.value for one in (pins.right, pins.wrong, pins.new, pins.own)]
    assert len(set(made_up)) == 4
    assert {len(one) for one in made_up} == {len(pin)}
    assert pin not in repr(pins)
    assert pin not in f"{pins.right} {pins.right!r}"
    assert Pins().secrets() == ()


# --- what there is ----------------------------------------------------------------------------------------------


def test_token_checks_are_listed_with_the_clauses_of_the_regulation_and_explained() -> None:
    listed = CliRunner().invoke(main, ["list", "--target-kind", "token"]).output
    assert "token/access/private-key-stays  [AG-7.5]" in listed
    assert "token/pins/too-short-refused  [–]" in listed
    assert "authority/" not in listed
    of_cao_bang = CliRunner().invoke(main, ["list", "--target-kind", "token", "--regulation", "cao-bang"]).output
    assert "token/locking/wrong-pin-refused  [CB-9.3.2, ND130-73.a]" in of_cao_bang
    assert "token/access/private-key-stays  [–]" in of_cao_bang
    explained = CliRunner().invoke(main, ["explain", "token/locking/final-try-flag"]).output
    vietnamese, english = explained.splitlines()[1:3]
    assert vietnamese == "  Cờ CKF_USER_PIN_FINAL_TRY bật đúng một bước trước khi khóa."
    assert english == "  CKF_USER_PIN_FINAL_TRY is set just before the try that locks, and at no other."
    assert "needs --destructive and the SO PIN" in explained
    assert "điều khoản / clauses: ND130-73.a" in explained


def test_every_clause_about_tokens_has_its_check_and_every_check_speaks_both_languages() -> None:
    tested = {clause for check in catalogue.token_checks() for clause in check.clauses}
    wanted = {"AG-7.5", "NB-5.3.2", "CB-9.3.2", "TB-10.3.dev", "LC-13.2.dev", "ND130-73.a", "ND130-73.b"}
    assert tested == wanted
    for check in catalogue.token_checks():
        assert check.says.vi
        assert check.says.en.partition("\n")[0].isascii()
    assert {check.id for check in catalogue.every_check()} >= {check.id for check in catalogue.token_checks()}


def test_every_regulation_with_scenarios_is_known_to_the_other_suites() -> None:
    assert set(catalogue.regulations()) <= set(regulations.known())


def test_the_plugin_serves_plain_pytest_too(tmp_path: Path, ours: Token) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "-p", "no:cacheprovider", str(SUITE)]
    options = [f"--conformance-target=token={ours.module}", "--conformance-regulation=cao-bang"]
    environment = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CONFORMANCE_PIN": USER_PIN}
    done = subprocess.run(
        [*command, *options, "-m", 'clause(id="CB-9.3.2")'],
        cwd=tmp_path,
        env={**os.environ, **ours.environment, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "4 passed, 15 deselected" in done.stdout, done.stdout + done.stderr


# --- the frame --------------------------------------------------------------------------------------------------


def test_what_comes_again_and_again_is_told_once() -> None:
    assert list(folded(["a", *["b", "c"] * 4, "d"])) == ["a", "b", "c", "(3 more times the same)", "d"]
    assert list(folded(["a", "b", "a", "b"])) == ["a", "b", "a", "b"]
    assert list(folded(["a"])) == ["a"]


@ELSEWHERE
@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (Flags(0), "no user PIN has been set"),
        (Flags.USER_PIN_INITIALIZED | Flags.PROTECTED_AUTHENTICATION_PATH, "PIN pad"),
        (Flags.USER_PIN_INITIALIZED | Flags.USER_PIN_TO_BE_CHANGED, "transport PIN"),
    ],
)
def test_tokens_that_no_run_can_test_are_refused_by_their_flags(
    flags: Flags, says: str, ours: Token, crooked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROOKED_FLAGS", str(int(flags)))
    with bench_of(ours.behind(crooked, "other-flags"), monkeypatch) as bench, pytest.raises(BadTarget, match=says):
        bench.start()


def test_a_token_pulled_out_is_a_verdict(ours: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    with bench_of(ours, monkeypatch) as bench:
        bench.start()
        (Path(ours.environment["MOCKTOKEN_HOME"]) / "readers").write_bytes(b"")
        with pytest.raises(ModuleFailed):
            check_named("access/sign-after-right-pin").function(bench)


def test_closing_twice_does_nothing(bare: Token) -> None:
    target = TokenTarget(bare.module)
    target.close()
    target.close()
    assert target.printed() == ""
