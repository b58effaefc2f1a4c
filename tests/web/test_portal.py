"""The public portal, as people see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from flask.testing import FlaskClient

from mockca.desk.sandbox import Sandboxes
from mockca.registry import announcements
from mockca.web.portal import looking
from mockca.web.portal.front import PAGE_SIZE
from mockca.web.site.rendering import vietnam_time
from tests.desk.conftest import START
from tests.web.conftest import BASE, Province


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "text/html; charset=utf-8"
    return answer.text


def test_every_page_says_that_it_is_a_mock_and_runs_no_script(client: FlaskClient) -> None:
    for path in ("/", "/demo/"):
        text = page(client, path)
        assert "MÔ PHỎNG · MOCK" in text
        assert '<html lang="vi">' in text
        assert "<script" not in text
        assert "style=" not in text


def test_the_front_door_lists_the_sandboxes(client: FlaskClient) -> None:
    text = page(client, "/")
    assert 'href="/demo/"' in text
    assert "03/03/2025 09:00:00" in text


def test_an_empty_house_says_how_to_make_a_sandbox(client: FlaskClient, home: Path) -> None:
    (home / "demo").rename(home / ".gone")
    assert "mockca sandbox create demo" in page(client, "/")


def test_a_new_sandbox_has_announced_nothing(client: FlaskClient) -> None:
    assert "Chưa có công bố nào" in page(client, "/demo/")


def test_announcements_are_shown_newest_first_and_found_by_words_and_kind(
    an_giang: Province, client: FlaskClient
) -> None:
    serial = an_giang.effective()["serial"]
    an_giang.sends("registrar", "/revocations", an_giang.demand(serial), 201)
    text = page(client, "/demo/")
    assert text.count("<strong>Nguyễn Văn Mẫu</strong>") == 2
    assert text.index('class="badge revocation"') < text.index('class="badge activation"')
    assert "chấm dứt sử dụng" in text
    assert page(client, "/demo/?kind=activation").count("Nguyễn Văn Mẫu") == 1
    assert page(client, f"/demo/?q={serial[:6]}").count("Nguyễn Văn Mẫu") == 2
    assert "Không tìm thấy công bố nào" in page(client, "/demo/?q=Lê+Văn+Khác")


def test_older_announcements_are_a_page_away(an_giang: Province, client: FlaskClient, sandboxes: Sandboxes) -> None:
    serial = an_giang.effective()["serial"]
    with sandboxes.open("demo").store.write() as connection:
        for minute in range(PAGE_SIZE):
            at = START - timedelta(minutes=minute)
            announcements.publish(connection, kind="activation", serial=serial, published_at=at, effective_at=at)
    first = page(client, "/demo/?q=Mẫu")
    assert first.count("<strong>Nguyễn Văn Mẫu</strong>") == PAGE_SIZE
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = page(client, link.replace("&amp;", "&"))
    assert second.count("<strong>Nguyễn Văn Mẫu</strong>") == 1
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    "query", ["after=abc", "after=-1", "after=99999999999999999999", "kind=x", "q=%00%ff%F0", "q="]
)
def test_an_odd_address_still_gets_a_page(client: FlaskClient, query: str) -> None:
    page(client, f"/demo/?{query}")


def test_what_is_searched_for_is_shown_as_text(client: FlaskClient) -> None:
    text = page(client, '/demo/?q="><script>alert(1)</script>')
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_serial_is_looked_up_with_its_timeline(an_giang: Province, client: FlaskClient) -> None:
    serial = an_giang.effective()["serial"]
    for hour, (step, body) in enumerate(
        [("suspension", {"reason": "Nghỉ dài ngày"}), ("reinstatement", {"reason": "Đi làm lại"})]
    ):
        clock = {"set": (START + timedelta(hours=hour + 1)).isoformat()}
        client.put("/demo/control/clock", json=clock, headers=an_giang.headers("trainer"))
        an_giang.sends("registrar", f"/certificates/{serial}/{step}", body)
    text = page(client, f"/demo/certificates?serial={serial}")
    assert '<p class="verdict effective">' in text
    told = text.split('<desc id="life-told">')[1].split("</desc>")[0].split("; ")
    assert [step.strip() for step in told[-5:-2]] == [
        "03/03/2025 09:00:00 Đang có hiệu lực",
        "03/03/2025 10:00:00 Tạm dừng",
        "03/03/2025 11:00:00 Đang có hiệu lực",
    ]


def test_a_revoked_serial_says_why_and_that_it_may_not_be_used(an_giang: Province, client: FlaskClient) -> None:
    serial = an_giang.effective()["serial"]
    an_giang.sends("registrar", "/revocations", an_giang.demand(serial), 201)
    text = page(client, f"/demo/certificates?serial={serial}")
    assert '<p class="verdict revoked">' in text
    assert "cessationOfOperation" in text
    assert "Được dùng để ký lúc này</dt><dd>Không</dd>" in text


@pytest.mark.parametrize("write", [str.upper, lambda serial: f"0x{serial}", lambda s: ":".join(re.findall("..", s))])
def test_a_serial_may_be_written_as_tools_do(an_giang: Province, client: FlaskClient, write: object) -> None:
    serial = an_giang.effective()["serial"]
    assert callable(write)
    page(client, f"/demo/certificates?serial= {write(serial)} ")


def test_a_serial_that_was_not_announced_is_not_found(an_giang: Province, client: FlaskClient) -> None:
    serial = an_giang.issued()["certificate"]["serial"]
    assert "Không tìm thấy" in page(client, f"/demo/certificates?serial={serial}", 404)
    assert "Không tìm thấy" in page(client, "/demo/certificates?serial=<b>nothing</b>", 404)


def test_the_authoritys_certificates_and_lists_are_offered_with_their_numbers(
    client: FlaskClient, sandboxes: Sandboxes
) -> None:
    text = page(client, "/demo/authority")
    assert sandboxes.open("demo").hierarchy.root.certificate.fingerprint(hashes.SHA256()).hex() in text
    for name in ("crt/root.crt", "crt/issuing.crt", "crl/root.crl", "crl/issuing.crl", "crl/issuing-delta.crl"):
        assert f'href="{BASE}/demo/pki/{name}"' in text
    assert re.findall(r"<strong>(\d+)</strong>", text) == ["1", "1", "1"]
    assert f"{BASE}/demo/pki/ocsp" in text


def test_the_stylesheet_is_served(client: FlaskClient) -> None:
    with client.get("/-/static/style.css") as answer:
        assert answer.status_code == 200
        assert answer.content_type.startswith("text/css")


def test_a_long_life_keeps_its_latest_changes(
    an_giang: Province, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LONGEST_TIMELINE", 1)
    serial = an_giang.effective()["serial"]
    told = page(client, f"/demo/certificates?serial={serial}").split('<desc id="life-told">')[1].split("</desc>")[0]
    assert len(told.split("; ")) == 3, "one change, now, and the end"


def test_times_are_vietnams_as_long_as_the_calendar_goes() -> None:
    assert vietnam_time(datetime(2026, 1, 1, 0, 0, tzinfo=UTC)) == "01/01/2026 07:00:00"
    assert vietnam_time(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) == "31/12/9999 23:59:59Z"
