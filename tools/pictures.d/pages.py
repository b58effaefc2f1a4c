"""The pages of the mock, as the tests that look at them leave them, for docs/portal.md and its neighbours."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from studio import ROOT, Studio

PLACE = "docs/pictures"
TALLEST = 1000
"""Pixels of a page that are kept; what comes below is more of the same."""
FILM = "workshop-film.webp"
PICTURES = {
    "portal-front-1280": "portal-front.png",
    "portal-certificate-1280": "portal-certificate.png",
    "portal-document-1280": "portal-document.png",
    "office-registrar-1280": "office-registrar.png",
    "office-dossier-1280": "office-dossier.png",
    "office-refused-390": "office-refused-phone.png",
    "tokens-device-1280": "tokens-device.png",
    "tokens-locked-390": "tokens-locked-phone.png",
    "workshop-lesson-1280": "workshop-lesson.png",
    "workshop-lesson-390": "workshop-lesson-phone.png",
    "workshop-board-1280": "workshop-board.png",
    "room-clock-1280": "room-clock.png",
    "room-faults-1280": "room-faults.png",
    "room-why-1280": "room-why.png",
}
"""What a test calls it, and what the documentation does."""


def take(studio: Studio) -> None:
    """All of them, by one run of the tests."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "tests/pages", "-n", "auto", "--pictures", folder]
        subprocess.run(command, cwd=ROOT, check=True)
        for taken, kept in PICTURES.items():
            with Image.open(Path(folder) / f"{taken}.png") as whole:
                part = whole.crop((0, 0, whole.width, min(whole.height, TALLEST)))
            out = io.BytesIO()
            part.save(out, "PNG")
            studio.keep(out.getvalue(), f"{PLACE}/{kept}")
        shutil.copy(Path(folder) / FILM, ROOT / PLACE)
