"""A province after 1 July 2025, with certificates that a decision is about to touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509

from mockca.desk import queries
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import (
    AuthorityKeys,
    Command,
    CreateSandbox,
    PlanReorganisation,
    Share,
    StageCertificates,
    SubscriberKind,
    SuccessorBody,
    WorkReorganisation,
)
from mockca.desk.publication import current_crl
from mockca.desk.reorganisation import looking
from mockca.desk.reorganisation.planning import plan_reorganisation
from mockca.desk.reorganisation.working import work_reorganisation
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.staging import stage_certificates
from mockca.desk.transaction import perform
from mockca.desk.views import CertificateView, ReorganisationItemView, ReorganisationView, StatusView
from mockca.registry import journal
from mockca.rules.loading import load

START = datetime(2025, 9, 1, 2, tzinfo=UTC)
"""A Monday, 09:00 in Vietnam."""
LAST_YEAR = datetime(2024, 9, 2, 2, tzinfo=UTC)
KEYS = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
TRAINER = Actor("trainer", Role.TRAINER)
AUTHORITY = Actor("authority", Role.AUTHORITY)
DECISION = "1668/NQ-UBTVQH15"


@dataclass
class Province:
    """One province's sandbox. Two bodies, `agency` and `other-agency`, are there to be reorganised."""

    sandboxes: Sandboxes
    regulation: str
    name: str = "demo"
    taken: list[str] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        return self.sandboxes.open(self.name)

    def unit(self, kind: str) -> str:
        return f"{kind}-{self.regulation}"

    def actor(self, kind: str, role: str = "agency") -> Actor:
        return Actor(f"{kind}@{self.regulation}", role, self.regulation, self.unit(kind))

    @property
    def registrar(self) -> Actor:
        return self.actor("registrar", "registrar")

    @property
    def new_commune(self) -> SuccessorBody:
        return SuccessorBody(
            id="xa-moi",
            name="Ủy ban nhân dân xã Bình Minh Mới",
            category=next(iter(load(self.regulation).eligible)),
            superiors=("Ủy ban nhân dân tỉnh Mô Phỏng",),
            email="xa-moi@mo-phong.test",
        )

    def does(self, actor: Actor, use_case: Any, command: Command | None, **which: Any) -> Any:
        return perform(self.sandbox, actor, partial(use_case, **which), command)

    def stages(
        self, count: int = 1, *, unit: str = "agency", kind: str = "person", years: int = 3, **more: Any
    ) -> tuple[str, ...]:
        asked = StageCertificates(
            regulation=self.regulation,
            unit=self.unit(unit),
            subscriber_kind=SubscriberKind(kind),
            count=count,
            years=years,
            issued_at=more.pop("issued_at", LAST_YEAR),
            **more,
        )
        return stage_certificates(self.sandbox, TRAINER, asked).serials

    def decision(self, kind: str = "merge", **changes: Any) -> PlanReorganisation:
        asked: dict[str, Any] = {
            "regulation": self.regulation,
            "kind": kind,
            "number": DECISION,
            "signed_on": date(2025, 6, 16),
            "effective_on": date(2025, 7, 1),
            "units": (self.unit("agency"), self.unit("other-agency")),
            "successors": (self.new_commune,),
        }
        return PlanReorganisation(**(asked | changes))

    def plans(self, kind: str = "merge", *, by: Actor = AUTHORITY, **changes: Any) -> ReorganisationView:
        view = self.does(by, plan_reorganisation, self.decision(kind, **changes))
        assert isinstance(view, ReorganisationView)
        return view

    def works(
        self, plan: ReorganisationView, limit: int = 200, *, by: Actor = AUTHORITY, key: str | None = None
    ) -> ReorganisationView:
        """One slice."""
        command = WorkReorganisation(limit=limit)
        return work_reorganisation(self.sandbox, by, command, number=plan.number, idempotency_key=key)

    def carries_out(self, plan: ReorganisationView, limit: int = 200) -> ReorganisationView:
        """Every slice, to the end."""
        view = plan
        while view.state != "finished":
            before = (view.pending, view.reissuing)
            view = self.works(view, limit)
            assert view.state == "finished" or (view.pending, view.reissuing) != before
        return view

    def works_of(self, number: int) -> ReorganisationView:
        """A plan as it stands."""
        return looking.reorganisation(self.sandbox, AUTHORITY, number)

    def items(self, plan: ReorganisationView, **which: Any) -> dict[str, ReorganisationItemView]:
        found = looking.items(self.sandbox, AUTHORITY, plan.number, limit=500, **which).items
        return {item.certificate: item for item in found}

    def status(self, serial: str) -> StatusView:
        return queries.status(self.sandbox, AUTHORITY, serial)

    def standing(self, serial: str) -> tuple[str, str | None]:
        found = self.status(serial)
        return found.status.value, found.reason

    def certificate(self, serial: str) -> CertificateView:
        return queries.certificate(self.sandbox, AUTHORITY, serial)

    def crl(self) -> dict[str, x509.RevokedCertificate]:
        """The full CRL's entries by serial."""
        found = x509.load_der_x509_crl(current_crl(self.sandbox, "issuing"))
        return {f"{entry.serial_number:x}": entry for entry in found}

    def journal(self, action: str) -> list[journal.Entry]:
        with self.sandbox.store.read() as connection:
            assert journal.verify(connection).ok
            return journal.entries(connection, action=action, limit=10_000)


def found_province(home: Path, regulation: str, *, start: datetime = START, seed: str = "reorganised") -> Province:
    """A sandbox of one regulation whose clock stands still."""
    sandboxes = Sandboxes(home, "http://127.0.0.1:8400")
    sandboxes.create(
        CreateSandbox(name="demo", seed=seed, regulations=(regulation,), start=start, frozen=True, keys=KEYS)
    )
    return Province(sandboxes, regulation)


def share(successor: str, *, units: tuple[str, ...] = (), certificates: tuple[str, ...] = ()) -> Share:
    return Share(successor=successor, units=units, certificates=certificates)


YEAR = timedelta(days=365)
