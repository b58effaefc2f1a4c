"""The control room's pages: the trainer turns the clock, sets faults, asks why, takes snapshots, chooses answers."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.pages.conftest import House, NewPage, needs_chromium, show


def test_nobody_but_the_trainer_comes_in(house: House) -> None:
    assert house.client.get("/demo/room/").status_code == 302
    assert house.client.post("/demo/room/faults").status_code in (302, 303, 400)


@needs_chromium
def test_a_trainer_in_the_control_room(house: House, new_page: NewPage, pictures: Path | None) -> None:
    page = new_page("trainer")
    room = f"{house.demo}/room/"

    page.goto(f"{room}snapshots")
    page.get_by_label("Tên").fill("truoc-bai-hoc")
    page.get_by_role("button", name="Chụp", exact=True).click()
    expect(page.get_by_role("heading", name="truoc-bai-hoc")).to_be_visible()
    show(page, "room-snapshots", pictures)

    page.goto(room)
    page.get_by_label("Bao nhiêu").fill("2")
    page.get_by_role("button", name="Đi tới").click()
    expect(page.get_by_role("heading", name="Đã chỉnh đồng hồ")).to_be_visible()
    show(page, "room-clock", pictures)

    page.goto(f"{room}faults")
    page.get_by_label("Nơi").select_option("api")
    page.get_by_label("Lỗi", exact=True).select_option("slow")
    page.get_by_role("button", name="Đặt lỗi").click()
    expect(page.get_by_role("alert")).to_contain_text("seconds")
    page.get_by_label("seconds", exact=True).fill("0.01")
    page.get_by_label("Thao tác của API").fill("list_units")
    page.get_by_role("button", name="Đặt lỗi").click()
    expect(page.get_by_text("0 trong 0 lần")).to_be_visible()
    show(page, "room-faults", pictures)

    people = house.province()
    number = people.sends("subscriber", "/dossiers", people.filing(), 201)["number"]
    people.sends("authority", f"/dossiers/{number}/decision", {"decision": "approve"}, expects=409)
    page.goto(f"{room}exchanges")
    show(page, "room-exchanges", pictures)
    page.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_text("Trước hết accept, rồi roster; sau đó approve được.")).to_be_visible()
    show(page, "room-why", pictures)

    page.goto(f"{room}answers")
    page.get_by_label("OCSP có nhắc lại nonce").select_option("left-out")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_label("OCSP có nhắc lại nonce")).to_have_value("left-out")
    show(page, "room-answers", pictures)

    page.goto(f"{room}faults")
    page.get_by_role("button", name="Gỡ lỗi số 1").click()
    expect(page.get_by_text("Chưa đặt lỗi nào.")).to_be_visible()

    page.goto(f"{room}snapshots")
    page.get_by_role("button", name="Khôi phục truoc-bai-hoc").click()
    expect(page.get_by_role("status")).to_contain_text("Đã khôi phục")
    assert people.reads("subscriber", "/dossiers")["items"] == []
