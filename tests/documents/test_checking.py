"""Checking documents: what comes in may be anything, what goes out is a verdict with its clause and words."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from asn1crypto import cms, crl, ocsp, x509
from click.testing import CliRunner

from conformance.corpus import cases
from conformance.corpus.export import write
from conformance.corpus.making import Made, Maker
from conformance.corpus.signing import digest, token
from conformance.corpus.signing import run as run_signing
from conformance.corpus.statuses import crl as crl_of
from conformance.corpus.statuses import response
from conformance.law import law
from mockca.cli.document import command
from token_emulator.documents.checking import (
    CheckingError,
    Effect,
    Evidence,
    Verdict,
    check,
    fetched,
    read_folder,
    reasons,
    timestamps,
)
from token_emulator.documents.checking.fetching import is_here

pytestmark = pytest.mark.xdist_group("checking")
AT = datetime(2026, 6, 1, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker()


def made(maker: Maker, id_: str) -> Made:
    return maker.make(next(case for case in cases() if case.id == id_))


def laid_out(folder: Path, one: Made) -> tuple[Path, Path]:
    return write(folder, one)


def test_every_reason_has_a_clause_of_the_law_or_is_our_choice_and_vietnamese_in_nfc() -> None:
    for code, reason in reasons().items():
        assert reason.clause is None or reason.clause in law().clauses, code
        assert unicodedata.is_normalized("NFC", reason.vi)
        assert reason.en


def test_a_revoked_signer_fails_the_status_and_no_other_check(maker: Maker, tmp_path: Path) -> None:
    one = made(maker, "revocation/signed-after-cms")
    report = check(one.document, read_folder(laid_out(tmp_path, one)[1]), one.at)
    told = report.as_json()
    assert (told["verdict"], told["reason"], told["clause"]) == ("failed", "revoked", "ND68-31.1.c")
    assert told["vi"] == "Chứng thư số đã bị thu hồi khi ký"
    assert told["checks"] == {"signature": "ok", "status": "failed", "path": "ok"}
    (signature,) = told["signatures"]
    assert signature["signer"] == "Bùi Văn Khang (MÔ PHỎNG)"
    assert signature["is_time_proven"] is True


def test_the_timestamp_is_the_time_of_signing_and_the_signers_clock_only_without_it(
    maker: Maker, tmp_path: Path
) -> None:
    one = made(maker, "time/vietnam-time-as-utc-cms")
    (signature,) = check(one.document, read_folder(laid_out(tmp_path, one)[1]), one.at).signatures
    assert signature.signed_at == datetime(2026, 3, 10, 3, tzinfo=UTC)
    assert [each.reason.code for each in signature.findings] == ["clock-differs"]
    bare = made(maker, "valid/not-stamped-cms")
    (signature,) = check(bare.document, read_folder(laid_out(tmp_path, bare)[1]), bare.at).signatures
    assert not signature.is_time_proven
    assert signature.signed_at == datetime(2026, 3, 10, 3, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["pdf", "xml", "cms"])
def test_whatever_the_octets_are_there_is_a_verdict_and_never_a_good_one(maker: Maker, kind: str) -> None:
    one = made(maker, f"valid/stamped-{kind}")
    evidence = evidence_of(maker)
    spoilt = [b"", b"\0", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"%PDF-1.7", b"0\x80", b"\xff" * 300]
    size = len(one.document)
    spoilt += [one.document[: size * part // 7] for part in range(1, 7)]
    spoilt += [one.document[:at] + b"\xff\0" + one.document[at + 2 :] for at in range(size // 2, size - 90, size // 9)]
    for content in spoilt:
        assert check(content, evidence, AT).verdict is not Verdict.OK


def test_a_detached_signature_needs_what_it_is_over(maker: Maker) -> None:
    from conformance.corpus.documents import text
    from conformance.corpus.model import Sign
    from conformance.corpus.signing import cms_over

    signature = cms_over(maker.world, Sign(), digest("sha256", text()))
    evidence = evidence_of(maker)
    assert check(signature, evidence, AT, detached=text()).verdict is Verdict.OK
    assert check(signature, evidence, AT).why.reason.code == "unreadable"  # type: ignore[union-attr]
    assert check(signature, evidence, AT, detached=text() + b".").why.reason.code == "altered"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("algorithm", "year", "proves"),
    [("sha256", 2026, True), ("sha1", 2026, False), ("sha1", 2016, True), ("md5", 2016, False)],
)
def test_a_timestamp_over_a_digest_that_can_be_forged_proves_nothing(
    maker: Maker, algorithm: str, year: int, proves: bool
) -> None:
    stamped = datetime(year, 3, 10, 3, tzinfo=UTC)
    given = replace(evidence_of(maker), crls=())
    made = run_signing(token(maker.world, "tsa", stamped, digest(algorithm, b"x"), algorithm))
    signed: cms.SignedData = cms.ContentInfo.load(made)["content"]
    found = asyncio.run(timestamps.checked(signed, lambda name: digest(name, b"x"), given, AT))
    weak = [one for one in found.findings if one.detail in ("SHA1", "MD5")]
    assert (not weak) is proves
    assert found.time is None


def test_an_instant_without_a_zone_is_no_instant(maker: Maker) -> None:
    with pytest.raises(ValueError, match="time zone"):
        check(b"", evidence_of(maker), datetime(2026, 6, 1))  # noqa: DTZ001


def evidence_of(maker: Maker) -> Evidence:
    """What is published at the instant of signing and now, without files."""
    from conformance.corpus.model import instant

    holder = maker.world.holder
    lists = [
        crl.CertificateList.load(crl_of(maker.world, authority, instant(when)))
        for authority in ("g2-root", "g2-state", "g2-services")
        for when in ("signing", "check")
    ]
    return Evidence(
        (holder("g2-root").certificate,),
        (holder("g2-state").certificate, holder("g2-services").certificate),
        tuple(lists),
    )


# --- evidence as files -------------------------------------------------------------------------------------------


def test_evidence_is_read_from_der_and_pem_and_from_the_portals_answer(maker: Maker, tmp_path: Path) -> None:
    one = made(maker, "effect/signed-after-effect-cms")
    document, evidence = laid_out(tmp_path, one)
    path = evidence / "anchors" / "g2-root.der"
    from asn1crypto import pem

    (evidence / "anchors" / "root.pem").write_bytes(pem.armor("CERTIFICATE", path.read_bytes()))
    path.unlink()
    announced = json.loads((evidence / "announcements.json").read_text("utf-8"))
    (evidence / "announcements.json").write_text(json.dumps({"items": announced}), "utf-8")
    report = check(document.read_bytes(), read_folder(evidence), one.at, Effect.ANNOUNCEMENT)
    assert report.verdict is Verdict.OK


@pytest.mark.parametrize(
    ("place", "content", "said"),
    [
        ("crls/a.crl", b"no list", "a.crl cannot be read"),
        ("announcements.json", b"[{}]", "announcements.json has no announcements"),
        ("announcements.json", b'[{"serial": "1", "effective_at": "2026-01-01T00:00:00"}]', "has no announcements"),
        ("announcements.json", b"{", "has no announcements"),
    ],
)
def test_evidence_that_is_none_is_told_by_its_file(
    maker: Maker, tmp_path: Path, place: str, content: bytes, said: str
) -> None:
    _, evidence = laid_out(tmp_path, made(maker, "valid/stamped-cms"))
    (evidence / place).write_bytes(content)
    with pytest.raises(CheckingError, match=said):
        read_folder(evidence)


def test_without_an_anchor_nothing_can_be_checked(tmp_path: Path) -> None:
    with pytest.raises(CheckingError, match="put the root that is to be trusted there"):
        read_folder(tmp_path)


# --- fetching ----------------------------------------------------------------------------------------------------


class Published:
    """The addresses in the corpus's certificates, answered from here."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        world, name = self.maker.world, request.url.path.strip("/")
        if name.endswith(".crt"):
            return httpx.Response(200, content=world.holder(name[:-4]).certificate.dump())
        if name.endswith(".crl"):
            return httpx.Response(200, content=crl_of(world, name[:-4], AT))
        wanted = ocsp.OCSPRequest.load(request.content)["tbs_request"]["request_list"][0]["req_cert"]
        if wanted["serial_number"].native == world.serial("an"):
            return httpx.Response(200, content=response(world, "an", AT, by="g2-state-ocsp"))
        return httpx.Response(404)


