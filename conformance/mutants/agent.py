"""Proving the checks of signing agents: our agent, in this process, with one defect."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from conformance.checks import AGENT, FunctionCheck
from conformance.clock import system_time
from conformance.errors import BadTarget
from conformance.mutants.authority import Progress
from conformance.mutants.declared import declared
from conformance.mutants.proof import Proof
from conformance.mutants.token import PINS, plugged_device
from conformance.suites.agent import CHECKS
from conformance.suites.agent.bench import Bench, Failed
from conformance.suites.agent.run import play
from conformance.targets.agent import AgentFailed, AgentTarget
from token_emulator import Shelf, TokenError
from token_emulator.agent import (
    LENIENT,
    STRICT,
    Agent,
    Certificate,
    Devices,
    Fault,
    FaultName,
    Running,
    Script,
    Transfer,
    certificate_in,
    running,
)
from token_emulator.agent.messages import KeyValue
from token_emulator.agent.outcomes import Refusal
from token_emulator.agent.transfer import Credentials, Fetched, Stored

NOTHING: Final = "nothing"
PATIENCE: Final = 20.0
IMPATIENCE: Final = 2.0
"""Seconds for a mutant that says nothing."""


class _LosesMetadata(Transfer):
    async def post(
        self, handler: str, name: str, content: bytes, metadata: Iterable[KeyValue], credentials: Credentials
    ) -> Stored:
        del metadata
        return await super().post(handler, name, content, (), credentials)


class _BelievesAnything(Transfer):
    async def post(
        self, handler: str, name: str, content: bytes, metadata: Iterable[KeyValue], credentials: Credentials
    ) -> Stored:
        try:
            return await super().post(handler, name, content, metadata, credentials)
        except Refusal:
            return Stored(name, "", "", "")


class _Flattens(Transfer):
    """Signs what a document was before anybody did."""

    async def fetch(self, url: str, credentials: Credentials) -> Fetched:
        fetched = await super().fetch(url, credentials)
        end = fetched.content.find(b"%%EOF") + len(b"%%EOF")
        return Fetched(fetched.name, fetched.content[:end])


def _agent(defect: str, shelf: Shelf) -> Agent:
    """Our agent with a defect: a fault of its own, or one of its parts exchanged."""
    transfer = {
        "bears-numbers": Transfer(LENIENT),
        "follows-to-login": Transfer(LENIENT),
        "loses-metadata": _LosesMetadata(STRICT),
        "believes-anything": _BelievesAnything(STRICT),
        "flattens": _Flattens(STRICT),
    }.get(defect, Transfer(STRICT))
    serial = "0" * 16 if defect == "sees-no-device" else None
    agent = Agent(Devices(shelf, serial), Script([PINS.right.value]), system_time, transfer)
    if defect in {one.value for one in FaultName}:
        agent.faults.order([Fault(name=FaultName(defect))])
    return agent


@contextmanager
def _running(agent: Agent, certificate: Certificate) -> Iterator[Running]:
    """The agent in a thread, on ports of its own."""
    opened: list[Running] = []
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with running(agent, certificate, 0, 0) as at:
            opened.append(at)
            ready.set()
            await stop.wait()

    def work() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait()
    try:
        if not opened:
            raise BadTarget("our agent does not start")
        yield opened[0]
    finally:
        if opened:
            loop.call_soon_threadsafe(stop.set)
        thread.join()


def prove_agents(done: Progress) -> Proof:
    """Prove every check of agents. BadTarget where this machine lacks what devices need."""
    proof = Proof(checks=dict.fromkeys(check.id for check in CHECKS))
    with tempfile.TemporaryDirectory(prefix="conformance-prove-") as folder:
        try:
            shelf = plugged_device(Path(folder) / "shelf")
            certificate = certificate_in(Path(folder), system_time())
            proof.unsound |= _failed(_agent(NOTHING, shelf), certificate, CHECKS, PATIENCE, done)
            for mutant in declared(AGENT).values():
                checks = tuple(check for check in CHECKS if check.id in mutant.plays)
                patience = IMPATIENCE if mutant.name == FaultName.NEVER_ANSWERS else PATIENCE
                caught = _failed(_agent(mutant.name, shelf), certificate, checks, patience)
                proof.tried(mutant.name, mutant.plays, caught)
                done(mutant.name)
        except TokenError as error:
            raise BadTarget(str(error)) from error
    return proof


def _failed(
    agent: Agent,
    certificate: Certificate,
    checks: Iterable[FunctionCheck],
    patience: float,
    done: Progress = lambda _: None,
) -> dict[str, str]:
    """The checks that the agent fails, with what they say."""
    failed = {}
    with (
        _running(agent, certificate) as at,
        closing(Bench(AgentTarget(at.address, certificate.root, patience))) as bench,
    ):
        for check in checks:
            try:
                play(bench, check)
            except (Failed, AgentFailed) as error:
                failed[check.id] = str(error)
            done(check.id)
    return failed
