"""The example's pages, links and upload handler."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Flask, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from token_emulator.agent.example.store import Store
from token_emulator.agent.settings import HOST, PORT

OPERATIONS: Final = {"SignApproved": "Ký duyệt", "SignIssued": "Phát hành"}
LARGEST: Final = 80 << 20
PDF: Final = "application/pdf"
POLICY: Final = "default-src 'self'; connect-src 'self' wss://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'"


def create_app(
    drafts: Mapping[str, tuple[str, bytes]],
    agent: str = f"wss://{HOST}:{PORT}",
    patience: float = 180.0,
    now: Callable[[], float] = time.monotonic,
) -> Flask:
    """The example with some drafts: id → title, PDF. `patience`: seconds that the page waits for the agent."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    store = Store(drafts, now)

    @app.get("/")
    def index() -> str:
        return render_template(
            "index.html", documents=store.listed(), operations=OPERATIONS, agent=agent, patience=patience
        )

    @app.get("/login")
    def login() -> str:
        return "<!doctype html><title>Đăng nhập</title><h1>Đăng nhập · Sign in</h1>"

    @app.post("/documents/<id_>/tickets/<operation>")
    def ticket(id_: str, operation: str) -> Any:
        """What the page hands to the agent. A system of your own asks here who the user is."""
        document = store.find(id_)
        if document is None or operation not in OPERATIONS:
            return jsonify(error="no such document or operation"), 404
        token = store.ticket(id_, operation)
        return jsonify(
            FileUploadHandler=url_for("upload", _external=True),
            FileName=url_for("fetch", id_=id_, name=document.file_name, token=token, _external=True),
            MetaData=[{"Key": "token", "Value": token}],
        )

    @app.get("/documents/<id_>/<name>")
    def fetch(id_: str, name: str) -> Response:
        """The document, for who has a token; others are sent to the login page, as by any system."""
        document = store.find(id_)
        if document is None or not store.admits(request.args.get("token", ""), id_):
            return redirect(url_for("login"))
        del name
        return Response(document.content, mimetype=PDF)

    @app.get("/signed/<id_>.pdf")
    def signed(id_: str) -> Any:
        """What the page links to."""
        document = store.find(id_)
        return Response(document.content, mimetype=PDF) if document else ("404", 404)

    @app.post("/upload")
    def upload() -> Any:
        """The upload handler: Status is a JSON boolean, HTTP is 200 whatever it says."""
        file = request.files.get("uploadfile")
        if file is None:
            return jsonify(Status=False, Message="Thiếu tệp uploadfile", FileName="", FileServer="")
        content = file.read()
        if not content.startswith(b"%PDF"):
            return jsonify(Status=False, Message="Không phải tệp PDF", FileName="", FileServer="")
        document = store.take_back(request.form.get("token", ""), content)
        if document is None:
            return jsonify(Status=False, Message="Mã truy cập đã hết hạn", FileName="", FileServer="")
        address = url_for("signed", id_=document.id)
        return jsonify(Status=True, Message="", FileName=document.file_name, FileServer=address)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