@pytest.fixture
def published(maker: Maker) -> Published:
    return Published(maker)


def test_what_is_missing_is_fetched_from_the_addresses_in_the_certificates(maker: Maker, published: Published) -> None:
    one = made(maker, "valid/not-stamped-cms")
    bare = Evidence((maker.world.holder("g2-root").certificate,))
    assert check(one.document, bare, AT).verdict is Verdict.INDETERMINATE
    client = httpx.Client(transport=httpx.MockTransport(published))
    known = fetched(one.document, bare, anywhere=True, client=client)
    assert check(one.document, known, AT).verdict is Verdict.OK
    assert "GET /g2-state.crt" in published.asked
    assert "POST /ocsp" in published.asked
    assert any("g2-state.crl" in line for line in known.fetched)


def test_what_is_missing_is_fetched_for_a_detached_signature_too(maker: Maker, published: Published) -> None:
    from conformance.corpus.documents import text
    from conformance.corpus.model import Sign
    from conformance.corpus.signing import cms_over

    signature = cms_over(maker.world, Sign(), digest("sha256", text()))
    bare = Evidence((maker.world.holder("g2-root").certificate,))
    client = httpx.Client(transport=httpx.MockTransport(published))
    known = fetched(signature, bare, detached=text(), anywhere=True, client=client)
    assert check(signature, known, AT, detached=text()).verdict is Verdict.OK


