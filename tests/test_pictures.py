"""The pictures of the documentation: each is taken by a script, and each that a page shows is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHOWN = re.compile(r"!\[[^]]*]\(([^)]+\.png)\)")


def test_every_picture_is_taken_by_a_script_and_shown_by_a_page() -> None:
    docs = ROOT / "docs"
    kept = {one.resolve() for one in docs.rglob("*.png")}
    shown = {(page.parent / link).resolve() for page in docs.rglob("*.md") for link in SHOWN.findall(page.read_text())}
    scripts = [one.read_text("utf-8") for one in (ROOT / "tools" / "pictures.d").glob("*.py")]
    assert kept == shown
    assert all(any(one.name in script for script in scripts) for one in kept)
