"""Why the agent does not start, or is not reached.

AgentError
├── BadFaults      a file of faults, or an order, is wrong
├── NoAgent        no agent of that folder is running
├── CannotListen   the port is taken
└── HomeTaken      another agent runs in that folder
"""

from __future__ import annotations

from token_emulator.errors import TokenError


class AgentError(TokenError):
    """Root of what starting, stopping and ordering raise on purpose."""


class BadFaults(AgentError):
    """What was ordered is no fault."""

    def __init__(self, where: str, why: str) -> None:
        self.where, self.why = where, why
        super().__init__(f"{where}: {why}")


class NoAgent(AgentError):
    """There is nobody to order from."""

    def __init__(self, folder: object, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(
            f"không có dịch vụ ký số nào đang chạy / no agent of {folder} is running ({why}); type: mockca agent serve"
        )


class HomeTaken(AgentError):
    """Another agent runs in the folder, and commands would find only one of the two."""

    def __init__(self, folder: object, address: str) -> None:
        self.folder, self.address = folder, address
        super().__init__(
            f"một dịch vụ ký số khác đang chạy ở {folder} / another agent runs in {folder} ({address});"
            " stop it, or give this one a folder of its own: --home"
        )


class CannotListen(AgentError):
    """The port is taken, or not ours to take."""

    def __init__(self, host: str, port: int, why: str) -> None:
        self.host, self.port, self.why = host, port, why
        super().__init__(f"không nghe được ở cổng {port} / cannot listen on {host}:{port}: {why}; try --port")
