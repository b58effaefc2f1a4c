"""`python -m mockca`."""

from __future__ import annotations

from mockca.cli import main

main(prog_name="mockca")
