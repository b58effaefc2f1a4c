"""The run as JSON: the events themselves, in one object. Its schema is contract/report.schema.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from conformance.errors import BadReport
from conformance.events import CheckEnded, Event, Model, RunBegan, RunEnded

SCHEMA = Path(__file__).parents[1] / "contract" / "report.schema.json"


class Report(Model):
    """One run of the conformance suite."""

    format: Literal["mockca-conformance-report"] = "mockca-conformance-report"
    version: Literal[1] = 1
    """Goes up when a reader would have to change."""
    began: RunBegan
    checks: tuple[CheckEnded, ...]
    """In the order in which they were made; fewer than `began.checks` where the run was interrupted."""
    ended: RunEnded


class JsonReport:
    """Writes the file when the run has ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._began: RunBegan | None = None
        self._checks: list[CheckEnded] = []

    def handle(self, event: Event) -> None:
        """Take note of what happened."""
        match event:
            case RunBegan():
                self._began = event
            case CheckEnded():
                self._checks.append(event)
            case RunEnded() if self._began is not None:
                report = Report(began=self._began, checks=tuple(self._checks), ended=event)
                self._path.write_text(report.model_dump_json(indent=1) + "\n", "utf-8")


def read_report(path: Path) -> Report:
    """A report from its file. Raises BadReport."""
    try:
        return Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadReport(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise BadReport(f"{path}: no report of `conformance run --json`: {where}: {first['msg']}") from None


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report."""
    found = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def write_schema() -> None:
    """Write the published schema anew."""
    SCHEMA.write_text(json.dumps(schema(), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    write_schema()
