"""Requests that nothing is wrong with, to be spoiled one value at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from mockca.errors import Violation
from mockca.rules.facts import (
    ActivationFacts,
    CertificateFacts,
    FilingFacts,
    HandoverFacts,
    RestoreFacts,
    RevocationFacts,
    RosterFacts,
    SetFacts,
    SheetFacts,
    SubmissionFacts,
    UnitFacts,
)
from mockca.rules.loading import load

AN_GIANG = load("an-giang")
LAI_CHAU = load("lai-chau")
THAI_BINH = load("thai-binh")
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)

PAPER = SubmissionFacts(document_number="12/SỞ-VP", signed_by="Nguyễn Thị Mẫu", sealed=True)
SIGNED = SubmissionFacts(channel="electronic", signature=True)

UNIT = UnitFacts(
    id="so-y-te",
    name="Sở Y tế",
    category="state-body",
    superiors=("Ủy ban nhân dân tỉnh",),
    locality="An Giang",
    email="soyte@angiang.test",
)

PERSON_FORM: dict[str, object] = {
    "full_name": "Trần Văn Mẫu",
    "birth_date": "1985-05-01",
    "id_number": "089085000001",
    "id_issue_date": "2021-06-01",
    "id_issue_place": "Cục Mẫu",
    "email": "mau.tv@soyte.angiang.test",
    "workplace": "Sở Y tế",
    "position": "Chuyên viên",
    "validity_years": 5,
    "commitment_truthful": True,
    "commitment_compliance": True,
    "form_date": "2026-03-09",
    "signature": True,
    "organisation_confirmation": True,
}

ORGANISATION_FORM: dict[str, object] = {
    "manager_full_name": "Lê Thị Mẫu",
    "manager_birth_date": "1980-01-02",
    "manager_id_number": "B1234567",
    "manager_id_issue_date": "2020-02-02",
    "manager_id_issue_place": "Cục Mẫu",
    "manager_email": "mau.lt@angiang.test",
    "manager_workplace": "Sở Y tế",
    "manager_position": "Văn thư",
    "organisation_name": "sở  y tế",
    "organisation_email": "soyte@angiang.test",
    "validity_years": 3,
    "commitment_truthful": True,
    "commitment_compliance": True,
    "organisation_confirmation": True,
    "form_date": "2026-03-09",
    "manager_signature": True,
}

ND68_PERSON_FORM: dict[str, object] = {
    "receiver_full_name": "Lò Thị Mẫu",
    "receiver_phone": "02133000000",
    "receiver_email": "mau.lt@laichau.test",
    "item_count": 1,
    "full_name": "Giàng A Mẫu",
    "personal_id": "012085000001",
    "id_issue_date": "2021-06-01",
    "id_issue_place": "Cục Mẫu",
    "position": "Chuyên viên",
    "email": "mau.ga@laichau.test",
    "workplace": "Sở Y tế",
    "province_city": "Lai Châu",
}

ND68_ORGANISATION_FORM: dict[str, object] = {"receiver_full_name": "Lò Thị Mẫu", "item_count": 1}
ND68_ORGANISATION_LINE: dict[str, object] = {
    "organisation_name": "Sở Y tế",
    "province_city": "Lai Châu",
    "organisation_email": "soyte@laichau.test",
}

AG_F03: dict[str, object] = {
    "organisation_name": "Sở Y tế",
    "organisation_email": "soyte@angiang.test",
    "certificate_number": "0A:1B",
    "certificate_issue_date": "2024-03-01",
    "certificate_expiry_date": "2029-03-01",
    "revocation_reason": "Nghi lộ khóa bí mật",
    "form_date": "2026-03-10",
    "head_signature": True,
}

TT05_F05: dict[str, object] = {
    "full_name": "Trần Văn Mẫu",
    "certificate_number": "a1b",
    "revocation_reason": "Mất thiết bị",
}


ND68_F06: dict[str, object] = {
    "cooperating_full_name": "Lò Thị Mẫu",
    "cooperating_phone": "02133000000",
    "cooperating_email": "mau.lt@laichau.test",
    "subscriber_name": "giàng a  mẫu",
    "device_number": " 00AB ",
    "certificate_number": "0A:1B",
    "restore_reason": "Nhập sai mã PIN quá số lần",
}


TB_PERSON_FORM: dict[str, object] = {
    "full_name": "Vũ Thị Mẫu",
    "birth_date": "1990-09-02",
    "id_number": "034190000001",
    "id_issue_date": "2021-06-01",
    "id_issue_place": "Cục Mẫu",
    "email": "mau.vt@thaibinh.test",
    "workplace": "Sở Y tế",
    "position": "Giám đốc",
    "validity_years": 5,
    "agency_confirmation": True,
    "form_date": "2026-03-09",
    "applicant_signature": True,
}

TB_ORGANISATION_FORM: dict[str, object] = {
    "organisation_name": "Sở Y tế",
    "tax_code": "1000000001",
    "organisation_email": "soyte@thaibinh.test",
    "validity_years": 5,
    "manager_full_name": "Đỗ Văn Mẫu",
    "manager_birth_date": "1980-01-02",
    "manager_id_number": "034080000001",
    "manager_id_issue_date": "2020-02-02",
    "manager_id_issue_place": "Cục Mẫu",
    "manager_email": "mau.dv@thaibinh.test",
    "manager_workplace": "Sở Y tế",
    "manager_position": "Văn thư",
    "organisation_confirmation": True,
    "manager_signature": True,
    "form_date": "2026-03-09",
}

TB_LIST: dict[str, object] = {
    "covering_letter": "45/SYT-VP",
    "registration_count": 1,
    "compiler_signature": True,
    "list_date": "2026-03-09",
    "head_signature": True,
}

TB_PERSON_ROW: dict[str, object] = {
    "full_name": "vũ thị mẫu",
    "birth_date": "1990-09-02",
    "id": "034190000001, 2021-06-01, Cục Mẫu",
    "organisation_name": "Sở Y tế",
    "province_city": "Thái Bình",
    "position": "Giám đốc",
    "email": "mau.vt@thaibinh.test",
}

TB_ORGANISATION_ROW: dict[str, object] = {
    "manager_full_name": "Đỗ Văn Mẫu",
    "manager_birth_date": "1980-01-02",
    "manager_id": "034080000001, 2020-02-02, Cục Mẫu",
    "manager_workplace": "Sở Y tế",
    "manager_email": "mau.dv@thaibinh.test",
    "organisation_name": "Sở Y tế",
    "province_city": "Thái Bình",
    "tax_code": "1000000001",
    "organisation_email": "soyte@thaibinh.test",
}

TB_F05: dict[str, object] = {
    "subscriber_full_name": "Vũ Thị Mẫu",
    "birth_date": "1990-09-02",
    "id_number": "034190000001",
    "id_issue_date": "2021-06-01",
    "id_issue_place": "Cục Mẫu",
    "workplace": "Sở Y tế",
    "position": "Giám đốc",
    "certificate_subject": "CN=Vũ Thị Mẫu, OU=Sở Y tế,O=Ủy ban nhân dân tỉnh,L=Thái Bình,C=VN",
    "email": "mau.vt@thaibinh.test",
    "certificate_serial": "0A:1B",
    "certificate_issue_date": "2024-03-01",
    "certificate_expiry_date": "2029-02-28",
    "device_serial": "00ab",
    "revocation_reason": "Nghỉ hưu",
    "agency_confirmation": True,
    "form_date": "2026-03-10",
    "applicant_signature": True,
}


def filing(**changes: Any) -> FilingFacts:
    """A person's dossier in An Giang."""
    values: dict[str, Any] = {
        "filer_role": "subscriber",
        "subscriber_kind": "person",
        "unit": UNIT,
        "form": "TT05-F01",
        "fields": PERSON_FORM,
        "attachments": frozenset({"seal-registration-copy", "title-confirmation-copy"}),
        "sets": (SetFacts("paper", "in_person"), SetFacts("electronic", "document_system")),
    }
    return FilingFacts(**(values | changes))


