"""Minutes of a handover with their form filled in, in Thái Bình."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import pytest
from pypdf import PdfReader

from mockca.desk import documents, dossiers, handovers, issuance, rosters
from mockca.desk.actors import Actor
from mockca.desk.commands import (
    CheckDossier,
    DecideDossier,
    HandoverItem,
    IssueCertificate,
    RecordHandover,
    Signatory,
    SubmitRoster,
)
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import perform
from mockca.desk.views import HandoverView
from mockca.errors import Refused
from tests.desk.conftest import PAPER
from tests.desk.test_lists import leader
from tests.rules.samples import clauses

AUTHORITY = Actor("authority", "authority")
REGISTRAR = Actor("registrar@thai-binh", "registrar", "thai-binh", "registrar-thai-binh")
FIELDS: dict[str, Any] = {
    "handover_time": "9 giờ ngày 3/3/2025",
    "giver_organisation": "Cơ quan chứng thực (MÔ PHỎNG)",
    "receiver_organisation": "Sở Thông tin và Truyền thông",
    "set_count": 1,
}
ROW: dict[str, Any] = {
    "full_name": "Vũ Thị Mẫu",
    "handover_reason": "cấp mới",
    "effective_period": "3/3/2025 - 2/3/2030",
}


@pytest.fixture
def item(sandbox: Sandbox) -> HandoverItem:
    """A device with its certificate, ready to go out."""
    number = leader(sandbox).number
    accept = partial(dossiers.check_dossier, number=number)
    perform(sandbox, REGISTRAR, accept, CheckDossier(decision="accept"))
    roster = SubmitRoster(
        regulation="thai-binh",
        form="TB-F03",
        document_number="7/DS",
        declared_count=1,
        dossiers=(number,),
        submission=PAPER,
    )
    perform(sandbox, REGISTRAR, rosters.submit_roster, roster)
    approve = partial(dossiers.decide_dossier, number=number)
    perform(sandbox, AUTHORITY, approve, DecideDossier(decision="approve"))
    issued = issuance.issue_certificate(sandbox, AUTHORITY, IssueCertificate(), number=number)
    assert issued.certificate.device is not None
    return HandoverItem(certificate=issued.certificate.serial, device=issued.certificate.device, row=ROW)


def hand_over(sandbox: Sandbox, item: HandoverItem, **changes: Any) -> HandoverView:
    command = RecordHandover(
        regulation="thai-binh",
        leg="authority-registrar",
        form="TB-F10",
        items=(item,),
        giver=Signatory(name="Lê Văn Cường", position="Trưởng phòng", signed=True),
        receiver=Signatory(name="Phạm Thị Dung", position="Chuyên viên", signed=True),
        fields=FIELDS,
        copies=2,
        via="in_person",
    )
    return perform(sandbox, AUTHORITY, handovers.record_handover, command.model_copy(update=changes))


def test_minutes_are_kept_as_they_were_filled_in(sandbox: Sandbox, item: HandoverItem) -> None:
    with pytest.raises(Refused) as refusal:
        hand_over(sandbox, item, copies=1)
    assert clauses(refusal.value.violations) == [("copies", "TB-F10")]
    wrong = item.model_copy(update={"row": ROW | {"certificate_serial": "ff"}})
    with pytest.raises(Refused) as refusal:
        hand_over(sandbox, wrong)
    assert clauses(refusal.value.violations) == [("items.0.row.certificate_serial", "TB-F10")]

    view = hand_over(sandbox, item)
    assert (view.copies, view.via, view.fields["giver_name"]) == (2, "in_person", "Lê Văn Cường")
    assert view.items[0].row == ROW | {"certificate_serial": item.certificate, "device_serial": item.device}

    printed = documents.document(sandbox, AUTHORITY, "handover", view.number).content
    text = PdfReader(io.BytesIO(printed)).pages[0].extract_text()
    assert "cấp mới" in text
    assert "9 giờ ngày 3/3/2025" in text
