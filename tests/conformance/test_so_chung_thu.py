"""A second implementation, reached by its mapping file alone: sound it passes; each defect is found, and only it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from conformance.examples import so_chung_thu
from conformance.examples.so_chung_thu import timing
from conformance.examples.so_chung_thu.app import create_app
from conformance.examples.so_chung_thu.defects import DEFECTS
from conformance.examples.so_chung_thu.storing import opened
from conformance.mapping.reading import read_mapping
from conformance.targets.credentials import read_credentials
from conformance.targets.mapped import MappedTarget
from scenarios import Performance, Result, StepEnded, load
from tests.conformance.command import conformance
from tests.conformance.socket_server import free_socket

FOLDER = Path(so_chung_thu.__file__).parent
MAPPING = read_mapping(FOLDER / "mapping.yaml")
LIVES = ("new-person", "expired", "lost-device", "late-issue", "who-may")
"""The scenarios of Lai Châu that it was made for."""
NOT_HAD = {
    "new-person/no-activation": "không có bước kích hoạt",
    "new-person/no-suspension": "Không có tạm dừng",
    "new-person/unrevoke": "Không có tạm dừng",
}
"""What its mapping says that it has not, and why."""
FOUND_BY = {
    "term-unchecked": {"new-person/term-over-cap"},
    "subscriber-files": {"new-person/subscriber-files"},
    "seal-forgotten": {"new-person/unsealed"},
    # What was approved unchecked cannot be accepted any more.
    "approved-unchecked": {"new-person/decide-before-check", "new-person/accept"},
    "title-in-name": {
        "new-person/issue",
        "new-person/no-title-in-name",
        "expired/issue",
        "lost-device/issue",
    },
    "notice-forgotten": {"new-person/pick-up-notice"},
    "anybody-demands": {"new-person/police-demand-by-agency"},
    "closed-early": {"new-person/revoke", "lost-device/revoke"},
    "ocsp-lags": {"new-person/faces-when-revoked", "lost-device/faces-when-revoked"},
    "expiry-ignored": {"expired/expired", "expired/faces-when-expired"},
    # Lost already when it is revoked, the device is waited for no longer.
    "loss-without-minutes": {"lost-device/loss-without-form", "lost-device/revoke"},
}


@contextmanager
def served(folder: Path, *defects: str) -> Iterator[str]:
    """The example, until the end of the block; its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with free_socket() as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(folder, base, defects=defects)
        server = make_server("127.0.0.1", 0, app, threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield base
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def played(folder: Path, *defects: str) -> dict[str, tuple[Result, str]]:
    """What came of each step of its lives, and why."""
    results: dict[str, tuple[Result, str]] = {}
    with served(folder, *defects) as base:
        accounts = read_credentials(folder / "accounts.json")
        with closing(MappedTarget(base, "lai-chau", MAPPING, accounts)) as target:
            target.check()
            for name in LIVES:
                for event in Performance(load(f"lai-chau/{name}"), target, seed="1").play():
                    if isinstance(event, StepEnded):
                        why = event.result.reason or "; ".join(map(str, event.result.mismatches))
                        results[f"{name}/{event.result.step.id}"] = event.result.result, why
    return results


def test_sound_it_passes_all_that_it_has(tmp_path: Path) -> None:
    results = played(tmp_path)
    skipped = {step: why for step, (result, why) in results.items() if result is Result.SKIPPED}
    assert {step: why for step, (result, why) in results.items() if result is Result.FAILED} == {}
    assert skipped.keys() == NOT_HAD.keys()
    assert all(NOT_HAD[step] in why for step, why in skipped.items())
    assert len(results) - len(skipped) >= 90


def test_every_defect_has_its_test() -> None:
    assert FOUND_BY.keys() == DEFECTS.keys()


@pytest.mark.unmeasured
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_by_exactly_these_checks(tmp_path: Path, defect: str) -> None:
    results = played(tmp_path, defect)
    assert {step for step, (result, _) in results.items() if result is Result.FAILED} == FOUND_BY[defect]


def test_a_run_of_the_command_tells_what_it_found_without_what_accounts_sign_in_by(tmp_path: Path) -> None:
    with served(tmp_path, "seal-forgotten") as base:
        words: tuple[str, ...] = ("--target", f"authority={base}", "--mapping", str(FOLDER / "mapping.yaml"))
        words += ("--regulation", "lai-chau", "--credentials", str(tmp_path / "accounts.json"))
        done = conformance("run", *words, "--only", "authority/lai-chau/new-person/unsealed", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    told = " ".join(done.stdout.split())
    assert "authority/lai-chau/new-person/unsealed" in told
    assert "outcome: expected refused by ND68-4, found accepted" in told
    assert f"> POST {base}/ho-so" in told
    assert '-H "Cookie: $AGENCY_COOKIE"' in told
    assert f"--mapping {FOLDER / 'mapping.yaml'}" in told
    for account in json.loads((tmp_path / "accounts.json").read_text())["accounts"]:
        assert account["credential"] not in done.stdout + done.stderr
    assert "phien=" not in done.stdout


# --- the example itself -----------------------------------------------------------------------------------------


def test_it_keeps_its_data_and_its_accounts(tmp_path: Path) -> None:
    create_app(tmp_path, "http://x.test")
    before = (tmp_path / "accounts.json").read_text(), (tmp_path / "ca.key").read_bytes()
    create_app(tmp_path, "http://x.test")
    assert before == ((tmp_path / "accounts.json").read_text(), (tmp_path / "ca.key").read_bytes())
    assert (tmp_path / "accounts.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ca.key").stat().st_mode & 0o777 == 0o600


def test_it_answers_garbage_with_its_own_error(tmp_path: Path) -> None:
    client = create_app(tmp_path, "http://x.test").test_client()
    accounts = {one["name"]: one for one in json.loads((tmp_path / "accounts.json").read_text())["accounts"]}
    assert client.post("/ho-so", json={}).status_code == 401
    agency = accounts["agency"]
    wrong = {"ten_dang_nhap": agency["username"], "mat_khau": "no"}
    assert client.post("/dang-nhap", data=wrong).status_code == 403
    right = {"ten_dang_nhap": agency["username"], "mat_khau": agency["credential"]}
    assert client.post("/dang-nhap", data=right).status_code == 200
    asked = {
        "/ho-so": ([], 400),
        "/ho-so/12/trinh": ({}, 404),
        "/ho-so/HS-00009/trinh": ({}, 404),
        "/giao-nhan": ({"ben_giao": "CUC", "ben_nhan": "CUC"}, 422),
        "/thiet-bi/none/mat": ({}, 404),
        "/thu-hoi": ({"so_chung_thu": "5"}, 404),
        "/ho-so/HS-00001/trinh": ({}, 404),
    }
    for path, (body, status) in asked.items():
        answer = client.post(path, json=body)
        assert (path, answer.status_code) == (path, status)
        assert answer.get_json()["ok"] is False
    assert client.post("/ho-so", json={"cong_van": "x", "nguoi_de_nghi": 5}).status_code == 201
    assert client.post("/ho-so/HS-00001/trinh", json={}).status_code == 422
    assert client.get("/chung-thu/5?luc=today").status_code == 404
    assert client.get("/thu-hoi/5").status_code == 404
    assert client.put("/dong-ho", json={"bay_gio": "01/01/2026 00:00:00"}).status_code == 403
    assert client.post("/ocsp", data=b"garbage").status_code == 400


def test_it_goes_by_the_clock_that_it_is_given_and_by_what_the_administrator_says(tmp_path: Path) -> None:
    clock = [datetime(2026, 3, 6, 2, tzinfo=UTC)]
    create_app(tmp_path, "http://x.test", clock=lambda: clock[0])
    with closing(opened(tmp_path / "so.db", lambda: clock[0])) as db:
        assert timing.written(timing.now(db)) == "06/03/2026 09:00:00"
        timing.turn(db, timing.read("01/01/2027 00:00:00"))
        clock[0] += timedelta(days=1)
        assert timing.written(timing.now(db)) == "02/01/2027 00:00:00"


def test_an_unknown_defect_and_a_key_of_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no defect 'laziness'"):
        create_app(tmp_path, "http://x.test", defects=["laziness"])


def test_working_days_leave_the_weekend_out() -> None:
    friday = timing.read("06/03/2026 09:00:00")
    assert timing.written(timing.after_working_days(friday, 3)) == "11/03/2026 09:00:00"
    assert timing.written(None) is None
    assert not timing.is_day("31/02/2026")
    assert not timing.is_day(5)


def test_it_can_be_started_from_the_command_line(tmp_path: Path) -> None:
    from conformance.examples.so_chung_thu.__main__ import main

    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    assert all(defect in shown.output.replace("\n", "").replace(" ", "") for defect in DEFECTS)