def test_addresses_beyond_this_machine_are_not_asked_unless_wanted(maker: Maker, published: Published) -> None:
    one = made(maker, "valid/not-stamped-cms")
    client = httpx.Client(transport=httpx.MockTransport(published))
    known = fetched(one.document, Evidence((maker.world.holder("g2-root").certificate,)), client=client)
    assert published.asked == []
    assert all("not asked" in line for line in known.fetched)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8400/demo/pki/ca.crl", True),
        ("http://[::1]/ca.crl", True),
        ("http://localhost/ca.crl", True),
        ("http://10.0.0.1/ca.crl", False),
        ("http://127.0.0.1.corpus.test/ca.crl", False),
        ("http://[", False),
        ("ldap:///cn=ca", False),
    ],
)
def test_which_addresses_are_this_machines(address: str, here: bool) -> None:
    assert is_here(address) is here


def test_an_answer_that_is_nothing_is_told_and_left_out(maker: Maker) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(".crl"):
            return httpx.Response(200, content=b"<html>")
        raise httpx.ConnectError("nobody there")

    one = made(maker, "valid/not-stamped-cms")
    bare = Evidence((maker.world.holder("g2-root").certificate,), (maker.world.holder("g2-state").certificate,))
    client = httpx.Client(transport=httpx.MockTransport(answers))
    known = fetched(one.document, bare, anywhere=True, client=client)
    assert known.crls == ()
    assert any(line.endswith("no CRL") for line in known.fetched)
    assert any(line.endswith("ConnectError") for line in known.fetched)
    assert fetched(b"nothing", bare) is bare


# --- the command -------------------------------------------------------------------------------------------------


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(command, ["check", *map(str, arguments)])
    return done.exit_code, done.output


def test_the_command_says_what_holds_and_its_exit_code_too(maker: Maker, tmp_path: Path) -> None:
    document, evidence = laid_out(tmp_path, made(maker, "suspension/lifted-since-xml"))
    code, said = run(document, "--evidence", evidence, "--at", "2026-06-01T10:00:00+07:00")
    assert code == 1
    assert "document.xml: không hợp lệ / not valid" in said
    assert "Chứng thư số đang bị tạm dừng khi ký (ND130-3.8)" in said
    document, evidence = laid_out(tmp_path, made(maker, "valid/two-signatures-pdf"))
    code, said = run(document, "--evidence", evidence, "--at", "2026-06-01T03:00:00", "--effect", "announcement")
    assert code == 0
    assert "2. SỞ KHOA HỌC VÀ CÔNG NGHỆ (MÔ PHỎNG): hợp lệ / valid" in said
    document, evidence = laid_out(tmp_path, made(maker, "sources/none-cms"))
    code, said = run(document, "--evidence", evidence, "--at", "2026-06-01T03:00:00Z", "--json", "--fetch")
    assert code == 3
    assert json.loads(said)["reason"] == "revocation-unknown"


def test_the_command_says_what_it_lacks(maker: Maker, tmp_path: Path) -> None:
    document, _ = laid_out(tmp_path, made(maker, "valid/stamped-cms"))
    code, said = run(document, "--evidence", tmp_path)
    assert code == 2
    assert "put the root that is to be trusted there" in said
    code, said = run(document, "--evidence", tmp_path, "--at", "tomorrow")
    assert code == 2
    assert "is no instant" in said


def test_certificates_are_compared_as_certificates_not_as_names(maker: Maker) -> None:
    assert isinstance(maker.world.holder("forged").certificate, x509.Certificate)
    forged, real = maker.world.holder("forged").certificate, maker.world.holder("an").certificate
    assert forged.subject == real.subject
    assert forged.issuer == real.issuer
    assert forged.authority_key_identifier == real.authority_key_identifier
