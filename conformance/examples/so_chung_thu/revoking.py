"""Certificates once they are issued: their status, their devices' way, and their end."""

from __future__ import annotations

import sqlite3

from conformance.examples.so_chung_thu import timing
from conformance.examples.so_chung_thu.refusing import Refused, faults
from conformance.examples.so_chung_thu.registration import AUTHORITY, Json, notify
from conformance.examples.so_chung_thu.storing import one

GROUNDS = {
    "HET_HAN": "unspecified",
    "LO_KHOA": "keyCompromise",
    "MAT_THIET_BI": "keyCompromise",
    "YEU_CAU_CONG_AN": "privilegeWithdrawn",
    "CO_QUAN_DE_NGHI": "unspecified",
    "GIAI_THE": "cessationOfOperation",
    "NGUNG_PHAN_MEM": "cessationOfOperation",
}
"""Ground of a revocation -> its CRLReason."""
LEGS = {
    ("CUC", "CO_QUAN"): ("CHUAN_BI", "O_CO_QUAN", AUTHORITY, "07"),
    ("CO_QUAN", "THUE_BAO"): ("O_CO_QUAN", "DANG_DUNG", "CO_QUAN", "07"),
    ("THUE_BAO", "CO_QUAN"): ("DANG_DUNG", "THU_LAI", "CO_QUAN", "08"),
    ("CO_QUAN", "CUC"): ("THU_LAI", "DA_TRA", "CO_QUAN", "08"),
}
"""From whom to whom a device goes -> its state before and after, who writes the minutes, on which form."""
BACK = frozenset({("THUE_BAO", "CO_QUAN"), ("CO_QUAN", "CUC")})


def status(row: sqlite3.Row, second: int, defects: frozenset[str]) -> str:
    """Where a certificate stood then."""
    if row["thu_hoi_luc"] is not None and second >= row["thu_hoi_luc"]:
        return "DA_THU_HOI"
    return "HET_HAN" if second > row["den"] and "expiry-ignored" not in defects else "HIEU_LUC"


def certificate_view(row: sqlite3.Row, second: int, defects: frozenset[str]) -> Json:
    """A certificate as it is shown."""
    state = status(row, second, defects)
    return {
        "so_chung_thu": str(row["so"]),
        "ten": row["ten"],
        "thiet_bi": row["thiet_bi"],
        "hieu_luc_tu": timing.written(row["tu"]),
        "hieu_luc_den": timing.written(row["den"]),
        "trang_thai": state,
        "con_hieu_luc": state == "HIEU_LUC",
        "ly_do": row["ly_do"] if state == "DA_THU_HOI" else None,
    }


def certificate(db: sqlite3.Connection, serial: str, user: sqlite3.Row | None = None) -> sqlite3.Row:
    """A certificate that this user may see; anybody, where none is named."""
    row = one(db, "SELECT * FROM chung_thu WHERE so = ?", serial)
    if row is None or (user is not None and user["vai"] not in (AUTHORITY, "SO") and user["don_vi"] != row["don_vi"]):
        raise Refused(404, ("CHUNG-404", "", "Không có chứng thư này."))
    return row


