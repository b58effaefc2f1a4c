"""A small world over HTTP: one sandbox with small keys, its clock frozen, a fresh copy for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from mockca.desk.commands import AuthorityKeys, CreateSandbox
from mockca.desk.sandbox import Sandboxes
from mockca.web.access import ensure_admin_credential
from mockca.web.app import create_app
from tests.desk.conftest import START, an_giang_person

SMALL_KEYS = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
BASE = "http://127.0.0.1:8400"
API = "/demo/api/v1"
PROBLEM = "application/problem+json"
PAPER = {"channel": "paper", "document_number": "12/CV", "signed_by": "Trần Thị Bình", "sealed": True}

Headers = dict[str, str]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sandbox `demo`, to be copied."""
    home = tmp_path_factory.mktemp("furnished") / "data"
    sandboxes = Sandboxes(home, BASE)
    sandboxes.create(CreateSandbox(name="demo", seed="web", start=START, frozen=True, keys=SMALL_KEYS))
    sandboxes.close()
    return home


@pytest.fixture
def home(furnished: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    copy = tmp_path / "data"
    shutil.copytree(furnished, copy)
    return copy


@pytest.fixture
def sandboxes(home: Path) -> Iterator[Sandboxes]:
    opened = Sandboxes(home, BASE)
    yield opened
    opened.close()


@pytest.fixture
def app(sandboxes: Sandboxes) -> OpenAPI:
    return create_app(sandboxes)


@pytest.fixture
def client(app: OpenAPI) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(home: Path) -> Callable[[str], Headers]:
    """Headers by which an account of `demo` signs in."""
    document = json.loads((home / "demo" / "credentials.json").read_text("utf-8"))
    credentials = {account["name"]: account["credential"] for account in document["accounts"]}
    return lambda name: {"Authorization": f"Bearer {credentials[name]}"}


@pytest.fixture
def admin(home: Path) -> Headers:
    """Headers by which sandboxes are made."""
    return {"Authorization": f"Bearer {ensure_admin_credential(home)}"}


@dataclass
class Province:
    """The people of one province at their browsers."""

    client: FlaskClient
    sign_in: Callable[[str], Headers]
    regulation: str = "an-giang"

    def headers(self, role: str) -> Headers:
        return self.sign_in(role if role in ("authority", "trainer") else f"{role}@{self.regulation}")

    def asks(self, role: str, method: str, path: str, body: Any = None, expects: int = 200, **headers: str) -> Any:
        """The answer's JSON; the status must be the one expected."""
        answer = self.client.open(API + path, method=method, json=body, headers=self.headers(role) | headers)
        assert answer.status_code == expects, answer.text
        assert answer.content_type == (PROBLEM if expects >= 400 else "application/json")
        return answer.get_json()

    def reads(self, role: str, path: str, expects: int = 200) -> Any:
        return self.asks(role, "GET", path, expects=expects)

    def sends(self, role: str, path: str, body: Any = None, expects: int = 200, **headers: str) -> Any:
        return self.asks(role, "POST", path, {} if body is None else body, expects, **headers)

    def filing(self) -> dict[str, Any]:
        return an_giang_person().model_dump(mode="json")

    def approved(self) -> dict[str, Any]:
        """A dossier up to its approval."""
        dossier: dict[str, Any] = self.sends("subscriber", "/dossiers", self.filing(), 201)
        self.sends("registrar", f"/dossiers/{dossier['number']}/check", {"decision": "accept"})
        self.sends("registrar", "/rosters", self.roster(dossier["number"]), 201)
        self.sends("authority", f"/dossiers/{dossier['number']}/decision", {"decision": "approve"})
        return dossier

    def roster(self, *numbers: int) -> dict[str, Any]:
        return {
            "regulation": self.regulation,
            "form": "TT05-F02",
            "document_number": "7/DS-STTTT",
            "declared_count": len(numbers),
            "dossiers": numbers,
            "attachments": [{"kind": "request-list-copy", "file_name": "ds.pdf"}],
            "submission": PAPER,
        }

    def issued(self) -> dict[str, Any]:
        """A certificate on a device, still with the authority; the whole answer."""
        number = self.approved()["number"]
        answer: dict[str, Any] = self.sends(
            "authority", f"/dossiers/{number}/certificate", {"algorithm": "p256"}, expects=201
        )
        return answer

    def hands_over(self, leg: str, certificate: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.sends(
            leg.split("-")[0],
            "/handovers",
            {
                "regulation": self.regulation,
                "leg": leg,
                "form": "TT05-F03",
                "items": [{"certificate": certificate["serial"], "device": certificate["device"]}],
                "giver": {"name": "Lê Văn Cường", "signed": True},
                "receiver": {"name": "Phạm Thị Dung", "signed": True, "appointed_by": "Văn phòng"},
            },
            201,
        )
        return answer

    def proposal(self, serial: str) -> dict[str, Any]:
        return {
            "regulation": self.regulation,
            "form": {"code": "TT05-F04"},
            "certificates": [serial],
            "submission": PAPER,
        }

    def effective(self) -> dict[str, Any]:
        """A certificate in force, with its subscriber."""
        certificate: dict[str, Any] = self.issued()["certificate"]
        self.hands_over("authority-registrar", certificate)
        self.hands_over("registrar-subscriber", certificate)
        proposal = self.sends("registrar", "/activations", self.proposal(certificate["serial"]), 201)
        self.sends("authority", f"/activations/{proposal['number']}/publication")
        return certificate

    def demand(self, serial: str, ground: str = "manager-request") -> dict[str, Any]:
        return {"regulation": self.regulation, "certificates": [serial], "ground": ground, "submission": PAPER}


@pytest.fixture
def an_giang(client: FlaskClient, sign_in: Callable[[str], Headers]) -> Province:
    return Province(client, sign_in)
