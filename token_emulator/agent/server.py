"""The agent as pages see it: secure WebSocket on the loopback address, one operation a path, one message each way.

    async with Face(agent, certificate.context(), port).open() as face:
        ...

What comes in is answered by one JSON text (GetVersion: a text), or, with `never-answers`, not at all. A plain GET is
answered by a page that says how to trust the certificate. While `not-running` stands, the port is closed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from token_emulator.agent.calls import Agent, Call
from token_emulator.agent.faults import FaultName
from token_emulator.agent.messages import LARGEST
from token_emulator.agent.operations import operation_at
from token_emulator.agent.outcomes import BAD_MESSAGE, INTERNAL, Refusal
from token_emulator.agent.pages import greeting
from token_emulator.agent.wire import header, listen

log = logging.getLogger(__name__)
LARGEST_FRAME: Final = 4 * LARGEST
"""Octets; beyond them the connection is closed (1009), below an answer says what was wrong."""
PATIENCE: Final = 30.0
"""Seconds that a page has for its message, and to hang up after the reply."""


class Face:
    """The port that pages call."""

    def __init__(self, agent: Agent, tls: ssl.SSLContext, port: int) -> None:
        self.agent = agent
        self._tls, self._port = tls, port
        self._server: Server | None = None
        self._change = asyncio.Lock()

    @property
    def port(self) -> int:
        """The port; also while it is closed."""
        return self._port

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Face]:
        """Listen until the block ends, as long as no fault forbids it. Raises CannotListen."""
        await self.follow_faults()
        try:
            yield self
        finally:
            async with self._change:
                await self._stop()

    async def follow_faults(self) -> None:
        """Close the port, or open it again, as `not-running` says. Raises CannotListen."""
        async with self._change:
            if self.agent.faults.stands(FaultName.NOT_RUNNING):
                await self._stop()
            elif self._server is None:
                await self._start()

    async def _start(self) -> None:
        self._server, self._port = await listen(self._serve, self._look_at, self._port, LARGEST_FRAME, self._tls)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _look_at(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer a plain GET with a page, and refuse origins that are not served."""
        if header(request, "Upgrade").lower() != "websocket":
            return greeting(request.path, self._port)
        origins = self.agent.settings.origins
        if origins and header(request, "Origin") not in origins:
            return Response(HTTPStatus.FORBIDDEN, "Forbidden", Headers({"Content-Length": "0"}))
        del connection
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        request = connection.request
        path, origin = request.path if request else "", header(request, "Origin")
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                message = await connection.recv()
            reply = await self._while_connected(connection, _operation_name(path), message, origin)
            if reply is not None:
                await connection.send(reply)
            async with asyncio.timeout(PATIENCE if reply is not None else None):
                await connection.wait_closed()

    async def _while_connected(
        self, connection: ServerConnection, name: str, message: str | bytes, origin: str
    ) -> str | None:
        """The reply; nothing when the page hangs up first, and then the operation ends, too."""
        work = asyncio.create_task(self.answer(name, message, origin))
        gone = asyncio.create_task(connection.wait_closed())
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            return await work if work.done() else None
        finally:
            for task in (work, gone):
                task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)

    async def answer(self, name: str, message: str | bytes, origin: str = "") -> str | None:
        """The reply to one message, None when the fault `never-answers` swallowed it."""
        firing = self.agent.faults.take(name)
        if FaultName.NEVER_ANSWERS in firing:
            return None
        if slow := firing.get(FaultName.SLOW):
            await asyncio.sleep(slow.seconds or 0)
        operation = operation_at(name)
        try:
            if not isinstance(message, str):
                raise Refusal(BAD_MESSAGE, "a text is wanted, not octets")
            if len(message) > LARGEST:
                raise Refusal(BAD_MESSAGE, f"over {LARGEST >> 20} MiB")
            reply: Any = await operation(Call(self.agent, name, message, origin, firing))
        except Refusal as refusal:
            log.info("%s: %s", name, refusal.outcome.name)
            reply = operation.refused(refusal)
        except Exception as error:
            # Its type and place alone: the text of an error from below may hold what the page sent.
            log.error("%s: %s at %s", name, type(error).__name__, _place(error))
            reply = operation.refused(Refusal(INTERNAL))
        return reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)


def _operation_name(path: str) -> str:
    return path.partition("?")[0].strip("/")[:100]


def _place(error: BaseException) -> str:
    """File and line in which an error came up."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
