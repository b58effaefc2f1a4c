"""One run of the agent suite: which agent, which checks. The user at the agent types the PIN whenever it asks."""

from __future__ import annotations

from pathlib import Path

from conformance.catalogue import is_meant
from conformance.checks import AGENT, Check, FunctionCheck
from conformance.errors import BadTarget, NothingToRun
from conformance.events import Mismatch, Result
from conformance.regulations import under
from conformance.run import DEFAULT_TIMEOUT, Finding, Settings, line_to_run, target_of
from conformance.suites.agent import CHECKS
from conformance.suites.agent.bench import Bench, Failed
from conformance.targets.agent import AgentFailed, AgentTarget

SUITE = Path(__file__)
"""What pytest collects."""


class AgentRun:
    """A run in progress."""

    suite = AGENT
    seed = None

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.checks = selection(settings.regulation, settings.only)
        self.bench = Bench(AgentTarget(agent_url(settings.target), settings.cacert, settings.timeout))

    def start(self) -> None:
        """Raise BadTarget where nobody listens at the address, or is not trusted."""
        try:
            self.bench.target.call("GetVersion", "GetVersion")
        except AgentFailed as error:
            raise BadTarget(
                f"no agent at {self.bench.target.url}: {error}; is it running, and --cacert its root?"
            ) from error

    def before(self, group: str) -> None:
        """Nothing: each check begins anew."""

    def judge(self, check: Check) -> Finding:
        """Make one check."""
        if not isinstance(check, FunctionCheck):
            raise TypeError(f"{check.id} is no check of agents")
        told = self.bench.target.told
        told.clear()
        try:
            play(self.bench, check)
        except Failed as failed:
            mismatch = Mismatch(wanted=failed.expected, got=failed.found)
            return Finding(Result.FAILED, mismatches=(mismatch,), calls=tuple(told))
        except AgentFailed as failed:
            mismatch = Mismatch(where="agent", wanted="an answer", got=str(failed))
            return Finding(Result.FAILED, mismatches=(mismatch,), calls=tuple(told))
        return Finding(Result.PASSED, calls=tuple(told))

    def clauses(self, check: Check) -> tuple[str, ...]:
        """None: no regulation speaks of the agent."""
        return check.clauses

    def redact(self, text: str) -> str:
        """As it is: nothing secret is sent to the agent."""
        return text

    def reproduce(self, check: str | None = None) -> str:
        """The command that makes this check again."""
        settings = self.settings
        options: dict[str, object] = {
            "--cacert": settings.cacert,
            "--timeout": None if settings.timeout == DEFAULT_TIMEOUT else settings.timeout,
        }
        return line_to_run(settings, options, settings.only if check is None else (check,))

    def close(self) -> None:
        """End the document system."""
        self.bench.close()


def play(bench: Bench, check: FunctionCheck) -> None:
    """Make one check, with the document system as if new. Raises Failed, AgentFailed."""
    bench.system.begin()
    check.function(bench)


def agent_url(target: str) -> str:
    """The address in `agent=wss://…`. Raises BadTarget for another."""
    _, url = target_of(target)
    if not url.startswith(("wss://", "ws://")):
        raise BadTarget(f"{url!r} is no address of an agent; write --target {AGENT}=wss://127.0.0.1:8987")
    return url


def selection(regulation: str, only: tuple[str, ...]) -> tuple[FunctionCheck, ...]:
    """The checks meant by `only`, all where it is empty. Raises NothingToRun."""
    under(regulation, ())
    for wanted in only:
        if not any(is_meant(check.id, wanted) for check in CHECKS):
            raise NothingToRun(f"no check {wanted!r} for agents; `conformance list --target-kind {AGENT}` shows them")
    return tuple(check for check in CHECKS if not only or any(is_meant(check.id, wanted) for wanted in only))
