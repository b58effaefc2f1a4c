"""The verifier suite: the corpus, its verdicts, and the ways in which verifiers are reached."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import pem
from click.testing import CliRunner, Result

from conformance.catalogue import every_check, find, verifier_checks, verifier_selection
from conformance.checks import VERIFIER
from conformance.cli import main
from conformance.corpus import Effect, cases
from conformance.corpus.export import SCHEMA, manifest, schema, write
from conformance.corpus.making import Maker
from conformance.corpus.model import everybody, instant
from conformance.errors import BadMapping, BadTarget, NothingToRun
from conformance.events import Result as Outcome
from conformance.law import law
from conformance.mutants.declared import declared
from conformance.mutants.naming import mutants_of
from conformance.mutants.verifier import ANSWERS, METHODS, judged
from conformance.targets.verifier import Reading, VerifierFailed, opened, read_reading
from token_emulator.documents.checking import reasons
from token_emulator.documents.rules.points import POINTS

pytestmark = [
    pytest.mark.xdist_group("checking"),
    pytest.mark.timeout(900),
]
AN_GIANG = ("--regulation", "an-giang")
PYTHON = shlex.quote(sys.executable)


@pytest.fixture(scope="module")
def maker() -> Maker:
    """The whole corpus, made once as it is asked for."""
    return Maker()


def run(target: str, *more: str) -> Result:
    return CliRunner().invoke(main, ["run", "--target", f"verifier={target}", *AN_GIANG, *more])


# --- the corpus --------------------------------------------------------------------------------------------------


def test_our_own_checker_judges_every_case_right(maker: Maker) -> None:
    wrong = {
        id_: finding
        for id_, finding in judged("", (one.id for one in verifier_checks()), "1", maker)
        if finding.result is not Outcome.PASSED
    }
    assert wrong == {}
    assert len(cases()) >= 120


def test_each_reason_of_a_case_is_one_of_the_checkers() -> None:
    assert {reason for case in cases() for reason in case.reasons} <= {*reasons(), *POINTS}
    assert all(bool(case.reasons) == (case.verdict.value != "ok") for case in cases())


def test_each_clause_of_a_case_is_one_of_the_law() -> None:
    assert {clause for case in cases() for clause in case.clauses} <= set(law().clauses)


def test_the_same_seed_gives_the_same_octets_and_another_seed_others(maker: Maker) -> None:
    wanted = [case for case in cases() if case.id in ("valid/stamped-pdf", "revocation/signed-after-cms")]
    again = Maker()
    for case in wanted:
        assert maker.make(case).document == again.make(case).document
        assert maker.make(case).given == again.make(case).given
    assert maker.make(wanted[0]).document != Maker("2").make(wanted[0]).document


def test_what_everybody_in_the_corpus_is_called_says_that_it_is_a_mock(maker: Maker) -> None:
    for id_ in everybody():
        told = maker.world.holder(id_).certificate.subject.human_friendly
        assert "(MÔ PHỎNG)" in told or "(MO PHONG)" in told, told


def test_the_manifests_schema_is_the_published_one() -> None:
    import jsonschema_rs

    published = SCHEMA.read_text("utf-8")
    assert published == schema()
    jsonschema_rs.validator_for(json.loads(published)).validate(json.loads(manifest("1")))


def test_the_corpus_is_made_listed_and_explained_on_the_command_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["corpus", "make", "--out", str(tmp_path), "--only", "effect/at-the-second"])
    assert done.exit_code == 0, done.output
    assert "1 văn bản / documents" in done.output
    entries = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["cases"]
    entry = next(one for one in entries if one["id"] == "effect/at-the-second-pdf")
    assert (tmp_path / entry["document"]).read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in (tmp_path / entry["evidence"]).iterdir()) == [
        "anchors", "announcements.json", "certificates", "crls",
    ]  # fmt: skip
    listed = CliRunner().invoke(main, ["corpus", "list"]).output
    assert len(listed.splitlines()) == len(cases())
    assert len(json.loads(CliRunner().invoke(main, ["corpus", "list", "--json"]).output)) == len(cases())
    told = CliRunner().invoke(main, ["corpus", "explain", "revocation/backdated-pdf"]).output
    assert "Ký sau khi bị thu hồi, ghi lùi ngày" in told
    assert "cũng đúng / also right: failed" in told
    assert CliRunner().invoke(main, ["corpus", "explain", "nothing"]).exit_code == 2


# --- another verifier --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "is_good"),
    [
        ("valid/stamped-cms", True),
        ("valid/rsa-pss-cms", True),
        ("valid/sha-384-cms", True),
        ("suspension/signed-after-cms", True),
        ("revocation/signed-after-cms", False),
        ("suspension/signed-during-cms", False),
        ("validity/signed-after-expiry-cms", False),
        ("integrity/content-changed-cms", False),
        ("integrity/foreign-key-cms", False),
        ("path/forged-cms", False),
        ("path/lookalike-root-cms", False),
        ("path/no-authority-cms", False),
        ("path/too-deep-cms", False),
        ("sources/forged-crl-cms", False),
        ("sources/stale-crl-cms", False),
    ],
)
def test_openssl_which_knows_nothing_of_us_agrees(maker: Maker, tmp_path: Path, case: str, is_good: bool) -> None:
    made = maker.make(next(one for one in cases() if one.id == case))
    document, evidence = write(tmp_path, made)
    signed = instant(made.case.signatures[0].signed)
    known = tmp_path / "known.pem"
    with known.open("wb") as file:
        for path in (*evidence.glob("anchors/*"), *evidence.glob("certificates/*")):
            file.write(pem.armor("CERTIFICATE", path.read_bytes()))
        for path in evidence.glob("crls/*signed*"):
            file.write(pem.armor("X509 CRL", path.read_bytes()))
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(document), "-CAfile", str(known)]
    command += ["-purpose", "any", "-crl_check_all", "-attime", str(int(signed.timestamp())), "-out", os.devnull]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode == 0) is is_good, done.stderr


# --- the mutants -------------------------------------------------------------------------------------------------


def test_every_mutant_is_known_and_every_check_has_one() -> None:
    assert set(declared(VERIFIER)) == {*METHODS, *ANSWERS}
    assert [one.id for one in verifier_checks() if not mutants_of(one)] == []
    known = {one.id for one in verifier_checks()}
    assert {play for mutant in declared(VERIFIER).values() for play in mutant.plays} <= known


@pytest.mark.parametrize("mutant", [*METHODS, *ANSWERS])
def test_each_mutant_is_caught(maker: Maker, mutant: str) -> None:
    plays = declared(VERIFIER)[mutant].plays
    some = {plays[0], plays[len(plays) // 2], plays[-1]}
    missed = [id_ for id_, finding in judged(mutant, some, "1", maker) if finding.result is not Outcome.FAILED]
    assert missed == []


# --- verifiers of others -----------------------------------------------------------------------------------------


def script(folder: Path, body: str) -> str:
    path = folder / "verifier.py"
    path.write_text(f"import json, sys\n{body}\n", "utf-8")
    return f"{PYTHON} {shlex.quote(str(path))} {{file}} {{evidence}} {{at}} {{effect}}"


def test_a_command_is_asked_for_each_case_and_its_json_compared(tmp_path: Path) -> None:
    body = "print(json.dumps({'verdict': 'failed', 'reason': 'not-effective', 'told': sys.argv[1:]}))"
    report = tmp_path / "report.json"
    done = run(script(tmp_path, body), "--only", "verifier/effect/a-second-before-pdf", "--json", str(report),
               "--evidence", "all")  # fmt: skip
    assert done.exit_code == 0, done.output
    (ended,) = json.loads(report.read_text("utf-8"))["checks"]
    (call,) = ended["evidence"]["calls"]
    assert "document.pdf" in call
    assert "2026-06-01T03:00:00+00:00" in call
    assert "announcement" in call
    assert ended["clauses"] == ["AG-10.2.dd.2", "AG-3.6"]


def test_a_wrong_verdict_and_a_wrong_reason_fail(tmp_path: Path) -> None:
    said = run(script(tmp_path, "print(json.dumps({'verdict': 'ok'}))"), "--only", "verifier/path/forged-cms")
    assert said.exit_code == 1
    assert "expected failed (forged), found ok" in said.output
    body = "print(json.dumps({'verdict': 'failed', 'reason': 'revoked'}))"
    said = run(script(tmp_path, body), "--only", "verifier/path/forged-cms")
    assert said.exit_code == 1
    assert "reason: expected forged or untrusted or path-invalid, found revoked" in said.output


def test_exit_codes_and_own_words_are_read_as_a_mapping_says(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("verdict: exit-code\nwords: {0: ok, 7: failed}\n", "utf-8")
    arguments = ("--mapping", str(mapping), "--only", "verifier/path/forged-cms")
    assert run(script(tmp_path, "sys.exit(7)"), *arguments).exit_code == 0
    broken = run(script(tmp_path, "sys.exit(3)"), *arguments)
    assert broken.exit_code == 1
    assert "the verdict '3', which is none of 0, 7" in broken.output
    mapping.write_text(
        "verdict: $.ket_qua\nwords: {sai: failed}\nreason: $.ma\nreasons: {E8: forged}\nsigners: $.nguoi_ky\n", "utf-8"
    )
    assert run(script(tmp_path, "print(json.dumps({'ket_qua': 'sai', 'ma': 'E8'}))"), *arguments).exit_code == 0
    unknown = script(tmp_path, "print(json.dumps({'ket_qua': 'sai', 'ma': 'E9'}))")
    assert run(unknown, *arguments).exit_code == 0


def test_a_verifier_that_gives_no_verdict_is_told_without_a_traceback(tmp_path: Path) -> None:
    arguments = ("--only", "verifier/path/forged-cms")
    crashed = run(script(tmp_path, "sys.exit('cannot')"), *arguments)
    assert crashed.exit_code == 1
    assert "no JSON" in crashed.output
    assert "cannot" in crashed.output
    slow = run(script(tmp_path, "import time; time.sleep(60)"), *arguments, "--timeout", "0.3")
    assert slow.exit_code == 1
    assert "no answer in 0.3 s" in slow.output


def test_what_cannot_be_run_is_said_before_anything_runs(tmp_path: Path) -> None:
    assert run("true").exit_code == 2
    assert "has no {file}" in run("true").output
    assert run("/nowhere {file}", "--only", "verifier/path/forged-cms").exit_code != 0
    assert run("true {file}", "--only", "verifier/nothing").exit_code == 2
    assert run("true {file}", "--given", "a=b").exit_code == 2
    bad = tmp_path / "mapping.yaml"
    for text, why in (("words: [", "line"), ("verdict: '$['", r"\$\["), ("nothing: 1", "nothing"), ("- 1", "list")):
        bad.write_text(text, "utf-8")
        with pytest.raises(BadMapping, match=why):
            read_reading(bad)
    with pytest.raises(BadMapping):
        read_reading(tmp_path / "none.yaml")
    with pytest.raises(BadTarget):
        opened("true", Reading(), 1, None)


def test_kinds_of_document_and_announcements_that_a_verifier_lacks_do_not_apply(tmp_path: Path) -> None:
    target = script(tmp_path, "print(json.dumps({'verdict': 'failed'}))")
    lacking = ("--without", "xml-documents", "--without", "announcements")
    done = run(target, *lacking, "--only", "verifier/effect/never-announced-pdf", "--only", "verifier/path/forged-xml")
    assert done.exit_code == 2 or "không áp dụng" in done.output


def test_only_cases_of_the_regulations_kind_of_effect_are_for_it() -> None:
    with pytest.raises(NothingToRun):
        verifier_selection("lai-chau", ("verifier/effect/never-announced-pdf",))
    assert find("verifier/effect/never-announced-pdf")
    assert any(one.suite == VERIFIER for one in every_check())


class _Endpoint(BaseHTTPRequestHandler):
    """Refuses everything, and tells what it was sent."""

    asked: list[bytes] = []  # noqa: RUF012 - shared on purpose
    answers: list[tuple[int, bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        type(self).asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        status, content = type(self).answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/verify"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_is_sent_a_form_with_the_document_and_all_evidence(endpoint: str) -> None:
    _Endpoint.asked.clear()
    _Endpoint.answers[:] = [(200, b'{"verdict": "failed", "reason": "forged"}')]
    done = run(endpoint, "--only", "verifier/path/forged-cms")
    assert done.exit_code == 0, done.output
    (form,) = _Endpoint.asked
    for part in (b'name="at"', b'name="effect"', b'filename="document.p7m"', b'filename="anchors/g2-root.der"'):
        assert part in form
    _Endpoint.answers[:] = [(500, b"no"), (200, b"no")]
    for _ in range(2):
        assert run(endpoint, "--only", "verifier/path/forged-cms").exit_code == 1


def test_an_endpoint_that_is_not_there_fails_the_check(tmp_path: Path) -> None:
    verifier = opened("http://127.0.0.1:9/", Reading(), 1, None)
    document = tmp_path / "a.pdf"
    document.write_bytes(b"%PDF")
    case = cases()[0]
    with pytest.raises(VerifierFailed, match="ConnectError"):
        verifier.ask(document, tmp_path, instant(case.check), Effect.NOT_BEFORE, "")
