"""The authority behind a publisher, where it can be driven: certificates staged, lives played, the clock turned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

import scenarios
from conformance.targets.http import TRAINER, HttpTarget
from scenarios import Operation, Outcome, Performance, PortError, Scenario, Verdict, main_line

AUTHORITY: Final = "authority"
CHANGES: Final = frozenset(
    {
        Operation.ISSUE_CERTIFICATE,
        Operation.PUBLISH_ACTIVATION,
        Operation.SUSPEND_CERTIFICATE,
        Operation.LIFT_SUSPENSION,
        Operation.DECIDE_REVOCATION,
        Operation.TURN_CLOCK,
    }
)
"""Operations after which a certificate may stand otherwise."""
YEARS: Final = "validity_years"
"""The setting of a scenario that says how long its certificate lasts."""


@dataclass(frozen=True, slots=True)
class Truth:
    """How a certificate stands by the authority's own word."""

    status: str
    reason: str | None


class Driver:
    """Whoever turns the clock and takes the certificates through their states, over the HTTP contract."""

    def __init__(self, target: HttpTarget, regulation: str, seed: str, without: Collection[str] = ()) -> None:
        """`without` are features that the target is said to lack (features.py)."""
        self.regulation = regulation
        self._target, self._seed, self._without = target, seed, without

    def stage(self, count: int, years: int | None = None) -> tuple[list[x509.Certificate], str]:
        """Certificates that are in effect, put there as if they had been issued; or none, and why."""
        body: dict[str, object] = {"regulation": self.regulation, "count": count}
        if years is not None:
            body["years"] = years
        staged, why = self._do(Operation.STAGE_CERTIFICATE, TRAINER, body)
        if staged is None:
            return [], f"no certificate can be put there: {why}"
        found = []
        for serial in staged.values.get("serials") or ():
            certificate, why = self.certificate(str(serial))
            if certificate is None:
                return [], why
            found.append(certificate)
        return found, ""

    def certificate(self, serial: str) -> tuple[x509.Certificate | None, str]:
        """The certificate of this serial number; or None, and why."""
        read, why = self._do(Operation.READ_CERTIFICATE, AUTHORITY, {"certificate": serial})
        if read is None:
            return None, f"the certificate {serial} cannot be read: {why}"
        try:
            return x509.load_pem_x509_certificate(str(read.values.get("pem")).encode()), ""
        except ValueError as error:
            return None, f"the certificate {serial} has no PEM that can be read: {error}"

    def truth(self, serial: int) -> Truth | None:
        """How it stands; None where the authority does not say."""
        read, _ = self._do(Operation.READ_STATUS, AUTHORITY, {"certificate": f"{serial:x}"})
        if read is None or read.state is None:
            return None
        reason = read.values.get("reason")
        return Truth(read.state, None if reason is None else str(reason))

    def turn(self, to: datetime) -> str:
        """Turn the clock; why it could not be turned, empty where it was."""
        if "clock" in self._without:
            return "--without clock"
        turned, why = self._do(Operation.TURN_CLOCK, TRAINER, {"set": to.isoformat()})
        return "" if turned is not None else f"the publisher's clock cannot be turned: {why}"

    def life(self) -> Scenario | None:
        """The scenario of this regulation that leads a certificate through most states, up to the last of them."""
        richest: tuple[int, Scenario] | None = None
        for name in scenarios.available():
            if name.partition("/")[0] != self.regulation:
                continue
            scenario = scenarios.load(name)
            line = _up_to_the_last_change(main_line(scenario))
            changes = {step.does for step in line.steps} & CHANGES
            rank = len(changes - {Operation.TURN_CLOCK}) - len(changes & {Operation.TURN_CLOCK})
            if Operation.ISSUE_CERTIFICATE in changes and (richest is None or rank > richest[0]):
                richest = rank, line
        return None if richest is None else richest[1]

    def performance(self, scenario: Scenario) -> Performance:
        """A play of that scenario, with a certificate of one year where that can be said."""
        given: dict[str, str | int | bool] = {YEARS: 1} if isinstance(scenario.given.get(YEARS), int) else {}
        return Performance(scenario, self._target, seed=self._seed, given=given)

    def _do(self, operation: Operation, actor: str, body: dict[str, object]) -> tuple[Outcome | None, str]:
        try:
            outcome = self._target.perform(operation, actor, body)
        except PortError as error:
            return None, error.what
        if outcome.verdict is not Verdict.ACCEPTED:
            return None, outcome.message
        return outcome, ""


def _up_to_the_last_change(scenario: Scenario) -> Scenario:
    steps = [step for step in scenario.steps if step.does is not Operation.COMPARE_FACES]
    while steps and steps[-1].does not in CHANGES:
        steps.pop()
    return scenario.model_copy(update={"steps": tuple(steps)})
