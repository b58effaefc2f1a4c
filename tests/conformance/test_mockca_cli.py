"""`mockca scenario`, `mockca states` and the temporary server, against the toy and against fakes that fail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockca.cli import main, temporary_server
from mockca.errors import SetUpError
from tests.conformance.toy_server import toy_server, write_credentials


def mockca(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def credentials(tmp_path: Path) -> str:
    return str(write_credentials(tmp_path / "credentials.json"))


def test_the_scenarios_are_listed_in_both_languages() -> None:
    listed = mockca("scenario", "list")
    assert listed.exit_code == 0
    assert "an-giang/new-person" in listed.output
    assert "từ đề nghị đến thu hồi" in listed.output
    assert "from request to revocation" in listed.output


def test_a_scenario_is_told_step_by_step(credentials: str) -> None:
    with toy_server() as server:
        played = mockca("scenario", "play", "an-giang/new-person", "--target", server.url, "--credentials", credentials)
    assert played.exit_code == 0, played.output
    assert "Thuê bao nộp hồ sơ đủ, đúng mẫu cho Sở." in played.output
    assert "The subscriber files a complete dossier" in played.output
    assert "⊘" in played.output  # a refusal that was due
    assert "crl: certificateHold" in played.output
    assert "registrar · AG-12.1" in played.output
    assert "secret-of-" not in played.output
    assert "31415926" not in played.output


def test_a_scenario_stops_where_it_is_told_to(credentials: str) -> None:
    where = ("--target", "", "--credentials", credentials)
    with toy_server() as server:
        where = ("--target", server.url, "--credentials", credentials)
        played = mockca("scenario", "play", "an-giang/new-person", "--until", "file", *where)
        assert len(server.toy.dossiers) == 1
        assert server.toy.dossiers[1]["state"] == "filed"
    assert played.exit_code == 0
    assert "Stopped after file" in played.output


def test_a_step_that_goes_wrong_is_told_and_ends_with_1(credentials: str) -> None:
    with toy_server("effective-at-once") as server:
        played = mockca("scenario", "play", "an-giang/new-person", "--target", server.url, "--credentials", credentials)
    assert played.exit_code == 1
    assert "state: expected issued, found effective" in played.output
    assert "issue did not go well" in played.output


def test_the_clock_is_told(credentials: str) -> None:
    with toy_server("turns-clock") as server:
        where = ("--target", server.url, "--credentials", credentials)
        played = mockca("scenario", "play", "an-giang/late-delivery", "--until", "a-friday", *where)
    assert played.exit_code == 0, played.output
    assert "T02:00:00+00:00" in played.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("play", "an-giang/no-such"), "no scenario 'an-giang/no-such'; there are: an-giang/"),
        (("play", "an-giang/new-person", "--until", "nowhere"), "has no step 'nowhere'; its steps:"),
        (("play", "an-giang/new-person", "--target", "http://127.0.0.1:9/demo"), "needs its accounts: --credentials"),
    ],
)
def test_what_cannot_be_played_ends_with_2_and_says_what_to_do(arguments: tuple[str, ...], says: str) -> None:
    played = mockca("scenario", *arguments)
    assert played.exit_code == 2
    assert says in played.output


def test_the_table_of_states_has_a_row_for_each_state_reached(credentials: str) -> None:
    with toy_server("turns-clock") as server:
        where = ("--target", server.url, "--credentials", credentials)
        shown = mockca("states", "--regulation", "an-giang", *where)
        assert server.resets == 0  # somebody else's sandbox is left as it is
    assert shown.exit_code == 0, shown.output
    for state in ("issued", "effective", "suspended", "revoked", "expired", "unknown"):
        assert state in shown.output
    assert "Every face agrees" in shown.output


def test_a_face_that_contradicts_the_others_ends_the_table_with_1(credentials: str) -> None:
    with toy_server("turns-clock", "crl-forgets") as server:
        where = ("--target", server.url, "--credentials", credentials)
        shown = mockca("states", "--regulation", "an-giang", *where)
    assert shown.exit_code == 1
    assert "✗ faces-when-revoked: crl: expected keyCompromise, found absent" in shown.output


def test_states_without_a_target_that_answers_end_with_2(credentials: str) -> None:
    where = ("--target", "http://127.0.0.1:9/demo", "--credentials", credentials)
    shown = mockca("states", "--regulation", "an-giang", *where)
    assert shown.exit_code == 2
    assert "could not be asked" in shown.output


# --- the temporary server -----------------------------------------------------------------------------------------


def fake(code: str) -> tuple[str, ...]:
    """A command that runs this code in place of `mockca serve`."""
    return (sys.executable, "-c", code)


def test_a_server_that_ends_at_once_is_an_error_with_what_it_said(tmp_path: Path) -> None:
    serve = fake("import sys; print('credential: top-secret'); sys.exit('không có SoftHSM2')")
    with pytest.raises(SetUpError) as caught, temporary_server.temporary_server(tmp_path, serve=serve):
        pass
    assert "ended with 1" in str(caught.value)
    assert "không có SoftHSM2" in str(caught.value)
    assert "top-secret" not in str(caught.value)


def test_a_server_that_never_answers_is_given_up_and_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary_server, "START_SECONDS", 0.0)
    monkeypatch.setattr(temporary_server, "STOP_SECONDS", 0.2)
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    serve = fake(stubborn)
    with pytest.raises(SetUpError, match="did not answer"), temporary_server.temporary_server(tmp_path, serve=serve):
        pass
