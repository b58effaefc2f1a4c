"""A few worker processes, shared by all threads of this process."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from token_emulator.errors import DeviceFailed

PATIENCE = 120.0
"""Seconds of real time after which a worker counts as stuck; an RSA-3072 key takes a few."""


class Worker:
    """One `python -m token_emulator.worker`."""

    def __init__(self) -> None:
        root = str(Path(__file__).parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "token_emulator.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._orders, self._answers = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, order: dict[str, Any], patience: float) -> dict[str, Any]:
        """Send one order and wait for its answer. Raises DeviceFailed when the worker ends or hangs."""
        what = str(order["do"])
        rest = memoryview(json.dumps(order).encode() + b"\n")
        try:
            while rest:
                rest = rest[self._orders.write(rest) or 0 :]
        except BrokenPipeError:
            raise DeviceFailed(what, "the worker process ended") from None
        answer: dict[str, Any] = json.loads(self._read_line(what, patience))
        return answer

    def _read_line(self, what: str, patience: float) -> bytes:
        deadline = time.monotonic() + patience
        ready = select.poll()
        ready.register(self._answers, select.POLLIN)
        line = b""
        while not line.endswith(b"\n"):
            if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise DeviceFailed(what, f"no answer in {patience:g} s")
            chunk = self._answers.read(65536)
            if not chunk:
                raise DeviceFailed(what, "the worker process ended")
            line += chunk
        return line

    def close(self, *, kill: bool = False) -> None:
        """End the worker: at once, or after the order that it is at."""
        if kill:
            self._process.kill()
        self._orders.close()
        self._answers.close()
        self._process.wait()

    def forget(self) -> None:
        """In a forked child: the worker is the parent's."""
        with suppress(OSError):
            self._orders.close()
            self._answers.close()
        self._process.returncode = 0


class Workers:
    """A pool. Workers start when first needed and stay."""

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit or max(2, os.cpu_count() or 1)
        self._restart()

    def _restart(self) -> None:
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()

    def request(self, order: dict[str, Any], patience: float = PATIENCE) -> dict[str, Any]:
        """Have one order done by the next free worker. Raises DeviceFailed."""
        worker = self._take()
        try:
            answer = worker.ask(order, patience)
        except BaseException:  # an interrupted worker may be in the middle of an answer
            worker.close(kill=True)
            self._give_back(None, worker)
            raise
        self._give_back(worker, worker)
        return answer

    def _take(self) -> Worker:
        with self._changed:
            while True:
                while self._idle:
                    worker = self._idle.pop()
                    if worker.alive:
                        self._busy.add(worker)
                        return worker
                    worker.close()
                if len(self._busy) < self.limit:
                    worker = Worker()
                    self._busy.add(worker)
                    return worker
                self._changed.wait()

    def _give_back(self, idle: Worker | None, busy: Worker) -> None:
        with self._changed:
            self._busy.discard(busy)
            if idle is not None:
                self._idle.append(idle)
            self._changed.notify()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that wait for work."""
        with self._changed:
            return tuple(worker.pid for worker in self._idle)

    def close(self) -> None:
        """End the idle workers. New ones start when needed."""
        with self._changed:
            while self._idle:
                self._idle.pop().close()

    def forget(self) -> None:
        """In a forked child: start anew, the inherited workers answer the parent."""
        for worker in (*self._idle, *self._busy):
            worker.forget()
        self._restart()


shared = Workers()
"""The workers of this process."""

atexit.register(shared.close)
os.register_at_fork(after_in_child=shared.forget)
