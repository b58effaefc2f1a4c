"""The desk: a second port, where the user answers, and where faults are ordered by who holds the credential.

    http://127.0.0.1:8988/#KEY      the page on which PINs are typed; KEY is new at each start
    ws://127.0.0.1:8988/desk        what the page talks over: the key first, then questions out, answers in
    ws://127.0.0.1:8988/control     one order, one answer, as JSON: {"credential": …, "do": "order", "faults": […]}

Pages of other origins are turned away from both. It speaks plain HTTP: it never leaves the loopback address, and a
browser that does not trust the agent's certificate yet must be able to open it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from token_emulator.agent.errors import BadFaults, CannotListen
from token_emulator.agent.faults import TOLD, FaultName, FaultTable, parse_faults
from token_emulator.agent.pages import answer, desk_page
from token_emulator.agent.prompts import Answer, Desk, Pending
from token_emulator.agent.settings import HOST
from token_emulator.agent.wire import header, listen

LARGEST: Final = 96 << 20
"""Octets: a document of 64 MiB in Base64."""
PATIENCE: Final = 10.0


class Hello(BaseModel):
    """The first message of the desk's page."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    key: Annotated[str, Field(max_length=200)]


class Said(BaseModel):
    """An answer from the desk's page."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    id: Annotated[str, Field(max_length=40)]
    cancel: bool = False
    serial: Annotated[str, Field(max_length=40)] = ""
    pin: Annotated[str, Field(max_length=255)] = ""
    file_name: Annotated[str, Field(max_length=255)] = ""
    file: Annotated[str, Field(max_length=LARGEST)] = ""


class Order(BaseModel):
    """An order of the control endpoint."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    credential: Annotated[str, Field(max_length=200)]
    do: Literal["list", "order", "withdraw"]
    faults: list[dict[str, Any]] = Field(default_factory=list, max_length=200)
    name: FaultName | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """Who may do what; both are made anew at each start."""

    desk: str
    control: str


class DeskServer:
    """The second port."""

    def __init__(
        self,
        desk: Desk | None,
        faults: FaultTable,
        keys: Keys,
        port: int,
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._desk, self._faults, self._keys, self._port, self._changed = desk, faults, keys, port, changed

    @property
    def port(self) -> int:
        """The port that was taken."""
        return self._port

    @asynccontextmanager
    async def open(self) -> AsyncIterator[DeskServer]:
        """Listen until the block ends. Raises CannotListen."""
        server, self._port = await listen(self._serve, self._look_at, self._port, LARGEST)
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    def _look_at(self, connection: ServerConnection, request: Request) -> Response | None:
        del connection
        host, origin = header(request, "Host"), header(request, "Origin")
        own = {f"{name}:{self._port}" for name in (HOST, "localhost")}
        # The Host keeps out pages whose names were made to point here; the Origin, all others.
        if host not in own or (request.headers.get_all("Origin") and origin.removeprefix("http://") not in own):
            return answer(HTTPStatus.FORBIDDEN, b"403\n", "text/plain")
        if header(request, "Upgrade").lower() != "websocket":
            return desk_page(request.path)
        return None if request.path in ("/desk", "/control") else answer(HTTPStatus.NOT_FOUND, b"404\n", "text/plain")

    async def _serve(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                first = await connection.recv()
            if connection.request is not None and connection.request.path == "/control":
                await connection.send(json.dumps(await self.obey(first)))
            else:
                await self._sit(connection, first)

    async def obey(self, message: str | bytes) -> dict[str, Any]:
        """What an order comes to: `{"ok": true, "faults": […]}`, or `{"ok": false, "error": …}`."""
        try:
            order = Order.model_validate_json(message)
            if not hmac.compare_digest(order.credential.encode(), self._keys.control.encode()):
                return {"ok": False, "error": "credential"}
            if order.do == "order":
                self._faults.order(parse_faults(order.faults, "faults"))
            elif order.do == "withdraw":
                self._faults.withdraw(order.name)
            await self._changed()
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            return {"ok": False, "error": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}
        except (BadFaults, CannotListen) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, "faults": self._listed()}

    def _listed(self) -> list[dict[str, Any]]:
        return [one.model_dump(mode="json", exclude_none=True) for one in self._faults.listed()]

    async def _sit(self, connection: ServerConnection, first: str | bytes) -> None:
        """Show what is asked, take the answers."""
        if not self._may_sit(first):
            await connection.close(4001, "key")
            return
        news = asyncio.Event()
        news.set()
        leave = self._desk.watch(news.set) if self._desk else (lambda: None)
        showing = asyncio.create_task(self._show(connection, news))
        try:
            async for message in connection:
                self._take(message)
        finally:
            leave()
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    def _may_sit(self, first: str | bytes) -> bool:
        try:
            key = Hello.model_validate_json(first).key
        except ValidationError:
            return False
        return hmac.compare_digest(key.encode(), self._keys.desk.encode())

    async def _show(self, connection: ServerConnection, news: asyncio.Event) -> None:
        while True:
            await news.wait()
            news.clear()
            waiting = [_told(one) for one in (self._desk.waiting if self._desk else ())]
            faults = [{**one, "vi": TOLD[FaultName(one["name"])][0]} for one in self._listed()]
            await connection.send(json.dumps({"waiting": waiting, "faults": faults}, ensure_ascii=False))

    def _take(self, message: str | bytes) -> None:
        """An answer; what is none is passed over, as the question still stands on the page."""
        if self._desk is None:
            return
        with suppress(ValidationError, binascii.Error):
            said = Said.model_validate_json(message)
            file = base64.b64decode(said.file, validate=True)
            given = Answer(said.serial, said.pin, said.file_name, file)
            self._desk.answer(said.id, None if said.cancel else given)


def _told(pending: Pending) -> dict[str, Any]:
    question = pending.question
    return {
        "id": pending.id,
        "operation": question.operation,
        "vi": question.vi,
        "en": question.en,
        "about": question.about,
        "origin": question.origin,
        "wrong": question.wrong,
        "wants_pin": question.wants_pin,
        "wants_file": question.wants_file,
        "choices": [{"serial": one.serial, "name": one.name, "tries_left": one.tries_left} for one in question.choices],
    }
