"""Whether a signed document holds: its octets, and its signers' certificates at the time of signing.

    evidence = read_folder(Path("evidence"))
    report = check(Path("van-ban.pdf").read_bytes(), evidence, at, Effect.ANNOUNCEMENT)
    report.verdict, report.why, report.signatures

It stands on pyHanko, pyhanko-certvalidator and signxml; what a reason means is in reasons.toml.
"""

from token_emulator.documents.checking.checker import METHOD, Method, check, check_in_loop
from token_emulator.documents.checking.errors import CheckingError
from token_emulator.documents.checking.evidence import Announcement, Evidence, read_folder
from token_emulator.documents.checking.fetching import fetched
from token_emulator.documents.checking.steps import STEPS, Effect, Look, Step
from token_emulator.documents.checking.verdicts import Checked, Finding, Part, Reason, Report, Verdict, finding, reasons

__all__ = [
    "METHOD",
    "STEPS",
    "Announcement",
    "Checked",
    "CheckingError",
    "Effect",
    "Evidence",
    "Finding",
    "Look",
    "Method",
    "Part",
    "Reason",
    "Report",
    "Step",
    "Verdict",
    "check",
    "check_in_loop",
    "fetched",
    "finding",
    "read_folder",
    "reasons",
]
