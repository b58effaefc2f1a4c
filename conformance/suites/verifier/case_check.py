"""A case of the corpus as a check of verifiers."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.checks import VERIFIER, weighed
from conformance.corpus import Case, Effect
from conformance.law import Text
from scenarios import Importance


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """That a verifier's verdict on this document is right, and its reason where it gives one."""

    case: Case

    @property
    def suite(self) -> str:
        return VERIFIER

    @property
    def id(self) -> str:
        return f"{VERIFIER}/{self.case.id}"

    @property
    def clauses(self) -> tuple[str, ...]:
        return self.case.clauses

    @property
    def says(self) -> Text:
        return self.case.says

    @property
    def importance(self) -> Importance:
        return self.case.importance

    @property
    def features(self) -> tuple[str, ...]:
        """The kind of document, announcements where effect comes by them, rules where they are judged by."""
        announced = ("announcements",) if self.case.effect is Effect.ANNOUNCEMENT else ()
        judged = ("document-rules",) if self.case.regulations else ()
        return tuple(sorted((*announced, *judged, f"{self.case.kind}-documents")))

    @property
    def does(self) -> str:
        return ""

    @property
    def explanation(self) -> str:
        case = self.case
        lines = [case.vi, case.en]
        right = " / ".join((case.verdict, *case.also))
        lines.append(f"phải / must be: {right}")
        if case.reasons:
            lines.append(f"lý do / reason: {', '.join(case.reasons)}")
        lines.append(f"xem / see: conformance corpus explain {case.id}")
        return "\n".join((*lines, *weighed(self)))
