"""What takes the pictures of the documentation: pages in a headless Chromium, pages of PDF files.

Each script of tools/pictures.d has a function `take(studio)`, which says where each of its pictures goes. Ports and
serials that are others each time are shown as those of the documentation, so that a picture changes when what it shows
does.
"""

from __future__ import annotations

import io
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(__file__).parent / "pictures.d"
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars")
COLOURS = 128
"""A picture of words and lines needs no more, and is a third as long."""
DPI = 80
SHOW_AS = """
words => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const [found, shown] of words) texts.currentNode.data = texts.currentNode.data.replaceAll(found, shown);
  }
}
"""


class Studio:
    """Where pictures are taken."""

    @contextmanager
    def browser(self, *options: str) -> Iterator[Browser]:
        """A headless Chromium with further options of its command line."""
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        if chromium is None:
            sys.exit("ERROR: Chromium is needed; type: apt-get install chromium")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *options])
            yield browser
            browser.close()

    def page(self, browser: Browser, address: str, width: int = 740, height: int = 600) -> Page:
        """A page at an address, in Vietnamese, of that many pixels."""
        page = browser.new_page(locale="vi-VN", viewport={"width": width, "height": height}, reduced_motion="reduce")
        page.goto(address)
        return page

    def shoot(self, what: Page | Locator, place: str, show_as: Mapping[str, str] | None = None) -> None:
        """A picture of a whole page, or of a part, with some of its words shown as others."""
        page = what.page if isinstance(what, Locator) else what
        page.evaluate(SHOW_AS, list((show_as or {}).items()))
        self.keep(what.screenshot(full_page=True) if isinstance(what, Page) else what.screenshot(), place)

    def print(self, pdf: bytes, place: str, box: tuple[int, int, int, int], page: int = 1) -> None:
        """A picture of a part of a PDF's page; `box` is left, top, right, bottom in mm."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file.pdf"
            file.write_bytes(pdf)
            line = ["pdftoppm", "-png", "-singlefile", "-r", str(DPI), "-f", str(page), str(file), str(file)]
            subprocess.run(line, check=True, capture_output=True)
            with Image.open(f"{file}.png") as whole:
                part = whole.crop(tuple(round(edge * DPI / 25.4) for edge in box))
        out = io.BytesIO()
        part.save(out, "PNG")
        self.keep(out.getvalue(), place)

    def keep(self, png: bytes, place: str) -> None:
        """Put a picture where the documentation has it."""
        target = ROOT / place
        target.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(io.BytesIO(png)) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
        sys.stdout.write(f"{place}\n")


def main(names: list[str]) -> None:
    """Take the pictures of these scripts, or of all."""
    scripts = {path.stem: path for path in sorted(SCRIPTS.glob("*.py"))}
    unknown = [name for name in names if name not in scripts]
    if unknown:
        sys.exit(f"ERROR: no {', '.join(unknown)} in tools/pictures.d; there are: {', '.join(scripts)}")
    for name in names or scripts:
        runpy.run_path(str(scripts[name]))["take"](Studio())


if __name__ == "__main__":
    main(sys.argv[1:])
