"""`mockca demo`: one certificate from request to revocation, told step by step, with witnesses at each state."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.targets.credentials import read_credentials
from conformance.targets.http import HttpTarget
from mockca.cli.story import Story
from mockca.cli.temporary_server import TemporaryServer, temporary_server
from mockca.cli.witnesses import Testimony, TokenClient, Witnesses
from mockca.desk.issuance import pin_letter
from mockca.desk.restore import restore_letter
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.errors import MockcaError
from scenarios import Operation, StepResult

FIRST_STORY, SECOND_STORY = "an-giang/new-person", "lai-chau/locked-device"
REGULATIONS = ("an-giang", "lai-chau")
RSA = {"algorithm": "rsa2048"}
"""OpenSC's pkcs11-tool hashes for RSA keys by itself, which keeps the commands in the transcript short."""
DOCUMENT = "Văn bản mẫu để ký số (MÔ PHỎNG)\n".encode()
WRONG_PIN = "00000000"
VERIFY, OCSP = "openssl verify", "openssl ocsp"
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

    Starts a server of its own on a free port, plays the life of one certificate under An Giang's regulation, and
    asks OpenSSL, OpenSC and the portal at each state; locks a token with wrong PINs and has it restored under Lai
    Châu's. Ends with the conformance suite's summary.
    """
    console = Console(highlight=False)
    if data.exists():
        if any(data.iterdir()) and "demo" not in Sandboxes(data, "").names():
            raise click.ClickException(f"{data} is not a demo's folder; name another one with --data")
        shutil.rmtree(data)
    try:
        with temporary_server(data) as server:
            demo = Demo(console, server, data)
            went_well = demo.life() and demo.lockout()
            demo.close()
            passed = all(_run_suite(console, server, regulation) for regulation in REGULATIONS) if suite else True
    except MockcaError as error:
        raise click.ClickException(str(error)) from error
    _where_next(console, data)
    if not (went_well and passed):
        sys.exit(1)


class Demo:
    """Two stories on one server, with acts of our own in between: witnesses, and clients of the token."""

    def __init__(self, console: Console, server: TemporaryServer, data: Path) -> None:
        self.console, self.server = console, server
        self.sandboxes = Sandboxes(data, server.url.rsplit("/", 1)[0])
        self.witnesses = Witnesses(
            data / "witnesses",
            crt={role: f"{server.url}/pki/crt/{role}.crt" for role in ("root", "issuing")},
            crl={
                "issuing": f"{server.url}/pki/crl/issuing.crl",
                "delta": f"{server.url}/pki/crl/issuing-delta.crl",
            },
            ocsp=f"{server.url}/pki/ocsp",
        )
        self.certificate: dict[str, Any] = {}
        self.states: list[tuple[str, dict[str, str]]] = []
        self.as_expected = True

    def close(self) -> None:
        self.sandboxes.close()

    # --- a life -----------------------------------------------------------------------------------------------

    def life(self) -> bool:
        """The life of a person's certificate; whether all went as it should."""
        target = self._target(FIRST_STORY)
        self.target = target
        self.story = Story(
            self.console,
            target,
            FIRST_STORY,
            given=RSA,
            acts={"issue": self._meet},
            by_operation={Operation.COMPARE_FACES.value: self._ask_witnesses},
        )
        self.story.tell()
        self._table_of_states()
        target.close()
        return self.story.went_well and self.as_expected

    def _meet(self, result: StepResult) -> None:
        """A certificate was issued: say what it is."""
        assert result.outcome is not None  # noqa: S101 - the step passed
        self.certificate = dict(result.outcome.values["certificate"])
        for line in (
            f"số chứng thư · serial {self.certificate['serial']}, thiết bị · device {self.certificate['device']}",
            self.certificate["subject"],
            f"{self.certificate['not_before']} → {self.certificate['not_after']}",
        ):
            self.story.say(Text(), Text(line))

    def _ask_witnesses(self, result: StepResult) -> None:
        """What CRL, delta CRL, OCSP, portal and OpenSSL's path validation say, at this state."""
        state, serial = result.step.expects.state or "", self.certificate["serial"]
        file = self.witnesses.keep(serial, self.certificate["pem"])
        asked = {
            VERIFY: self.witnesses.verify(file, self.target.now()),
            OCSP: self.witnesses.ocsp(file),
            "openssl crl, full": self.witnesses.on_crl("issuing", serial),
            "openssl crl, delta": self.witnesses.on_crl("delta", serial),
        }
        said = {name: testimony.said for name, testimony in asked.items()} | {"portal": self._portal(serial)}
        usable = (said[VERIFY] == "OK", said[OCSP] == "good")
        self.as_expected &= usable == ((True, True) if state == "effective" else (False, False))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 5))
        for name, words in said.items():
            table.add_row(Text(name, "magenta"), words)
        self._headline(STATE_WORDS[state])
        self.console.print(table)
        if state == "effective" and all(earlier != "effective" for earlier, _ in self.states):
            self._headline("ký bằng thiết bị · a signature by the token")
            client = self._client(pin_letter(self._sandbox(), self.certificate["dossier"]).user_pin)
            self._show(client.objects())
            self._sign(client, file)
        self.states.append((state, said))

    def _portal(self, serial: str) -> str:
        """What anybody is told at the public look-up."""
        answer = httpx.get(f"{self.server.url}/api/v1/public/certificates/{serial}")
        return "not listed" if answer.status_code == 404 else str(answer.json()["status"]["status"])

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

    # --- a lockout --------------------------------------------------------------------------------------------

    def lockout(self) -> bool:
        """A token locked by wrong PINs, and restored by whom the regulation names; whether all went as it should."""
        target = self._target(SECOND_STORY)
        self.story = Story(
            self.console,
            target,
            SECOND_STORY,
            given=RSA,
            acts={"issue-token": self._meet, "hand-to-subscriber": self._lock, "restore": self._sign_again},
            by_operation={},
        )
        self.console.print()
        self.story.tell(until="in-use-again")
        target.close()
        return self.story.went_well and self.as_expected

    def _lock(self, result: StepResult) -> None:
        """Wrong PINs until the token locks; then the right one, which it does not take any more."""
        del result
        self._headline("nhập sai mã PIN cho đến khi thiết bị khóa · wrong PINs until the token locks")
        right = pin_letter(self._sandbox(), self.certificate["dossier"]).user_pin
        self.witnesses.write("document.txt", DOCUMENT)
        said = []
        for _, pin in zip(range(4), (WRONG_PIN, WRONG_PIN, WRONG_PIN, right), strict=True):
            testimony = self._client(pin).try_to_sign()
            said.append(testimony.said)
            self.console.print(f"       {'PIN đúng · right' if pin == right else 'PIN sai · wrong'}: {testimony.said}")
        self.as_expected &= said == ["CKR_PIN_INCORRECT"] * 2 + ["CKR_PIN_LOCKED"] * 2

    def _sign_again(self, result: StepResult) -> None:
        """With the PIN of the restore the same key signs again."""
        assert result.outcome is not None  # noqa: S101 - the step passed
        self._headline("thiết bị được khôi phục, ký lại · restored, it signs again")
        letter = restore_letter(
            self._sandbox(), self.certificate["dossier"], int(result.outcome.values["restore"]["number"])
        )
        file = self.witnesses.keep(self.certificate["serial"], self.certificate["pem"])
        self._sign(self._client(letter.user_pin), file)

    # --- what both use ----------------------------------------------------------------------------------------

    def _target(self, scenario: str) -> HttpTarget:
        return HttpTarget(self.server.url, scenario.split("/")[0], read_credentials(self.server.credentials))

    def _sandbox(self) -> Sandbox:
        return self.sandboxes.open(self.server.url.rsplit("/", 1)[1])

    def _client(self, pin: str) -> TokenClient:
        shelf, device = self._sandbox().shelf, self.certificate["device"]
        if device not in shelf.plugged():
            shelf.plug(device)
        return self.witnesses.client(str(shelf.module), shelf.environment, shelf.inspect(device).label, pin)

    def _sign(self, client: TokenClient, certificate: str) -> None:
        self.witnesses.write("document.txt", DOCUMENT)
        for testimony in (client.sign(), self.witnesses.check(certificate)):
            self._show(testimony)
        self.as_expected &= testimony.said == "Verified OK"

    def _headline(self, words: str) -> None:
        self.console.print(f"\n     [bold magenta]{words}[/bold magenta]")

    def _show(self, testimony: Testimony) -> None:
        self.console.print(f"     [dim]$ {testimony.command}[/dim]", soft_wrap=True)
        self.console.print(f"       {testimony.said}")


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
    for what, why in _next_steps(mockca, data):
        table.add_row(Text(what, no_wrap=True), Text(why, "dim"))
    console.print("\n[bold]Tiếp theo · Where next[/bold]")
    console.print(table)


def _next_steps(mockca: str, data: Path) -> Iterator[tuple[str, str]]:
    yield f"{mockca} serve", "cơ quan chứng thực trên máy này · the authority, here"
    yield f"{mockca} rules show an-giang", "quy chế, từng giá trị kèm điều khoản · the rules"
    yield f"{mockca} scenario list", "các kịch bản · the scenarios"
    yield f"{mockca} states --regulation lai-chau", "bảng trạng thái · the table of states"
    yield f"{data}/witnesses", "chứng thư, CRL, chữ ký vừa tạo · files of this run"
    yield "docs/getting-started.md", "giờ đầu tiên · the first hour"
