"""The signer suite: our signer passes, defects are caught, and folders, commands and endpoints are reached."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.catalogue import is_made_under, signer_checks
from conformance.cli import main
from conformance.corpus.world import World
from conformance.errors import BadTarget
from conformance.events import Result
from conformance.law import law
from conformance.mutants.crooked_signer import ARCHIVES, DEFECTS
from conformance.mutants.declared import declared
from conformance.mutants.signer import judged
from conformance.run import Settings
from conformance.suites.signer.orders import DEFAULTS, order
from conformance.suites.signer.run import SignerRun
from conformance.targets.signer import (
    Entry,
    Folder,
    FunctionSigner,
    Order,
    SignerFailed,
    SignerRefused,
    opened,
    read_folder,
)
from mockca.cli import main as mockca
from tests.documents.authority import BODY, NOON, PERSON, authority
from tests.documents.conftest import PIN, SO_PIN, tsa
from token_emulator import Shelf
from token_emulator.documents.rules import load

__all__ = ["tsa"]
pytestmark = pytest.mark.xdist_group("signer")
PINS = {"MOCKTOKEN_PIN": PIN, "MOCKTOKEN_SEAL_PIN": PIN}
PROVINCES = {
    "an-giang": (),
    "ninh-binh": (),
    "lai-chau": (),
    "thai-binh": (),
    "dong-thap": ("signed-copies", "signed-parts"),
}
"""Those with rules of their own on signing, and one that stands on its regime's; what the signer is said to lack."""

NOT_HERE = {
    f"signer/whole/{name}"
    for name in (
        *("certificates-are-in-force", "signatures-are-timestamped", "signed-by-who-should"),
        *("every-document-is-there", "kept-as-it-was"),
    )
}
"""Checks that ask for evidence, for an archive, or for what not every regulation says."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A shelf, and by domain the serials of a person's device and a body's."""
    found: dict[str, Any] = {"shelf": Shelf(tmp_path_factory.mktemp("signing"))}
    for domain in ("angiang", "ninhbinh"):
        serials = []
        for name in (PERSON, BODY):
            with found["shelf"].personalise("generic-10", "p256", PIN, SO_PIN, name) as device:
                key, mail = device.public_key_der, f"so@{domain}.test"
                device.write_certificate(authority().issue(key, name, ("UBND",), mail, 11))
                device.place()
            found["shelf"].plug(device.serial)
            serials.append(device.serial)
        found[domain] = serials
    return found


@pytest.fixture(scope="module")
def signed(shelf: dict[str, Any], tsa: str, tmp_path_factory: pytest.TempPathFactory) -> FunctionSigner:
    """The command `mockca document sign`, in this process; what it signed once it gives again."""
    made: dict[tuple[str, str], bytes] = {}
    folder = tmp_path_factory.mktemp("signed")

    def sign(one: Order) -> bytes:
        wanted = one.regulation, one.entry.file
        if wanted in made:
            return made[wanted]
        person, body = shelf["ninhbinh" if one.regulation == "ninh-binh" else "angiang"]
        (folder / "draft.pdf").write_bytes(one.draft)
        words = ["document", "sign", str(folder / "draft.pdf"), "-o", str(folder / "signed.pdf")]
        words += ["--shelf", str(shelf["shelf"].home), "--person", person, "--organisation", body, "--tsa", tsa]
        told = {"--kind": "kind", "--number": "number", "--issued": "issued", "--body": "organisation", "--at": "at"}
        words += ["--regulation", one.regulation]
        words += [word for option, field in told.items() for word in (option, one.fields[field])]
        done = CliRunner().invoke(mockca, words, env=PINS)
        if done.exit_code:
            raise SignerRefused(done.output)
        made[wanted] = (folder / "signed.pdf").read_bytes()
        return made[wanted]

    return FunctionSigner(sign)


