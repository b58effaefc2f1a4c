"""The mutants that a check is to be proven by, made of what it is about.

overlooks:CLAUSE          refusals: the clause is not asked for
says-yes:OPERATION        refusals: whatever was done, the answer is yes
says-no:OPERATION         acceptances: what is right is turned away
tells-nothing:OPERATION   readings: every value of the answer is empty
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.checks import StepCheck
from scenarios import Operation, Verdict
from scenarios.port import READS

READ_BY: Mapping[Operation, str] = {
    Operation.READ_UNIT: "list_units",
    Operation.READ_ANNOUNCEMENTS: "list_announcements",
    Operation.READ_NOTICES: "list_notices",
    Operation.READ_DEADLINES: "list_deadlines",
    Operation.READ_SHORTCOMINGS: "list_shortcomings",
    Operation.READ_APPOINTMENTS: "list_appointments",
    Operation.READ_REPORTS: "list_reports",
    Operation.READ_REPORTS_DUE: "list_owed_reports",
    Operation.READ_REORGANISATION_ITEMS: "list_reorganisation_items",
    Operation.STAGE_CERTIFICATE: "stage_certificates",
}
"""The contract's operation (`operationId`) where it is called otherwise than the scenarios' own."""


FACES = (
    "ocsp-always-unknown",
    "ocsp-always-good",
    "revocation-missing-from-crl",
    "expired-on-crl",
    "never-expires",
)
"""Of the mutants with names, those of which every comparison of faces catches one."""


def operation_id(operation: Operation) -> str:
    """The operation's name in the contract."""
    return READ_BY.get(operation, operation.value)


def families_of(check: StepCheck) -> Iterator[str]:
    """The mutants of the families that this check has to catch one of, the most telling first."""
    step, expects = check.step, check.step.expects
    name = operation_id(step.does)
    if expects.outcome is Verdict.REFUSED:
        yield from (f"overlooks:{clause}" for clause in expects.clauses)
        yield f"says-yes:{name}"
    elif step.does is Operation.COMPARE_FACES:
        yield from FACES
    elif step.does in READS:
        yield f"tells-nothing:{name}"
        yield f"invents:{name}"
    else:
        yield f"says-no:{name}"
