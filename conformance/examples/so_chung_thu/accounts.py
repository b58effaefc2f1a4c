"""Who may sign in: one account for each role and kind of body, with passwords made when the system is first begun."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from pathlib import Path

ROLES = {
    "cuc": ("authority", "CO_QUAN_CHUNG_THUC", "Cơ quan chứng thực"),
    "so": ("registrar", "SO", "Sở Khoa học và Công nghệ"),
    "van-phong": ("agency", "CO_QUAN", "Văn phòng tỉnh"),
    "can-bo": ("subscriber", "THUE_BAO", "Văn phòng tỉnh"),
    "chi-cuc": ("other-agency", "CO_QUAN", "Chi cục Kiểm lâm"),
    "cong-ty": ("company", "DOANH_NGHIEP", "Công ty Cỏ May"),
    "cong-an": ("security", "CONG_AN", "Công an tỉnh"),
    "hdnd": ("peoples-council", "CO_QUAN", "Hội đồng nhân dân"),
    "ubnd": ("peoples-committee", "CO_QUAN", "Ủy ban nhân dân"),
    "so-ban-nganh": ("state-body", "CO_QUAN", "Sở Nội vụ"),
    "su-nghiep": ("public-service-unit", "CO_QUAN", "Trường Cao đẳng"),
    "phong": ("district-division", "CO_QUAN", "Phòng Văn hóa"),
    "truc-thuoc": ("state-body-organisation", "CO_QUAN", "Chi cục Thủy lợi"),
    "quan-tri": ("trainer", "QUAN_TRI", "Quản trị hệ thống"),
}
"""User name -> the actor that a scenario knows, this system's role, and the body."""


def seed(db: sqlite3.Connection, accounts: Path) -> None:
    """Make the accounts, where there are none, and write what they sign in by for the harness."""
    if db.execute("SELECT count(*) FROM tai_khoan").fetchone()[0]:
        return
    passwords = {name: secrets.token_urlsafe(12) for name in ROLES}
    for name, (_, role, body) in ROLES.items():
        db.execute("INSERT INTO tai_khoan VALUES (?, ?, ?, ?)", (name, _hashed(passwords[name]), role, body))
    listed = [{"name": actor, "username": name, "credential": passwords[name]} for name, (actor, _, _) in ROLES.items()]
    accounts.touch(mode=0o600)
    accounts.write_text(json.dumps({"accounts": listed}, indent=1), encoding="utf-8")


def sign_in(db: sqlite3.Connection, name: str, password: str) -> str | None:
    """A new session; None where name and password do not fit."""
    found = db.execute("SELECT mat_khau FROM tai_khoan WHERE ten = ?", (name,)).fetchone()
    if found is None or not secrets.compare_digest(found["mat_khau"], _hashed(password)):
        return None
    session = secrets.token_urlsafe(24)
    db.execute("INSERT INTO phien VALUES (?, ?)", (session, name))
    return session


def who(db: sqlite3.Connection, session: str | None) -> sqlite3.Row | None:
    """The account of a session: `ten`, `vai`, `don_vi`."""
    found: sqlite3.Row | None = db.execute(
        "SELECT ten, vai, don_vi FROM tai_khoan JOIN phien ON tai_khoan = ten WHERE ma = ?", (session,)
    ).fetchone()
    return found


def _hashed(password: str) -> str:
    # An example with random passwords of 96 bits: salt and stretching would add nothing.
    return hashlib.sha256(password.encode()).hexdigest()