def run_of(signer: FunctionSigner, regulation: str, without: tuple[str, ...] = ()) -> SignerRun:
    settings = Settings("signer={draft}", regulation, given=(f"signer={PERSON}",), without=without)
    return SignerRun(settings, signer, lambda: NOON)


@pytest.mark.parametrize("regulation", PROVINCES)
def test_our_own_command_passes_under_every_kind_of_rules(signed: FunctionSigner, regulation: str) -> None:
    lacks = PROVINCES[regulation]
    with closing(run_of(signed, regulation, lacks)) as run:
        made = [check for check in run.checks if not set(check.features) & set(lacks)]
        found = {check.id: run.judge(check) for check in made}
    wrong = {id_: one.mismatches for id_, one in found.items() if one.result is Result.FAILED}
    assert wrong == {}
    assert {id_ for id_, one in found.items() if one.result is not Result.PASSED} <= NOT_HERE


# --- every check has its defect ----------------------------------------------------------------------------------


def test_each_check_has_a_defect_and_each_defect_a_check() -> None:
    assert set(declared("signer")) == {*DEFECTS, *ARCHIVES}
    assert {id_ for one in declared("signer").values() for id_ in one.plays} == {one.id for one in signer_checks()}
    assert all(one.plays for one in declared("signer").values())


@pytest.mark.parametrize(
    "mutant", ["returns-the-draft", "frame-too-narrow", "clock-hours-ahead", "in-capitals", *ARCHIVES]
)
def test_a_defect_is_caught_by_its_checks(mutant: str) -> None:
    plays = declared("signer")[mutant].plays
    found = list(judged(World("1"), mutant, plays))
    assert {id_ for id_, one in found if one.result is Result.FAILED} == set(plays)
    assert len(found) == len(plays)


def test_each_clause_of_a_check_is_one_of_the_law() -> None:
    assert {clause for check in signer_checks() for clause in check.clauses} <= set(law().clauses)
    assert {clause for check in signer_checks() for clause in check.clauses} >= {"LC-3.2", "LC-15.4.a", "NB-6.1.b"}


def test_a_check_is_made_only_where_the_regulation_asks() -> None:
    width = next(check for check in signer_checks() if check.id == "signer/issued/person-width")
    assert [is_made_under(one, width) for one in ("an-giang", "ninh-binh", "thai-binh")] == [True, False, False]
    told = CliRunner().invoke(main, ["explain", "signer/issued/person-width"]).output
    assert "chữ ký cá nhân: chiều dài khung" in told
    assert "an-giang: low 65, high 80 (AG-8.2.d.3)" in told


# --- a folder of documents ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(signed: FunctionSigner, tmp_path: Path) -> Path:
    """Two documents of Lai Châu and one that comes from elsewhere, with their manifest."""
    rules, given = load("lai-chau"), {**DEFAULTS, "signer": PERSON}
    for kind in ("issued", "copy"):
        (tmp_path / f"{kind}.pdf").write_bytes(signed.sign(order(rules, kind, NOON, given)))
    (tmp_path / "den.pdf").write_bytes((tmp_path / "copy.pdf").read_bytes())
    whole = {"number": "79/SNV-VP", "issued": "2026-11-28", "organisation": DEFAULTS["organisation"], "signer": PERSON}
    entries = [
        {"file": "issued.pdf", **whole, "title": "GIÁM ĐỐC", "signed_by": ["person", "organisation"]},
        {"file": "copy.pdf", "kind": "copy", **whole, "signed_before": "2026-11-28T06:00:00+00:00"},
        {"file": "den.pdf", "kind": "income", "signed_by": ["organisation"]},
        {"file": "not-there.pdf", "regulation": "an-giang"},
    ]
    (tmp_path / "manifest.json").write_text(json.dumps({"documents": entries}, ensure_ascii=False), "utf-8")
    return tmp_path


def conformance(place: object, *words: str, regulation: str = "lai-chau") -> tuple[int, str]:
    done = CliRunner().invoke(main, ["run", "--target", f"signer={place}", "--regulation", regulation, *words])
    return done.exit_code, done.output


