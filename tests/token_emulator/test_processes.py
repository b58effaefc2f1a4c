"""Threads, forks, kills: what a shelf must bear under a WSGI server."""

from __future__ import annotations

import fcntl
import io
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.token_emulator.conftest import SO_PIN, USER_PIN, make
from token_emulator import DeviceFailed, Shelf, Swept, worker
from token_emulator.claims import Claim
from token_emulator.workers import Worker, Workers, shared

ROOT = Path(__file__).parents[2]
ISSUER = f"""
import sys
from pathlib import Path
from token_emulator import Shelf, workers
shelf = Shelf(Path(sys.argv[1]))
while True:
    with shelf.personalise("generic-10", "p256", "{USER_PIN}", "{SO_PIN}", "x") as device:
        device.place()
    print(device.serial, *workers.shared.pids(), flush=True)
"""
FORKER = f"""
import os, sys
from pathlib import Path
from token_emulator import Shelf
shelf = Shelf(Path(sys.argv[1]))
def make():
    with shelf.personalise("generic-10", "p256", "{USER_PIN}", "{SO_PIN}", "x") as device:
        device.place()
make()
kept = shelf.personalise("generic-10", "p256", "{USER_PIN}", "{SO_PIN}", "x")
kept.place()
kept.release()
staged = shelf.personalise("generic-10", "p256", "{USER_PIN}", "{SO_PIN}", "x")
child = os.fork()
if not child:
    make()
    del staged
    sys.exit(0)
make()
status = os.waitpid(child, 0)[1]
staged.place()
staged.release()
sys.exit(status)
"""


def python(code: str, shelf: Shelf) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, str(shelf.home)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_threads_make_devices_side_by_side(shelf: Shelf) -> None:
    with ThreadPoolExecutor(6) as threads:
        serials = {made.serial for made in threads.map(lambda _: make(shelf), range(12))}
    assert set(shelf.serials()) == serials
    assert len(serials) == 12
    assert len(shared.pids()) <= shared.limit


def test_processes_make_devices_side_by_side(shelf: Shelf) -> None:
    issuers = [python(ISSUER, shelf) for _ in range(2)]
    told: set[str] = set()
    for issuer in issuers:
        assert issuer.stdout is not None
        told |= {issuer.stdout.readline().split()[0] for _ in range(4)}
    for issuer in issuers:
        issuer.kill()
        issuer.communicate()
    assert len(told) == 8
    assert told <= set(shelf.serials())
    shelf.sweep(told)
    assert set(shelf.serials()) == told


@pytest.mark.parametrize("deep", range(6))
def test_a_maker_killed_at_any_moment_leaves_no_half_device(shelf: Shelf, deep: int) -> None:
    issuer = python(ISSUER, shelf)
    assert issuer.stdout is not None
    told, *pids = issuer.stdout.readline().split()
    staging = shelf.home / "staging"
    while _state(issuer.pid) != "T" or not list(staging.iterdir()):
        os.kill(issuer.pid, signal.SIGCONT)
        while _files(staging) < 2 * deep:
            pass  # until the next device is so far
        os.kill(issuer.pid, signal.SIGSTOP)
        while _state(issuer.pid) != "T":
            pass
    issuer.kill()
    more = issuer.communicate()[0].splitlines()
    registered = {told, *(line.split()[0] for line in more)}
    while any(_runs(int(pid)) for pid in pids):
        pass  # the worker ends with its master
    for serial in shelf.serials():
        assert shelf.sign(serial, USER_PIN, b"whole")
    swept = shelf.sweep(registered)
    assert swept.staged == 1
    assert shelf.sweep(registered) == Swept(0, ())
    assert set(shelf.serials()) == registered


def _files(staging: Path) -> int:
    found = 0
    with suppress(FileNotFoundError):  # folders come and go meanwhile
        for _ in staging.rglob("*"):
            found += 1
    return found


