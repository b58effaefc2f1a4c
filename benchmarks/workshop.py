"""A class on one small machine: learners who do a lesson over HTTP at once, and the trainer's board that follows them.

    python benchmarks/workshop.py [--learners 40] [--workers 4] [--lesson an-giang/new-person] [--pause 2]

A real `mockca serve`; each learner joins, opens the lesson's page, has its present step done, and looks again, with a
pause between as people make one; their pages ask for news every 3 seconds, the trainer's board every 2. Printed: for
each kind of page how long it took and how large it is, the memory of the server's processes (PSS), its CPU. Exit code
1 where a request failed or the slowest 5 % of one kind took over a second.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from _running import Server, free_port, serve
from rich.console import Console
from rich.table import Table

from mockca.clock import WallClock
from mockca.desk.sandbox import Sandboxes
from mockca.web.access import ADMIN_FILE
from mockca.workshop.classroom import Classroom, OpenClass

NEWS_SECONDS, BOARD_SECONDS = 3.0, 2.0
MOST_SECONDS = 1.0
"""What 95 of 100 page loads may take."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
STEP = re.compile(r'name="step" value="([^"]+)"')


@dataclass
class Record:
    """What was asked for, by the kind of page."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    octets: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, client: httpx.Client, kind: str, method: str, url: str, **more: object) -> httpx.Response:
        began = time.monotonic()
        answer = client.request(method, url, **more)  # type: ignore[arg-type]
        took = time.monotonic() - began
        with self.lock:
            self.seconds[kind].append(took)
            self.octets[kind].append(len(answer.content))
            if answer.status_code >= 400:
                self.failed.append(f"{kind} {url} {answer.status_code}")
        return answer


class Browser:
    """Somebody's browser: cookies, one connection, one thing at a time."""

    def __init__(self, base: str, record: Record) -> None:
        self.client = httpx.Client(base_url=base, timeout=60, trust_env=False)
        self.record = record

    def gets(self, kind: str, url: str) -> str:
        return self.record.ask(self.client, kind, "GET", url).text

    def posts(self, kind: str, page: str, url: str, **data: str) -> httpx.Response:
        return self.record.ask(self.client, kind, "POST", url, data={"csrf_token": TOKEN.findall(page)[0], **data})


def learn(base: str, code: str, number: int, pause: float, record: Record) -> int:
    """One learner, from joining to the end of the lesson; how many steps that took."""
    chance = random.Random(number)
    browser = Browser(base, record)
    time.sleep(chance.uniform(0, pause * 3))
    form = browser.gets("join: form", f"/-/join/{code}")
    home = browser.posts("join", form, f"/-/join/{code}", name=f"Học viên {number}").headers["Location"]
    steps = 0
    while True:
        text = browser.gets("lesson", home)
        found = STEP.search(text)
        if found is None:
            return steps
        until = time.monotonic() + chance.uniform(pause * 0.5, pause * 1.5)
        while time.monotonic() < until:
            browser.gets("lesson: news", f"{home}live?step={found[1]}")
            time.sleep(max(0.0, min(NEWS_SECONDS, until - time.monotonic())))
        shown = browser.posts("lesson: a step done", text, f"{home}show", step=found[1])
        steps += shown.status_code < 400


def watch(base: str, code: str, credential: str, over: threading.Event, record: Record) -> None:
    """The trainer at the board."""
    browser = Browser(base, record)
    page = browser.gets("trainer: sign-in", "/-/workshop/sign-in")
    browser.posts("trainer: sign-in", page, "/-/workshop/sign-in", credential=credential)
    browser.gets("trainer: board", f"/-/workshop/{code}/")
    while not over.wait(BOARD_SECONDS):
        browser.gets("trainer: board's news", f"/-/workshop/{code}/live")
    browser.gets("trainer: board", f"/-/workshop/{code}/")
    for name in ("results.csv", "results.json", "certificates.pdf"):
        browser.gets(f"trainer: {name}", f"/-/workshop/{code}/{name}")


