"""The HTTP target: whatever a system answers becomes a verdict or one clear sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.errors import BadCredentials, BadTarget
from conformance.redaction import HIDDEN, Redactor
from conformance.targets.credentials import Credentials, read_credentials
from conformance.targets.http import LONGEST_EVIDENCE, HttpTarget
from conformance.targets.wire import Wire
from scenarios import (
    Operation,
    Outcome,
    Performance,
    PortError,
    Result,
    StepEnded,
    StepResult,
    Verdict,
    load,
    main_line,
)
from tests.conformance.toy_server import TROUBLES, Server, toy_server, write_credentials


@contextmanager
def target_of(server: Server, tmp_path: Path, *, without: str = "") -> Iterator[HttpTarget]:
    credentials = read_credentials(write_credentials(tmp_path / "credentials.json", without=without))
    with closing(HttpTarget(server.url, "an-giang", credentials)) as target:
        yield target


@pytest.fixture
def target(tmp_path: Path) -> Iterator[HttpTarget]:
    with toy_server() as server, target_of(server, tmp_path) as found:
        yield found


def play(target: HttpTarget, until: str | None = None) -> dict[str, StepResult]:
    """The whole scenario, or its main line up to a step; the whole up to it where it is not on the main line."""
    scenario = load("an-giang/new-person")
    line = main_line(scenario)
    performance = Performance(line if until and line.step(until) else scenario, target, seed="1")
    return {event.result.step.id: event.result for event in performance.play(until) if isinstance(event, StepEnded)}


def play_with(tmp_path: Path, *defects: str, until: str) -> StepResult:
    """What comes of the step `until` against a toy with these defects."""
    with toy_server(*defects) as server, target_of(server, tmp_path) as target:
        return play(target, until)[until]


def test_the_toy_passes_every_step_over_http(target: HttpTarget) -> None:
    results = play(target)
    assert {result.result for result in results.values()} == {Result.PASSED}


def test_a_pin_letter_is_hidden_wherever_it_could_be_seen(target: HttpTarget) -> None:
    outcome = play(target, "issue")["issue"].outcome
    assert outcome is not None
    assert outcome.values["pin_letter"] == {"user_pin": HIDDEN, "so_pin": HIDDEN}
    assert "31415926" not in str(outcome)


def test_evidence_holds_the_exchange_without_credentials(tmp_path: Path) -> None:
    outcome = play_with(tmp_path, "echoes-credentials", until="term-over-cap").outcome
    assert outcome is not None
    (exchange,) = outcome.exchanges
    assert (exchange.method, exchange.status) == ("POST", 422)
    assert exchange.url.endswith("/api/v1/dossiers")
    assert '"validity_years": 6' in exchange.request
    assert "secret-of-" not in str(outcome)
    assert f"Bearer {HIDDEN}" in outcome.message


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("fails", "answered 500"),
        ("too-busy", "answered 429"),
        ("moved", "answered 302 with text/plain instead of JSON"),
        ("talks-html", "answered 200 with text/html instead of JSON"),
        ("talks-lists", "answered 200 with JSON that is no object"),
        ("talks-nonsense", "answered 200 with what cannot be read as JSON"),
        ("talks-in-circles", "answered 200 with what cannot be read as JSON"),
        ("refuses-in-html", "refused with 403 but text/html instead of JSON where application/problem+json belongs"),
        ("forgets-accounts", "does not know registrar's credential (401)"),
    ],
)
def test_an_answer_that_breaks_the_contract_fails_the_step_in_one_sentence(
    tmp_path: Path, trouble: str, says: str
) -> None:
    assert trouble in TROUBLES
    result = play_with(tmp_path, trouble, until="return")
    assert result.result is Result.FAILED
    (mismatch,) = result.mismatches
    assert says in mismatch.got


def test_a_path_that_the_target_lacks_is_skipped(tmp_path: Path) -> None:
    result = play_with(tmp_path, "lacks-it", until="return")
    assert result.result is Result.SKIPPED
    assert "answered 404" in result.reason


def test_an_actor_without_account_is_skipped(tmp_path: Path) -> None:
    with toy_server() as server, target_of(server, tmp_path, without="company") as target:
        result = play(target, "company-refused")["company-refused"]
    assert result.result is Result.SKIPPED
    assert result.reason == "no credential for company under an-giang"


# --- the publisher ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("defect", "says"),
    [
        ("no-addresses", "issuer: the certificate gives no http address for it"),
        ("no-issuer", "is no DER certificate"),
        ("other-issuer", "the certificate was not signed by the one at"),
        ("publisher-down", "answered 503"),
        ("publisher-talks-html", "crl: {url}/pki/full.crl is no CRL"),
        ("publisher-talks-html", "is no OCSP response"),
        ("delta-down", "delta: {url}/pki/delta.crl answered 503"),
        ("crl-signed-by-another", "crl: its signature is not the issuer's"),
        ("crl-of-another", "crl: its issuer is CN=Someone else, not CN=CA"),
        ("crl-from-the-future", "crl: its thisUpdate"),
        ("crl-expired", "crl: its nextUpdate"),
        ("crl-unnumbered", "crl: it has no CRL number"),
        ("delta-without-indicator", "delta: it has no delta CRL indicator"),
        ("delta-ahead", "but the full CRL served is older"),
        ("ocsp-signed-by-another", "ocsp_get: its signature does not verify"),
        ("ocsp-by-a-stranger", "ocsp_get: its signer was not certified by the issuer"),
        ("undelegated", "lacks the extended key usage OCSPSigning"),
        ("no-purpose", "lacks the extended key usage OCSPSigning"),
        ("delta-behind", "delta: its number 0 is lower than the full CRL's 1"),
        ("ocsp-of-another", "ocsp_post: it is about serial"),
        ("ocsp-from-the-future", "ocsp_get: its thisUpdate"),
        ("ocsp-expired", "ocsp_get: its nextUpdate"),
        ("nonce-forgotten", "ocsp_post: it does not repeat the request's nonce"),
    ],
)
def test_a_face_that_cannot_be_believed_is_told(tmp_path: Path, defect: str, says: str) -> None:
    result = play_with(tmp_path, defect, until="faces-when-issued")
    assert result.result is Result.FAILED
    assert result.outcome is not None
    faults = [str(fault) for fault in result.outcome.values["faults"]]
    url = result.outcome.exchanges[-1].url.partition("/api/")[0]
    assert any(says.format(url=url) in fault for fault in faults), faults


def test_an_ocsp_failure_is_a_word_of_its_own(tmp_path: Path) -> None:
    outcome = play_with(tmp_path, "ocsp-refuses", until="faces-when-issued").outcome
    assert outcome is not None
    assert outcome.values["ocsp_get"] == "tryLater"


def test_a_delta_that_leaves_out_a_change_contradicts_the_base_that_readers_have(tmp_path: Path) -> None:
    result = play_with(tmp_path, "delta-forgets", until="faces-when-effective")
    assert [str(one) for one in result.mismatches] == [
        (
            "faces: expected sound answers, found delta: a reader with CRL number 1 and this delta believes "
            "certificateHold, the full CRL says absent"
        )
    ]


@pytest.mark.parametrize("manner", ["crl-in-pem", "ocsp-by-the-issuer"])
def test_what_the_standards_leave_open_is_read_too(tmp_path: Path, manner: str) -> None:
    assert play_with(tmp_path, manner, until="faces-when-issued").result is Result.PASSED


@pytest.mark.parametrize(
    ("defect", "says"), [("no-pem", "has no PEM that can be read"), ("pem-of-another", "has the serial number 99")]
)
def test_a_certificate_that_is_not_the_one_is_no_answer(tmp_path: Path, defect: str, says: str) -> None:
    result = play_with(tmp_path, defect, until="faces-when-issued")
    assert result.result is Result.FAILED
    assert says in result.mismatches[0].got


def test_faces_of_a_number_that_was_never_issued(target: HttpTarget) -> None:
    issued = play(target, "issue")["issue"].outcome
    assert issued is not None
    serial = issued.values["certificate"]["serial"]
    body = {"certificate": "1f00aa", "issuer_of": serial}
    said = target.perform(Operation.COMPARE_FACES, "authority", body).values
    assert [said[face] for face in ("crl", "delta", "ocsp_get", "ocsp_post", "portal", "api")] == [
        "absent",
        "absent",
        "unknown",
        "unknown",
        "not found",
        "not found",
    ]
    assert said["faults"] == []
    unknown = target.perform(Operation.COMPARE_FACES, "authority", {"certificate": "1f00aa"})
    assert unknown.verdict is Verdict.REFUSED


def test_what_is_no_serial_number_is_not_asked_about(target: HttpTarget) -> None:
    with pytest.raises(PortError, match="'device 7' is no serial number"):
        target.perform(Operation.COMPARE_FACES, "authority", {"certificate": "device 7"})


def test_whatever_a_parser_throws_at_a_foreign_certificate_is_a_finding(tmp_path: Path) -> None:
    result = play_with(tmp_path, "addresses-twice", until="faces-when-issued")
    assert result.outcome is not None
    (fault,) = result.outcome.values["faults"]
    assert fault.startswith("publisher: what it published cannot be read: DuplicateExtension")


# --- lists, units, time -----------------------------------------------------------------------------------------


def test_a_list_is_read_to_its_last_page(target: HttpTarget) -> None:
    serial = play(target, "return-device")["issue"].outcome
    assert serial is not None
    wanted = {"certificate": serial.values["certificate"]["serial"]}
    listed = target.perform(Operation.READ_ANNOUNCEMENTS, "nobody", wanted)
    assert [one["kind"] for one in listed.values["items"]] == ["activation", "revocation"]


def test_a_list_that_is_refused_is_a_refusal(target: HttpTarget) -> None:
    assert target.perform(Operation.READ_DEADLINES, "nobody", {"about": "x"}).verdict is Verdict.UNSUPPORTED


def test_ones_own_unit_is_found_by_who_one_is(target: HttpTarget) -> None:
    assert target.perform(Operation.READ_UNIT, "agency", {}).values["name"] == "Văn phòng"


def test_a_unit_that_is_in_no_list_is_told(tmp_path: Path) -> None:
    with (
        toy_server("unlisted") as server,
        target_of(server, tmp_path) as target,
        pytest.raises(PortError, match="agency belongs to office, which is in no"),
    ):
        target.perform(Operation.READ_UNIT, "agency", {})


def test_without_a_clock_to_read_the_time_is_that_of_the_answers(tmp_path: Path) -> None:
    for defect, without in (("", "trainer"), ("clockless", "")):
        with toy_server(defect) as server, target_of(server, tmp_path, without=without) as target:
            assert abs(target.now() - datetime.now(UTC)) < timedelta(hours=1)


# --- starting ---------------------------------------------------------------------------------------------------


def test_a_target_that_knows_the_regulation_can_be_tested(target: HttpTarget) -> None:
    target.check()


def test_a_target_that_does_not_know_the_regulation_cannot(tmp_path: Path) -> None:
    path = write_credentials(tmp_path / "credentials.json")
    with (
        toy_server() as server,
        closing(HttpTarget(server.url, "lai-chau", read_credentials(path))) as target,
        pytest.raises(BadTarget, match="does not know the regulation lai-chau"),
    ):
        target.check()


def test_a_target_without_accounts_cannot_be_tested(tmp_path: Path) -> None:
    with toy_server() as server, pytest.raises(BadTarget, match="--credentials FILE"):
        HttpTarget(server.url, "an-giang").check()


def test_a_target_that_nobody_runs_cannot_be_tested(tmp_path: Path) -> None:
    with toy_server() as server:
        gone = server
    with target_of(gone, tmp_path) as target:
        for method in (target.check, target.reset):
            with pytest.raises(BadTarget, match="could not be asked"):
                method()


def test_a_reset_needs_the_trainer(tmp_path: Path) -> None:
    with toy_server() as server, target_of(server, tmp_path) as target:
        target.reset()
        assert server.resets == 1
        wrong = Credentials.model_validate({"accounts": [{"name": "trainer", "credential": "wrong"}]})
        with (
            closing(HttpTarget(server.url, "an-giang", wrong)) as stranger,
            pytest.raises(BadTarget, match="does not know trainer's credential"),
        ):
            stranger.reset()


def transport(answer: Any) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: answer)


def test_a_reset_that_is_refused_is_told() -> None:
    problem = httpx.Response(
        403, headers={"content-type": "application/problem+json"}, json={"title": "không được phép", "violations": "x"}
    )
    target = HttpTarget("http://x.test/demo", "an-giang", transport=transport(problem))
    with pytest.raises(BadTarget, match="could not be reset: không được phép"):
        target.reset()


def test_a_target_without_any_time_cannot_tell_it() -> None:
    target = HttpTarget("http://x.test/demo", "an-giang", transport=transport(httpx.Response(200)))
    with pytest.raises(PortError, match="no Date header"):
        target.now()


@pytest.mark.parametrize("refused", ["/me", "/units"])
def test_own_unit_is_refused_with_who_one_is_and_with_the_list(refused: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        problem = {"content-type": "application/problem+json"}
        if request.url.path.endswith(refused):
            return httpx.Response(403, headers=problem, json={"detail": "no"})
        return httpx.Response(200, json={"unit": "office", "items": "none"})

    credentials = Credentials.model_validate({"accounts": [{"name": "agency", "credential": "x"}]})
    target = HttpTarget("http://x.test/demo", "an-giang", credentials, transport=httpx.MockTransport(answer))
    assert target.perform(Operation.READ_UNIT, "agency", {}).verdict is Verdict.REFUSED


def outcome_of(response: httpx.Response, operation: Operation = Operation.READ_DOSSIER) -> Outcome:
    credentials = Credentials.model_validate({"accounts": [{"name": "agency", "credential": "x"}]})
    target = HttpTarget("http://x.test/demo", "an-giang", credentials, transport=transport(response))
    return target.perform(operation, "agency", {"dossier": 1, "certificate": "1", "at": "2026-01-01T00:00:00+07:00"})


def test_an_answer_without_its_state_has_none() -> None:
    assert outcome_of(httpx.Response(200, json={"number": 1})).state is None


def test_a_long_answer_is_cut_in_the_evidence() -> None:
    (exchange,) = outcome_of(httpx.Response(200, json={"text": "x" * 9000})).exchanges
    assert len(exchange.response) < LONGEST_EVIDENCE + 10


def test_a_query_travels_in_the_url() -> None:
    (exchange,) = outcome_of(httpx.Response(200, json={}), Operation.READ_STATUS).exchanges
    assert exchange.url.endswith("/certificates/1/status?at=2026-01-01T00%3A00%3A00%2B07%3A00")


# --- the wire ---------------------------------------------------------------------------------------------------


def test_a_url_that_is_none_is_told() -> None:
    with pytest.raises(PortError, match="could not be asked"):
        Wire().send("GET", "http://[")


# --- credentials and redaction ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "credentials.json:1: not JSON"),
        ('{"accounts": [{"name": "a", "credential": 5}]}', "accounts.0.credential: Input should be a valid string"),
        ('{"accounts": [{"credential": "top-secret"}]}', "accounts.0.name: Field required"),
        ("[]", "file: Input should be"),
    ],
)
def test_a_credentials_file_that_cannot_be_used_is_told_without_what_is_in_it(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(text)
    with pytest.raises(BadCredentials) as caught:
        read_credentials(path)
    assert says in str(caught.value)
    assert "top-secret" not in str(caught.value)


def test_a_credentials_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadCredentials, match="No such file"):
        read_credentials(tmp_path / "credentials.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(BadCredentials, match="not UTF-8"):
        read_credentials(tmp_path / "binary")


def test_an_actor_is_the_account_of_the_province_before_the_general_one(tmp_path: Path) -> None:
    accounts = [{"name": "registrar", "credential": "general"}, {"name": "registrar@an-giang", "credential": "own"}]
    credentials = Credentials.model_validate({"accounts": accounts})
    assert credentials.of("registrar", "an-giang") == "own"
    assert credentials.of("registrar", "lai-chau") == "general"
    assert credentials.of("agency", "an-giang") is None
    assert "own" not in repr(credentials)


def test_secrets_are_hidden_by_name_and_by_value() -> None:
    redactor = Redactor(["", "abc", "abcdef"])
    given = {"user_pin": "123456", "deep": [{"Token": "t"}, "abcdef abc"], "credential": None, "pinned": "kept", "n": 1}
    assert redactor.value(given) == {
        "user_pin": HIDDEN,
        "deep": [{"Token": HIDDEN}, f"{HIDDEN} {HIDDEN}"],
        "credential": None,
        "pinned": "kept",
        "n": 1,
    }
    assert redactor.json({"note": "abc"}) == f'{{"note": "{HIDDEN}"}}'
