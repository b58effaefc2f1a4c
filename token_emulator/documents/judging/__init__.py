"""Is a signed document as its regulation wants it: who signed in which order, shown how. No cryptography here.

judgement = judge(pdf, load("lai-chau"))
for finding in judgement.findings:
    print(finding.clause, finding.vi)
"""

from token_emulator.documents.judging.judge import judge
from token_emulator.documents.judging.model import Finding, Given, Judgement, Signature

__all__ = ["Finding", "Given", "Judgement", "Signature", "judge"]
