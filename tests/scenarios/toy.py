"""A second, tiny implementation of An Giang's workflow, in memory: proof that the engine needs no particular one.

It knows just enough to play `an-giang/new-person` honestly. `defects` switch single rules off or break single
faces, so that tests can show that the scenarios notice; `turns-clock` is none: it gives the toy a clock to turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scenarios import Adapter, Body, Operation, Outcome, Verdict

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
UNITS = {"subscriber": "office", "agency": "office", "other-agency": "other", "company": "company"}
FIELDS = {
    "TT05-F01": ("full_name", "birth_date", "id_number", "email", "validity_years", "form_date"),
    "TT05-F05": ("full_name", "certificate_number", "revocation_reason"),
}
ROLES: Mapping[Operation, tuple[str, tuple[str, ...]]] = {
    Operation.CHECK_DOSSIER: ("AG-12.1", ("registrar",)),
    Operation.SUBMIT_ROSTER: ("AG-10.2.b", ("registrar",)),
    Operation.DECIDE_DOSSIER: ("AG-10.2.c", ("authority",)),
    Operation.ISSUE_CERTIFICATE: ("AG-3.5", ("authority",)),
    Operation.PROPOSE_ACTIVATION: ("AG-10.2.dd", ("registrar",)),
    Operation.PUBLISH_ACTIVATION: ("AG-10.2.dd.2", ("authority",)),
    Operation.SUSPEND_CERTIFICATE: ("AG-3.13", ("registrar",)),
    Operation.DECIDE_REVOCATION: ("AG-6", ("registrar",)),
}
GROUNDS = {
    "expired": ("AG-11.1.a", ("subscriber", "agency", "registrar")),
    "key-compromise": ("AG-11.1.b", ("subscriber", "agency")),
    "security-demand": ("AG-11.1.c", ("security",)),
    "reorganised": ("AG-11.1.e", ()),
    "duty-breach": ("AG-11.1.g", ("registrar",)),
}
LEGS = {
    "authority-registrar": ("AG-10.2.c", "prepared", "in_transit"),
    "registrar-subscriber": ("AG-10.2.d", "in_transit", "in_use"),
    "subscriber-registrar": ("AG-11.3.a.1", "in_use", "collected"),
    "registrar-authority": ("AG-11.3.c", "collected", "returned"),
}
Rule = tuple[bool, str, str]
"""Whether it is kept, the clause that asks for it, the field that it is about."""


class ToyAuthority(Adapter):
    """An Giang's authority, registrar and portal in one object."""

    def __init__(self, defects: Iterable[str] = ()) -> None:
        self.defects = frozenset(defects)
        self.clock = START
        self.dossiers: dict[int, dict[str, Any]] = {}
        self.certificates: dict[str, dict[str, Any]] = {}
        self.devices: dict[str, dict[str, Any]] = {}
        self.proposals: dict[int, dict[str, Any]] = {}
        self.cases: dict[int, dict[str, Any]] = {}
        self.announcements: list[dict[str, Any]] = []
        self.notices: list[dict[str, Any]] = []
        self.asked: list[Operation] = []

    def now(self) -> datetime:
        return self.clock

    def perform(self, operation: Operation, actor: str, body: Body) -> Outcome:
        self.asked.append(operation)
        self.clock += timedelta(seconds=1)
        clause, roles = ROLES.get(operation, ("", (actor,)))
        if actor == "nobody" and operation is not Operation.READ_ANNOUNCEMENTS:
            return refused(("unsourced", "account"))
        if actor not in roles and "anybody-may" not in self.defects:
            return refused((clause, "actor"))
        return super().perform(operation, actor, body)

    # --- dossiers -------------------------------------------------------------------------------------------

    def file_dossier(self, actor: str, body: Body, number: int | None = None) -> Outcome:
        form, fields = body["form"]["code"], body["form"]["fields"]
        kinds = {one["kind"] for one in body["attachments"]}
        by_medium = {one["medium"]: one["via"] for one in body["sets"]}
        rules: list[Rule] = [
            (actor != "company", "AG-10.1.a", "unit"),
            (form == "TT05-F01", "AG-10.3.a.1", "form.code"),
            ("seal-registration-copy" in kinds, "AG-10.3.a.2", "attachments"),
            ("title-confirmation-copy" in kinds, "AG-10.3.a.3", "attachments"),
            (fields["commitment_compliance"], "AG-10.1.b", "form.fields.commitment_compliance"),
            (1 <= fields["validity_years"] <= self._cap(), "AG-F01", "form.fields.validity_years"),
            (fields["email"].endswith("@angiang.test"), "AG-F01", "form.fields.email"),
            (fields["form_date"] >= "2014-10-30", "AG-QD.2", "form.fields.form_date"),
            (" " not in fields["id_number"], "TT05-F01", "form.fields.id_number"),
            ("paper" in by_medium, "AG-10.4.a", "sets"),
            (by_medium.get("electronic") in ("document_system", "email"), "AG-10.4.b", "sets"),
            *missing("TT05-F01", fields),
        ]
        if not all(kept for kept, _, _ in rules):
            return refusal(rules)
        number = number or len(self.dossiers) + 1
        self.dossiers[number] = {
            "number": number,
            "unit": UNITS[actor],
            "state": "filed",
            "fields": dict(fields),
            "reasons": [],
        }
        return accepted(self.dossiers[number])

    def refile_dossier(self, actor: str, body: Body) -> Outcome:
        return self._step("dossiers", body["dossier"], "returned", "filed") or self.file_dossier(
            actor, body, body["dossier"]
        )

    def check_dossier(self, _: str, body: Body) -> Outcome:
        target = {"accept": "accepted", "return": "returned"}[body["decision"]]
        if target == "returned" and not body.get("reasons"):
            return refused(("AG-12.1", "reasons"))
        dossier = self.dossiers[body["dossier"]]
        refusal = self._step("dossiers", body["dossier"], "filed", target)
        dossier["reasons"] = [] if "reasons-lost" in self.defects else list(body.get("reasons", ()))
        return refusal or accepted(dossier)

    def submit_roster(self, _: str, body: Body) -> Outcome:
        for number in body["dossiers"]:
            if self.dossiers[number]["state"] != "accepted":
                return refused(("AG-12.1", "dossiers"), state=self.dossiers[number]["state"])
        rules: list[Rule] = [
            (body["form"] == "TT05-F02", "AG-10.2.b.1", "form"),
            (body["declared_count"] == len(body["dossiers"]), "AG-10.2.b", "declared_count"),
            (bool(body["attachments"]), "AG-10.2.b", "attachments"),
            ("signed_by" in body["submission"], "AG-10.2.b", "submission.signed_by"),
        ]
        if not all(kept for kept, _, _ in rules):
            return refusal(rules)
        for number in body["dossiers"]:
            self.dossiers[number]["state"] = "rostered"
        return accepted({"number": 1, "dossiers": list(body["dossiers"])})

    def decide_dossier(self, _: str, body: Body) -> Outcome:
        refusal = self._step("dossiers", body["dossier"], "rostered", "approved")
        return refusal or accepted(self.dossiers[body["dossier"]])

    def read_dossier(self, actor: str, body: Body) -> Outcome:
        dossier = self.dossiers[body["dossier"]]
        return accepted(dossier) if UNITS.get(actor, dossier["unit"]) == dossier["unit"] else refused(("", ""))

    # --- certificates ---------------------------------------------------------------------------------------

    def issue_certificate(self, _: str, body: Body) -> Outcome:
        refusal = self._step("dossiers", body["dossier"], "approved", "issued")
        if refusal:
            return refusal
        fields = self.dossiers[body["dossier"]]["fields"]
        serial, device = f"{0x1000 + len(self.certificates):x}", f"dev{len(self.devices)}"
        years = timedelta(days=365 * fields["validity_years"])
        self.certificates[serial] = {
            "serial": serial,
            "device": device,
            "common_name": fields["full_name"],
            "not_before": self.clock.isoformat(),
            "not_after": (self.clock + years).isoformat(),
            "state": "effective" if "effective-at-once" in self.defects else "issued",
            "since": self.clock.isoformat(),
        }
        self.devices[device] = {"serial": device, "state": "prepared", "holder": "authority", "certificate": serial}
        view = self.certificate_view(serial)
        return Outcome(Verdict.ACCEPTED, {"certificate": view}, state=view["status"]["status"])

    def certificate_view(self, serial: str) -> dict[str, Any]:
        return {**self.certificates[serial], "status": self.status_view(serial)}

    def status_view(self, serial: str) -> dict[str, Any]:
        certificate = self.certificates[serial]
        state = certificate["state"]
        if state != "revoked" and self.clock.isoformat() > certificate["not_after"]:
            state = "expired"
        return {
            "serial": serial,
            "status": state,
            "since": certificate["since"],
            "in_force": state == "effective",
            "clause": "AG-10.2.dd.2" if state in ("issued", "effective") else "AG-3.6",
            "reason": certificate.get("reason"),
            "effective_at": certificate.get("effective_at"),
        }

    def read_certificate(self, _: str, body: Body) -> Outcome:
        view = self.certificate_view(body["certificate"])
        return Outcome(Verdict.ACCEPTED, view, state=view["status"]["status"])

    def read_status(self, _: str, body: Body) -> Outcome:
        view = self.status_view(body["certificate"])
        return Outcome(Verdict.ACCEPTED, view, state=view["status"])

    def record_handover(self, _: str, body: Body) -> Outcome:
        clause, source, target = LEGS[body["leg"]]
        item = body["items"][0]
        rules: list[Rule] = [
            (body["form"] == "TT05-F03", clause, "form"),
            (body["giver"]["signed"], clause, "giver"),
            (body["receiver"]["signed"], clause, "receiver"),
            ("certificate" in item, "AG-12.2", "items.0.certificate"),
        ]
        if not all(kept for kept, _, _ in rules):
            return refusal(rules)
        refused_step = self._step("devices", item["device"], source, target, clause)
        if refused_step:
            return refused_step
        self.devices[item["device"]]["holder"] = body["leg"].rpartition("-")[2]
        if target == "returned":
            for case in self.cases.values():
                case |= {"state": "closed", "devices_outstanding": []}
        return accepted({"number": 1, "leg": body["leg"], "at": self.clock.isoformat()})

    def read_device(self, _: str, body: Body) -> Outcome:
        return accepted(self.devices[body["device"]])

    def propose_activation(self, _: str, body: Body) -> Outcome:
        serial = body["certificates"][0]
        certificate = self.certificates[serial]
        if certificate["state"] != "issued":
            return refused(("AG-3.14", "certificates"), state=certificate["state"])
        device = self.devices[certificate["device"]]
        if device["state"] != "in_use" and "activation-before-handover" not in self.defects:
            return refused(("AG-10.2.dd", "certificates"), state=device["state"])
        rules: list[Rule] = [
            (body["form"]["code"] == "TT05-F04", "AG-10.2.dd", "form.code"),
            (body.get("effective_at", "9") > self.clock.isoformat(), "AG-10.2.dd.2", "effective_at"),
        ]
        if not all(kept for kept, _, _ in rules):
            return refusal(rules)
        number = len(self.proposals) + 1
        self.proposals[number] = {"number": number, "state": "proposed", "certificates": [serial]}
        return accepted(self.proposals[number])

    def publish_activation(self, _: str, body: Body) -> Outcome:
        refusal = self._step("proposals", body["activation"], "proposed", "published", "AG-10.2.dd.2")
        if refusal:
            return refusal
        proposal = self.proposals[body["activation"]]
        proposal["effective_at"] = self.clock.isoformat()
        for serial in proposal["certificates"]:
            self._change(serial, "effective", effective_at=self.clock.isoformat())
            self._announce("activation", serial)
        return accepted(proposal)

    def suspend_certificate(self, _: str, body: Body) -> Outcome:
        return self._certificate_step(body["certificate"], "effective", "suspended", "AG-3.13", "certificateHold")

    def lift_suspension(self, _: str, body: Body) -> Outcome:
        if "unrevoke" in self.defects:
            self._change(body["certificate"], "suspended")
        return self._certificate_step(body["certificate"], "suspended", "effective", "AG-3.14", None)

    # --- revocation -----------------------------------------------------------------------------------------

    def request_revocation(self, actor: str, body: Body) -> Outcome:
        serial = body["certificates"][0]
        certificate = self.certificates[serial]
        if certificate["state"] == "revoked":
            return refused(("AG-3.14", "certificates"), state="revoked")
        clause, roles = GROUNDS[body["ground"]]
        form = body.get("form", {"code": None, "fields": {}})
        rules: list[Rule] = [
            (actor in roles, clause, "requester"),
            (
                body["ground"] != "expired" or self.clock.isoformat() > certificate["not_after"],
                clause,
                "certificates.0",
            ),
            (UNITS.get(actor, "office") == "office", clause, "certificates.0"),
            (body["ground"] != "key-compromise" or "confirmed_by" in body, clause, "confirmed_by"),
            (body["ground"] != "duty-breach" or "breached_duty" in body, clause, "breached_duty"),
            (actor not in UNITS or form["code"] == "TT05-F05", "AG-11.2.1", "form.code"),
            (
                form["fields"].get("certificate_number") in (None, serial),
                "TT05-F05",
                "form.fields.certificate_number",
            ),
            *(missing("TT05-F05", form["fields"]) if actor in UNITS else ()),
        ]
        if not all(kept for kept, _, _ in rules):
            return refusal(rules)
        number = len(self.cases) + 1
        self.cases[number] = {
            "number": number,
            "state": "executed" if body["ground"] == "expired" else "requested",
            "certificates": [serial],
            "devices_outstanding": [certificate["device"]],
        }
        self.notices.append({"to": "subscriber", "serial": serial, "clause": "AG-11.3.a.1"})
        return accepted(self.cases[number])

    def decide_revocation(self, _: str, body: Body) -> Outcome:
        refusal = self._step("cases", body["revocation"], "requested", "executed", "AG-11.3.b.1")
        if refusal:
            return refusal
        case = self.cases[body["revocation"]]
        case |= {"executed_at": self.clock.isoformat(), "crl_reason": "keyCompromise"}
        for serial in case["certificates"]:
            self._change(serial, "revoked", reason="keyCompromise")
            self._announce("revocation", serial)
            self.notices.append({"to": "registrar", "serial": serial, "clause": "AG-11.3.b.3"})
        return accepted(case)

    def read_revocation(self, _: str, body: Body) -> Outcome:
        return accepted(self.cases[body["revocation"]])

    def request_restore(self, _: str, body: Body) -> Outcome:
        del body
        if "restores" in self.defects:
            return accepted({"number": 1, "state": "requested"})
        return refused(("TT05-2", ""))

    # --- what people see ------------------------------------------------------------------------------------

    def read_announcements(self, _: str, body: Body) -> Outcome:
        return accepted({"items": [one for one in self.announcements if one["serial"] == body["certificate"]]})

    def read_notices(self, actor: str, body: Body) -> Outcome:
        mine = [one for one in self.notices if one["to"] == actor and one["serial"] == body["certificate"]]
        return accepted({"items": mine})

    def compare_faces(self, _: str, body: Body) -> Outcome:
        view = self.status_view(body["certificate"])
        state, reason = view["status"], view["reason"] or "certificateHold"
        on_hold = state in ("issued", "suspended", "revoked")
        said = {
            "crl": reason if on_hold else "absent",
            "delta": reason if on_hold else "absent",
            "portal": "not listed" if state == "issued" else state,
            "api": state,
            "reason": view["reason"],
            "faults": [],
        }
        said["ocsp_get"] = said["ocsp_post"] = f"revoked:{reason}" if on_hold else "good"
        if "crl-forgets" in self.defects and state == "revoked":
            said["crl"] = "absent"
        if "ocsp-good-before-effect" in self.defects and state == "issued":
            said["ocsp_post"] = "good"
        return Outcome(Verdict.ACCEPTED, said, state=state)

    def turn_clock(self, _: str, body: Body) -> Outcome:
        if "turns-clock" not in self.defects:
            return Outcome(Verdict.UNSUPPORTED, message="this clock cannot be turned")
        self.clock = datetime.fromisoformat(body["set"]).astimezone(UTC)
        return accepted({"now": self.clock.isoformat()})

    # --- helpers --------------------------------------------------------------------------------------------

    def _cap(self) -> int:
        return 10 if "no-cap" in self.defects else 5

    def _step(self, kind: str, number: Any, source: str, target: str, clause: str = "AG-10.2.c") -> Outcome | None:
        thing = getattr(self, kind)[number]
        if thing["state"] != source:
            return refused((clause, ""), state=thing["state"])
        thing["state"] = target
        return None

    def _certificate_step(self, serial: str, source: str, target: str, clause: str, reason: str | None) -> Outcome:
        state = self.certificates[serial]["state"]
        if state != source:
            return refused((clause, "certificate"), state=state)
        self._change(serial, target, reason=reason)
        view = self.certificate_view(serial)
        return Outcome(Verdict.ACCEPTED, view, state=view["status"]["status"])

    def _change(self, serial: str, state: str, **values: Any) -> None:
        self.certificates[serial] |= {"state": state, "since": self.clock.isoformat(), **values}

    def _announce(self, kind: str, serial: str) -> None:
        self.announcements.append({"kind": kind, "serial": serial, "effective_at": self.clock.isoformat()})


def missing(form: str, fields: Mapping[str, Any]) -> list[Rule]:
    """One rule for each field that the form must have."""
    return [(name in fields, form, f"form.fields.{name}") for name in FIELDS[form]]


def refusal(rules: Iterable[Rule]) -> Outcome:
    """A refusal for every rule that is not kept."""
    return refused(*((clause, field) for kept, clause, field in rules if not kept))


def refused(*broken: tuple[str, str], state: str | None = None) -> Outcome:
    """A refusal by these clauses, about these fields."""
    return Outcome(
        Verdict.REFUSED,
        clauses=tuple(clause for clause, _ in broken),
        fields=tuple(field for _, field in broken),
        state=state,
        message="; ".join(f"{clause} {field}" for clause, field in broken),
    )


def accepted(thing: Mapping[str, Any]) -> Outcome:
    """The thing as it stands now."""
    return Outcome(Verdict.ACCEPTED, dict(thing), state=thing.get("state"))
