"""From a dossier to a certificate and its device."""

from __future__ import annotations

import json
import secrets
import sqlite3
from typing import Any

from conformance.examples.so_chung_thu import timing
from conformance.examples.so_chung_thu.publishing import Publisher
from conformance.examples.so_chung_thu.refusing import Refused, faults
from conformance.examples.so_chung_thu.storing import one

LONGEST_TERM = 5
YEAR = 365 * 24 * 3600
AUTHORITY = "CO_QUAN_CHUNG_THUC"
NEEDED = ("ho_ten", "so_dinh_danh", "thu_dien_tu", "chuc_vu")
Json = dict[str, Any]


def create(db: sqlite3.Connection, user: sqlite3.Row, dossier: Json, defects: frozenset[str]) -> Json:
    """Write a dossier down as a draft."""
    allowed = {"CO_QUAN", "THUE_BAO"} if "subscriber-files" in defects else {"CO_QUAN"}
    if user["vai"] == "DOANH_NGHIEP":
        raise Refused(403, ("HS-02", "don_vi", "Doanh nghiệp không thuộc đối tượng được cấp."))
    if user["vai"] not in allowed:
        raise Refused(403, ("HS-01", "", "Hồ sơ phải do cơ quan quản lý trực tiếp nộp."))
    number = db.execute(
        "INSERT INTO ho_so (don_vi, trang_thai, noi_dung) VALUES (?, 'NHAP', ?)",
        (user["don_vi"], json.dumps(dossier, ensure_ascii=False)),
    ).lastrowid
    return {"ma_ho_so": f"HS-{number:05d}"}


def submit(db: sqlite3.Connection, user: sqlite3.Row, number: int, defects: frozenset[str]) -> Json:
    """Hand the draft in: from here on it is looked at."""
    row = _dossier(db, number)
    _must_be(row, "NHAP")
    if row["don_vi"] != user["don_vi"]:
        raise Refused(403, ("HS-09", "", "Hồ sơ của cơ quan khác."))
    dossier: Json = json.loads(row["noi_dung"])
    person = dossier.get("nguoi_de_nghi")
    person = person if isinstance(person, dict) else {}
    with faults() as found:
        found.unless(dossier.get("mau") == "01", "HS-03", "mau", "Cá nhân dùng mẫu 01.")
        found.unless(dossier.get("so_nguoi") == 1, "HS-04", "so_nguoi", "Số người khai khác số người trong danh sách.")
        for field in NEEDED:
            found.unless(person.get(field), "HS-05", f"nguoi_de_nghi.{field}", "Thiếu thông tin.")
        term = person.get("so_nam")
        is_short = isinstance(term, int) and 1 <= term <= LONGEST_TERM
        found.unless(is_short or "term-unchecked" in defects, "HS-06", "so_nam", "Thời hạn từ 1 đến 5 năm.")
        day = person.get("ngay_cap")
        found.unless(day is None or timing.is_day(day), "HS-05", "nguoi_de_nghi.ngay_cap", "Ngày viết dd/mm/yyyy.")
        letter = dossier.get("cong_van")
        letter = letter if isinstance(letter, dict) else {}
        is_sealed = letter.get("hinh_thuc") == "GIAY" and letter.get("dong_dau") is True
        is_signed = letter.get("hinh_thuc") == "DIEN_TU" and letter.get("chu_ky_so")
        is_sealed = is_sealed or ("seal-forgotten" in defects and letter.get("hinh_thuc") == "GIAY")
        found.unless(is_sealed or is_signed, "HS-07", "cong_van", "Văn bản phải có dấu hoặc chữ ký số của cơ quan.")
    now = timing.now(db)
    db.execute("UPDATE ho_so SET trang_thai = 'CHO_TIEP_NHAN', nop_luc = ? WHERE id = ?", (now, number))
    _due(db, f"HS-{number:05d}", "TH-CAP", timing.after_working_days(now, 3))
    return dossier_view(_dossier(db, number))


def check(db: sqlite3.Connection, user: sqlite3.Row, number: int, result: Any) -> Json:
    """Accept a dossier or send it back."""
    _by_the_authority(user)
    row = _dossier(db, number)
    _must_be(row, "CHO_TIEP_NHAN")
    return _moved(db, number, {"HOP_LE": "DA_TIEP_NHAN", "TRA_LAI": "BI_TRA_LAI"}, result)


