"""What both ports share: how they listen, and a log that never shows what went over them."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from token_emulator.agent.errors import CannotListen
from token_emulator.agent.settings import HOST

log = logging.getLogger(__name__)
# The library's debug lines hold whole messages, and those of the desk hold PINs.
log.setLevel(logging.WARNING)
log.addFilter(lambda record: not str(record.msg).startswith("opening handshake failed"))
GOODBYE: Final = 2.0
"""Seconds that a peer has to close when the port does."""


def header(request: Request | None, name: str) -> str:
    """A header that stands there once; empty where there is none, or several."""
    values = request.headers.get_all(name) if request else []
    return values[0] if len(values) == 1 else ""


async def listen(
    handler: Callable[[ServerConnection], Awaitable[None]],
    look_at: Callable[[ServerConnection, Request], Response | None],
    port: int,
    largest: int,
    tls: ssl.SSLContext | None = None,
) -> tuple[Server, int]:
    """A WebSocket server on the loopback address, and its port; 0 takes any. Raises CannotListen."""
    try:
        server = await serve(
            handler,
            HOST,
            port,
            ssl=tls,
            process_request=look_at,
            max_size=largest,
            compression=None,
            server_header=None,
            close_timeout=GOODBYE,
            logger=log,
        )
    except OSError as error:
        raise CannotListen(HOST, port, error.strerror or str(error)) from error
    return server, next(iter(server.sockets)).getsockname()[1]
