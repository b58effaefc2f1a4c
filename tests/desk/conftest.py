"""A sandbox with small keys, and people who work in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from mockca.desk import activation, dossiers, handovers, issuance, revocation, rosters
from mockca.desk.actors import Actor
from mockca.desk.commands import (
    Attachment,
    AuthorityKeys,
    CheckDossier,
    Command,
    CreateSandbox,
    DecideDossier,
    DossierSet,
    FileDossier,
    FormSheet,
    HandoverItem,
    IssueCertificate,
    ProposeActivation,
    RecordHandover,
    RequestRevocation,
    Signatory,
    Submission,
    SubmitRoster,
)
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.transaction import perform
from mockca.desk.views import ActivationView, DossierView, HandoverView, IssuedView, RevocationView, View

START = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
"""A Monday, 09:00 in Vietnam."""
SMALL = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
PAPER = Submission(channel="paper", document_number="12/CV", signed_by="Trần Thị Bình", sealed=True)

ViewT = TypeVar("ViewT", bound=View)


@pytest.fixture
def sandboxes(tmp_path: Path) -> Iterator[Sandboxes]:
    opened = Sandboxes(tmp_path / "data", "http://127.0.0.1:8400")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def new_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sandbox in which nothing has happened, to be copied."""
    made = Sandboxes(tmp_path_factory.mktemp("new-sandbox") / "data", "http://127.0.0.1:8400")
    home = made.create(CreateSandbox(name="demo", seed="seed-1", start=START, frozen=True, keys=SMALL)).home
    made.close()
    return home


@pytest.fixture
def sandbox(sandboxes: Sandboxes, new_sandbox: Path) -> Sandbox:
    """A sandbox of the test's own."""
    shutil.copytree(new_sandbox, sandboxes.home / "demo")
    return sandboxes.open("demo")


@dataclass
class People:
    """Everybody at work in one province of a sandbox."""

    sandbox: Sandbox
    regulation: str

    def actor(self, role: str) -> Actor:
        if role in ("authority", "trainer"):
            return Actor(role, role)
        kind = {"other-agency": "agency", "company": "agency"}.get(role, role)
        unit = {
            "registrar": f"registrar-{self.regulation}",
            "agency": f"agency-{self.regulation}",
            "subscriber": f"agency-{self.regulation}",
            "other-agency": f"other-agency-{self.regulation}",
            "company": f"company-{self.regulation}",
        }.get(role)
        return Actor(f"{role}@{self.regulation}", kind, self.regulation, unit)

    def does(self, role: str, use_case: Callable[..., ViewT], command: Command | None, **which: Any) -> ViewT:
        return perform(self.sandbox, self.actor(role), partial(use_case, **which), command)

    def filing(self, kind: str = "person", **changes: Any) -> FileDossier:
        forms = {
            ("an-giang", "person"): an_giang_person,
            ("an-giang", "organisation"): an_giang_organisation,
            ("lai-chau", "person"): lai_chau_person,
            ("lai-chau", "organisation"): lai_chau_organisation,
        }
        command = forms[self.regulation, kind]()
        fields = {**command.form.fields, **changes.pop("fields", {})}
        form = FormSheet(code=changes.pop("form", command.form.code), fields=fields, rows=command.form.rows)
        return command.model_copy(update={"form": form, **changes})

    def files(self, kind: str = "person", **changes: Any) -> DossierView:
        role = "subscriber" if self.regulation == "an-giang" else "agency"
        return self.does(role, dossiers.file_dossier, self.filing(kind, **changes))

    def approved(self, kind: str = "person") -> DossierView:
        """A dossier up to its approval by the authority."""
        dossier = self.files(kind)
        accept = CheckDossier(decision="accept")
        if self.regulation == "an-giang":
            self.does("registrar", dossiers.check_dossier, accept, number=dossier.number)
            self.does("registrar", rosters.submit_roster, self.roster(dossier))
        else:
            self.does("authority", dossiers.check_dossier, accept, number=dossier.number)
        decision = DecideDossier(decision="approve")
        return self.does("authority", dossiers.decide_dossier, decision, number=dossier.number)

    def roster(self, *listed: DossierView, **changes: Any) -> SubmitRoster:
        person = listed[0].subscriber_kind == "person"
        kinds = ["request-list-copy"] if person else ["request-list-copy", "seal-registration-copies"]
        command = SubmitRoster(
            regulation=self.regulation,
            form="TT05-F02" if person else "AG-F02",
            document_number="7/DS-STTTT",
            declared_count=len(listed),
            dossiers=tuple(dossier.number for dossier in listed),
            attachments=tuple(Attachment(kind=kind, file_name=f"{kind}.pdf") for kind in kinds),
            submission=PAPER,
        )
        return command.model_copy(update=changes)

    def issues(self, dossier: DossierView, **how: Any) -> IssuedView:
        command = IssueCertificate(**(how or {"csr": a_csr()}))
        return issuance.issue_certificate(self.sandbox, self.actor("authority"), command, number=dossier.number)

    def issued(self, kind: str = "person", **how: Any) -> IssuedView:
        return self.issues(self.approved(kind), **how)

    def hands_over(self, leg: str, issued: IssuedView, **changes: Any) -> HandoverView:
        assert issued.certificate.device is not None
        forms = {"authority-agency": "ND68-F07", "agency-subscriber": "ND68-F07"}
        command = RecordHandover(
            regulation=self.regulation,
            leg=leg,
            form="TT05-F03" if self.regulation == "an-giang" else forms.get(leg, "ND68-F08"),
            items=(HandoverItem(certificate=issued.certificate.serial, device=issued.certificate.device),),
            giver=Signatory(name="Lê Văn Cường", signed=True),
            receiver=Signatory(name="Phạm Thị Dung", signed=True, appointed_by="Văn phòng"),
        )
        return self.does(leg.split("-")[0], handovers.record_handover, command.model_copy(update=changes))

    def proposes(self, *serials: str, **changes: Any) -> ActivationView:
        command = ProposeActivation(
            regulation=self.regulation,
            form=FormSheet(code="TT05-F04", fields={}),
            certificates=serials,
            submission=PAPER,
        )
        return self.does("registrar", activation.propose_activation, command.model_copy(update=changes))

    def publishes(self, proposal: ActivationView) -> ActivationView:
        return self.does("authority", activation.publish_activation, None, number=proposal.number)

    def effective(self, **how: Any) -> IssuedView:
        """A certificate in force: by publication in An Giang, by its notBefore in Lai Châu."""
        issued = self.issued(**how)
        if self.regulation == "an-giang":
            if issued.certificate.device is not None:
                self.hands_over("authority-registrar", issued)
                self.hands_over("registrar-subscriber", issued)
            self.publishes(self.proposes(issued.certificate.serial))
        return issued

    def asks_to_revoke(self, role: str, serial: str, ground: str, **changes: Any) -> RevocationView:
        command = RequestRevocation(regulation=self.regulation, certificates=(serial,), ground=ground, submission=PAPER)
        return self.does(role, revocation.request_revocation, command.model_copy(update=changes))


