"""What MkDocs is told beside mkdocs.yml: the repository's own pages stand in the site, and links between them hold."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PROJECT = "project/"
"""Where the files from outside `docs` stand in the site."""
OUTSIDE = (
    "README.md",
    "README.vi.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "conformance/contract/openapi.json",
    "conformance/contract/report.schema.json",
    "conformance/examples/so_chung_thu/README.md",
    "conformance/examples/so_chung_thu/mapping.yaml",
)
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")


def on_files(files: Files, config: Any) -> Files:
    """Add the files from outside."""
    for path in OUTSIDE:
        files.append(File.generated(config, f"{PROJECT}{path}", abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, **_others: Any) -> str:
    """Point each link to where its file stands in the site."""
    here = page.file.src_uri
    repository = here.removeprefix(PROJECT) if here.startswith(PROJECT) else f"docs/{here}"

    def moved(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(repository), link[1]))
        if target.startswith("docs/"):
            place = target.removeprefix("docs/")
        elif target == "docs":
            place = "README.md"
        else:
            place = f"{PROJECT}{target}"
        return posixpath.relpath(place, posixpath.dirname(here) or ".") + (link[2] or "")

    if "(#top)" in markdown:  # every browser knows it, MkDocs doesn't
        title, _newline, rest = markdown.partition("\n")
        markdown = f'{title}\n\n<a id="top"></a>\n{rest}'
    return LINK.sub(moved, markdown)
