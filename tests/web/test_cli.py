"""`mockca sandbox`, `mockca clock` and what `mockca serve` refuses, on a real data folder."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockca.cli import main, sandbox
from mockca.cli import serve as serving
from mockca.desk.sandbox import Sandboxes
from mockca.errors import SetUpError
from mockca.registry import certificates
from mockca.rules.loading import available
from mockca.web import server
from tests.web.conftest import BASE, SMALL_KEYS

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound to it


@pytest.fixture(autouse=True)
def small_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA-4096 keys take seconds to make, and none of these tests looks at them."""
    monkeypatch.setattr(sandbox, "KEYS", SMALL_KEYS)


def run(*arguments: object, code: int = 0, typed: str = "") -> Result:
    result = CliRunner().invoke(main, [str(each) for each in arguments], input=typed)
    assert result.exit_code == code, result.output
    return result


def test_sandboxes_are_listed_with_their_clocks(home: Path) -> None:
    assert run("sandbox", "list", "--data", home).output == (
        f"demo\t2025-03-03T02:00:00+00:00\t{BASE}/demo\t{', '.join(available())}\n"
    )


def test_the_data_folder_may_come_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKCA_DATA", str(home))
    assert "demo" in run("sandbox", "list").output


def test_a_sandbox_is_made_as_asked(tmp_path: Path) -> None:
    start = "2026-01-05T08:00:00+07:00"
    asked = ("--seed", "lop-1", "--regulations", "an-giang", "--start", start, "--frozen")
    said = run("sandbox", "create", "lop-1", "--data", tmp_path / "data", *asked).output
    assert said == f"{BASE}/lop-1\tseed lop-1\tan-giang\n"
    assert (
        "2026-01-05T01:00:00+00:00\tđứng"
        in run("clock", "show", "--data", tmp_path / "data", "--sandbox", "lop-1").output
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Bad Name",), "name"),
        (("x", "--start", "tomorrow"), "no instant"),
        (("x", "--start", "2026-01-05T08:00:00"), "time zone"),
        (("x", "--start", "0001-01-05T08:00:00Z"), "no clock shows"),
        (("x", "--regulations", "atlantis"), "atlantis"),
        (("demo",), "exists"),
    ],
)
def test_a_sandbox_that_cannot_be_is_not_made(home: Path, arguments: tuple[str, ...], says: str) -> None:
    result = CliRunner().invoke(main, ["sandbox", "create", *arguments, "--data", str(home)])
    assert result.exit_code in (1, 2)
    assert says in result.output
    assert "Traceback" not in result.output
    assert Sandboxes(home, BASE).names() == ("demo",)


def test_a_reset_asks_first(home: Path) -> None:
    run("sandbox", "reset", "demo", "--data", home, typed="n\n", code=1)
    assert "seed web" in run("sandbox", "reset", "demo", "--data", home, typed="y\n").output
    assert "seed other" in run("sandbox", "reset", "demo", "--data", home, "--yes", "--seed", "other").output


def test_a_reset_of_what_is_not_there_tells_what_is(home: Path, tmp_path: Path) -> None:
    assert "demo" in run("sandbox", "reset", "nowhere", "--data", home, "--yes", code=1).output
    assert "mockca sandbox create demo" in run("clock", "show", "--data", tmp_path / "empty", code=1).output


def test_a_seed_that_is_none_is_refused(home: Path) -> None:
    assert "seed" in run("sandbox", "reset", "demo", "--data", home, "--yes", "--seed", "no good", code=1).output


