"""Where the HTTP contract puts each operation: method, path, and where the state stands in the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.port import Operation

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the contract."""

    method: str
    path: str
    """Below the sandbox; `{name}` stands for a value that the body has under that name."""
    state: str | None = None
    """Path of the state in the answer."""
    query: tuple[str, ...] = ()
    """Keys of the body that travel in the query string."""


ROUTES: Mapping[Operation, Route] = {
    Operation.FILE_DOSSIER: Route("POST", f"{API}/dossiers", "state"),
    Operation.REFILE_DOSSIER: Route("PUT", f"{API}/dossiers/{{dossier}}", "state"),
    Operation.CHECK_DOSSIER: Route("POST", f"{API}/dossiers/{{dossier}}/check", "state"),
    Operation.SUBMIT_ROSTER: Route("POST", f"{API}/rosters"),
    Operation.DECIDE_DOSSIER: Route("POST", f"{API}/dossiers/{{dossier}}/decision", "state"),
    Operation.ISSUE_CERTIFICATE: Route("POST", f"{API}/dossiers/{{dossier}}/certificate", "certificate.status.status"),
    Operation.RECORD_HANDOVER: Route("POST", f"{API}/handovers"),
    Operation.PROPOSE_ACTIVATION: Route("POST", f"{API}/activations", "state"),
    Operation.PUBLISH_ACTIVATION: Route("POST", f"{API}/activations/{{activation}}/publication", "state"),
    Operation.SUSPEND_CERTIFICATE: Route("POST", f"{API}/certificates/{{certificate}}/suspension", "status.status"),
    Operation.LIFT_SUSPENSION: Route("POST", f"{API}/certificates/{{certificate}}/reinstatement", "status.status"),
    Operation.REQUEST_REVOCATION: Route("POST", f"{API}/revocations", "state"),
    Operation.FORWARD_REVOCATION: Route("POST", f"{API}/revocations/{{revocation}}/forwarding", "state"),
    Operation.DECIDE_REVOCATION: Route("POST", f"{API}/revocations/{{revocation}}/decision", "state"),
    Operation.REQUEST_RESTORE: Route("POST", f"{API}/restores", "state"),
    Operation.DECIDE_RESTORE: Route("POST", f"{API}/restores/{{restore}}/decision", "restore.state"),
    Operation.REPORT_DAMAGE: Route("POST", f"{API}/devices/{{device}}/damage", "state"),
    Operation.REPORT_LOSS: Route("POST", f"{API}/devices/{{device}}/loss", "state"),
    Operation.ASSIGN_CUSTODIAN: Route("POST", f"{API}/devices/{{device}}/custodians"),
    Operation.TAKE_OUT: Route("POST", f"{API}/devices/{{device}}/outings"),
    Operation.BRING_BACK: Route("POST", f"{API}/devices/{{device}}/outings/{{outing}}/return"),
    Operation.FILE_REPORT: Route("POST", f"{API}/reports", "state"),
    Operation.REQUEST_REPORT: Route("POST", f"{API}/reports/requests"),
    Operation.APPOINT: Route("POST", f"{API}/appointments"),
    Operation.REGISTER_UNIT: Route("POST", f"{API}/units"),
    Operation.PLAN_REORGANISATION: Route("POST", f"{API}/reorganisations", "state"),
    Operation.WORK_REORGANISATION: Route("POST", f"{API}/reorganisations/{{reorganisation}}/work", "state"),
    Operation.TURN_CLOCK: Route("PUT", "/control/clock"),
    Operation.STAGE_CERTIFICATE: Route("POST", "/control/certificates"),
    Operation.READ_DOSSIER: Route("GET", f"{API}/dossiers/{{dossier}}", "state"),
    Operation.READ_CERTIFICATE: Route("GET", f"{API}/certificates/{{certificate}}", "status.status"),
    Operation.READ_STATUS: Route("GET", f"{API}/certificates/{{certificate}}/status", "status", ("at",)),
    Operation.READ_DEVICE: Route("GET", f"{API}/devices/{{device}}", "state"),
    Operation.READ_CUSTODY: Route("GET", f"{API}/devices/{{device}}/custody", "holder", ("at",)),
    Operation.SEARCH_ARCHIVE: Route(
        "GET",
        f"{API}/archive",
        None,
        ("q", "kind", "certificate", "device", "unit", "since", "until", "after", "limit"),
    ),
    Operation.READ_FILE: Route("GET", f"{API}/archive/certificates/{{certificate}}"),
    Operation.REMOVE_DOSSIER: Route("DELETE", f"{API}/dossiers/{{dossier}}"),
    Operation.REMOVE_HANDOVER: Route("DELETE", f"{API}/handovers/{{handover}}"),
    Operation.REMOVE_ROSTER: Route("DELETE", f"{API}/rosters/{{roster}}"),
    Operation.REMOVE_REVOCATION: Route("DELETE", f"{API}/revocations/{{revocation}}"),
    Operation.READ_REVOCATION: Route("GET", f"{API}/revocations/{{revocation}}", "state"),
    Operation.READ_REORGANISATION: Route("GET", f"{API}/reorganisations/{{reorganisation}}", "state"),
    Operation.READ_REORGANISATION_ITEMS: Route(
        "GET", f"{API}/reorganisations/{{reorganisation}}/items", None, ("state", "after", "limit")
    ),
    Operation.DRAFT_REPORT: Route(
        "GET", f"{API}/reports/draft", None, ("regulation", "report", "period", "application")
    ),
    Operation.READ_REPORT: Route("GET", f"{API}/reports/{{report}}", "state"),
    Operation.READ_REPORTS: Route("GET", f"{API}/reports", None, ("report", "unit", "period", "after", "limit")),
    Operation.READ_REPORTS_DUE: Route(
        "GET", f"{API}/reports/due", None, ("report", "unit", "period", "overdue", "after", "limit")
    ),
    Operation.READ_RESTORE: Route("GET", f"{API}/restores/{{restore}}", "state"),
    Operation.READ_ACTIVATION: Route("GET", f"{API}/activations/{{activation}}", "state"),
}
"""The operations that are one request. Lists and the comparison of faces take several (http.py)."""