def ask(db: sqlite3.Connection, user: sqlite3.Row, asked: Json, defects: frozenset[str]) -> Json:
    """Ask for a revocation."""
    row = one(db, "SELECT * FROM chung_thu WHERE so = ?", str(asked.get("so_chung_thu")))
    if row is None:
        raise Refused(404, ("CHUNG-404", "so_chung_thu", "Không có chứng thư này."))
    now, ground = timing.now(db), asked.get("can_cu")
    if status(row, now, frozenset()) == "DA_THU_HOI":
        raise Refused(409, ("TH-09", "so_chung_thu", "Chứng thư đã bị thu hồi."), state="DA_THU_HOI")
    if user["vai"] == "THUE_BAO":
        raise Refused(403, ("TH-01", "", "Thuê bao đề nghị qua cơ quan quản lý trực tiếp."))
    demands = user["vai"] == "CONG_AN" or "anybody-demands" in defects
    if user["vai"] == "CO_QUAN" and user["don_vi"] != row["don_vi"]:
        raise Refused(403, ("TH-02", "", "Chứng thư của cơ quan khác."))
    with faults() as found:
        found.unless(ground in GROUNDS, "TH-03", "can_cu", "Không có căn cứ này.")
        found.unless(ground != "YEU_CAU_CONG_AN" or demands, "TH-04", "can_cu", "Chỉ công an, tòa án nêu căn cứ này.")
        found.unless(ground != "HET_HAN" or now > row["den"], "TH-05", "can_cu", "Chứng thư còn hạn.")
        found.unless(ground != "GIAI_THE", "TH-06", "can_cu", "Căn cứ của tổ chức, không của cá nhân.")
        found.unless(ground != "NGUNG_PHAN_MEM", "TH-07", "can_cu", "Căn cứ của phần mềm, không của cá nhân.")
        found.unless(asked.get("mau") == "05", "TH-08", "mau", "Phải có mẫu 05.")
        is_confirmed = ground not in ("LO_KHOA", "MAT_THIET_BI") or asked.get("nguoi_xac_nhan")
        found.unless(is_confirmed, "TH-10", "nguoi_xac_nhan", "Cơ quan phải xác nhận.")
    leaked = asked.get("lo_khoa_luc")
    number = db.execute(
        "INSERT INTO vu_thu_hoi (chung_thu, can_cu, trang_thai, lo_khoa_luc) VALUES (?, ?, 'CHO_QUYET', ?)",
        (row["so"], ground, timing.read(leaked) if leaked else None),
    ).lastrowid
    return case_view(db, number or 0)


def decide(db: sqlite3.Connection, user: sqlite3.Row, number: int, defects: frozenset[str]) -> Json:
    """Revoke."""
    if user["vai"] != AUTHORITY:
        raise Refused(403, ("QUYEN-01", "", "Chỉ cơ quan chứng thực được làm việc này."))
    case = _case(db, number)
    if case["trang_thai"] != "CHO_QUYET":
        raise Refused(409, ("TH-09", "", "Vụ việc đã quyết."), state=case["trang_thai"])
    row, now = certificate(db, case["chung_thu"]), timing.now(db)
    db.execute(
        "UPDATE chung_thu SET thu_hoi_luc = ?, ly_do = ?, lo_khoa_luc = ? WHERE so = ?",
        (now, GROUNDS[case["can_cu"]], case["lo_khoa_luc"], row["so"]),
    )
    is_back = "closed-early" in defects or _device(db, row["thiet_bi"])["trang_thai"] in ("DA_TRA", "DA_MAT")
    state = "DA_KHEP" if is_back else "DA_THU_HOI"
    db.execute("UPDATE vu_thu_hoi SET trang_thai = ?, quyet_luc = ? WHERE id = ?", (state, now, number))
    if not is_back:
        _due_back(db, row["thiet_bi"], now)
    notify(db, row["don_vi"], row["so"], "TB-TRA")
    return case_view(db, number)


def case_view(db: sqlite3.Connection, number: int) -> Json:
    """A revocation as it is shown."""
    case = _case(db, number)
    row = certificate(db, case["chung_thu"])
    outstanding = [] if case["trang_thai"] == "DA_KHEP" else [row["thiet_bi"]]
    return {
        "so_vu": number,
        "trang_thai": case["trang_thai"],
        "quyet_luc": timing.written(case["quyet_luc"]),
        "ly_do": GROUNDS[case["can_cu"]],
        "thiet_bi_chua_tra": outstanding,
    }