def test_a_folder_is_looked_at_by_its_manifest(folder: Path, tmp_path: Path) -> None:
    code, output = conformance(folder)
    assert code == 0, output
    manifest = folder / "manifest.json"
    told = manifest.read_text("utf-8").replace("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC").replace('"organisation"]', '"person"]')
    manifest.write_text(told.replace("2026-11-28T06", "2026-11-28T04"), "utf-8")
    report = tmp_path / "report.json"
    code, output = conformance(folder, "--only", "signer/whole", "--json", str(report))
    assert code == 1
    failed = {one["check"]: one for one in json.loads(report.read_text("utf-8"))["checks"] if one["result"] == "failed"}
    assert all("DER in Base64: MII" in "\n".join(one["evidence"]["calls"]) for one in failed.values())
    assert set(failed) == {
        f"signer/whole/{name}"
        for name in ("title-is-the-signers-own", "signed-by-who-should", "signing-time-is-that-of-signing")
    }


def test_a_failure_has_the_place_the_certificate_and_a_line_to_look_again(folder: Path, tmp_path: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"copy"', '"annex"'), "utf-8")
    report = tmp_path / "report.json"
    code, output = conformance(folder, "--only", "signer/annex/organisation-shown-number", "--json", str(report))
    assert code == 1, output
    (check,) = json.loads(report.read_text("utf-8"))["checks"]
    evidence = "\n".join(check["evidence"]["calls"])
    assert "mm from the left" in evidence
    assert "DER in Base64: MII" in evidence
    assert "mockca document judge" in evidence
    assert check["mismatches"][0]["where"].startswith("copy.pdf, Signature1, page 1")
    assert "--only signer/annex/organisation-shown-number" in check["reproduce"]


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (None, "has no manifest.yaml or manifest.json"),
        ("documents: []", "documents"),
        ("documents: [{file: a.pdf, kinds: issued}]", "kinds"),
        ("documents: [{file: ../a.pdf}]", "outside"),
        ("documents: [", "manifest.yaml"),
    ],
)
def test_a_manifest_that_is_wrong_is_told(tmp_path: Path, manifest: str | None, says: str) -> None:
    if manifest is not None:
        (tmp_path / "manifest.yaml").write_text(manifest, "utf-8")
    with pytest.raises(BadTarget, match=says):
        read_folder(tmp_path)
    assert conformance(tmp_path)[0] == 2


def test_what_is_not_signed_or_not_what_it_was_is_told_check_by_check(tmp_path: Path) -> None:
    (tmp_path / "draft.pdf").write_bytes(DRAFT.draft)
    entries = [
        Entry(file="draft.pdf", number="80/SNV-VP", title="GIÁM ĐỐC", signer="Ai đó", sha256="0" * 64, signed_by=()),
        Entry(file="lost.pdf", number="81/SNV-VP", regulation="an-giang"),
    ]
    found = {}
    for regulation in ("lai-chau", "an-giang"):
        settings = Settings(f"signer={tmp_path}", regulation, only=("signer/whole",))
        with closing(SignerRun(settings, Folder(tmp_path, tuple(entries)), lambda: NOON)) as run:
            for check in run.checks:
                found[regulation, check.id.rpartition("/")[2]] = run.judge(check)
    results = {name: one.result.value for (regulation, name), one in found.items() if regulation == "lai-chau"}
    assert {name for name, result in results.items() if result == "failed"} == {
        "number-and-date-are-those-given",
        "kept-as-it-was",
    }
    assert {name for name, result in results.items() if result == "passed"} == {
        "title-is-the-signers-own",
        "every-document-is-there",
        "signed-by-who-should",
    }
    assert "81/SNV-VP" in str(found["an-giang", "every-document-is-there"].mismatches[0])
    assert "No such file" in str(found["an-giang", "signatures-hold"].mismatches[0])


# --- a command, an endpoint --------------------------------------------------------------------------------------

