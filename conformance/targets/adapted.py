"""A target reached by a Python class of somebody else's, as a port for scenarios.

    class Ours(scenarios.Adapter):
        def __init__(self, *, url, regulation, credentials, timeout): ...
        def now(self): ...                      # aware datetime
        def file_dossier(self, actor, body): ...  # one method an operation; what is left out is skipped

It may have `check()`, `reset()` and `close()`. Whatever it raises or returns, a run goes on: it is no verdict.
"""

from __future__ import annotations

import importlib
import queue
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance.errors import BadTarget
from conformance.redaction import Redactor
from conformance.targets.credentials import NOBODY, Credentials
from scenarios.port import Body, Operation, Outcome, PortError, Verdict

TEXT = "package.module:Class"


class AdaptedTarget:
    """An authority behind an adapter."""

    def __init__(
        self, adapter: str, url: str, regulation: str, credentials: Credentials | None = None, *, timeout: float = 30.0
    ) -> None:
        """`adapter` is `package.module:Class`. Raises BadTarget where there is none, or it cannot be made."""
        self.regulation = regulation
        self._credentials = credentials or Credentials()
        self._name, self._timeout = adapter, timeout
        self.redactor = Redactor(self._credentials.secrets())
        self._hand = _Hand()
        made = adapter_class(adapter)
        try:
            self._adapter = self._call(
                "__init__",
                lambda: made(url=url, regulation=regulation, credentials=self._credentials, timeout=timeout),
            )
        except PortError as error:
            raise BadTarget(error.what) from error

    def close(self) -> None:
        """Close the adapter, where it can be closed."""
        try:
            self._optional("close")
        except PortError as error:
            print(f"WARNING: {error.what}", file=sys.stderr)  # noqa: T201 - the run is over and has been told
        self._hand.let_go()

    def check(self) -> None:
        """Raise BadTarget where the adapter says that it cannot be tested, or cannot tell the time."""
        try:
            self._optional("check")
            self.now()
        except PortError as error:
            raise BadTarget(error.what) from error

    def reset(self) -> None:
        """Empty the target. Raises BadTarget where the adapter cannot."""
        if not callable(getattr(self._adapter, "reset", None)):
            raise BadTarget(f"{self._name} has no reset(), so --reset cannot be had")
        try:
            self._optional("reset")
        except PortError as error:
            raise BadTarget(error.what) from error

    def now(self) -> datetime:
        """The time that the adapter tells."""
        told = self._call("now", lambda: self._adapter.now())
        if not isinstance(told, datetime) or told.tzinfo is None:
            raise PortError(f"{self._name}.now answered {told!r}, which is no datetime with a time zone")
        return told

    def perform(self, operation: Operation, actor: str, body: Body) -> Outcome:
        """Have the adapter do it."""
        if actor != NOBODY and self._credentials.of(actor, self.regulation) is None:
            return Outcome(Verdict.UNSUPPORTED, message=f"no credential for {actor} under {self.regulation}")
        outcome = self._call(operation.value, lambda: self._adapter.perform(operation, actor, body))
        if not isinstance(outcome, Outcome):
            raise PortError(f"{self._name}.{operation.value} answered {type(outcome).__name__}, which is no Outcome")
        return outcome

    def _optional(self, method: str) -> None:
        found = getattr(self._adapter, method, None)
        if callable(found):
            self._call(method, found)

    def _call(self, method: str, call: Callable[[], Any]) -> Any:
        """Call into the adapter. Raises PortError where it raises, or has not answered in time."""
        try:
            return self._hand.do(call, self._timeout)
        except TimeoutError:
            self._hand = _Hand()
            raise PortError(f"{self._name}.{method} had not answered after {self._timeout:g} s") from None
        except PortError as error:
            raise PortError(self.redactor.text(f"{self._name}.{method}: {error.what}"), error.exchanges) from error
        except Exception as error:  # somebody else's code: whatever it raises is no verdict
            told = self.redactor.text(f"{type(error).__name__}: {error}")
            raise PortError(f"{self._name}.{method} broke off: {told}") from error


class _Hand:
    """A thread that makes one call after the other, so that an adapter sees the same thread each time.

    A call that never ends cannot be ended from outside: its thread is left behind and ends with the process.
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[Any]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True, name="adapter").start()

    def do(self, call: Callable[[], Any], patience: float) -> Any:
        """What the call returns or raises. TimeoutError after so many seconds."""
        results: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._calls.put((call, results))
        try:
            value, error = results.get(timeout=patience)
        except queue.Empty:
            raise TimeoutError from None
        if error is not None:
            raise error
        return value

    def let_go(self) -> None:
        """No more calls come."""
        self._calls.put(None)

    def _work(self) -> None:
        while (given := self._calls.get()) is not None:
            call, results = given
            try:
                results.put((call(), None))
            except BaseException as error:  # handed to whoever waits; SystemExit must not end the thread unheard
                results.put((None, error if isinstance(error, Exception) else _Ended(repr(error))))


class _Ended(Exception):
    """An adapter tried to end the process."""


def adapter_class(adapter: str) -> Callable[..., Any]:
    """The class under `package.module:Class`, looked for in the working directory too. Raises BadTarget."""
    module, _, name = adapter.partition(":")
    if not module or not name:
        raise BadTarget(f"{adapter!r} is no adapter; write --adapter {TEXT}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), name, None)
    except Exception as error:  # importing runs somebody else's code
        raise BadTarget(f"{module} cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(found, type) or not callable(getattr(found, "perform", None)):
        raise BadTarget(f"{module} has no class {name!r} with perform(); derive it from scenarios.Adapter")
    return found
