"""The JSON Schema of mapping files, for editors: `python -m conformance.mapping.schema` publishes it."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.mapping.model import Mapping

PUBLISHED = Path(__file__).parents[1] / "contract" / "mapping.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> str:
    """The schema as it is published."""
    made = Mapping.model_json_schema()
    return json.dumps({"$schema": DIALECT, **made}, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(schema(), encoding="utf-8")
