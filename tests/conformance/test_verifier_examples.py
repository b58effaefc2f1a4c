"""Other people's verifiers, as commands of the verifier suite."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.corpus import Verdict, cases
from conformance.corpus.export import write
from conformance.corpus.making import Maker
from conformance.examples.verifiers import pdfsig, pyhanko
from conformance.examples.verifiers.answering import Verify

Put = tuple[Path, Path, datetime]
PROGRAMS = ("pdfsig", "certutil", "crlutil", "faketime")
has_pdfsig = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason="needs poppler-utils, libnss3-tools and faketime"
)
GOOD, ALTERED, REVOKED = "valid/stamped-pdf", "integrity/content-changed-pdf", "revocation/signed-after-pdf"


@pytest.fixture(scope="module")
def put(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Put]:
    """Some cases as files: document, evidence and the instant of checking."""
    folder, maker = tmp_path_factory.mktemp("corpus"), Maker()
    made = [maker.make(one) for one in cases() if one.id in (GOOD, ALTERED, REVOKED, "valid/stamped-cms")]
    return {one.case.id: (*write(folder, one), one.at) for one in made}


@pytest.mark.parametrize(
    ("verify", "reason"),
    [(pyhanko.verify, "REVOKED"), pytest.param(pdfsig.verify, "Revoked", marks=has_pdfsig)],
    ids=["pyhanko", "pdfsig"],
)
def test_it_tells_good_ones_from_bad(put: dict[str, Put], verify: Verify, reason: str) -> None:
    assert verify(*put[GOOD]) == (Verdict.OK, "")
    assert verify(*put[ALTERED])[0] is Verdict.FAILED
    verdict, why = verify(*put[REVOKED])
    assert verdict is Verdict.FAILED
    assert reason in why


def test_pyhanko_reads_cms_and_refuses_what_is_neither(put: dict[str, Put], tmp_path: Path) -> None:
    document, evidence, at = put["valid/stamped-cms"]
    assert pyhanko.verify(document, evidence, at)[0] is Verdict.OK
    (tmp_path / "x").write_bytes(b"%PDF-1.7 nothing")
    assert pyhanko.verify(tmp_path / "x", evidence, at)[0] is Verdict.FAILED


def test_a_command_answers_as_the_suite_reads_it(put: dict[str, Put]) -> None:
    document, evidence, at = put[GOOD]
    told = CliRunner().invoke(pyhanko.main, [str(document), "--evidence", str(evidence), "--at", at.isoformat()])
    assert json.loads(told.stdout) == {"verdict": "ok", "reason": ""}
