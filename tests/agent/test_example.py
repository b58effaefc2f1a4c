"""The example's links and upload handler."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient

from tests.documents.conftest import blank_page
from token_emulator.agent.example.app import create_app


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def client(clock: Clock | None = None) -> FlaskClient:
    return create_app({"cv-1": ("Công văn", blank_page())}, now=clock or Clock()).test_client()


def ticket(page: FlaskClient) -> Any:
    return page.post("/documents/cv-1/tickets/SignApproved").get_json()


def upload(page: FlaskClient, token: str, content: bytes) -> Any:
    data = {"token": token, "uploadfile": (io.BytesIO(content), "cv-1.pdf")}
    return page.post("/upload", data=data).get_json()


def test_a_token_opens_one_document_once() -> None:
    page = client()
    sent = ticket(page)
    token = sent["MetaData"][0]["Value"]
    assert page.get(sent["FileName"]).data == blank_page()
    assert page.get("/documents/cv-1/cv-1.pdf").location == "/login"
    assert page.get("/login").status_code == 200
    told = upload(page, token, blank_page(2))
    assert (told["Status"], told["FileName"]) == (True, "cv-1.signed.pdf")
    assert page.get(told["FileServer"]).data == blank_page(2)
    assert "cv-1.signed.pdf" in page.get("/").text
    assert upload(page, token, blank_page())["Status"] is False


def test_tokens_end() -> None:
    clock = Clock()
    page = client(clock)
    sent = ticket(page)
    clock.now = 901
    assert page.get(sent["FileName"]).location == "/login"
    assert upload(page, sent["MetaData"][0]["Value"], blank_page())["Status"] is False


def test_what_is_no_signed_pdf_is_refused_with_http_200() -> None:
    page = client()
    token = ticket(page)["MetaData"][0]["Value"]
    for data in ({"token": token}, {"token": token, "uploadfile": (io.BytesIO(b"MZ"), "x.exe")}):
        answer = page.post("/upload", data=data)
        assert (answer.status_code, answer.get_json()["Status"]) == (200, False)
    assert page.post("/documents/cv-2/tickets/SignApproved").status_code == 404
    assert page.get("/signed/cv-2.pdf").status_code == 404
