"""`mockca demo`: one certificate from request to revocation, told step by step, with witnesses at each state."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from conformance.targets.credentials import read_credentials
from conformance.targets.http import HttpTarget
from mockca.cli.temporary_server import TemporaryServer, temporary_server
from mockca.cli.witnesses import Testimony, Witnesses
from mockca.desk.issuance import pin_letter
from mockca.desk.sandbox import Sandboxes
from mockca.errors import MockcaError
from scenarios import Operation, Performance, Result, Step, StepEnded, StepResult, Verdict, load

STORY = "an-giang/new-person"
REGULATIONS = ("an-giang", "lai-chau")
GIVEN = {"algorithm": "rsa2048"}
"""OpenSC's pkcs11-tool hashes for RSA keys by itself, which keeps the commands in the transcript short."""
SHOWN_REFUSALS = 2
VERIFY, OCSP = "openssl verify", "openssl ocsp"
DOCUMENT = "Văn bản mẫu để ký số (MÔ PHỎNG)\n"
STATE_WORDS = {
    "issued": "chưa có hiệu lực · issued, not yet effective",
    "effective": "có hiệu lực · effective",
    "suspended": "tạm dừng · suspended",
    "revoked": "đã thu hồi · revoked",
}


@click.command("demo")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo"),
    show_default=True,
    help="Folder to work in; emptied first.",
)
@click.option("--suite/--no-suite", default=True, show_default=True, help="Run the authority suite at the end.")
def command(data: Path, suite: bool) -> None:
    """Việc chính, từ đầu đến cuối. The main job from end to end, on a real token, over HTTP.

    Starts a server of its own on a free port, plays the life of one certificate under An Giang's regulation,
    and asks OpenSSL, OpenSC and the portal at each state. Ends with the conformance suite's summary.
    """
    console = Console(highlight=False)
    if data.exists():
        if any(data.iterdir()) and not (data / "demo" / "registry.db").exists():
            raise click.ClickException(f"{data} is not a demo's folder; name another one with --data")
        shutil.rmtree(data)
    try:
        with temporary_server(data) as server:
            story = Story(console, server, data)
            story.tell()
            passed = all(_run_suite(console, server, regulation) for regulation in REGULATIONS) if suite else True
    except MockcaError as error:
        raise click.ClickException(str(error)) from error
    _where_next(console, data)
    if not (story.went_well and passed):
        sys.exit(1)