def _state(pid: int) -> str | None:
    """The kernel's letter for what the process does: R, S, T (stopped), Z (dead); None when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def _runs(pid: int) -> bool:
    return _state(pid) not in (None, "Z")


def test_a_forked_child_has_workers_and_work_folders_of_its_own(shelf: Shelf) -> None:
    forker = python(FORKER, shelf)
    _, errors = forker.communicate()
    assert (forker.returncode, errors) == (0, "")
    assert len(shelf.serials()) == 5
    for serial in shelf.serials():
        assert shelf.sign(serial, USER_PIN, b"whole")


def test_a_worker_that_died_is_replaced(shelf: Shelf) -> None:
    make(shelf)
    for pid in shared.pids():
        os.kill(pid, signal.SIGKILL)
        while _runs(pid):
            pass
    assert make(shelf).serial in shelf.serials()


def order(shelf: Shelf, claim: Claim) -> dict[str, Any]:
    return {
        "do": "inspect",
        "claim": str(claim.folder),
        "home": str(claim.folder),
        "serial": "0" * 16,
        "module": str(shelf.module),
        "with": {},
    }


def test_a_worker_that_hangs_is_given_up(shelf: Shelf) -> None:
    workers = Workers(limit=1)
    claim = shelf.claim()
    assert "error" in workers.request(order(shelf, claim))  # there is no such device
    (pid,) = workers.pids()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(DeviceFailed, match=r"inspect: no answer in 0\.05 s"):
        workers.request(order(shelf, claim), patience=0.05)
    assert not _runs(pid)
    assert workers.request(order(shelf, claim)) == {"error": "TokenNotPresent"}
    workers.close()
    assert workers.pids() == ()
    claim.release()


def test_a_worker_that_ends_at_an_order_is_told(shelf: Shelf) -> None:
    claim = shelf.claim()
    dying = Worker()
    os.kill(dying.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(dying.ask, order(shelf, claim), 60)
        waiting = b"\0" * 4
        while struct.unpack("i", waiting)[0] == 0:  # until the order is in the pipe
            waiting = fcntl.ioctl(dying._orders, termios.FIONREAD, b"\0" * 4)
        os.kill(dying.pid, signal.SIGKILL)
        with pytest.raises(DeviceFailed, match="the worker process ended"):
            asked.result()
    with pytest.raises(DeviceFailed, match="the worker process ended"):
        dying.ask(order(shelf, claim), 60)
    dying.close()
    claim.release()


def test_an_order_waits_when_all_workers_are_busy(shelf: Shelf) -> None:
    workers = Workers(limit=1)
    claim = shelf.claim()
    workers.request(order(shelf, claim))
    (pid,) = workers.pids()
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(workers.request, order(shelf, claim)) for _ in range(2)]
        while workers.pids():
            pass
        os.kill(pid, signal.SIGCONT)
        assert [done.result() for done in asked] == [{"error": "TokenNotPresent"}] * 2
    assert workers.pids() == (pid,)
    workers.close()
    claim.release()


def test_what_a_worker_says_of_a_failure_quotes_nothing(tmp_path: Path) -> None:
    orders = [b'{"pin": "135790"\n', json.dumps({"do": "sign", "claim": str(tmp_path / "135790")}).encode() + b"\n"]
    answers = io.BytesIO()
    worker.serve(io.BytesIO(b"".join(orders)), answers)
    assert b"135790" not in answers.getvalue()
    assert [json.loads(line) for line in answers.getvalue().splitlines()] == [
        {"error": "JSONDecodeError"},
        {"error": "FileNotFoundError"},
    ]


def test_a_worker_whose_master_is_gone_ends_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as answers:
        orders = io.BytesIO(b"first\nsecond\n")
        worker.serve(orders, answers)
    assert orders.read() == b"second\n"


def test_the_pin_is_not_in_the_list_of_processes(shelf: Shelf) -> None:
    make(shelf)
    assert shared.pids()
    for pid in shared.pids():
        for name in ("cmdline", "environ"):
            assert USER_PIN.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()


def test_a_work_folder_without_an_owner_is_swept(shelf: Shelf) -> None:
    kept = shelf.claim()
    (shelf.home / "staging" / "without-a-lock").mkdir()
    assert shelf.sweep(set()).staged == 1
    assert kept.folder.exists()
    kept.release()
    kept.release()
