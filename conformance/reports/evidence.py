"""A failed check in words: what was expected and found, the exchange, and the lines that reproduce it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from scenarios import Exchange, StepResult


def told(check: str, result: StepResult, reproduce: str) -> str:
    """The failure as text; `reproduce` is the command that plays up to this step again."""
    return "\n".join(_lines(check, result, reproduce))


def _lines(check: str, result: StepResult, reproduce: str) -> Iterator[str]:
    step = result.step
    yield check
    yield f"  {step.say_vi}"
    yield f"  {step.say_en}"
    yield f"  điều khoản / clause: {', '.join(step.clauses)}"
    yield f"  ai làm gì / who does what: {step.actor} {step.does.value}"
    for mismatch in result.mismatches:
        yield f"  ✗ {mismatch}"
    if result.suspects:
        yield (
            "  có thể do bước trước đáng lẽ phải bị từ chối / may follow from a step that had to be refused: "
            + ", ".join(result.suspects)
        )
    if result.at is not None:
        yield f"  giờ của hệ thống / target's time: {result.at.isoformat()}"
    for exchange in result.outcome.exchanges if result.outcome else ():
        yield f"  > {exchange.method} {exchange.url}"
        if exchange.request:
            yield f"  > {exchange.request}"
        yield f"  < {exchange.status} {exchange.response}"
        yield f"  {curl(exchange, step.actor)}"
    yield f"  chạy lại / reproduce: {reproduce}"


def curl(exchange: Exchange, actor: str) -> str:
    """The exchange as a curl command; the credential stays a variable for the reader to set."""
    words = ["curl", "-sS"]
    if exchange.method != "GET":
        words += ["-X", exchange.method, "-H", "Content-Type: application/json"]
    line = shlex.join(words) + f' -H "Authorization: Bearer ${actor.upper().replace("-", "_")}_CREDENTIAL"'
    if exchange.request:
        line += " -d " + shlex.quote(exchange.request)
    return f"{line} {shlex.quote(exchange.url)}"
