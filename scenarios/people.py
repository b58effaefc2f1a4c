"""Made-up people: Vietnamese names and papers that belong to nobody, the same for the same seed.

Given names come from Faker's vi_VN; identity numbers begin with 999, which no province has; mail goes to a
domain under `.test` (RFC 6761 §6.2) unless the scenario's setting names another.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date, timedelta

from faker import Faker

NO_PROVINCE = "999"
POSITIONS = ("Chuyên viên", "Phó Trưởng phòng", "Trưởng phòng", "Phó Chánh Văn phòng", "Kế toán trưởng")
ISSUER_OF_PAPERS = "Cơ quan cấp giấy tờ (dữ liệu giả)"
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


def person(seed: str, name: str, mail_domain: str, today: date) -> dict[str, str]:
    """The papers of the person that seed and name stand for: of age at `today`, mail under the domain."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    faker = Faker("vi_VN")
    faker.seed_instance(int.from_bytes(digest[:8]))
    female = bool(digest[8] & 1)
    given = faker.first_name_female() if female else faker.first_name_male()
    middle = "Thị" if female else "Văn"
    full_name = unicodedata.normalize("NFC", f"{faker.random_element(FAMILY)} {middle} {given}")
    birth = today - timedelta(days=25 * 365 + faker.random_int(0, 30 * 365))
    return {
        "full_name": full_name,
        "gender": "Nữ" if female else "Nam",
        "birth_date": birth.isoformat(),
        "birth_place": "Tỉnh Mô Phỏng",
        "id_number": NO_PROVINCE + "".join(str(faker.random_digit()) for _ in range(9)),
        "id_issue_date": (today - timedelta(days=faker.random_int(200, 3000))).isoformat(),
        "id_issue_place": ISSUER_OF_PAPERS,
        "position": faker.random_element(POSITIONS),
        "phone": "0000" + "".join(str(faker.random_digit()) for _ in range(6)),
        "email": f"{mailbox(full_name)}.{digest[9]:02x}{digest[10]:02x}@{mail_domain}",
    }


def mailbox(full_name: str) -> str:
    """The local part of a mail address made of a name: given name, then initials, without diacritics."""
    plain = unicodedata.normalize("NFD", full_name.replace("Đ", "D").replace("đ", "d"))
    words = re.sub(r"[^a-z ]", "", plain.encode("ascii", "ignore").decode().lower()).split()
    return words[-1] + "".join(word[0] for word in words[:-1])
