"""What a page's form says, as a browser without JavaScript would send it."""

from __future__ import annotations

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "office-form" in given.get("class", "")
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and given.get("type") == "checkbox":
            if "checked" in given:
                self.values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and given.get("type") != "file":
            self.values[name] = [given.get("value", "")]
        elif tag == "select":
            self._select, self.values[name] = name, [""]
        elif tag == "option" and "selected" in given:
            self.values[self._select] = [given.get("value", "")]
        elif tag == "textarea":
            self._area, self.values[name] = name, [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] = [self.values[self._area][0] + data]


def filled(page: str) -> dict[str, list[str]]:
    """The names and values of the office's form on a page."""
    parser = _Form()
    parser.feed(page)
    return parser.values
