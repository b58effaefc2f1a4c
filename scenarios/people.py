"""Made-up people: Vietnamese names, offices and papers that belong to nobody, the same for the same seed.

Names are random combinations of common parts; a likeness to anybody is chance. Identity numbers begin with 999, which
no province has, phones with 0000; mail goes to a domain under `.test` (RFC 6761 §6.2) unless a setting of the scenario
names another. Provinces are real.

What somebody does follows from the name that the scenario gives: `head_school` is a headmistress or headmaster,
`custodian` the clerk who keeps an office's device, `lan` an official of some office. The first word is the persona
(`head`, `deputy`, `custodian`, `clerk`, `accountant`; an official for any other), the last one the kind of body
(`committee`, `council`, `department`, `school`, `clinic`, `party`; an office for any other).
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache

from faker import Faker

NO_PROVINCE = "999"
ISSUER_OF_PAPERS = "Cơ quan cấp giấy tờ (dữ liệu giả)"
OFFICIAL, OFFICE = "official", "office"
"""Persona and kind of body of a name that says neither."""

POSITIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "head": {
        OFFICE: ("Chánh Văn phòng",),
        "committee": ("Chủ tịch Ủy ban nhân dân",),
        "council": ("Chủ tịch Hội đồng nhân dân",),
        "department": ("Giám đốc Sở",),
        "school": ("Hiệu trưởng",),
        "clinic": ("Giám đốc Trung tâm", "Trưởng trạm"),
        "party": ("Bí thư Đảng ủy",),
    },
    "deputy": {
        OFFICE: ("Phó Chánh Văn phòng",),
        "committee": ("Phó Chủ tịch Ủy ban nhân dân",),
        "council": ("Phó Chủ tịch Hội đồng nhân dân",),
        "department": ("Phó Giám đốc Sở",),
        "school": ("Phó Hiệu trưởng",),
        "clinic": ("Phó Giám đốc Trung tâm", "Phó Trưởng trạm"),
        "party": ("Phó Bí thư Đảng ủy",),
    },
    "custodian": {OFFICE: ("Văn thư", "Văn thư viên", "Cán sự văn thư, lưu trữ")},
    "clerk": {OFFICE: ("Văn thư viên", "Chuyên viên", "Cán sự")},
    "accountant": {OFFICE: ("Kế toán trưởng", "Phụ trách kế toán", "Kế toán viên")},
    OFFICIAL: {
        OFFICE: ("Chuyên viên", "Chuyên viên chính", "Phó Trưởng phòng", "Trưởng phòng", "Phó Chánh Văn phòng"),
        "committee": ("Công chức Văn phòng - Thống kê", "Công chức Tư pháp - Hộ tịch", "Công chức Tài chính - Kế toán"),
        "council": ("Phó Trưởng ban", "Ủy viên chuyên trách", "Chuyên viên"),
        "department": ("Chuyên viên", "Thanh tra viên", "Trưởng phòng", "Chi cục trưởng"),
        "school": ("Giáo viên", "Tổ trưởng chuyên môn", "Nhân viên văn thư"),
        "clinic": ("Bác sĩ", "Điều dưỡng trưởng", "Dược sĩ"),
        "party": ("Ủy viên Ban Thường vụ", "Chuyên viên Văn phòng"),
    },
}
"""By persona and kind of body; what a persona does in every office stands for the kinds that it lacks."""

SECTIONS: Mapping[str, tuple[str, ...]] = {
    OFFICE: ("Phòng Hành chính - Tổ chức", "Phòng Tổng hợp", "Phòng Hành chính - Quản trị"),
    "committee": ("Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",),
    "council": ("Ban Pháp chế", "Ban Kinh tế - Ngân sách", "Ban Văn hóa - Xã hội"),
    "department": ("Văn phòng Sở", "Thanh tra Sở", "Phòng Kế hoạch - Tài chính"),
    "school": ("Tổ Văn phòng", "Tổ Khoa học tự nhiên", "Tổ Khoa học xã hội"),
    "clinic": ("Phòng Kế hoạch - Nghiệp vụ", "Khoa Khám bệnh", "Khoa Dược"),
    "party": ("Văn phòng Đảng ủy", "Ban Tổ chức"),
}
"""Where in such a body somebody sits."""

FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
)
MIDDLE_OF_WOMEN = ("Thị", "Thị Thu", "Thị Kim", "Thị Ngọc", "Thu", "Bích")
MIDDLE_OF_MEN = ("Văn", "Hữu", "Bá", "Gia", "Đình")
BIRTH_PLACES = (
    "An Giang",
    "Bắc Ninh",
    "Cà Mau",
    "Cao Bằng",
    "Đồng Tháp",
    "Gia Lai",
    "Hà Tĩnh",
    "Hưng Yên",
    "Khánh Hòa",
    "Lai Châu",
    "Lạng Sơn",
    "Lâm Đồng",
    "Nghệ An",
    "Ninh Bình",
    "Phú Thọ",
    "Quảng Trị",
    "Sơn La",
    "Tây Ninh",
    "Thanh Hóa",
    "Vĩnh Long",
)
"""Provinces whose names held before July 2025 and hold since."""


def person(seed: str, name: str, mail_domain: str, today: date) -> dict[str, str]:
    """The papers of the person that seed and name stand for: of age at `today`, mail under the domain."""
    return dict(_person(seed, name, mail_domain, today))


@lru_cache(maxsize=1024)
def _person(seed: str, name: str, mail_domain: str, today: date) -> Mapping[str, str]:
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    with _turn:
        faker = _faker()
        faker.seed_instance(int.from_bytes(digest[:8]))
        return _papers(faker, digest, name, mail_domain, today)


_turn = threading.Lock()


@cache
def _faker() -> Faker:
    """Made once, for that takes long; whoever seeds and asks it does so in turn."""
    return Faker("vi_VN")


def _papers(faker: Faker, digest: bytes, name: str, mail_domain: str, today: date) -> dict[str, str]:
    female = bool(digest[8] & 1)
    given = faker.first_name_female() if female else faker.first_name_male()
    middle = faker.random_element(MIDDLE_OF_WOMEN if female else MIDDLE_OF_MEN)
    full_name = unicodedata.normalize("NFC", f"{faker.random_element(FAMILY)} {middle} {given}")
    birth = today - timedelta(days=25 * 365 + faker.random_int(0, 30 * 365))
    persona, body = work_of(name)
    positions = POSITIONS[persona]
    return {
        "full_name": full_name,
        "gender": "Nữ" if female else "Nam",
        "birth_date": birth.isoformat(),
        "birth_place": faker.random_element(BIRTH_PLACES),
        "id_number": NO_PROVINCE + "".join(str(faker.random_digit()) for _ in range(9)),
        "id_issue_date": (today - timedelta(days=faker.random_int(200, 3000))).isoformat(),
        "id_issue_place": ISSUER_OF_PAPERS,
        "position": faker.random_element(positions.get(body) or positions[OFFICE]),
        "office": faker.random_element(SECTIONS[body]),
        "phone": "0000" + "".join(str(faker.random_digit()) for _ in range(6)),
        "email": f"{mailbox(full_name)}.{digest[9]:02x}{digest[10]:02x}@{mail_domain}",
    }


def work_of(name: str) -> tuple[str, str]:
    """Persona and kind of body that a name in a scenario stands for."""
    first, last = name.split("_")[0], name.split("_")[-1]
    return first if first in POSITIONS else OFFICIAL, last if last in SECTIONS else OFFICE


def mailbox(full_name: str) -> str:
    """The local part of a mail address made of a name: given name, then initials, without diacritics."""
    plain = unicodedata.normalize("NFD", full_name.replace("Đ", "D").replace("đ", "d"))
    words = re.sub(r"[^a-z ]", "", plain.encode("ascii", "ignore").decode().lower()).split()
    return words[-1] + "".join(word[0] for word in words[:-1])
