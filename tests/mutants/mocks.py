"""An authority that takes its defects from each request, in the process of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from conformance.mutants.mock import Mock
from conformance.targets.credentials import read_credentials
from mockca.desk.commands import CreateSandbox
from mockca.desk.sandbox import Sandboxes
from mockca.mutants import Mutated
from mockca.web.app import create_app
from tests.web.conftest import BASE, SMALL_KEYS


@contextmanager
def mutable_mock(home: Path) -> Iterator[Mock]:
    """Its data goes into that folder, which must not be there yet."""
    sandboxes = Sandboxes(home, BASE)
    sandboxes.create(CreateSandbox(name="demo", seed="proof", keys=SMALL_KEYS))
    served = Mutated((), by_request=True)(create_app(sandboxes), sandboxes)
    credentials = read_credentials(home / "demo" / "credentials.json")
    yield Mock(f"{BASE}/demo", credentials, httpx.WSGITransport(app=served))
    sandboxes.close()
