"""`mockca answers`: what the authority answers where an RFC allows two, directly on the data folder."""

from __future__ import annotations

from pathlib import Path

import click

from mockca.cli.sandbox import TRAINER, data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk import answers
from mockca.desk.commands import SetAnswers
from mockca.desk.views import AnswersView


@click.group("answers")
def command() -> None:
    """Trả lời thế nào khi RFC cho chọn. What is answered where an RFC allows two.

    \b
    mockca answers list
    mockca answers set ocsp_nonce=left-out ocsp_responder_id=name
    mockca answers reset
    """


@command.command("list")
@data_option
@sandbox_option
def listing(data: Path, name: str) -> None:
    """Đang trả lời thế nào. What is answered, and what else could be."""
    _tell(answers.answers_view(open_sandbox(data, name)))


@command.command("set")
@click.argument("choices", nargs=-1, required=True, metavar="NAME=VALUE…")
@data_option
@sandbox_option
def choose(choices: tuple[str, ...], data: Path, name: str) -> None:
    """Chọn. Choose; the others stay as they are."""
    sandbox = open_sandbox(data, name)
    chosen = {item.name: item.value for item in answers.answers_view(sandbox).items}
    chosen |= {key: value for key, _, value in (choice.partition("=") for choice in choices)}
    with ending_in_a_line():
        _tell(answers.set_answers(sandbox, TRAINER, SetAnswers.model_validate(chosen)))


@command.command("reset")
@data_option
@sandbox_option
def reset(data: Path, name: str) -> None:
    """Như ban đầu. As at the beginning."""
    _tell(answers.set_answers(open_sandbox(data, name), TRAINER, SetAnswers()))


def _tell(view: AnswersView) -> None:
    for item in view.items:
        others = ", ".join(choice for choice in item.choices if choice != item.value)
        click.echo(f"{item.name}={item.value}\t({others})\t{item.rfc}\t{item.vi} · {item.en}")
