"""Why the harness could not do its work. A verdict about the target is never an exception.

HarnessError
├── BadCredentials  the credentials file cannot be used
├── BadExpectations the list of known failures cannot be used
├── BadMapping      the mapping file cannot be used
├── BadReport       a report of an earlier run cannot be used
├── BadTarget       the target is not what was said, or cannot be reached
└── NothingToRun    no check fits what was asked for
"""

from __future__ import annotations

COULD_NOT_RUN = 2
"""Exit code of a run that could not be made."""


class HarnessError(Exception):
    """Root of every error of this package: the run could not be made. The text says what to do."""


class BadCredentials(HarnessError):
    """The credentials file cannot be used."""


class BadExpectations(HarnessError):
    """The list of known failures cannot be used."""


class BadMapping(HarnessError):
    """The mapping file cannot be used; the text has file, line and place of each mistake."""


class BadReport(HarnessError):
    """A report of an earlier run cannot be used."""


class BadTarget(HarnessError):
    """The target cannot be reached, or does not speak the contract."""


class NothingToRun(HarnessError):
    """No check fits what was asked for."""
