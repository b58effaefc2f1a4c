"""The PIN is nobody's but the holder's."""

from __future__ import annotations

from conformance.suites.token.bench import Bench, Failed
from conformance.suites.token.marking import check
from scenarios import Importance


@check("NB-5.3.2", "CB-9.3.2", importance=Importance.BLOCKER)
def pin_not_printed(bench: Bench) -> None:
    """PIN không hiện trong những gì phần mềm của thiết bị in ra.

    No PIN stands in what the module prints on standard output and standard error, in this and all checks before it.
    Log files of its own cannot be seen from here; look at those by hand.
    """
    bench.require_login(bench.pins.right)
    printed = bench.target.printed()
    if any(secret in printed for secret in bench.pins.secrets()):
        raise Failed("no PIN in what the module prints", "one")
