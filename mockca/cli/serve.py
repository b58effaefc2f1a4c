"""`mockca serve`: the authority on this machine."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL

from mockca.cli.sandbox import data_option, database_option, ending_in_a_line, make_sandbox
from mockca.desk.commands import AuthorityKeys
from mockca.desk.sandbox import Sandboxes
from mockca.registry import databases
from mockca.registry.migrations import migrate
from mockca.rules.loading import PROVINCES
from mockca.web import server
from mockca.web.access import ADMIN_FILE, ensure_admin_credential

HIERARCHIES = {"rsa": None, "p256": AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")}
"""Keys of a new sandbox's hierarchy; None for those of the real second generation."""


@click.command("serve")
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe. Address to listen on.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(1, 65535), help="Cổng. Port.")
@click.option("--workers", default=4, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option("--public-url", help="Địa chỉ ghi trong chứng thư số. Base address that certificates bear.")
@click.option("--sandbox", "name", default="demo", show_default=True, help="Sandbox to make if it isn't there.")
@click.option("--seed", help="Seed of a new sandbox: same seed, same names and serials.")
@click.option("--regulations", help="Regulations of a new sandbox, separated by commas; all by default.")
@click.option(
    "--keys",
    type=click.Choice(sorted(HIERARCHIES)),
    default="rsa",
    show_default=True,
    help="Khóa của CA mới: rsa như thật, p256 cho nhanh. Keys of a new hierarchy: as the real one's, or quick ones.",
)
@click.option(
    "--provinces",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Thư mục quy định của riêng bạn. Folder of your own provinces' TOML files.",
)
@database_option
@click.option(
    "--mutant",
    "mutants",
    multiple=True,
    metavar="NAME",
    help="Cố ý làm sai một điều. Serve with this deliberate defect (mockca mutants); may be given several times.",
)
@click.option("--mutable", is_flag=True, help="Let each request name a defect of its own, to prove checks by.")
@click.option(
    "--quiet", is_flag=True, help="Không in mã truy cập. Print no credentials, where the output is kept as a log."
)
@click.option("--allow-remote", is_flag=True, help="Listen on an address that other machines can reach.")
def command(
    data: Path,
    host: str,
    port: int,
    workers: int,
    public_url: str | None,
    name: str,
    seed: str | None,
    regulations: str | None,
    keys: str,
    provinces: Path | None,
    database: URL | None,
    mutants: tuple[str, ...],
    mutable: bool,
    quiet: bool,
    allow_remote: bool,
) -> None:
    """Chạy cơ quan chứng thực mô phỏng. Serve the mock authority until Ctrl-C.

    \b
    mockca serve                                       http://127.0.0.1:8400/demo/
    mockca serve --sandbox lop-1 --seed lop-1          another world, the same each time
    mockca serve --host 0.0.0.0 --allow-remote --public-url http://ca.lan.test:8400
    mockca serve --database postgresql+psycopg://mockca@db.lan.test/mockca     new sandboxes on PostgreSQL
    mockca serve --mutant nonce-not-echoed             an authority that does one thing wrong
    """
    if provinces is not None:
        # The workers are processes of their own.
        os.environ[PROVINCES] = str(provinces.absolute())
    address = _address(host, allow_remote=allow_remote)
    base = (public_url or _base(address, port)).rstrip("/")
    compose: server.Compose = server.with_pki_in_front
    with ending_in_a_line():
        if mutants or mutable:
            compose, workers = _mutated(mutants, mutable=mutable), 1
        server.require_free_port(address, port)
        sandboxes = Sandboxes(data, base, database)
        ensure_admin_credential(data)
        for existing in sandboxes.names():
            migrate(databases.at(data / existing))
        if name not in sandboxes.names():
            click.echo(f"Đang tạo sandbox {name} (khóa của CA mất vài giây). Making sandbox {name}…", err=True)
            make_sandbox(sandboxes, name, seed=seed, regulations=regulations, keys=HIERARCHIES[keys])
        welcome(sandboxes, base, data, quiet=quiet)
        # Workers open keys and stores themselves, after the fork.
        sandboxes.close()
    server.serve(data, address, port, workers, base, database, compose)


def _mutated(names: tuple[str, ...], *, mutable: bool) -> server.Compose:
    """What puts the defects in. NotFound for a name that no mutant has."""
    from mockca.mutants import Mutated

    click.echo(
        f"CỐ Ý LÀM SAI · deliberately wrong: {', '.join(names) or 'by request'}; one worker, not for use.", err=True
    )
    return Mutated(names, by_request=mutable)


def welcome(sandboxes: Sandboxes, base: str, data: Path, *, quiet: bool = False) -> None:
    """Print where everything is, who may sign in as whom (not where `quiet`), and what to try next."""
    console = Console(highlight=False, soft_wrap=True)
    console.print("\n[bold]mockca: cơ quan chứng thực MÔ PHỎNG · a MOCK certification authority[/bold]")
    console.print("Chứng thư số ở đây không có giá trị pháp lý. Nothing here is legally valid.\n")
    for name in sandboxes.names():
        sandbox = sandboxes.open(name)
        if not sandbox.url.startswith(f"{base}/"):
            console.print(
                f"[yellow]Sandbox {name}: chứng thư số ghi địa chỉ {sandbox.url}, không phải {base}/{name}. "
                f"Its certificates bear the address {sandbox.url}.[/yellow]"
            )
        console.print(f"[bold]{base}/{name}/[/bold]  cổng công bố · portal")
        console.print(f"{base}/{name}/api/v1  API ({base}/openapi.json)")
        console.print(f"{base}/{name}/pki  CRL, OCSP, AIA, TSA")
        console.print(f"{databases.shown(databases.at(data / name))}  sổ đăng ký · registry", markup=False)
        if not quiet:
            console.print(_accounts(sandboxes.credentials(name)))
        console.print(f"({data / name / 'credentials.json'})\n")
    console.print(f"Quản trị · admin credential: {data / ADMIN_FILE}\n")
    example = sandboxes.names()[0]
    url, credentials = f"{base}/{example}", data / example / "credentials.json"
    regulation = next(iter(sandboxes.open(example).regulations))
    console.print("[bold]Thử tiếp · Try next[/bold]")
    for line in (
        f"mockca sandbox sign-in {example} --data {data}      # địa chỉ để mở bằng trình duyệt · to open in a browser",
        f"curl -s {url}/api/v1/public/authority",
        f"mockca scenario play {regulation}/new-person --target {url} --credentials {credentials}",
        f"mockca clock advance 30d --data {data} --sandbox {example}",
        f"conformance run --target authority={url} --regulation {regulation} --credentials {credentials}",
    ):
        console.print(f"  {line}", markup=False)
    console.print()


def _accounts(document: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("tài khoản · account")
    table.add_column("vai · role")
    table.add_column("credential", no_wrap=True, overflow="ignore")
    for account in document["accounts"]:
        table.add_row(account["name"], account["role"], account["credential"])
    return table


def _address(host: str, *, allow_remote: bool) -> str:
    """The IP address to listen on; only loopback ones without --allow-remote."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        raise click.BadParameter(f"{host} is no IP address; give e.g. 127.0.0.1 or ::1", param_hint="--host") from None
    if not address.is_loopback and not allow_remote:
        raise click.UsageError(
            f"{host} có thể được truy cập từ máy khác. Other machines can reach {host}, and this is a mock with "
            "printed credentials; add --allow-remote if that is meant."
        )
    return str(address)


def _base(address: str, port: int) -> str:
    parsed = ipaddress.ip_address(address)
    if parsed.is_unspecified:
        return f"http://127.0.0.1:{port}"
    return f"http://[{address}]:{port}" if parsed.version == 6 else f"http://{address}:{port}"
