"""Lists and rosters as the desk keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from mockca.desk import dossiers, rosters
from mockca.desk.actors import Actor
from mockca.desk.commands import (
    Attachment,
    CheckDossier,
    FileDossier,
    FormSheet,
    StageCertificates,
    SubmitRoster,
    SubscriberKind,
)
from mockca.desk.sandbox import Sandbox
from mockca.desk.staging import stage_certificates
from mockca.desk.statuses import change_status, require_certificate
from mockca.desk.transaction import changing, perform
from mockca.desk.views import DossierView, RosterView
from mockca.errors import Refused
from mockca.registry import devices, units
from mockca.registry.dossiers import attachment_kinds
from mockca.registry.status import Status
from tests.desk.conftest import PAPER, People
from tests.rules.samples import TB_LIST, TB_PERSON_FORM, TB_PERSON_ROW, clauses

LEADER = {"seal-registration-copy", "title-decision-copy"}


def accepted(an_giang: People, **fields: Any) -> DossierView:
    dossier = an_giang.files(fields=fields)
    an_giang.does("registrar", dossiers.check_dossier, CheckDossier(decision="accept"), number=dossier.number)
    return dossier


def leader(sandbox: Sandbox, **changes: Any) -> DossierView:
    """A leader's dossier in Thái Bình, filed by the agency."""
    dates = {"form_date": "2025-03-01"}
    command = FileDossier(
        regulation="thai-binh",
        subscriber_kind=SubscriberKind.PERSON,
        category="leader",
        confirmed_by="Phạm Văn Mẫu",
        form=FormSheet(code="TB-F02", fields={**TB_PERSON_FORM, **dates}),
        enclosed=(
            FormSheet(
                code="TB-F03",
                fields={**TB_LIST, "list_date": "2025-03-01"},
                rows=(TB_PERSON_ROW,),
            ),
        ),
        attachments=tuple(
            Attachment(kind=kind, file_name=f"{kind}.pdf", certified="notarised") for kind in sorted(LEADER)
        ),
        submission=PAPER,
    )
    actor = Actor("agency@thai-binh", "agency", "thai-binh", "agency-thai-binh")
    return perform(sandbox, actor, dossiers.file_dossier, command.model_copy(update=changes))


def test_a_dossier_keeps_its_list_category_and_confirmation(sandbox: Sandbox) -> None:
    dossier = leader(sandbox)
    assert (dossier.category, dossier.confirmed_by) == ("leader", "Phạm Văn Mẫu")
    (sheet,) = dossier.enclosed
    assert (sheet.code, sheet.rows) == ("TB-F03", (TB_PERSON_ROW,))
    with sandbox.store.read() as connection:
        assert set(attachment_kinds(connection, dossier.number)) == LEADER


def test_plain_copies_are_refused(sandbox: Sandbox) -> None:
    plain = tuple(Attachment(kind=kind, file_name=f"{kind}.pdf") for kind in sorted(LEADER))
    with pytest.raises(Refused) as refusal:
        leader(sandbox, attachments=plain)
    assert clauses(refusal.value.violations) == [("attachments", "TB-4.2.3")] * 2


def test_a_roster_without_lines_is_filled_from_its_dossiers(an_giang: People) -> None:
    dossier = accepted(an_giang, full_name="Trần Văn Mẫu")
    view = an_giang.does("registrar", rosters.submit_roster, an_giang.roster(dossier))
    (row,) = view.rows
    assert row["full_name"] == "Trần Văn Mẫu"
    assert row["id"].startswith(dossier.fields["id_number"])
    assert row["province_city"] == "An Giang"


def test_a_roster_keeps_the_lines_that_were_sent(an_giang: People) -> None:
    def sent(rows: tuple[dict[str, Any], ...], *listed: DossierView) -> RosterView:
        command: SubmitRoster = an_giang.roster(*listed).model_copy(update={"rows": rows, "declared_count": len(rows)})
        return an_giang.does("registrar", rosters.submit_roster, command)

    first = accepted(an_giang, full_name="Trần Văn Mẫu")
    second = accepted(an_giang, full_name="Lê Thị Hai")
    rows = tuple(
        {
            "full_name": one.fields["full_name"].upper(),
            "birth_date": one.fields["birth_date"],
            "id": one.fields["id_number"],
            "workplace": one.fields["workplace"],
            "position": one.fields["position"],
            "email": one.fields["email"],
            "province_city": "An Giang",
        }
        for one in (first, second)
    )
    with pytest.raises(Refused, match=r"AG-10\.2\.b\.1"):
        sent((rows[0], rows[1] | {"full_name": "Người lạ"}), first, second)
    with pytest.raises(Refused, match="TT05-F02"):
        sent((rows[0], rows[1] | {"position": None}), first, second)
    assert sent(rows, first, second).rows == rows


def test_the_agency_of_thai_binh_has_a_seal(sandbox: Sandbox) -> None:
    with sandbox.store.read() as connection:
        unit = units.get(connection, "agency-thai-binh")
    assert unit is not None
    assert unit.has_seal


def test_a_new_certificate_waits_for_the_device_of_the_revoked_one(sandbox: Sandbox) -> None:
    trainer = Actor("trainer", "trainer")
    staged = stage_certificates(
        sandbox,
        trainer,
        StageCertificates(
            regulation="thai-binh", unit="agency-thai-binh", common_names=(str(TB_PERSON_FORM["full_name"]).upper(),)
        ),
    )
    (serial,), (number,) = staged.serials, staged.dossiers
    with changing(sandbox, trainer) as transaction:
        connection, now = transaction.connection, transaction.now
        held = devices.Device("00ff", "generic-10", "in_use", "subscriber", serial, "p256", number, now)
        devices.add(connection, held)
        change_status(connection, require_certificate(connection, serial), Status.REVOKED, now)
    with pytest.raises(Refused) as refusal:
        leader(sandbox)
    assert clauses(refusal.value.violations) == [("form.fields.full_name", "TB-4.1.b")]
    with changing(sandbox, trainer) as transaction:
        devices.update(transaction.connection, "00ff", state="returned")
    assert leader(sandbox).state == "filed"
