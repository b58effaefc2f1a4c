"""The named defects. Importing this package enters them all."""

from __future__ import annotations

from mockca.mutants.defects import (
    answers,
    custody,
    effect,
    faces,
    hierarchy,
    list_shapes,
    lists,
    ocsp,
    people,
    profiles,
    terms,
    tsa,
)

__all__ = [
    "answers",
    "custody",
    "effect",
    "faces",
    "hierarchy",
    "list_shapes",
    "lists",
    "ocsp",
    "people",
    "profiles",
    "terms",
    "tsa",
]
