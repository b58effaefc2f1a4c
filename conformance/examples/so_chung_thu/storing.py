"""Its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS dong_ho (lech INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tai_khoan (ten TEXT PRIMARY KEY, mat_khau TEXT, vai TEXT, don_vi TEXT);
CREATE TABLE IF NOT EXISTS phien (ma TEXT PRIMARY KEY, tai_khoan TEXT REFERENCES tai_khoan);
CREATE TABLE IF NOT EXISTS ho_so (
    id INTEGER PRIMARY KEY, don_vi TEXT, trang_thai TEXT, noi_dung TEXT, nop_luc INTEGER);
CREATE TABLE IF NOT EXISTS chung_thu (
    so TEXT PRIMARY KEY, ho_so INTEGER REFERENCES ho_so, don_vi TEXT, ten TEXT, thiet_bi TEXT,
    tu INTEGER, den INTEGER, pem TEXT, thu_hoi_luc INTEGER, ly_do TEXT, lo_khoa_luc INTEGER);
CREATE TABLE IF NOT EXISTS thiet_bi (so TEXT PRIMARY KEY, trang_thai TEXT, nguoi_giu TEXT);
CREATE TABLE IF NOT EXISTS vu_thu_hoi (
    id INTEGER PRIMARY KEY, chung_thu TEXT, can_cu TEXT, trang_thai TEXT, quyet_luc INTEGER, lo_khoa_luc INTEGER);
CREATE TABLE IF NOT EXISTS thong_bao (id INTEGER PRIMARY KEY, don_vi TEXT, chung_thu TEXT, ma TEXT, luc INTEGER);
CREATE TABLE IF NOT EXISTS thoi_han (id INTEGER PRIMARY KEY, ve TEXT, ma TEXT, den INTEGER, xong INTEGER);
CREATE TABLE IF NOT EXISTS crl (so INTEGER PRIMARY KEY, luc INTEGER, da_co TEXT);
"""


def opened(path: Path | str, clock: Callable[[], datetime]) -> sqlite3.Connection:
    """A connection, its tables made where they are not there. Its transactions are begun by whoever uses it.

    `gio_may()` is the clock's time in SQL, in seconds since 1970.
    """
    db = sqlite3.connect(str(path), isolation_level=None, timeout=10)
    db.create_function("gio_may", 0, lambda: int(clock().timestamp()))
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA synchronous = OFF")  # an example: what a power cut takes is nobody's
    # Not executescript, which ends a transaction.
    for statement in TABLES.split(";"):
        db.execute(statement)
    if db.execute("SELECT count(*) FROM dong_ho").fetchone()[0] == 0:
        db.execute("INSERT INTO dong_ho VALUES (0)")
    return db


def one(db: sqlite3.Connection, question: str, *values: Any) -> sqlite3.Row | None:
    """The first row."""
    found: sqlite3.Row | None = db.execute(question, values).fetchone()
    return found
