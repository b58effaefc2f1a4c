"""Documents for verifiers to be put to the test with: each case is a signed document, evidence, and the right verdict.

The verdicts are known from how each case was made (tables/cases/*.toml); no checker was asked.
"""

from conformance.corpus.model import Case, Effect, Kind, Verdict, cases

__all__ = ["Case", "Effect", "Kind", "Verdict", "cases"]
