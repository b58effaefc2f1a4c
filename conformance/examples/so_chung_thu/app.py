"""Its HTTP interface."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, request

from conformance.clock import system_time
from conformance.examples.so_chung_thu import accounts, registration, revoking, timing
from conformance.examples.so_chung_thu.defects import checked
from conformance.examples.so_chung_thu.publishing import DER, Publisher
from conformance.examples.so_chung_thu.refusing import Refused
from conformance.examples.so_chung_thu.storing import opened

COOKIE = "phien"
PAGE = 5
"""Notices on a page."""
OPEN = ("dang_nhap", "tra_cuu", "gioi_thieu", "goc", "ca", "day_du", "thay_doi", "ocsp")
"""What asks for no session."""


def create_app(
    folder: Path,
    base: str,
    *,
    accounts_file: Path | None = None,
    defects: Iterable[str] = (),
    clock: Callable[[], datetime] = system_time,
) -> Flask:
    """The application, its data in a folder, reached at the address `base`. ValueError for an unknown defect."""
    wrong = checked(defects)
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "so.db"
    db = opened(database, clock)
    accounts.seed(db, accounts_file or folder / "accounts.json")
    db.close()
    publisher = Publisher(folder, base)
    app = Flask(__name__)

    def db_now() -> sqlite3.Connection:
        connection: sqlite3.Connection = g.db
        return connection

    def user() -> sqlite3.Row:
        signed_in: sqlite3.Row = g.user
        return signed_in

    def body() -> dict[str, Any]:
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            raise Refused(400, ("CHUNG-400", "", "Nội dung phải là một đối tượng JSON."))
        return given

    @app.before_request
    def begin() -> Response | None:
        g.db = opened(database, clock)
        g.db.execute("BEGIN IMMEDIATE")
        g.user = accounts.who(g.db, request.cookies.get(COOKIE))
        if g.user is None and request.endpoint not in OPEN:
            return _answer({"ok": False, "loi": [{"ma": "PHIEN", "noi_dung": "Chưa đăng nhập."}]}, 401)
        return None

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        connection: sqlite3.Connection | None = g.pop("db", None)
        if connection is not None:
            connection.execute("ROLLBACK" if error or g.get("refused") else "COMMIT")
            connection.close()

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        g.refused = True
        reasons = [{"ma": code, "truong": field, "noi_dung": told} for code, field, told in error.reasons]
        return _answer({"ok": False, "loi": reasons, "trang_thai": error.state}, error.status)

    @app.errorhandler(ValueError)
    def unreadable(_: ValueError) -> Response:
        g.refused = True
        return _answer({"ok": False, "loi": [{"ma": "CHUNG-400", "noi_dung": "Không đọc được yêu cầu."}]}, 400)

    @app.post("/dang-nhap")
    def dang_nhap() -> Response:
        session = accounts.sign_in(db_now(), request.form.get("ten_dang_nhap", ""), request.form.get("mat_khau", ""))
        if session is None:
            raise Refused(403, ("PHIEN", "", "Sai tên hoặc mật khẩu."))
        answer = _answer({"ok": True}, 200)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="Strict")
        return answer

    @app.post("/ho-so")
    def tao_ho_so() -> Response:
        return _answer(registration.create(db_now(), user(), body(), wrong), 201)

    @app.get("/ho-so/<ma>")
    def xem_ho_so(ma: str) -> Response:
        return _answer(registration.read_dossier(db_now(), user(), _number(ma)))

    @app.post("/ho-so/<ma>/trinh")
    def trinh(ma: str) -> Response:
        return _answer(registration.submit(db_now(), user(), _number(ma), wrong))

    @app.post("/ho-so/<ma>/kiem-tra")
    def kiem_tra(ma: str) -> Response:
        return _answer(registration.check(db_now(), user(), _number(ma), body().get("ket_qua")))

    @app.post("/ho-so/<ma>/phe-duyet")
    def phe_duyet(ma: str) -> Response:
        return _answer(registration.decide(db_now(), user(), _number(ma), body(), wrong))

    @app.post("/ho-so/<ma>/cap")
    def cap(ma: str) -> Response:
        serial = registration.issue(db_now(), user(), _number(ma), publisher, wrong)
        return _answer({"so_chung_thu": str(serial)}, 201)

    @app.get("/chung-thu/<so>")
    def xem_chung_thu(so: str) -> Response:
        row = revoking.certificate(db_now(), so, user())
        at = request.args.get("luc")
        second = timing.now(db_now()) if at is None else timing.read(at)
        return _answer(revoking.certificate_view(row, second, wrong))

    @app.get("/chung-thu/<so>/tep")
    def tep(so: str) -> Response:
        return Response(revoking.certificate(db_now(), so, user())["pem"], mimetype="application/x-pem-file")

    @app.get("/tra-cuu/<so>")
    def tra_cuu(so: str) -> Response:
        row = revoking.certificate(db_now(), so)
        return _answer({"trang_thai": revoking.status(row, timing.now(db_now()), wrong)})

    @app.post("/giao-nhan")
    def giao_nhan() -> Response:
        return _answer(revoking.hand_over(db_now(), user(), body()), 201)

    @app.get("/thiet-bi/<so>")
    def thiet_bi(so: str) -> Response:
        return _answer(revoking.read_device(db_now(), so))

    @app.post("/thiet-bi/<so>/mat")
    def mat(so: str) -> Response:
        return _answer(revoking.lose(db_now(), user(), so, body(), wrong))

    @app.post("/thu-hoi")
    def de_nghi_thu_hoi() -> Response:
        return _answer(revoking.ask(db_now(), user(), body(), wrong), 201)

    @app.get("/thu-hoi/<int:so>")
    def xem_thu_hoi(so: int) -> Response:
        return _answer(revoking.case_view(db_now(), so))

    @app.post("/thu-hoi/<int:so>/quyet-dinh")
    def quyet_dinh(so: int) -> Response:
        return _answer(revoking.decide(db_now(), user(), so, wrong))

    @app.get("/thong-bao")
    def thong_bao() -> Response:
        revoking.remind(db_now())
        page = max(request.args.get("trang", 1, type=int), 1)
        rows = db_now().execute("SELECT * FROM thong_bao WHERE don_vi = ? ORDER BY id", (user()["don_vi"],)).fetchall()
        listed = [
            {"ma": row["ma"], "so_chung_thu": str(row["chung_thu"]), "luc": timing.written(row["luc"])}
            for row in rows[(page - 1) * PAGE : page * PAGE]
        ]
        return _answer({"trang": page, "so_trang": -(-len(rows) // PAGE), "danh_sach": listed})

    @app.get("/thoi-han/<ve>")
    def thoi_han(ve: str) -> Response:
        revoking.remind(db_now())
        return _answer(registration.due_view(db_now(), ve))

    @app.route("/dong-ho", methods=["GET", "PUT"])
    def dong_ho() -> Response:
        if request.method == "PUT":
            if user()["vai"] != "QUAN_TRI":
                raise Refused(403, ("QUYEN-01", "", "Chỉ quản trị được chỉnh đồng hồ."))
            timing.turn(db_now(), timing.read(str(body().get("bay_gio"))))
        return _answer({"bay_gio": timing.written(timing.now(db_now()))})

    # --- what is public ---------------------------------------------------------------------------------------

    @app.get("/ca.cer")
    def ca() -> Response:
        return Response(publisher.certificate.public_bytes(DER), mimetype="application/pkix-cert")

    @app.get("/goc.cer")
    def goc() -> Response:
        return Response(publisher.root.public_bytes(DER), mimetype="application/pkix-cert")

    @app.get("/gioi-thieu")
    def gioi_thieu() -> Response:
        return _answer(publisher.view())

    @app.get("/day-du.crl")
    def day_du() -> Response:
        return Response(publisher.full_crl(db_now()), mimetype="application/pkix-crl")

    @app.get("/thay-doi.crl")
    def thay_doi() -> Response:
        return Response(publisher.delta_crl(db_now()), mimetype="application/pkix-crl")

    @app.post("/ocsp")
    @app.get("/ocsp/<path:asked>")
    def ocsp(asked: str = "") -> Response:
        content = base64.b64decode(asked) if asked else request.get_data()
        answer = publisher.answer(db_now(), content, lags="ocsp-lags" in wrong)
        return Response(answer, mimetype="application/ocsp-response")

    return app


def _number(code: str) -> int:
    """The number in HS-00012."""
    head, _, digits = code.partition("-")
    if head != "HS" or not digits.isdecimal():
        raise Refused(404, ("CHUNG-404", "", "Không có hồ sơ này."))
    return int(digits)


def _answer(value: dict[str, Any], status: int = 200) -> Response:
    answer = jsonify(value)
    answer.status_code = status
    return answer
