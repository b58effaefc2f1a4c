"""The `conformance` command, run in the process of the tests: no interpreter to start, nothing to import anew."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from conformance.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a run, under the names of `subprocess.CompletedProcess`."""

    returncode: int
    stdout: str
    stderr: str


def conformance(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run it in that folder, nobody at the keyboard, with these variables besides one's own."""
    with contextlib.chdir(cwd):
        result = CliRunner(env={"COLUMNS": "300", **environment}).invoke(main, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)
