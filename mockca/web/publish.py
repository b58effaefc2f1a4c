"""The contract as a file: `python -m mockca.web.publish` writes it where the conformance suites read it."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from mockca.desk.sandbox import Sandboxes
from mockca.web.app import create_app
from mockca.web.contract import contract_of

PUBLISHED = Path(__file__).parents[2] / "conformance" / "contract" / "openapi.json"


@cache
def contract() -> dict[str, Any]:
    """The contract. Nothing is opened for it: it is what the code declares."""
    return contract_of(create_app(Sandboxes(Path("/nonexistent"), "")))


def text() -> str:
    """The contract as it is published."""
    return json.dumps(contract(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main() -> None:
    """Write the contract to the given file, or to its place in the repository."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLISHED
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(), "utf-8")


if __name__ == "__main__":
    main()
