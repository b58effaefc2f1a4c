"""The named defects. Importing this package enters them all."""

from __future__ import annotations

from mockca.mutants.defects import custody, effect, lists, ocsp, people, terms

__all__ = ["custody", "effect", "lists", "ocsp", "people", "terms"]
