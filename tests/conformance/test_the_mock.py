"""The mock itself, served by its own command, holds to every scenario; tampered with on the way, it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from conformance import catalogue
from conformance.targets.credentials import read_credentials
from conformance.targets.http import HttpTarget
from mockca.cli import main
from mockca.cli.temporary_server import TemporaryServer, temporary_server
from scenarios import Operation, Performance, Result, StepEnded, Verdict, load
from tests.conformance.command import conformance

TWICE = "cao-bang"
"""Whose suite is run a second time, over what the first left behind."""
pytestmark = pytest.mark.unmeasured


@pytest.fixture(scope="module")
def server() -> Iterator[TemporaryServer]:
    with temporary_server() as running:
        yield running


@pytest.mark.timeout(900)
@pytest.mark.parametrize("regulation", catalogue.regulations())
def test_the_mock_passes_its_own_suite_and_again_in_the_same_sandbox(
    server: TemporaryServer, tmp_path: Path, regulation: str
) -> None:
    for _ in range(2 if regulation == TWICE else 1):
        passes_its_own_suite(server, tmp_path, regulation)


def passes_its_own_suite(server: TemporaryServer, tmp_path: Path, regulation: str) -> None:
    report = tmp_path / "report.xml"
    words = ("--regulation", regulation, "--credentials", str(server.credentials), "--junit", str(report))
    done = conformance("run", "--target", f"authority={server.url}", *words, cwd=tmp_path)
    steps = len(list(catalogue.checks(regulation)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{steps} đúng / passed, 0 sai / failed, 0 chưa kiểm / skipped" in done.stdout, done.stdout
    assert "user_pin" not in report.read_text(encoding="utf-8")


def on_p256(server: TemporaryServer) -> TemporaryServer:
    """Another sandbox of that server, its whole hierarchy on P-256."""
    data = server.credentials.parents[1]
    admin = (data / "admin-credential").read_text("utf-8").strip()
    keys = dict.fromkeys(("root", "issuing", "ocsp", "tsa"), "p256")
    base = server.url.rpartition("/")[0]
    made = httpx.post(
        f"{base}/sandboxes",
        json={"name": "curves", "keys": keys, "regulations": ["lai-chau"]},
        headers={"Authorization": f"Bearer {admin}"},
    )
    assert made.status_code == 201, made.text
    return TemporaryServer(f"{base}/curves", data / "curves" / "credentials.json")


@pytest.mark.parametrize(
    ("regulation", "hierarchy", "inapplicable"), [("an-giang", "RSA", 2), ("lai-chau", "P-256", 3)]
)
def test_the_mock_passes_the_publisher_suite(
    server: TemporaryServer, tmp_path: Path, regulation: str, hierarchy: str, inapplicable: int
) -> None:
    tested = on_p256(server) if hierarchy == "P-256" else server
    words = ("--regulation", regulation, "--credentials", str(tested.credentials))
    done = conformance("run", "--target", f"publisher={tested.url}", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = len(catalogue.publisher_checks()) - inapplicable
    assert f"{passed} đúng / passed, 0 sai / failed, 0 chưa kiểm / skipped, {inapplicable} không" in done.stdout, (
        done.stdout
    )


class Tampering(httpx.BaseTransport):
    """The way to the mock, with one thing changed on it."""

    def __init__(self, how: str) -> None:
        self._how = how
        self._direct = httpx.HTTPTransport()
        self._first: dict[str, httpx.Response] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path, content = request.url.path, request.read()
        if self._how == "cap" and b'"validity_years": 6' in content:
            content = content.replace(b'"validity_years": 6', b'"validity_years": 5')
            request = httpx.Request(
                request.method, request.url, headers=without_length(request.headers), content=content
            )
        if self._how == "role" and path.endswith("/decision"):
            request.headers["Authorization"] = self.authority
        response = self._direct.handle_request(request)
        body = response.read()
        response.close()
        if self._how == path.rpartition("/")[2]:  # one of the publisher's faces never changes again
            return self._first.setdefault(path, httpx.Response(response.status_code, content=body))
        if self._how == "in-force":
            body = body.replace(b'"in_force":false', b'"in_force":true')
        elif self._how == "clauses":
            body = body.replace(b'"clause":"AG-', b'"clause":"XX-')
        elif self._how == "announcements" and path.endswith("/public/announcements"):
            body = b'{"items":[],"next":null}'
        return httpx.Response(response.status_code, headers=without_length(response.headers), content=body)

    authority = ""
    """What the authority signs in with."""

    def close(self) -> None:
        self._direct.close()


def without_length(headers: httpx.Headers) -> list[tuple[str, str]]:
    left_out = ("content-length", "transfer-encoding", "content-encoding")
    return [(key, value) for key, value in headers.items() if key.lower() not in left_out]


@pytest.mark.parametrize(
    ("how", "caught_by"),
    [
        ("cap", "term-over-cap"),
        ("clauses", "company-refused"),
        ("role", "registrar-decides"),
        ("in-force", "issue"),
        ("issuing.crl", "faces-when-effective"),
        ("issuing-delta.crl", "faces-when-effective"),
        ("ocsp", "faces-when-effective"),
        ("announcements", "announced"),
    ],
)
def test_one_thing_changed_on_the_way_is_caught_by_the_step_about_it(
    server: TemporaryServer, how: str, caught_by: str
) -> None:
    transport = Tampering(how)
    credentials = read_credentials(server.credentials)
    transport.authority = f"Bearer {credentials.of('authority', 'an-giang')}"
    with closing(HttpTarget(server.url, "an-giang", credentials, transport=transport)) as target:
        played = Performance(load("an-giang/new-person"), target, seed=how).play()
        results = [event.result for event in played if isinstance(event, StepEnded)]
    failed = [result.step.id for result in results if result.result is Result.FAILED]
    assert failed[:1] == [caught_by]


def test_states_plays_both_lives_on_a_server_of_its_own() -> None:
    shown = CliRunner().invoke(main, ["states", "--regulation", "lai-chau"])
    assert shown.exit_code == 0, shown.output
    for state in ("effective", "revoked", "expired", "unknown"):
        assert state in shown.output
    assert "Every face agrees" in shown.output


def test_a_scenario_can_have_certificates_put_there(server: TemporaryServer) -> None:
    target = HttpTarget(server.url, "an-giang", read_credentials(server.credentials))
    with closing(target):
        body = {"regulation": "an-giang", "count": 2, "issued_at": (target.now() - timedelta(days=400)).isoformat()}
        staged = target.perform(Operation.STAGE_CERTIFICATE, "trainer", body)
        assert staged.verdict is Verdict.ACCEPTED
        serial = staged.values["serials"][0]
        faces = target.perform(Operation.COMPARE_FACES, "authority", {"certificate": serial})
        assert faces.state == "effective", faces
        assert target.perform(Operation.STAGE_CERTIFICATE, "registrar", body).verdict is Verdict.REFUSED
