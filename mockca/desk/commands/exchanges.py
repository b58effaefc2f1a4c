"""Which exchanges are noted."""

from __future__ import annotations

from typing import Literal

from mockca.desk.commands.base import Command


class SetRecording(Command):
    """Which exchanges are noted from now on; what is left out is as at the beginning."""

    api: Literal["none", "refusals", "all"] = "refusals"
    ocsp: bool = False
    crl: bool = False
    aia: bool = False
    tsa: bool = False
