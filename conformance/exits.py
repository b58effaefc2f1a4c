"""Exit codes of the `conformance` command."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from conformance.errors import COULD_NOT_RUN, HarnessError
from conformance.events import Conclusion

EXIT_CODES = {
    Conclusion.PASSED: 0,
    Conclusion.FAILED: 1,
    Conclusion.NOTHING_CHECKED: COULD_NOT_RUN,
    Conclusion.INTERRUPTED: COULD_NOT_RUN,
}


def could_not_run(error: HarnessError) -> NoReturn:
    """Say why, and end with 2."""
    click.echo(f"ERROR: {error}", err=True)
    sys.exit(COULD_NOT_RUN)