def organisation_filing(**changes: Any) -> FilingFacts:
    """An organisation's dossier in An Giang."""
    form = {"subscriber_kind": "organisation", "form": "AG-F01", "fields": ORGANISATION_FORM}
    return filing(**(form | changes))


def agency_filing(**changes: Any) -> FilingFacts:
    """A person's dossier in Lai Châu."""
    values: dict[str, Any] = {
        "filer_role": "agency",
        "subscriber_kind": "person",
        "unit": UNIT,
        "form": "ND68-F01",
        "fields": ND68_PERSON_FORM,
        "submission": PAPER,
    }
    return FilingFacts(**(values | changes))


def listed_filing(**changes: Any) -> FilingFacts:
    """A leader's dossier in Thái Bình, on its list."""
    values: dict[str, Any] = {
        "filer_role": "agency",
        "subscriber_kind": "person",
        "unit": UNIT,
        "form": "TB-F02",
        "fields": TB_PERSON_FORM,
        "enclosed": (SheetFacts("TB-F03", TB_LIST, (TB_PERSON_ROW,)),),
        "attachments": frozenset({"seal-registration-copy", "title-decision-copy"}),
        "category": "leader",
        "submission": PAPER,
    }
    return FilingFacts(**(values | changes))


def listed_organisation(**changes: Any) -> FilingFacts:
    """An organisation's dossier in Thái Bình, on its list."""
    form = {
        "subscriber_kind": "organisation",
        "form": "TB-F01",
        "fields": TB_ORGANISATION_FORM,
        "enclosed": (SheetFacts("TB-F04", TB_LIST, (TB_ORGANISATION_ROW,)),),
        "attachments": frozenset({"seal-registration-copy", "title-decision-copy", "tax-registration-copy"}),
        "category": None,
    }
    return listed_filing(**(form | changes))


