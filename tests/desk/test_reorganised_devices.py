"""A merger of bodies whose certificates are on devices: rewritten, made anew, handed back and handed out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mockca.desk import queries
from mockca.desk.commands import CreateSandbox, HandoverItem, IssueCertificate, PlanReorganisation
from mockca.desk.issuance import issue_certificate
from mockca.desk.reorganisation import looking
from mockca.desk.sandbox import Sandboxes
from mockca.desk.views import IssuedView, ReorganisationItemView, ReorganisationView
from mockca.errors import Forbidden, OutOfOrder
from tests.desk.conftest import People, a_csr
from tests.desk.reorganised_world import AUTHORITY, KEYS, Province, share

START = datetime(2025, 3, 3, 2, tzinfo=UTC)


@pytest.fixture
def province(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Province]:
    sandboxes = Sandboxes(tmp_path, "http://127.0.0.1:8400")
    regulation = str(request.param)
    wanted = CreateSandbox(name="demo", seed="1", start=START, frozen=True, keys=KEYS, regulations=(regulation,))
    sandboxes.create(wanted)
    yield Province(sandboxes, regulation)
    sandboxes.close()


def decided(province: Province, kind: str, serial: str) -> tuple[ReorganisationView, ReorganisationItemView]:
    """One certificate goes from the agency to a new body."""
    asked = PlanReorganisation(
        regulation=province.regulation,
        kind=kind,
        number="5/QĐ-UBND",
        effective_on=date(2025, 3, 1),
        units=(province.unit("agency"),),
        successors=(province.new_commune,),
        shares=(share("xa-moi", certificates=(serial,)),),
    )
    plan = province.carries_out(province.plans(**asked.model_dump()))
    return plan, province.items(plan)[serial]


def signs(province: Province, device: str, pin: str, pem: str) -> None:
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signature = province.sandbox.shelf.sign(device, pin, b"x")
    key.verify(signature, b"x", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("province", ["lai-chau"], indirect=True)
def test_a_changed_certificate_is_written_to_the_device_that_stays_with_its_holder(province: Province) -> None:
    people = People(province.sandbox, "lai-chau")
    issued: IssuedView = people.issued(algorithm="p256")
    people.hands_over("authority-agency", issued)
    people.hands_over("agency-subscriber", issued)
    device, letter = issued.certificate.device, issued.pin_letter
    assert device is not None
    assert letter is not None
    _, item = decided(province, "separate", issued.certificate.serial)
    new = province.certificate(item.replaced_by or "")
    assert (item.action, item.device, new.device, new.custody) == ("change", device, device, "subscriber")
    on_device = province.sandbox.shelf.read_certificate(device)
    assert on_device is not None
    assert x509.load_der_x509_certificate(on_device) == x509.load_pem_x509_certificate(new.pem.encode())
    signs(province, device, letter.user_pin, new.pem)
    assert looking.letters(province.sandbox, AUTHORITY, 1).items == ()


@pytest.mark.parametrize("province", ["an-giang"], indirect=True)
def test_a_reissue_makes_a_new_device_that_is_handed_out_and_waits_for_publication(province: Province) -> None:
    people = People(province.sandbox, "an-giang")
    issued = people.effective(algorithm="p256")
    old = issued.certificate.device
    assert old is not None
    plan, item = decided(province, "separate", issued.certificate.serial)
    assert (item.action, item.state, item.clause) == ("reissue", "done", "AG-10.6")
    new = province.certificate(item.replaced_by or "")
    assert (new.device, new.custody) == (item.device, "authority")
    assert new.device not in (None, old)
    assert province.standing(new.serial) == ("issued", None)
    (letter,) = looking.letters(province.sandbox, AUTHORITY, plan.number).items
    assert (letter.certificate, letter.device, letter.unit) == (new.serial, new.device, "xa-moi")
    signs(province, letter.device, letter.user_pin, new.pem)
    with pytest.raises(Forbidden):
        looking.letters(province.sandbox, province.registrar, plan.number)

    with pytest.raises(OutOfOrder):
        people.proposes(new.serial)
    handed = IssuedView(certificate=new)
    people.hands_over("authority-registrar", handed)
    receiver = (HandoverItem(certificate=new.serial, device=letter.device),)
    people.hands_over("registrar-subscriber", handed, items=receiver)
    people.publishes(people.proposes(new.serial))
    assert province.standing(new.serial) == ("effective", None)

    case = queries.revocation(province.sandbox, AUTHORITY, item.revocation or 0)
    assert (case.state, case.devices_outstanding) == ("executed", (old,))
    people.hands_over("subscriber-registrar", issued)
    people.hands_over("registrar-authority", issued)
    assert queries.revocation(province.sandbox, AUTHORITY, case.number).state == "closed"


@pytest.mark.parametrize("province", ["an-giang"], indirect=True)
def test_whoever_holds_his_own_key_is_waited_for_with_an_approved_dossier(province: Province) -> None:
    people = People(province.sandbox, "an-giang")
    issued = people.effective(csr=a_csr())
    _, item = decided(province, "separate", issued.certificate.serial)
    assert (item.state, item.replaced_by, province.standing(issued.certificate.serial)[0]) == ("done", None, "revoked")
    dossier = queries.dossier(province.sandbox, AUTHORITY, item.dossier or 0)
    assert (dossier.state, dossier.operation, dossier.unit) == ("approved", "reissue", "xa-moi")
    new = issue_certificate(province.sandbox, AUTHORITY, IssueCertificate(csr=a_csr()), number=dossier.number)
    assert new.certificate.common_name == issued.certificate.common_name
    assert "OU=Ủy ban nhân dân xã Bình Minh Mới" in new.certificate.subject
    assert new.certificate.replaces == issued.certificate.serial


@pytest.mark.parametrize("province", ["lai-chau"], indirect=True)
def test_an_ended_bodys_devices_still_come_back_through_its_own_account(province: Province) -> None:
    people = People(province.sandbox, "lai-chau")
    office = people.issued("organisation", algorithm="p256")
    people.hands_over("authority-agency", office)
    people.hands_over("agency-subscriber", office)
    asked = PlanReorganisation(
        regulation="lai-chau",
        kind="dissolve",
        number="5/QĐ-UBND",
        effective_on=date(2025, 3, 1),
        units=(province.unit("agency"),),
    )
    plan = province.carries_out(province.plans(**asked.model_dump()))
    case = province.items(plan)[office.certificate.serial].revocation
    terms = queries.deadlines(province.sandbox, AUTHORITY, about=f"device {office.certificate.device}").items
    assert [(term.clause, term.met_at) for term in terms] == [("ND68-20", None)]
    people.hands_over("subscriber-agency", office)
    people.hands_over("agency-authority", office)
    assert queries.revocation(province.sandbox, AUTHORITY, case or 0).state == "closed"


@pytest.mark.parametrize("province", ["an-giang"], indirect=True)
def test_a_dossier_issued_by_hand_in_between_settles_its_item(province: Province) -> None:
    people = People(province.sandbox, "an-giang")
    issued = people.effective(algorithm="p256")
    plan = province.plans(
        "separate",
        effective_on=date(2025, 3, 1),
        signed_on=None,
        units=(province.unit("agency"),),
        shares=(share("xa-moi", certificates=(issued.certificate.serial,)),),
    )
    province.works(plan)
    dossier = province.items(plan)[issued.certificate.serial].dossier or 0
    by_hand = issue_certificate(province.sandbox, AUTHORITY, IssueCertificate(csr=a_csr()), number=dossier)
    shelf = set(province.sandbox.shelf.serials())
    assert province.works(plan).state == "finished"
    assert province.items(plan)[issued.certificate.serial].replaced_by == by_hand.certificate.serial
    assert set(province.sandbox.shelf.serials()) == shelf