@contextmanager
def running(data: Path, port: int, workers: int) -> Iterator[Server]:
    server = serve(data, port, "--workers", str(workers), "--keys", "p256", "--regulations", "an-giang")
    try:
        yield server
    finally:
        server.stop()


def _wake(base: str, workers: int) -> None:
    """Ask until every worker has surely answered: the first one answers while the others still begin."""
    for _ in range(workers * 20):
        httpx.get(f"{base}/demo/", trust_env=False).raise_for_status()
        time.sleep(0.1)


def memory(server: Server) -> list[int]:
    """PSS in octets of each of the server's processes."""
    found = []
    for pid in server.processes():
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        pss = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        found += [int(pss[1]) * 1024] if pss else []
    return found


def main() -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--lesson", default="an-giang/new-person")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between steps, on average")
    told = parser.parse_args()
    record, over = Record(), threading.Event()
    with tempfile.TemporaryDirectory(prefix="mockca-workshop-") as name:
        data, port = Path(name) / "data", free_port()
        base = f"http://127.0.0.1:{port}"
        with running(data, port, told.workers) as server:
            _wake(base, told.workers)
            room = Classroom(Sandboxes(data, base), WallClock())
            of = room.open_class(OpenClass(title="Đo", lessons=(told.lesson,), places=told.learners))
            before, cpu, began = memory(server), server.cpu_seconds(), time.monotonic()
            credential = (data / ADMIN_FILE).read_text("ascii").strip()
            trainer = threading.Thread(target=watch, args=(base, of.code, credential, over, record))
            done: list[int] = []
            learners = [
                threading.Thread(target=lambda n=n: done.append(learn(base, of.code, n, told.pause, record)))
                for n in range(1, told.learners + 1)
            ]
            for thread in (trainer, *learners):
                thread.start()
            for thread in learners:
                thread.join()
            over.set()
            trainer.join()
            took, cpu, after = time.monotonic() - began, server.cpu_seconds() - cpu, memory(server)
    return report(told.learners, done, record, took, cpu, (before, after))


def report(
    learners: int, done: list[int], record: Record, took: float, cpu: float, pss: tuple[list[int], list[int]]
) -> int:
    """Print it; the exit code."""
    console = Console(width=120)
    table = Table("page", "loads", "median ms", "p95 ms", "slowest ms", "octets, median", "octets, most")
    slow = False
    for kind, seconds in sorted(record.seconds.items()):
        ranked, sizes = sorted(seconds), sorted(record.octets[kind])
        p95 = ranked[int(len(ranked) * 0.95)] if len(ranked) > 1 else ranked[-1]
        slow |= len(ranked) >= 20 and p95 > MOST_SECONDS
        row = (ranked[len(ranked) // 2], p95, ranked[-1])
        table.add_row(
            kind,
            str(len(ranked)),
            *(f"{one * 1000:.0f}" for one in row),
            f"{sizes[len(sizes) // 2]:,}",
            f"{sizes[-1]:,}",
        )
    console.print(table)
    static = Path(__file__).parents[1] / "mockca" / "web" / "static"
    for name in ("style.css", "live.js"):
        content = (static / name).read_bytes()
        console.print(f"{name}: {len(content):,} octets, {len(gzip.compress(content)):,} packed; once, then kept")
    loads = sum(len(each) for each in record.seconds.values())
    console.print(
        f"{learners} learners, {len(done)} through, {sum(done)} steps in {took:.0f} s; {loads} requests, "
        f"{loads / took:.0f} a second; CPU {cpu:.0f} s, {cpu / took:.2f} cores"
    )
    told = [f"{sum(each) / 2**20:.0f} MiB in {len(each)} processes" for each in pss]
    console.print(f"memory (PSS): {told[0]} before, {told[1]} after")
    for each in record.failed[:10]:
        console.print(f"FAILED {each}", style="red")
    return int(bool(record.failed) or slow or len(done) < learners)


if __name__ == "__main__":
    sys.exit(main())
