"""An agent that runs: both ports, until it is told to stop; and the note by which commands find it.

home/running.json   ports, process and the control endpoint's credential; for the owner alone, gone when it stops
home/lock           held while an agent of that folder runs; the system lets go of it however that one ends
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from token_emulator.agent.calls import Agent
from token_emulator.agent.desk import DeskServer, Keys
from token_emulator.agent.errors import AgentError, HomeTaken, NoAgent
from token_emulator.agent.prompts import Desk
from token_emulator.agent.server import Face
from token_emulator.agent.settings import HOST, PORT
from token_emulator.agent.tls import Certificate

NOTE: Final = "running.json"
LOCK: Final = "lock"
DESK_PORT: Final = PORT + 1


@dataclass(frozen=True, slots=True)
class Running:
    """Where it is reached."""

    port: int
    desk_port: int
    keys: Keys

    @property
    def address(self) -> str:
        """What pages call."""
        return f"wss://{HOST}:{self.port}"

    @property
    def desk(self) -> str:
        """Where the user answers; whoever has this address may."""
        return f"http://{HOST}:{self.desk_port}/#{self.keys.desk}"


@asynccontextmanager
async def running(
    agent: Agent, certificate: Certificate, port: int = PORT, desk_port: int = DESK_PORT
) -> AsyncIterator[Running]:
    """The agent, for as long as the block lasts. Port 0 takes any. Raises CannotListen."""
    keys = Keys(secrets.token_urlsafe(16), secrets.token_urlsafe(24))
    face = Face(agent, certificate.context(), port)
    desk = agent.prompter if isinstance(agent.prompter, Desk) else None
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(
            DeskServer(desk, agent.faults, keys, desk_port, face.follow_faults).open()
        )
        await stack.enter_async_context(face.open())
        yield Running(face.port, opened.port, keys)


async def run(
    agent: Agent,
    certificate: Certificate,
    tell: Callable[[Running], None],
    port: int = PORT,
    desk_port: int = DESK_PORT,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises CannotListen, HomeTaken."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    home = certificate.home
    async with AsyncExitStack() as stack:
        stack.enter_context(_alone_in(home))
        opened = await stack.enter_async_context(running(agent, certificate, port, desk_port))
        write_note(home, opened)
        stack.callback((home / NOTE).unlink, missing_ok=True)
        tell(opened)
        await stop.wait()


@contextmanager
def _alone_in(home: Path) -> Iterator[None]:
    """No other agent of this folder for as long as the block lasts. Raises HomeTaken."""
    with open(os.open(home / LOCK, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeTaken(home, _address_in(home)) from None
        yield


def _address_in(home: Path) -> str:
    try:
        return str(json.loads((home / NOTE).read_text("utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return "?"


def command(home: Path, order: dict[str, Any]) -> list[dict[str, Any]]:
    """Give an order to the agent of a folder; the faults that stand then. Raises NoAgent, AgentError."""
    try:
        note = json.loads((home / NOTE).read_text("utf-8"))
        address, credential = f"ws://{HOST}:{note['desk_port']}/control", note["credential"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoAgent(home, type(error).__name__) from error
    try:
        with connect(address, open_timeout=5, close_timeout=2, proxy=None) as connection:
            connection.send(json.dumps({**order, "credential": credential}))
            answer = json.loads(connection.recv(timeout=10))
    except (OSError, WebSocketException) as error:
        raise NoAgent(home, type(error).__name__) from error
    if not answer["ok"]:
        raise AgentError(f"không được / refused: {answer['error']}")
    faults: list[dict[str, Any]] = answer["faults"]
    return faults


def write_note(home: Path, opened: Running) -> None:
    """Leave the note by which commands find it."""
    path = home / NOTE
    content = {
        "pid": os.getpid(),
        "address": opened.address,
        "desk_port": opened.desk_port,
        "credential": opened.keys.control,
    }
    with suppress(FileNotFoundError):
        path.unlink()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(content, file)