def decide(db: sqlite3.Connection, user: sqlite3.Row, number: int, given: Json, defects: frozenset[str]) -> Json:
    """Approve a dossier or turn it down."""
    _by_the_authority(user)
    result = given.get("ket_qua")
    row = _dossier(db, number)
    if "approved-unchecked" not in defects:
        _must_be(row, "DA_TIEP_NHAN")
    if result == "TU_CHOI" and not given.get("ly_do"):
        raise Refused(422, ("HS-10", "ly_do", "Từ chối phải nêu lý do."))
    return _moved(db, number, {"DONG_Y": "DA_DUYET", "TU_CHOI": "BI_TU_CHOI"}, result)


def issue(db: sqlite3.Connection, user: sqlite3.Row, number: int, publisher: Publisher, defects: frozenset[str]) -> int:
    """Make a certificate of an approved dossier; its serial number."""
    _by_the_authority(user)
    row = _dossier(db, number)
    _must_be(row, "DA_DUYET")
    person: Json = json.loads(row["noi_dung"])["nguoi_de_nghi"]
    name = f"{person['chuc_vu']} {person['ho_ten']}" if "title-in-name" in defects else person["ho_ten"]
    serial, device, now = secrets.randbits(120) | 1 << 120, f"TB{secrets.randbelow(10**8):08d}", timing.now(db)
    until = now + person["so_nam"] * YEAR
    db.execute("INSERT INTO thiet_bi VALUES (?, 'CHUAN_BI', 'CO_QUAN_CHUNG_THUC')", (device,))
    db.execute(
        "INSERT INTO chung_thu (so, ho_so, don_vi, ten, thiet_bi, tu, den, pem) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (str(serial), number, row["don_vi"], name, device, now, until, publisher.issue(serial, name, now, until)),
    )
    db.execute("UPDATE ho_so SET trang_thai = 'DA_CAP' WHERE id = ?", (number,))
    db.execute("UPDATE thoi_han SET xong = ? WHERE ve = ?", (now, f"HS-{number:05d}"))
    if "notice-forgotten" not in defects:
        notify(db, row["don_vi"], serial, "TB-NHAN")
    return serial


def notify(db: sqlite3.Connection, body: str, serial: int, code: str) -> None:
    """Tell a body something about a certificate."""
    values = (body, str(serial), code, timing.now(db))
    db.execute("INSERT INTO thong_bao (don_vi, chung_thu, ma, luc) VALUES (?, ?, ?, ?)", values)


def dossier_view(row: sqlite3.Row) -> Json:
    """A dossier as it is shown."""
    return {
        "ma_ho_so": f"HS-{row['id']:05d}",
        "co_quan": row["don_vi"],
        "trang_thai": row["trang_thai"],
        "nop_luc": timing.written(row["nop_luc"]),
    }


def read_dossier(db: sqlite3.Connection, user: sqlite3.Row, number: int) -> Json:
    """A dossier, for its body and the authority."""
    row = _dossier(db, number)
    if user["vai"] != AUTHORITY and user["don_vi"] != row["don_vi"]:
        raise Refused(404, ("CHUNG-404", "", "Không có hồ sơ này."))
    return dossier_view(row)


def due_view(db: sqlite3.Connection, about: str) -> Json:
    """The time limits of a dossier or device."""
    now = timing.now(db)
    rows = db.execute("SELECT ma, den, xong FROM thoi_han WHERE ve = ?", (about,)).fetchall()
    listed = [
        {"ma": row["ma"], "den": timing.written(row["den"]), "qua_han": (row["xong"] or now) > row["den"]}
        for row in rows
    ]
    return {"danh_sach": listed}


def _dossier(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    row = one(db, "SELECT * FROM ho_so WHERE id = ?", number)
    if row is None:
        raise Refused(404, ("CHUNG-404", "", "Không có hồ sơ này."))
    return row


def _must_be(row: sqlite3.Row, state: str) -> None:
    if row["trang_thai"] != state:
        raise Refused(409, ("HS-08", "", f"Hồ sơ đang ở trạng thái {row['trang_thai']}."), state=row["trang_thai"])


def _by_the_authority(user: sqlite3.Row) -> None:
    if user["vai"] != AUTHORITY:
        raise Refused(403, ("QUYEN-01", "", "Chỉ cơ quan chứng thực được làm việc này."))


def _moved(db: sqlite3.Connection, number: int, moves: dict[str, str], result: Any) -> Json:
    if result not in moves:
        raise Refused(422, ("HS-05", "ket_qua", f"Kết quả là {' hoặc '.join(moves)}."))
    db.execute("UPDATE ho_so SET trang_thai = ? WHERE id = ?", (moves[result], number))
    return dossier_view(_dossier(db, number))


def _due(db: sqlite3.Connection, about: str, code: str, until: int) -> None:
    db.execute("INSERT INTO thoi_han (ve, ma, den) VALUES (?, ?, ?)", (about, code, until))
