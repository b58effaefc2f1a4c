"""A small world over HTTP: one sandbox with small keys, its clock frozen, a fresh copy for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from mockca.desk.commands import AuthorityKeys, CreateSandbox
from mockca.desk.sandbox import Sandboxes
from mockca.web.access import ensure_admin_credential
from mockca.web.app import create_app

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""A Monday morning in Vietnam."""
SMALL_KEYS = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
BASE = "http://127.0.0.1:8400"

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
