"""Kill the server amid concurrent issuances, start it again on the same data, and count what was lost.

Each round: 200 approved dossiers are issued by concurrent clients (CSRs, and some keys made on tokens), the server's
whole process group gets SIGKILL in the middle, and is started again. Then

    lost      answered certificates that are not there, byte for byte, for the same dossier
    twice     serial numbers that two answers, or two entries of the registry, share
    devices   tokens on the shelf that the registry does not know, or the other way round
    journal   what `mockca journal verify` says

and what was not answered is asked again, the same request with the same Idempotency-Key: one certificate each, no more.
Exit code 0: nothing lost; 1: something was; 2: could not run.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

from _running import (
    Callers,
    CouldNotRun,
    Server,
    approved_dossiers,
    command,
    end_of,
    free_port,
    in_parallel,
    log_of,
    new_csr,
    serve,
)

from token_emulator.device import Shelf

SANDBOX = "demo"
PREPARING = 8
"""Clients that file and approve the dossiers beforehand."""


@dataclass(frozen=True)
class Issued:
    """What an answer said of a certificate."""

    serial: str
    dossier: int
    device: str | None
    pem: str

    @classmethod
    def of(cls, certificate: dict[str, Any]) -> Issued:
        """From a CertificateView."""
        return cls(certificate["serial"], certificate["dossier"], certificate["device"], certificate["pem"])


@dataclass
class Burst:
    """Concurrent issuances until the server dies."""

    bodies: dict[int, dict[str, str]]
    """What is asked for each dossier."""
    answered: dict[int, Issued] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """Answers that were neither a certificate nor a broken connection."""
    in_flight: int = 0
    """Requests that had no answer when the server was killed."""
    enough: threading.Event = field(default_factory=threading.Event)
    dead: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Plan:
    """What one run does."""

    data: Path
    port: int
    rounds: int
    issuances: int
    tokens: int
    clients: int
    chance: random.Random


def main() -> int:
    """Run the rounds and print the table."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="mockca-kill9-") as folder:
        plan = Plan(
            data=Path(folder) / "data",
            port=free_port(),
            rounds=options.rounds,
            issuances=options.issuances,
            tokens=options.tokens,
            clients=options.clients,
            chance=random.Random(options.seed),
        )
        print(
            f"{plan.rounds} rounds, {plan.issuances} issuances each ({plan.tokens} of them on tokens), "
            f"{plan.clients} clients, seed {options.seed}\n"
        )
        try:
            faults = run(plan)
        except CouldNotRun as error:
            print(f"ERROR: {error}\n{end_of(log_of(plan.data))}", file=sys.stderr)
            return 2
    print(f"\n{'nothing lost' if not faults else f'FAULTS: {len(faults)}'}")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--issuances", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=20, help="how many of them make the key on a token")
    parser.add_argument("--clients", type=int, default=200, help="how many ask at the same time")
    parser.add_argument("--seed", type=int, default=9, help="decides when the server is killed")
    return parser.parse_args()


def run(plan: Plan) -> list[str]:
    """All rounds; what went wrong in them."""
    faults: list[str] = []
    known: dict[str, Issued] = {}
    print("round  answered  in flight  committed unanswered  lost  twice  devices   journal  seconds")
    server = serve(plan.data, plan.port)
    try:
        for number in range(1, plan.rounds + 1):
            begun = time.monotonic()
            dossiers = approved_dossiers(Callers(plan.data, plan.port), plan.issuances, PREPARING, f"vong-{number}")
            burst = kill_amid(plan, server, dossiers)
            answered = len(burst.answered)
            server = serve(plan.data, plan.port)
            found, silent = examine(plan, burst, dossiers, known)
            broken, journal = verified(plan.data)
            found += broken
            faults += [f"round {number}: {fault}" for fault in found]
            lost, twice, devices = (sum(kind in fault for fault in found) for kind in ("lost", "twice", "device"))
            print(
                f"{number:5}  {answered:8}  {burst.in_flight:9}  {silent:20}  {lost:4}  {twice:5}  "
                f"{devices:7}  {journal:>8} {time.monotonic() - begun:8.1f}",
                flush=True,
            )
    finally:
        server.kill()
    return faults


