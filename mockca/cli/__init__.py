"""The `mockca` command. Each subcommand is one module, imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

SUBCOMMANDS = {
    "serve": "serve",
    "sandbox": "sandbox",
    "clock": "clock",
    "rules": "rules",
    "journal": "journal",
    "scenario": "scenario",
    "states": "states",
    "demo": "demo",
    "token": "token",
}


class LazyGroup(click.Group):
    """A group whose commands stay unread until they are asked for, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        command = import_module(f"mockca.cli.{SUBCOMMANDS[cmd_name]}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a wiring mistake, not input
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockca")
def main() -> None:
    """Mô phỏng cơ quan chứng thực số chuyên dùng. A mock of the government certification authority.

    \b
    mockca demo                       one certificate from request to revocation, told step by step
    mockca serve                      the authority on http://127.0.0.1:8400
    mockca rules show an-giang        what a regulation says, each value with its clause
    mockca scenario play an-giang/new-person
    """