class Story:
    """The life of one certificate, printed as it happens."""

    def __init__(self, console: Console, server: TemporaryServer, data: Path) -> None:
        self.console, self.server, self.data = console, server, data
        self.went_well = True
        credentials = read_credentials(server.credentials)
        self.target = HttpTarget(server.url, STORY.split("/")[0], credentials)
        base = f"{server.url}/pki"
        self.witnesses = Witnesses(
            data / "witnesses",
            crt={"root": f"{base}/crt/root.crt", "issuing": f"{base}/crt/issuing.crt"},
            crl={"issuing": f"{base}/crl/issuing.crl", "delta": f"{base}/crl/issuing-delta.crl"},
            ocsp=f"{base}/ocsp",
        )
        self.certificate: dict[str, Any] = {}
        self.states: list[tuple[str, dict[str, str]]] = []
        self.number = 0
        self.refused: list[Step] = []

    def tell(self) -> None:
        """Play the scenario and print each step; then the table of all states."""
        scenario = load(STORY)
        self.console.print(
            Panel(
                f"[bold]{scenario.title.vi}[/bold]\n{scenario.title.en}\n\n{scenario.about.vi}\n"
                f"[dim]{scenario.about.en}[/dim]\n\n"
                "[yellow]✗[/yellow] yêu cầu sai, bị từ chối theo điều khoản · a wrong request, refused by its clause",
                title="mockca · MÔ PHỎNG · MOCK",
                subtitle=self.server.url,
            )
        )
        performance = Performance(scenario, self.target, seed="demo", given=GIVEN)
        for event in performance.play():
            if isinstance(event, StepEnded):
                self._show(event.result)
        self._show_refused()
        self._table_of_states()
        self.target.close()

    def _show(self, result: StepResult) -> None:
        step = result.step
        clauses = ", ".join(step.clauses)
        if result.result is not Result.PASSED:
            self.went_well = False
            why = result.reason or "; ".join(map(str, result.mismatches))
            self.console.print(f"[bold red]✗ {step.id}[/bold red] {step.say_vi} [red]{why}[/red]")
        elif step.does is Operation.COMPARE_FACES:
            self._ask_witnesses(step.expects.state or "")
        elif step.expects.outcome is Verdict.REFUSED:
            self.refused.append(step)
        elif step.is_main:
            self._show_refused()
            self.number += 1
            self._say(
                Text(f"\n{self.number:3}", "bold cyan"),
                Text.assemble(
                    ("\n" + step.say_vi, "bold"), f"\n{step.say_en}\n", (f"{step.actor} · {clauses}", "cyan")
                ),
            )
            if step.does is Operation.ISSUE_CERTIFICATE and result.outcome is not None:
                self._meet(dict(result.outcome.values["certificate"]))

    def _say(self, mark: Text, words: Text) -> None:
        """A mark in the margin, and words that stay clear of it when they wrap."""
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(width=5)
        line.add_column()
        line.add_row(mark, words)
        self.console.print(line)

    def _show_refused(self) -> None:
        """The wrong requests since the last step: a few in full, of the others the clauses."""
        for step in self.refused[:SHOWN_REFUSALS]:
            self._say(
                Text("    ✗", "yellow"),
                Text.assemble(step.say_vi, (f" ({', '.join(step.clauses)})\n{step.say_en}", "dim")),
            )
        others = self.refused[SHOWN_REFUSALS:]
        if others:
            clauses = ", ".join(dict.fromkeys(clause for step in others for clause in step.clauses))
            self._say(
                Text("    ✗", "yellow"),
                Text.assemble(
                    f"… và {len(others)} yêu cầu sai khác, đều bị từ chối đúng điều khoản",
                    (f" ({clauses})\nand {len(others)} more, each refused by its clause", "dim"),
                ),
            )
        self.refused.clear()

    def _meet(self, certificate: dict[str, Any]) -> None:
        """The certificate exists: note what it is."""
        self.certificate = certificate
        self.console.print(
            f"     số chứng thư · serial {certificate['serial']}, thiết bị · device {certificate['device']}"
        )
        for line in (certificate["subject"], f"{certificate['not_before']} → {certificate['not_after']}"):
            self._say(Text(), Text(line))

    def _ask_witnesses(self, state: str) -> None:
        """What CRL, delta CRL, OCSP, portal and OpenSSL's path validation say, at this state."""
        self._show_refused()
        serial = self.certificate["serial"]
        file = self.witnesses.keep(serial, self.certificate["pem"])
        asked = {
            VERIFY: self.witnesses.verify(file, self._now()),
            OCSP: self.witnesses.ocsp(file),
            "openssl crl, full": self.witnesses.on_crl("issuing", serial),
            "openssl crl, delta": self.witnesses.on_crl("delta", serial),
        }
        said = {name: testimony.said for name, testimony in asked.items()}
        said["portal"] = self._portal(serial)
        usable = (said[VERIFY] == "OK", said[OCSP] == "good")
        self.went_well = self.went_well and usable == ((True, True) if state == "effective" else (False, False))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 5))
        for name, words in said.items():
            table.add_row(Text(name, "magenta"), words)
        self.console.print(f"\n     [bold magenta]{STATE_WORDS[state]}[/bold magenta]")
        self.console.print(table)
        if state == "effective" and not any(earlier == "effective" for earlier, _ in self.states):
            self._sign(file)
        self.states.append((state, said))

    def _sign(self, certificate: str) -> None:
        """Use the token as any PKCS#11 client would."""
        sandboxes = Sandboxes(self.data, self.server.url.rsplit("/", 1)[0])
        sandbox = sandboxes.open("demo")
        pin = pin_letter(sandbox, self.certificate["dossier"]).user_pin
        label = sandbox.shelf.inspect(self.certificate["device"]).label
        sandbox.shelf.plug(self.certificate["device"])
        module, variables = str(sandbox.shelf.module), sandbox.shelf.environment
        self.console.print("\n     [bold magenta]ký bằng thiết bị · a signature by the token[/bold magenta]")
        for testimony in self._use_token(module, variables, label, pin, certificate):
            self.console.print(f"     [dim]$ {testimony.command}[/dim]", soft_wrap=True)
            self.console.print(f"       {testimony.said}")
        sandboxes.close()

    def _use_token(
        self, module: str, variables: Mapping[str, str], label: str, pin: str, certificate: str
    ) -> Iterator[Testimony]:
        yield self.witnesses.objects(module, variables, label, pin)
        yield self.witnesses.sign(module, variables, label, pin, DOCUMENT.encode())
        checked = self.witnesses.check(certificate)
        self.went_well = self.went_well and checked.said == "Verified OK"
        yield checked

    def _portal(self, serial: str) -> str:
        """What anybody is told at the public look-up."""
        answer = httpx.get(f"{self.server.url}/api/v1/public/certificates/{serial}")
        return "not listed" if answer.status_code == 404 else str(answer.json()["status"]["status"])

    def _now(self) -> datetime:
        return self.target.now()

    def _table_of_states(self) -> None:
        table = Table(title="Một sự thật trên mọi mặt công khai · One truth on every face", title_style="bold")
        table.add_column("trạng thái")
        names = list(self.states[0][1]) if self.states else []
        for name in names:
            table.add_column(name.removeprefix("openssl "), overflow="fold")
        for state, said in self.states:
            table.add_row(STATE_WORDS[state].partition(" · ")[0], *(said[name] for name in names))
        self.console.print()
        self.console.print(table)


def _run_suite(console: Console, server: TemporaryServer, regulation: str) -> bool:
    """The authority suite, as a CI gate would run it: its summary is printed as it comes."""
    console.print(f"\n[bold]conformance run --target authority={server.url} --regulation {regulation}[/bold]")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "conformance"),
            *("run", "--target", f"authority={server.url}", "--regulation", regulation),
            *("--credentials", str(server.credentials), "--seed", "demo-suite", "--reset"),
        ],
        check=False,
    )
    return done.returncode == 0


def _where_next(console: Console, data: Path) -> None:
    mockca = "mockca" if shutil.which("mockca") else os.path.relpath(sys.argv[0])
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for what, why in (
        (f"{mockca} serve", "cơ quan chứng thực trên máy này · the authority, here"),
        (f"{mockca} rules show an-giang", "quy chế, từng giá trị kèm điều khoản · the rules"),
        (f"{mockca} scenario list", "các kịch bản · the scenarios"),
        (f"{mockca} states --regulation lai-chau", "bảng trạng thái · the table of states"),
        (f"{data}/witnesses", "chứng thư, CRL, chữ ký vừa tạo · files of this run"),
        ("docs/getting-started.md", "giờ đầu tiên · the first hour"),
    ):
        table.add_row(Text(what, no_wrap=True), Text(why, "dim"))
    console.print("\n[bold]Tiếp theo · Where next[/bold]")
    console.print(table)
