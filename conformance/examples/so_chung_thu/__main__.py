"""Serves it: `python -m conformance.examples.so_chung_thu --port 8500 --accounts accounts.json`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from werkzeug.serving import make_server

from conformance.examples.so_chung_thu.app import create_app
from conformance.examples.so_chung_thu.defects import DEFECTS


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--port", type=click.IntRange(0, 65535), default=8500, show_default=True)
@click.option("--accounts", type=click.Path(path_type=Path), default="accounts.json", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help="Where it keeps its data; gone afterwards unless given.")
@click.option("--defect", "defects", multiple=True, type=click.Choice(tuple(DEFECTS)), help="Be wrong in this.")
def main(port: int, accounts: Path, data: Path | None, defects: tuple[str, ...]) -> None:
    """Sổ chứng thư, một hệ thống mẫu có API riêng. An example with an interface of its own, on the loopback."""
    with TemporaryDirectory() as temporary:
        base = f"http://127.0.0.1:{port}"
        app = create_app(data or Path(temporary), base, accounts_file=accounts, defects=defects)
        server = make_server("127.0.0.1", port, app, threaded=True)
        click.echo(f"{base}  tài khoản / accounts: {accounts}")
        server.serve_forever()


if __name__ == "__main__":
    main()