def test_the_clock_is_turned_from_the_command_line(home: Path) -> None:
    def turn(*arguments: str) -> str:
        return run("clock", *arguments, "--data", home).output.split("\n")[0]

    assert turn("set", "2025-03-04T09:00:00+07:00").startswith("2025-03-04T02:00:00+00:00\tđứng")
    assert turn("advance", "1w2d3h4m5s").startswith("2025-03-13T05:04:05+00:00")
    assert "chạy" in turn("resume")
    assert "đứng" in turn("freeze")
    assert "đứng" in turn("show")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("advance", "soon"), 2, "30d"),
        (("advance", "0s"), 1, "advance_seconds"),
        (("advance", "90000w"), 1, "advance_seconds"),
        (("set", "2026-01-01"), 2, "offset"),
        (("set", "now"), 2, "offset"),
        (("set", "1900-01-01T00:00:00Z"), 1, "no clock shows"),
    ],
)
def test_a_turn_that_cannot_be_is_refused(home: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    assert says in run("clock", *arguments, "--data", home, code=code).output


def test_what_fell_due_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mockca.desk.views import ClockView

    opened = Sandboxes(home, BASE).open("demo")
    reading = opened.clock.reading()
    view = ClockView(now=reading.now, frozen=True, scale=1.0, epoch=1, ran=("activation 1 published",))
    monkeypatch.setattr("mockca.desk.control.turn_clock", lambda *_: view)
    assert "  activation 1 published" in run("clock", "advance", "1d", "--data", home).output


# --- serve ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", [EVERYWHERE, "192.0.2.1", "::"])
def test_an_address_that_others_can_reach_is_refused(tmp_path: Path, host: str) -> None:
    result = run("serve", "--data", tmp_path / "data", "--host", host, code=2)
    assert "--allow-remote" in result.output
    assert not (tmp_path / "data").exists()


def test_a_host_that_is_no_address_is_refused(tmp_path: Path) -> None:
    assert "127.0.0.1" in run("serve", "--data", tmp_path, "--host", "example.test", code=2).output


def test_a_port_that_is_taken_is_refused_with_what_to_type(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"mockca serve --port {port + 1}" in run("serve", "--data", tmp_path, "--port", port, code=1).output


def test_a_port_is_tried_over_ipv6_too() -> None:
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::1", 0))
        taken.listen()
        with pytest.raises(SetUpError, match="cannot listen on ::1"):
            server.require_free_port("::1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("127.0.0.1", "http://127.0.0.1:8400"),
        ("::1", "http://[::1]:8400"),
        (EVERYWHERE, "http://127.0.0.1:8400"),
    ],
)
def test_the_public_address_follows_from_the_host(address: str, base: str) -> None:
    assert serving._base(address, 8400) == base


def test_serving_makes_the_sandbox_and_greets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[object, ...]] = []
    monkeypatch.setattr(server, "serve", lambda *how: served.append(how))
    data = tmp_path / "data"
    asked = ("--host", "localhost", "--port", _free_port(), "--seed", "s", "--regulations", "lai-chau")
    said = run("serve", "--data", data, *asked).output
    ((_, address, port, workers, base, database, _),) = served
    assert database is None
    assert (address, workers, base) == ("127.0.0.1", 4, f"http://127.0.0.1:{port}")
    document = json.loads((data / "demo" / "credentials.json").read_text("utf-8"))
    for account in document["accounts"]:
        assert account["credential"] in said
    assert f"{base}/demo/" in said
    assert f"--target {base}/demo --credentials {data}/demo/credentials.json" in said
    assert f"conformance run --target authority={base}/demo --regulation lai-chau" in said
    again = run("serve", "--data", data, "--port", _free_port()).output
    assert f"Its certificates bear the address {base}/demo" in again


def test_a_sandbox_name_that_cannot_be_ends_in_a_line(tmp_path: Path) -> None:
    result = run("serve", "--data", tmp_path, "--sandbox", "Bad Name", "--port", _free_port(), code=1)
    assert "name" in result.output


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_a_folder_that_cannot_be_written_ends_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, ["serve", "--data", str(tmp_path / "file" / "data"), "--port", str(_free_port())])
    assert result.exit_code == 1
    assert os.fspath(tmp_path / "file") in result.output
    assert "Traceback" not in result.output


def test_a_sandbox_is_populated(home: Path) -> None:
    asked = ("--regulation", "an-giang", "--count", "3", "--unit", "agency-an-giang")
    said = run("sandbox", "populate", "demo", "--data", home, *asked, "--issued-at", "2024-06-03T08:00:00+07:00").output
    assert "3\t2024-06-03T01:00:00+00:00 – 2029-06-02T01:00:00+00:00\tagency-an-giang 3" in said
    sandboxes = Sandboxes(home, BASE)
    with sandboxes.open("demo").store.read() as connection:
        assert certificates.listing(connection)[2] == 3
    sandboxes.close()


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (("--regulation", "nowhere"), 1, "nowhere"),
        (("--regulation", "an-giang", "--unit", "company-an-giang"), 1, "not of a category"),
        (("--regulation", "an-giang", "--issued-at", "yesterday"), 2, "yesterday"),
        (("--regulation", "an-giang", "--issued-at", "2099-01-01T00:00:00+07:00"), 1, "issued_at"),
        (("--regulation", "an-giang", "--issued-at", "2024-01-01"), 1, "issued_at"),
        (("--regulation", "an-giang", "--count", "0"), 2, "count"),
        (("--regulation", "an-giang", "--kind", "robot"), 2, "robot"),
    ],
)
def test_a_sandbox_is_not_populated_with_what_cannot_be(
    home: Path, asked: tuple[str, ...], code: int, says: str
) -> None:
    assert says in run("sandbox", "populate", "demo", "--data", home, *asked, code=code).output
