"""Coverage of the law for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from conformance.coverage import Covered


def as_json(covered: Iterable[Covered]) -> str:
    """`{"clauses": [{"id", "target", "testable", "implemented_by", "checks", "mutants", "why_not"}]}`.

    `why_not` is null where a check asks for the clause. Without checks and without a reason, a check is missing.
    """
    return json.dumps({"clauses": [_entry(each) for each in covered]}, ensure_ascii=False, indent=1)


def _entry(covered: Covered) -> dict[str, Any]:
    clause, why_not = covered.clause, covered.why_not
    return {
        "id": clause.id,
        "target": clause.target,
        "testable": clause.testable,
        "implemented_by": clause.implemented_by,
        "checks": covered.checks,
        "mutants": covered.mutants,
        "why_not": None if why_not is None else f"{why_not.vi} / {why_not.en}",
    }