def kill_amid(plan: Plan, server: Server, dossiers: list[int]) -> Burst:
    """Issue for all dossiers at once; kill the server after a share of the answers that chance decides."""
    on_token = set(plan.chance.sample(dossiers, min(plan.tokens, len(dossiers))))
    burst = Burst({number: {"algorithm": "p256"} if number in on_token else {"csr": new_csr()} for number in dossiers})
    callers = Callers(plan.data, plan.port)
    wanted = plan.chance.randint(len(dossiers) // 5, len(dossiers) * 4 // 5)

    def issue(number: int) -> None:
        if burst.dead.is_set():
            return
        with burst.lock:
            burst.in_flight += 1
        try:
            status, answer = ask(callers, number, burst.bodies[number])
        except (OSError, HTTPException, ValueError):
            if not burst.dead.wait(5):
                burst.wrong.append(f"dossier {number}: connection broken by a living server")
            return
        with burst.lock:
            burst.in_flight -= 1
            if status != 201:
                burst.wrong.append(f"dossier {number} was answered with {status}: {answer}")
                return
            burst.answered[number] = Issued.of(answer["certificate"])
            if len(burst.answered) >= wanted:
                burst.enough.set()

    clients = threading.Thread(target=partial(in_parallel, plan.clients, issue, dossiers))
    clients.start()
    while not burst.enough.wait(0.2) and clients.is_alive():
        pass
    server.kill()
    burst.dead.set()
    clients.join()
    if not burst.enough.is_set():
        raise CouldNotRun(f"only {len(burst.answered)} answers: {burst.wrong[:3]}")
    return burst


def ask(callers: Callers, number: int, body: dict[str, str]) -> tuple[int, Any]:
    """Ask for a dossier's certificate; the key makes asking again harmless."""
    return callers["authority"].call("POST", f"/dossiers/{number}/certificate", body, key=f"issue-{number}")


def examine(plan: Plan, burst: Burst, dossiers: list[int], known: dict[str, Issued]) -> tuple[list[str], int]:
    """What is wrong after the restart, and how many issuances were committed and not answered.

    `known` gains this round's certificates.
    """
    callers = Callers(plan.data, plan.port)
    authority = callers["authority"]
    found = list(burst.wrong)
    for issued in burst.answered.values():
        status, certificate = authority.call("GET", f"/certificates/{issued.serial}")
        if status != 200 or Issued.of(certificate) != issued:
            found.append(f"lost: certificate {issued.serial} of dossier {issued.dossier} ({status})")
    silent = 0
    for number in dossiers:
        if number in burst.answered:
            continue
        before = authority.expect(200, "GET", f"/dossiers/{number}")
        silent += before["state"] == "issued"
        status, answer = ask(callers, number, burst.bodies[number])
        if status != 201:
            found.append(f"lost: dossier {number}, {before['state']}, asked for again: {status} {answer}")
            continue
        after = Issued.of(answer["certificate"])
        if before["certificate"] not in (None, after.serial):
            found.append(f"twice: dossier {number} has {before['certificate']} and {after.serial}")
        burst.answered[number] = after
    for issued in burst.answered.values():
        if issued.serial in known:
            found.append(f"twice: serial {issued.serial} of dossiers {known[issued.serial].dossier}, {issued.dossier}")
        known[issued.serial] = issued
    return found + compared(plan, callers, known), silent


def compared(plan: Plan, callers: Callers, known: dict[str, Issued]) -> list[str]:
    """Where the registry's lists, the shelf and the answers differ."""
    found = []
    certificates = all_certificates(callers)
    serials = [certificate["serial"] for certificate in certificates]
    if len(serials) != len(set(serials)):
        found.append("twice: the registry lists a serial twice")
    if len({certificate["dossier"] for certificate in certificates}) != len(certificates):
        found.append("twice: a dossier has two certificates")
    if set(serials) != set(known):
        found.append(f"lost: {len(set(known) - set(serials))}, unknown: {len(set(serials) - set(known))}")
        for serial in set(known) - set(serials):
            del known[serial]  # told once
    devices = {device["serial"] for device in callers["authority"].expect(200, "GET", "/devices")["items"]}
    answered = {issued.device for issued in known.values() if issued.device is not None}
    shelf = set(Shelf(plan.data / SANDBOX / "tokens").serials())
    if not devices == answered == shelf:
        found.append(f"device: registry {len(devices)}, answers {len(answered)}, shelf {len(shelf)}")
    return found


def all_certificates(callers: Callers) -> list[dict[str, Any]]:
    """Every certificate of the registry."""
    items: list[dict[str, Any]] = []
    after = ""
    while True:
        page = callers["authority"].expect(200, "GET", f"/certificates?limit=500{after}")
        items += page["items"]
        if page["next"] is None:
            return items
        after = f"&after={page['next']}"


def verified(data: Path) -> tuple[list[str], str]:
    """What `mockca journal verify` finds wrong, and its verdict in short."""
    result = subprocess.run(
        command("journal", "verify", "--data", str(data), "--sandbox", SANDBOX),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if result.returncode == 0:
        return [], "verified"
    return [f"journal: {result.stdout}{result.stderr}"], "BROKEN"


if __name__ == "__main__":
    sys.exit(main())
