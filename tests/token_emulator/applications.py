"""Programs that use the module, to be run, watched and killed: `python -m tests.token_emulator.applications WHAT`.

MOCKTOKEN_HOME and MOCKTOKEN_DEVICE say what they use. PINs come on standard input.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

from tests.token_emulator import calls as p11
from tests.token_emulator.calls import Calls
from token_emulator.module import module_path


def tell(text: str) -> None:
    """Out at once, in one write: what was told before a kill was told."""
    os.write(1, text.encode())


def begin() -> tuple[Calls, int]:
    calls = Calls(module_path())
    assert calls("C_Initialize", None) == p11.OK
    return calls, calls.open()


def guess() -> None:
    """For each line "PIN times": try that PIN so often, and tell the answers in a line. "logout 0" logs out."""
    calls, session = begin()
    tell("ready\n")
    for line in sys.stdin:
        pin, times = line.split()
        if pin == "logout":
            calls("C_Logout", session)
        answers = [calls.login(session, p11.USER, pin) for _ in range(int(times))]
        tell(" ".join(map(str, answers)) + "\n")


def log_in_for_ever() -> None:
    """Try one PIN without end; one line for each answer. A login that succeeds is followed by a logout."""
    calls, session = begin()
    pin = sys.stdin.readline().strip()
    while True:
        answer = calls.login(session, p11.USER, pin)
        tell(f"{answer}\n")
        if answer == p11.OK:
            calls("C_Logout", session)


def sign() -> None:
    """Log in, sign once, tell the answer."""
    calls, session = begin()
    assert calls.login(session, p11.USER, sys.stdin.readline().strip()) == p11.OK
    (key,) = calls.find(session, {p11.CLASS: 3})
    tell(f"{calls.sign(session, key)}\n")


def fork() -> None:
    """Children of an application that is logged in: each must begin anew, and its parent goes on undisturbed."""
    calls, session = begin()
    pin = sys.stdin.readline().strip()
    assert calls.login(session, p11.USER, pin) == p11.OK
    (key,) = calls.find(session, {p11.CLASS: 3})
    if not os.fork():
        assert calls.sign(session, key) == p11.NOT_INITIALIZED
        assert calls("C_Initialize", None) == p11.OK
        assert calls.sign(session, key) == p11.SESSION_HANDLE_INVALID
        own = calls.open()
        assert calls.login(own, p11.USER, "0" * len(pin)) == p11.PIN_INCORRECT
        assert calls.login(own, p11.USER, pin) == p11.OK
        (key,) = calls.find(own, {p11.CLASS: 3})
        assert calls.sign(own, key) == p11.OK
        assert calls("C_Finalize", None) == p11.OK
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
    assert calls.sign(session, key) == p11.OK
    assert calls("C_Finalize", None) == p11.OK


def fork_amid_threads() -> None:
    """Forks while other threads are logging in: no child may hang on, or keep, a lock of theirs."""
    calls, _ = begin()
    pin = sys.stdin.readline().strip()
    ended = threading.Event()

    def work() -> None:
        session = calls.open()
        while not ended.is_set():
            calls.login(session, p11.USER, pin)
            calls("C_Logout", session)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for _ in range(12):
        if not os.fork():
            mine, session = begin()
            os._exit(mine.login(session, p11.USER, pin))
        assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
    ended.set()
    for worker in workers:
        worker.join()


def threads() -> None:
    """16 threads guess, one of them logs in, then all sign, each in sessions of its own."""
    calls, _ = begin()
    pin = sys.stdin.readline().strip()
    answers: list[int] = []

    def in_threads(work: Callable[[], None]) -> None:
        started = [threading.Thread(target=work) for _ in range(16)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()

    def guess_once() -> None:
        session = calls.open()
        answers.append(calls.login(session, p11.USER, "0" * len(pin)))
        calls("C_CloseSession", session)

    in_threads(guess_once)
    tell(" ".join(map(str, answers)) + "\n")
    calls.login(calls.open(), p11.USER, pin)
    signed: list[int] = []

    def sign_often() -> None:
        for _ in range(8):
            session = calls.open(flags=p11.RO)
            (key,) = calls.find(session, {p11.CLASS: 3})
            signed.extend(calls.sign(session, key) for _ in range(4))
            assert calls("C_CloseSession", session) == p11.OK

    in_threads(sign_often)
    assert signed == [p11.OK] * 16 * 8 * 4
    assert calls("C_Finalize", None) == p11.OK


if __name__ == "__main__":
    {
        "guess": guess,
        "log-in-for-ever": log_in_for_ever,
        "sign": sign,
        "fork": fork,
        "fork-amid-threads": fork_amid_threads,
        "threads": threads,
    }[sys.argv[1]]()
