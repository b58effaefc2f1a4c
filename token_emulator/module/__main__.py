"""`python -m token_emulator.module`: compile the module anew."""

from __future__ import annotations

import sys

from token_emulator.module.building import CannotBuild, build


def main() -> int:
    try:
        print(build())  # noqa: T201
    except CannotBuild as error:
        print(f"ERROR: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
