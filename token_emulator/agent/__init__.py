"""The desktop signing agent that web pages call, on the devices that are plugged in.

    agent = Agent(Devices(shelf), Desk(), clock, Transfer(STRICT))
    await run(agent, certificate_in(home, machine_time), tell)

What pages send and get is in `messages` and `replies`, what may go wrong on order in `faults`, what no source says and
was chosen here in docs/agent.md. Signing itself is `token_emulator.documents.signing`.
"""

from token_emulator.agent.calls import Agent
from token_emulator.agent.devices import Devices
from token_emulator.agent.faults import Fault, FaultName, FaultTable, read_faults
from token_emulator.agent.prompts import Desk, Script
from token_emulator.agent.running import DESK_PORT, Running, command, run, running
from token_emulator.agent.settings import LENIENT, PORT, STRICT, Settings
from token_emulator.agent.tls import Certificate, certificate_in
from token_emulator.agent.transfer import Transfer

__all__ = [
    "DESK_PORT",
    "LENIENT",
    "PORT",
    "STRICT",
    "Agent",
    "Certificate",
    "Desk",
    "Devices",
    "Fault",
    "FaultName",
    "FaultTable",
    "Running",
    "Script",
    "Settings",
    "Transfer",
    "certificate_in",
    "command",
    "read_faults",
    "run",
    "running",
]
