"""How long things take to start: the command line's help, and the server from the command to its first answer.

    python benchmarks/startup.py [--rounds N]

Beside each stands its limit in the same run: a bare interpreter that imports click; granian with the same number of
workers and an application of one line. Wall-clock time, the median of the rounds, which are taken in turns.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _running import CouldNotRun, Server, command, free_port, serve
from rich.console import Console
from rich.table import Table

WORKERS = 2
ONE_LINE = """
import sys
from granian import Granian
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b"{}"]
Granian("limit", port=int(sys.argv[1]), interface="wsgi", workers=int(sys.argv[2]), log_enabled=False).serve(
    target_loader=lambda: application, wrap_loader=False
)
"""


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    table = Table("", "seconds", "limit", "ratio", title="Start-up")
    try:
        with tempfile.TemporaryDirectory(prefix="mockca-startup-") as folder:
            data = Path(folder)
            rows: list[tuple[str, Callable[[int], float], Callable[[int], float]]] = [
                (
                    "mockca --help",
                    lambda _: run(command("--help")),
                    lambda _: run([sys.executable, "-c", "import click"]),
                ),
                (
                    "mockca serve, new data",
                    lambda turn: first_answer(data / f"new-{turn}"),
                    lambda _: bare_server(data),
                ),
                ("mockca serve, data is there", lambda _: first_answer(data / "new-0"), lambda _: bare_server(data)),
            ]
            for name, ours, limit in rows:
                pairs = [(ours(turn), limit(turn)) for turn in range(rounds)]
                seconds, least = (statistics.median(column) for column in zip(*pairs, strict=True))
                table.add_row(name, f"{seconds:.2f}", f"{least:.2f}", f"{seconds / least:.1f}")
    except CouldNotRun as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 2
    Console().print(table)
    return 0


def run(command_line: list[str]) -> float:
    """Seconds that a command takes."""
    begun = time.perf_counter()
    subprocess.run(command_line, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def first_answer(data: Path) -> float:
    """Seconds from `mockca serve` to its first answer."""
    begun = time.perf_counter()
    server = serve(data, free_port(), "--workers", str(WORKERS))
    return answered(server, begun)


def bare_server(folder: Path) -> float:
    """Seconds from granian's start to its first answer."""
    begun = time.perf_counter()
    port = free_port()
    command_line = [sys.executable, "-c", ONE_LINE, str(port), str(WORKERS)]
    return answered(Server(command_line, port, folder / "bare.log", health="/"), begun)


def answered(server: Server, begun: float) -> float:
    """Seconds since `begun`; the server is stopped."""
    seconds = time.perf_counter() - begun
    server.stop()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
