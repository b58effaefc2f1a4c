"""`pdfsig` of poppler-utils as a verifier: PDF alone.

It keeps trust in an NSS database, which is made from the anchors, certificates and CRLs at hand; it can be told of no
OCSP response, and of no instant of checking: `faketime` gives it one. Needs poppler-utils, libnss3-tools and faketime.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from conformance.corpus import Verdict
from conformance.examples.verifiers.answering import Said, command, files_in, worst

VALID, TRUSTED = "Signature is Valid.", "Certificate is Trusted."
OPEN = ("Certificate issuer is unknown.", "Certificate issuer isn't Trusted.", "Certificate has not yet been verified.")
"""What it says of a certificate without calling it bad."""
PATIENCE = 60


def verify(document: Path, evidence: Path, at: datetime) -> Said:
    """What pdfsig says of each signature; one counts as good where it is valid and its certificate is trusted."""
    with tempfile.TemporaryDirectory(prefix="pdfsig-") as folder:
        database = f"sql:{folder}"
        _run("certutil", "-N", "-d", database, "--empty-password")
        for kind, trust in (("anchors", "CT,C,C"), ("certificates", ",,")):
            for one in files_in(evidence, kind):
                name = f"{kind}-{one.name}"
                _run("certutil", "-A", "-d", database, "-n", name, "-t", trust, "-i", str(one))
        for one in files_in(evidence, "crls"):
            _run("crlutil", "-I", "-d", database, "-i", str(one))
        when = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        told = _run("faketime", when, "pdfsig", "-nssdir", folder, "-no-ocsp", str(document), TZ="UTC")
    return worst([_judged(one) for one in re.split(r"^Signature #\d+:", told, flags=re.MULTILINE)[1:]])


def _judged(told: str) -> Said:
    signature, certificate = (
        (found[1].strip() if (found := re.search(rf"{kind} Validation: (.*)", told)) else "")
        for kind in ("Signature", "Certificate")
    )
    if signature != VALID:
        return Verdict.FAILED, signature or "not read"
    if certificate == TRUSTED:
        return Verdict.OK, ""
    return Verdict.INDETERMINATE if certificate in OPEN else Verdict.FAILED, certificate


def _run(*words: str, **variables: str) -> str:
    """What a program says; what it will not take in is left out, as its user would have to."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, env=environment, check=False)
    return done.stdout


main = command(verify, "What pdfsig says of a PDF.")

if __name__ == "__main__":
    main()
