"""What the checks of verifiers work with: the corpus, the verifier, and what it answered so far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conformance.corpus import Case, Effect, cases
from conformance.corpus.export import write
from conformance.suites.token.bench import NotApplicable
from conformance.targets.verifier import Answer, Verifier

if TYPE_CHECKING:
    from conformance.corpus.making import Made, Maker


class Bench:
    """One verifier, put to the test under a regulation with this kind of effect."""

    def __init__(self, verifier: Verifier, maker: Maker, folder: Path, effect: Effect, regulation: str) -> None:
        self.verifier = verifier
        self.effect = effect
        self.regulation = regulation
        self._maker = maker
        self._folder = folder
        self._answers: dict[str, Answer] = {}
        self.told: list[str] = []
        """What was asked and answered, in words."""

    def ask(self, case: Case) -> Answer:
        """What the verifier says of this case; asked once. Raises VerifierFailed."""
        if case.id not in self._answers:
            made = self._maker.make(case)
            self._answers[case.id] = self.put(made)
        answer = self._answers[case.id]
        self.told.append(answer.told)
        return answer

    def put(self, made: Made) -> Answer:
        """Put a case before the verifier."""
        document, evidence = write(self._folder, made)
        rules = self.regulation if made.case.regulations else ""
        return self.verifier.ask(document, evidence, made.at, made.case.effect or self.effect, rules)

    def case(self, id_: str) -> Case:
        """The case of that id. Raises NotApplicable where the regulation at hand is not for it."""
        found = next(case for case in cases() if case.id == id_)
        if found.effect not in (None, self.effect):
            raise NotApplicable(f"{id_}: effect {self.effect}")
        return found