COPY = "import shutil, sys; shutil.copy(*sys.argv[1:3])"
DRAFT = order(load("thai-binh"), "issued", NOON, DEFAULTS)


def command(code: str, *words: str, timeout: float = 30) -> Any:
    return opened(shlex.join([sys.executable, "-c", code, "{draft}", *words]), timeout, None)


def test_a_command_gets_the_draft_and_what_is_known_of_it() -> None:
    assert command(COPY, "{signed}").sign(DRAFT) == DRAFT.draft
    told = command("import sys; print(*sys.argv[2:])", "{kind}", "{number}", "{issued}", "{regulation}").sign(DRAFT)
    assert told.decode().split() == ["issued", "79/SNV-VP", "2026-11-28", "thai-binh"]


@pytest.mark.parametrize(
    ("code", "words", "timeout", "says"),
    [
        ("import sys; sys.exit('văn bản mật')", ("{signed}",), 30, "exit code 1: văn bản mật"),
        ("", ("{signed}",), 30, "no {signed} was written"),
        ("", (), 30, "nothing"),
        ("import time; time.sleep(60)", (), 0.3, "no answer in 0.3 s"),
    ],
)
def test_a_command_that_does_not_sign_is_told(code: str, words: tuple[str, ...], timeout: float, says: str) -> None:
    with pytest.raises(SignerFailed, match=says):
        command(code, *words, timeout=timeout).sign(DRAFT)


@pytest.mark.parametrize("place", ["no-such-folder", "no-such-command {draft}"])
def test_what_is_no_signer_cannot_be_tested(place: str) -> None:
    assert conformance(place, "--only", "signer/document/unsigned")[0] == 2
    assert conformance(place, "--only", "signer/nothing")[0] == 2
    assert conformance(place, "--given", "colour=blue")[0] == 2
    assert conformance(place, "--tsa", "http://127.0.0.1:9")[0] == 2


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Gives the draft back unsigned, refuses what is secret; `/broken` breaks."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = {"/refuses": 422, "/broken": 500}.get(self.path, 200)
            begin = body.find(b"%PDF")
            answer = body[begin : body.rfind(b"%%EOF") + 6] if status == 200 else "không ký".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_endpoint_is_sent_the_draft_and_answers_with_the_document(endpoint: str) -> None:
    assert opened(f"{endpoint}/sign", 30, None).sign(DRAFT).startswith(b"%PDF")  # type: ignore[union-attr]
    code, output = conformance(f"{endpoint}/sign", "--only", "signer/document/unsigned", regulation="thai-binh")
    assert code == 1
    assert "TB-13.3.1" in output
    for path, kind, says in (("refuses", SignerRefused, "HTTP 422: không ký"), ("broken", SignerFailed, "HTTP 500")):
        with pytest.raises(kind, match=says):
            opened(f"{endpoint}/{path}", 30, None).sign(DRAFT)  # type: ignore[union-attr]
    with pytest.raises(SignerFailed):
        opened("http://127.0.0.1:9/", 5, None).sign(DRAFT)  # type: ignore[union-attr]


def test_what_is_no_pdf_fails_every_check_and_a_refusal_is_what_is_wanted_of_a_secret_draft() -> None:
    with closing(run_of(FunctionSigner(lambda _: b"nothing"), "lai-chau")) as run:
        assert {run.judge(check).result for check in run.checks[1:4]} <= {Result.FAILED, Result.NOT_APPLICABLE}
        assert run.judge(run.checks[0]).result is Result.FAILED

    def heedful(one: Order) -> bytes:
        if one.entry.file == "unready-secret":
            raise SignerRefused("MẬT")
        return one.draft

    settings = replace(run.settings, only=("signer/document/secret",))
    with closing(SignerRun(settings, FunctionSigner(heedful), lambda: NOON)) as run:
        found = run.judge(run.checks[0])
    assert found.result is Result.PASSED
    assert "refused, as it should be: MẬT" in found.calls