def hand_over(db: sqlite3.Connection, user: sqlite3.Row, minutes: Json) -> Json:
    """Record minutes: a device goes from one to the next."""
    leg = (str(minutes.get("ben_giao")), str(minutes.get("ben_nhan")))
    if leg not in LEGS:
        raise Refused(422, ("BG-01", "ben_nhan", "Không giao nhận thẳng như vậy."))
    before, after, role, form = LEGS[leg]
    device = _device(db, str(minutes.get("thiet_bi")))
    row = one(db, "SELECT * FROM chung_thu WHERE thiet_bi = ?", device["so"])
    assert row is not None  # noqa: S101 - a device is made with its certificate
    is_theirs = user["vai"] == AUTHORITY or user["don_vi"] == row["don_vi"]
    if user["vai"] != role or not is_theirs:
        raise Refused(403, ("QUYEN-02", "", "Biên bản do bên giao, nhận của mình lập."))
    now = timing.now(db)
    is_back = leg in BACK
    if is_back and status(row, now, frozenset()) == "HIEU_LUC":
        raise Refused(409, ("BG-04", "", "Chứng thư chưa bị thu hồi."), state=device["trang_thai"])
    if device["trang_thai"] != before:
        code = "BG-05" if is_back else "BG-02"
        raise Refused(409, (code, "thiet_bi", f"Thiết bị đang {device['trang_thai']}."), state=device["trang_thai"])
    with faults() as found:
        found.unless(minutes.get("mau") == form, "BG-03", "mau", f"Dùng mẫu {form}.")
        found.unless(minutes.get("du_chu_ky") is True, "BG-06", "du_chu_ky", "Hai bên phải ký.")
    db.execute("UPDATE thiet_bi SET trang_thai = ?, nguoi_giu = ? WHERE so = ?", (after, leg[1], device["so"]))
    if after == "DA_TRA":
        close(db, row["so"], device["so"])
    return {"ben_giao": leg[0], "ben_nhan": leg[1], "thiet_bi": device["so"], "lap_luc": timing.written(now)}


def lose(db: sqlite3.Connection, user: sqlite3.Row, number: str, told: Json, defects: frozenset[str]) -> Json:
    """Record that a device is lost."""
    device = _device(db, number)
    row = one(db, "SELECT * FROM chung_thu WHERE thiet_bi = ?", number)
    if row is None or user["don_vi"] != row["don_vi"]:
        raise Refused(404, ("CHUNG-404", "", "Không có thiết bị này."))
    if told.get("mau_bien_ban") != "09" and "loss-without-minutes" not in defects:
        raise Refused(422, ("MAT-01", "mau_bien_ban", "Phải có biên bản mẫu 09."))
    db.execute("UPDATE thiet_bi SET trang_thai = 'DA_MAT' WHERE so = ?", (number,))
    if row["thu_hoi_luc"] is not None:
        close(db, row["so"], number)
    return device_view(_device(db, device["so"]))


def close(db: sqlite3.Connection, serial: str, device: str) -> None:
    """The device is back or lost for good: the revocations of its certificate come to their end."""
    now = timing.now(db)
    db.execute(
        "UPDATE vu_thu_hoi SET trang_thai = 'DA_KHEP' WHERE chung_thu = ? AND trang_thai = 'DA_THU_HOI'", (serial,)
    )
    db.execute("UPDATE thoi_han SET xong = ? WHERE ve = ?", (now, device))


def device_view(device: sqlite3.Row) -> Json:
    """A device as it is shown."""
    return {"so_hieu": device["so"], "trang_thai": device["trang_thai"], "nguoi_giu": device["nguoi_giu"]}


def read_device(db: sqlite3.Connection, number: str) -> Json:
    """A device."""
    return device_view(_device(db, number))


def remind(db: sqlite3.Connection) -> None:
    """Tell the bodies whose certificates have expired since somebody last looked."""
    now = timing.now(db)
    for row in db.execute("SELECT * FROM chung_thu WHERE den < ? AND thu_hoi_luc IS NULL", (now,)).fetchall():
        if one(db, "SELECT 1 FROM thong_bao WHERE chung_thu = ? AND ma = 'TB-TRA'", row["so"]) is None:
            notify(db, row["don_vi"], row["so"], "TB-TRA")
            _due_back(db, row["thiet_bi"], now)


def _due_back(db: sqlite3.Connection, device: str, now: int) -> None:
    values = (device, timing.after_working_days(now, 5))
    db.execute("INSERT INTO thoi_han (ve, ma, den) VALUES (?, 'TH-TRA', ?)", values)


def _case(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    return _found(one(db, "SELECT * FROM vu_thu_hoi WHERE id = ?", number))


def _device(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    return _found(one(db, "SELECT * FROM thiet_bi WHERE so = ?", number))


def _found(row: sqlite3.Row | None) -> sqlite3.Row:
    if row is None:
        raise Refused(404, ("CHUNG-404", "", "Không có."))
    return row
