"""`python -m token_emulator.agent.example`: the example on http://127.0.0.1:8500."""

from __future__ import annotations

import click
from werkzeug.serving import make_server

from token_emulator.agent.example.app import create_app
from token_emulator.agent.example.drafts import drafts
from token_emulator.agent.settings import HOST, PORT


@click.command()
@click.option("--port", default=8500, show_default=True)
@click.option("--agent", default=f"wss://{HOST}:{PORT}", show_default=True, help="Where the signing agent is.")
@click.option("--signer", default="Trần Thị Bích Ngọc", show_default=True, help="Whose name stands below.")
def main(port: int, agent: str, signer: str) -> None:
    """Hệ thống văn bản ví dụ. An example of a document system."""
    server = make_server(HOST, port, create_app(drafts(signer), agent), threaded=True)
    click.echo(f"http://{HOST}:{server.server_port}/")
    server.serve_forever()


if __name__ == "__main__":
    main()
