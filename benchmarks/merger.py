"""One decision about ten thousand certificates, its run killed with SIGKILL in the middle, run again, and examined.

Persons and organisations of several bodies are staged, then planned and worked off by `mockca reorganise run`, which is
killed amid its work and started again. Afterwards

    items     each was done exactly once, by the journal; nothing is left, nothing was lost
    status    what was revoked or superseded is so, what took its place is in effect
    CRL       the full list names exactly what has ended
    journal   what `mockca journal verify` says

Beside the time of each certificate stands that of a bare signature, measured in the same run. Exit code 0: all is as it
should be; 1: it is not; 2: could not run.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from _running import CouldNotRun, command
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from rich.console import Console
from rich.table import Table

from mockca.desk.actors import Actor, Role
from mockca.desk.commands import (
    AuthorityKeys,
    CreateSandbox,
    PlanReorganisation,
    StageCertificates,
    SubscriberKind,
    SuccessorBody,
)
from mockca.desk.publication import current_crl
from mockca.desk.reorganisation import looking
from mockca.desk.reorganisation.planning import plan_reorganisation
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.staging import stage_certificates
from mockca.desk.statistics import figures
from mockca.desk.transaction import perform
from mockca.desk.views import ReorganisationItemView, ReorganisationView
from mockca.pki.names import SubjectName
from mockca.registry import journal, units
from mockca.rules.loading import load

SANDBOX = "demo"
START = datetime(2025, 9, 1, 2, tzinfo=UTC)
ISSUED = datetime(2024, 9, 2, 2, tzinfo=UTC)
AUTHORITY, TRAINER = Actor("authority", Role.AUTHORITY), Actor("trainer", Role.TRAINER)
BODIES = 5
"""Most bodies that the certificates are spread over."""
ORGANISATIONS = 10
"""One certificate of so many is an organisation's."""
BARE = 2_000
"""Bare signatures that are measured."""


@dataclass
class Runs:
    """What the runs of one plan took."""

    seconds: float = 0.0
    """From each run's first slice to its last, without starting up."""
    certificates: int = 0
    """Done in that time."""
    cpu: float = 0.0
    peak_kib: int = 0
    kills: list[str] = field(default_factory=list)
    """How far it was each time."""


