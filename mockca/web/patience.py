"""Late answers on granian: a worker's one thread goes on with the next request while an answer waits for its time.

granian asks a WSGI application in one thread and takes the answer from it through an object of its own. That object may
be told the answer later and by another thread, which is what happens here to answers that are `Late`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from granian import wsgi
from granian.server import mp

from mockca.web.carrying import Late

MOST_WAITING: Final = 500
"""Late answers that a worker keeps waiting; one more keeps the worker waiting."""

_seats = threading.BoundedSemaphore(MOST_WAITING)
WRAP: Final = "_wsgi_call_wrap"
"""The server's own name for what wraps an application in its workers."""
_wrap_of_the_server: Callable[..., Any] = getattr(mp, WRAP)


def have_patience() -> None:
    """Have the workers of this process answer late without keeping others waiting."""
    setattr(mp, WRAP, _patient_wrap)


def _patient_wrap(*arguments: Any, **named: Any) -> Callable[[Any, Any], Any]:
    ask = _wrap_of_the_server(*arguments, **named)
    return lambda protocol, scope: ask(_Protocol(protocol), scope)


class _Protocol:
    """What takes an answer, and takes its time where that is late."""

    __slots__ = ("_inner", "response_bytes")

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.response_bytes = inner.response_bytes

    def response_iter(self, status: int, headers: Any, body: Any) -> None:
        """An answer that is no list: late, or torn down."""
        if not isinstance(body.inner, Late):
            self._inner.response_iter(status, headers, body)
        elif _seats.acquire(blocking=False):
            threading.Thread(target=self._seated, args=(status, headers, body.inner), daemon=True).start()
        else:
            self._wait(status, headers, body.inner)

    def _seated(self, status: int, headers: Any, late: Late) -> None:
        try:
            self._wait(status, headers, late)
        finally:
            _seats.release()

    def _wait(self, status: int, headers: Any, late: Late) -> None:
        time.sleep(late.seconds)
        if isinstance(late.parts, list):
            self.response_bytes(status, headers, b"".join(late.parts))
        else:
            wrap: Callable[[Any], Any] = wsgi.ResponseIterWrap
            self._inner.response_iter(status, headers, wrap(late.parts))
