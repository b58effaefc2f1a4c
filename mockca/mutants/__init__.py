"""Deliberate defects of the authority, to prove by that checks can fail. Off unless the server is started with one.

`patching` puts something else in place of the authority's own functions; `defects/` has those with a name of their own,
`families` and `edges` those that are made of a clause or an operation; `serving` starts a server with them.
"""

from __future__ import annotations

from mockca.mutants.families import FAMILIES
from mockca.mutants.mutant import KNOWN, Mutant
from mockca.mutants.serving import Mutated, require

__all__ = ["FAMILIES", "KNOWN", "Mutant", "Mutated", "require"]