def main() -> int:
    """Stage, plan, kill, resume, examine; print the table."""
    options = arguments()
    out = Console()
    faults: list[str] = []
    table = Table(title=f"{options.certificates:,} certificates in one decision, killed {options.kills} times")
    headings = (
        "regulation",
        "plan s",
        "work s",
        "certificates/s",
        "× bare signing",
        "CPU ms each",
        "peak MiB",
        "killed at",
    )
    for heading in headings:
        table.add_column(heading, justify="right" if heading[0] != "r" else "left", overflow="fold")
    try:
        for job in options.job:
            regulation, _, kind = job.partition(":")
            with tempfile.TemporaryDirectory(prefix="mockca-merger-") as folder:
                row, found = measure(Path(folder), regulation, kind or "merge", options)
            table.add_row(f"{regulation} {kind}", *row)
            faults += [f"{job}: {fault}" for fault in found]
    except CouldNotRun as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 2
    out.print(table)
    out.print("every item exactly once, CRL and journal as they should be" if not faults else f"FAULTS: {len(faults)}")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("job", nargs="*", help="regulation:kind of decision", default=[])
    parser.add_argument("--certificates", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--batch", type=int, default=200)
    options = parser.parse_args()
    options.job = options.job or ["an-giang:dissolve", "lai-chau:merge", "thai-binh:merge"]
    return options


def measure(home: Path, regulation: str, kind: str, options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """One decision from staging to examination: a row of the table, and what was wrong."""
    sandboxes = Sandboxes(home, "http://127.0.0.1:8400")
    keys = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
    wanted = CreateSandbox(name=SANDBOX, seed="merger", start=START, frozen=True, keys=keys, regulations=(regulation,))
    sandbox = sandboxes.create(wanted)
    bodies = staged(sandbox, regulation, options.certificates)
    began = time.perf_counter()
    plan = planned(sandbox, regulation, kind, bodies)
    plan_seconds = time.perf_counter() - began
    bare = bare_signing(sandbox)
    runs = worked(home, plan, options)
    found = examine(sandbox, plan.number)
    sandboxes.close()
    each = runs.seconds / max(runs.certificates, 1)
    row = [
        f"{plan_seconds:.1f}",
        f"{runs.seconds:.1f}",
        f"{1 / each:.0f}",
        f"{each / bare:.1f}",
        f"{1000 * runs.cpu / plan.total:.2f}",
        f"{runs.peak_kib / 1024:.0f}",
        ", ".join(runs.kills) or "–",
    ]
    return row, found


def staged(sandbox: Sandbox, regulation: str, count: int) -> list[str]:
    """Put the certificates there; the bodies that have them."""
    rules = load(regulation)
    with sandbox.store.read() as connection:
        bodies = [unit.id for unit in units.listing(connection) if unit.category in rules.eligible and unit.has_seal]
    bodies = bodies[:BODIES]
    for body in bodies:
        share = count // len(bodies)
        for kind, part in (
            (SubscriberKind.ORGANISATION, share // ORGANISATIONS),
            (SubscriberKind.PERSON, share - share // ORGANISATIONS),
        ):
            asked = StageCertificates(
                regulation=regulation, unit=body, subscriber_kind=kind, count=part, years=3, issued_at=ISSUED
            )
            stage_certificates(sandbox, TRAINER, asked)
    return bodies


def planned(sandbox: Sandbox, regulation: str, kind: str, bodies: list[str]) -> ReorganisationView:
    """The plan."""
    rules = load(regulation)
    new = SuccessorBody(
        id="xa-moi",
        name="Ủy ban nhân dân xã Bình Minh Mới",
        category=next(iter(rules.eligible)),
        email="xa-moi@mo-phong.test",
    )
    asked = PlanReorganisation(
        regulation=regulation,
        kind=kind,
        number="1668/NQ-UBTVQH15",
        effective_on=date(2025, 7, 1),
        units=tuple(bodies),
        successors=(new,) if rules.reorganisations[kind].successor else (),
    )
    return perform(sandbox, AUTHORITY, plan_reorganisation, asked)


def bare_signing(sandbox: Sandbox) -> float:
    """Seconds that one bare signature takes: no registry, no journal, no parsing of a former certificate."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    subject = SubjectName("Nguyễn Văn Mẫu", ("Ủy ban nhân dân tỉnh", "Văn phòng"), "Mô Phỏng", "mau@mo-phong.test")
    began = time.perf_counter()
    for serial in range(2**60, 2**60 + BARE):
        sandbox.issuer.issue(subject, key, serial=serial, not_before=START, not_after=START + timedelta(days=365))
    return (time.perf_counter() - began) / BARE


def worked(home: Path, plan: ReorganisationView, options: argparse.Namespace) -> Runs:
    """Run the plan to its end, killed on the way as often as was asked for."""
    runs = Runs()
    for number in range(1, options.kills + 2):
        until = plan.total * number // (options.kills + 1) if number <= options.kills else None
        one_run(home, plan.number, options.batch, until, runs)
    return runs


def one_run(home: Path, number: int, batch: int, until: int | None, runs: Runs) -> None:
    """One process; killed once so many are done, where `until` says so."""
    process = subprocess.Popen(
        command("reorganise", "run", str(number), "--data", str(home), "--sandbox", SANDBOX, "--batch", str(batch)),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    first: tuple[float, int] | None = None
    last: tuple[float, int] | None = None
    for done in progress(process):
        last = (time.perf_counter(), done)
        first = first or last
        if until is not None and done >= until:
            process.send_signal(signal.SIGKILL)
            runs.kills.append(str(done))
            break
    assert process.stdout is not None
    process.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if until is None and process.returncode != 0:
        raise CouldNotRun(f"the run ended with {process.returncode}")
    runs.cpu += used.ru_utime + used.ru_stime
    runs.peak_kib = max(runs.peak_kib, used.ru_maxrss)
    if first is not None and last is not None:
        runs.seconds += last[0] - first[0]
        runs.certificates += last[1] - first[1]


def progress(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """How many items are settled, slice by slice, as the run tells."""
    assert process.stdout is not None
    for line in process.stdout:
        done, slash, _ = line.decode().strip().partition("/")
        if slash and done.isdigit():
            yield int(done)


def examine(sandbox: Sandbox, number: int) -> list[str]:
    """What is wrong afterwards."""
    found: list[str] = []
    view = looking.reorganisation(sandbox, AUTHORITY, number)
    if view.state != "finished" or view.pending or view.reissuing or view.exceptions:
        found.append(f"it is {view.state}: {view.actions}")
    items = all_items(sandbox, number)
    with sandbox.store.read() as connection:
        verified = journal.verify(connection)
        worked = journal.entries(connection, action="reorganisation.worked", limit=1_000_000)
    if not verified.ok:
        found.append(f"journal: broken at {verified.first_bad}")
    found += once(items, worked)
    ended = {item.certificate for item in items if item.action != "keep"}
    listed = {f"{entry.serial_number:x}" for entry in x509.load_der_x509_crl(current_crl(sandbox, "issuing"))}
    # What was reissued under an announcement is on hold until it is published.
    waiting = {item.replaced_by for item in items if item.replaced_by} & listed
    if listed - waiting != ended:
        found.append(f"CRL: {len(ended - listed)} missing, {len(listed - waiting - ended)} too many")
    (counted,) = figures(sandbox, AUTHORITY)
    if counted.certificates.get("revoked", 0) != len(ended):
        found.append(f"status: {counted.certificates} where {len(ended)} have ended")
    return found


def once(items: list[ReorganisationItemView], worked: list[Any]) -> list[str]:
    """Whether each item was begun once and each new certificate issued once, by what the journal says."""
    begun: Counter[str] = Counter()
    issued: Counter[str] = Counter()
    for entry in worked:
        issued.update(list(entry.detail["issued"]))
        for action in ("revoke", "change", "keep", "reissue"):
            for serial in entry.detail.get(action, ()):
                # A reissue is in two entries: revoked in the first, issued in the second.
                begun[serial] += action != "reissue" or serial not in entry.detail["issued"]
    found = []
    if set(begun) != {item.certificate for item in items} or set(begun.values()) - {1}:
        found.append(f"items: {len(items) - len(begun)} not done, {sum(n > 1 for n in begun.values())} done twice")
    new = [item.replaced_by for item in items if item.action in ("change", "reissue")]
    if None in new or len(set(new)) != len(new) or set(issued.values()) - {1} or len(issued) != len(new):
        found.append(f"new certificates: {len(issued)} issued for {len(new)}")
    return found


def all_items(sandbox: Sandbox, number: int) -> list[ReorganisationItemView]:
    """Every item of the plan."""
    found: list[ReorganisationItemView] = []
    after: int | None = 0
    while after is not None:
        page = looking.items(sandbox, AUTHORITY, number, after=after, limit=500)
        found += page.items
        after = page.next
    return found


if __name__ == "__main__":
    sys.exit(main())