@pytest.fixture
def an_giang(sandbox: Sandbox) -> People:
    return People(sandbox, "an-giang")


@pytest.fixture
def lai_chau(sandbox: Sandbox) -> People:
    return People(sandbox, "lai-chau")


def a_csr() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def _papers(*kinds: str) -> tuple[Attachment, ...]:
    return tuple(Attachment(kind=kind, file_name=f"{kind}.pdf", content="JVBERi0xLjQK") for kind in kinds)


BOTH_SETS = (
    DossierSet(medium="paper", via="in_person"),
    DossierSet(medium="electronic", via="document_system"),
)
SEAL_AND_TITLE = _papers("seal-registration-copy", "title-confirmation-copy")


def an_giang_person() -> FileDossier:
    return FileDossier(
        regulation="an-giang",
        subscriber_kind="person",
        form=FormSheet(
            code="TT05-F01",
            fields={
                "full_name": "Nguyễn Văn Mẫu",
                "birth_date": "1985-02-03",
                "id_number": "089085000123",
                "id_issue_date": "2021-05-06",
                "id_issue_place": "Cục CSQLHC về TTXH",
                "email": "nvmau@angiang.test",
                "workplace": "Văn phòng Ủy ban nhân dân tỉnh",
                "position": "Chuyên viên",
                "validity_years": 5,
                "commitment_truthful": True,
                "commitment_compliance": True,
                "form_date": "2025-03-01",
                "signature": True,
                "organisation_confirmation": True,
            },
        ),
        attachments=SEAL_AND_TITLE,
        sets=BOTH_SETS,
        submission=PAPER,
    )


def an_giang_organisation() -> FileDossier:
    return FileDossier(
        regulation="an-giang",
        subscriber_kind="organisation",
        form=FormSheet(
            code="AG-F01",
            fields={
                "manager_full_name": "TRẦN THỊ VĂN THƯ",
                "manager_birth_date": "1990-07-08",
                "manager_id_number": "089190000456",
                "manager_id_issue_date": "2022-01-02",
                "manager_id_issue_place": "Cục CSQLHC về TTXH",
                "manager_email": "ttvthu@angiang.test",
                "manager_workplace": "Văn phòng Ủy ban nhân dân tỉnh",
                "manager_position": "Văn thư",
                "organisation_name": "Văn phòng Ủy ban nhân dân tỉnh",
                "organisation_email": "vanphong@angiang.test",
                "validity_years": 5,
                "commitment_truthful": True,
                "commitment_compliance": True,
                "organisation_confirmation": True,
                "form_date": "2025-03-01",
                "manager_signature": True,
            },
        ),
        attachments=SEAL_AND_TITLE,
        sets=BOTH_SETS,
        submission=PAPER,
    )


def lai_chau_organisation() -> FileDossier:
    return FileDossier(
        regulation="lai-chau",
        subscriber_kind="organisation",
        form=FormSheet(
            code="ND68-F02",
            fields={
                "receiver_full_name": "Lò Thị Nhận",
                "item_count": 1,
            },
            rows=(
                {
                    "organisation_name": "Văn phòng Ủy ban nhân dân tỉnh",
                    "province_city": "Lai Châu",
                    "organisation_email": "vanphong@laichau.test",
                },
            ),
        ),
        attachments=_papers("founding-decision"),
        submission=PAPER,
    )


def lai_chau_person() -> FileDossier:
    return FileDossier(
        regulation="lai-chau",
        subscriber_kind="person",
        form=FormSheet(
            code="ND68-F01",
            fields={
                "receiver_full_name": "Lò Thị Nhận",
                "receiver_phone": "0213000000",
                "receiver_email": "ltnhan@laichau.test",
                "item_count": 1,
                "full_name": "Giàng A Mẫu",
                "personal_id": "012085000123",
                "id_issue_date": "2021-05-06",
                "id_issue_place": "Cục CSQLHC về TTXH",
                "position": "Chuyên viên",
                "email": "gamau@laichau.test",
                "workplace": "Văn phòng Ủy ban nhân dân tỉnh",
                "province_city": "Lai Châu",
            },
        ),
        submission=PAPER,
    )
