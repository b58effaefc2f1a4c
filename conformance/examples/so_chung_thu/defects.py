"""Mistakes that can be switched on, each one that a real system might have."""

from __future__ import annotations

from collections.abc import Iterable

DEFECTS = {
    "term-unchecked": "cấp quá thời hạn tối đa / a term beyond the cap is granted",
    "subscriber-files": "thuê bao tự nộp hồ sơ / the subscriber may file",
    "seal-forgotten": "không xem dấu của cơ quan / nobody looks for the seal",
    "approved-unchecked": "phê duyệt hồ sơ chưa kiểm tra / dossiers are approved before they are checked",
    "title-in-name": "tên kèm chức danh / the title stands beside the name",
    "notice-forgotten": "không báo đến nhận thiết bị / nobody is told to fetch the device",
    "anybody-demands": "ai cũng nêu được yêu cầu của công an / anybody may make the police's demand",
    "closed-early": "khép vụ việc khi thiết bị chưa về / the case closes while the device is out",
    "ocsp-lags": "OCSP chưa biết đã thu hồi / OCSP does not know of a revocation",
    "expiry-ignored": "hết hạn vẫn ghi còn hiệu lực / what has expired is said to be in effect",
    "loss-without-minutes": "báo mất không cần biên bản / a loss needs no minutes",
}


def checked(names: Iterable[str]) -> frozenset[str]:
    """The names as a set. ValueError for one that is none."""
    wanted = frozenset(names)
    for name in sorted(wanted - DEFECTS.keys()):
        raise ValueError(f"no defect {name!r}; there are: {', '.join(DEFECTS)}")
    return wanted