def roster(**changes: Any) -> RosterFacts:
    """A roster of two persons in An Giang."""
    values: dict[str, Any] = {
        "form": "TT05-F02",
        "declared_count": 2,
        "kinds": ("person", "person"),
        "attachments": frozenset({"request-list-copy"}),
        "submission": PAPER,
    }
    return RosterFacts(**(values | changes))


def handover(**changes: Any) -> HandoverFacts:
    """Minutes of two devices going from the authority to the registrar of An Giang."""
    values: dict[str, Any] = {
        "leg": "authority-registrar",
        "form": "TT05-F03",
        "giver_signed": True,
        "receiver_signed": True,
        "items": (("a1b", "0001"), ("a1c", "0002")),
        "today": TODAY,
    }
    return HandoverFacts(**(values | changes))


def proposal(**changes: Any) -> ActivationFacts:
    """A proposal to take effect on publication."""
    values: dict[str, Any] = {
        "form": "TT05-F04",
        "fields": {},
        "wanted_at": None,
        "now": NOW,
        "submission": PAPER,
    }
    return ActivationFacts(**(values | changes))


def certificate(**changes: Any) -> CertificateFacts:
    """A person's certificate in force."""
    values: dict[str, Any] = {
        "serial": "a1b",
        "subscriber_kind": "person",
        "unit": "so-y-te",
        "status": "effective",
        "not_before": datetime(2024, 3, 1, tzinfo=UTC),
        "not_after": datetime(2029, 2, 28, tzinfo=UTC),
    }
    return CertificateFacts(**(values | changes))


def revocation(**changes: Any) -> RevocationFacts:
    """A person's request after losing the device, in An Giang."""
    values: dict[str, Any] = {
        "requester_role": "subscriber",
        "requester_unit": "so-y-te",
        "ground": "device-lost",
        "form": "TT05-F05",
        "fields": TT05_F05,
        "decision_kind": None,
        "decision_number": None,
        "decision_effective_on": None,
        "breached_duty": None,
        "confirmed_by": "Phạm Văn Mẫu",
        "invalidity_date": None,
        "submission": SubmissionFacts(),
        "today": TODAY,
        "certificates": (certificate(),),
        "now": NOW,
    }
    return RevocationFacts(**(values | changes))


def restore(**changes: Any) -> RestoreFacts:
    """An agency's request for a locked token, in Lai Châu."""
    values: dict[str, Any] = {
        "device": "00ab",
        "device_kind": "pki-token",
        "certificate": certificate(common_name="Giàng A Mẫu", device="00ab"),
        "ground": "locked",
        "form": "ND68-F06",
        "fields": ND68_F06,
        "submission": SIGNED,
        "today": TODAY,
    }
    return RestoreFacts(**(values | changes))


def clauses(violations: Iterable[Violation]) -> list[tuple[str, str]]:
    """Field and clause of each violation."""
    return [(violation.field, violation.clause) for violation in violations]
