"""Hierarchies made once a session, and files of theirs for the programs that read them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from mockca.pki import hierarchy, keys
from mockca.pki.hierarchy import Endpoints, Hierarchy
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey

from .openssl import OpenSsl

NOW = datetime(2026, 3, 2, 8, 30, 15, 999_999, UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    """When the hierarchies begin; with a fraction of a second, which DER has no place for."""
    return NOW


@pytest.fixture(scope="session")
def endpoints() -> Endpoints:
    return Endpoints("http://127.0.0.1:8400/demo")


@pytest.fixture(scope="session")
def subscriber_keys() -> dict[KeyAlgorithm, PrivateKey]:
    return {algorithm: keys.generate(algorithm) for algorithm in KeyAlgorithm}


@pytest.fixture(scope="session")
def ec_hierarchy(endpoints: Endpoints) -> Hierarchy:
    serials = count(0x1000_0000_0000_0001)
    made = {name: keys.generate(KeyAlgorithm.P256) for name in ("root", "issuing", "ocsp", "tsa")}
    return hierarchy.build(made, endpoints, NOW, lambda _: next(serials))


@pytest.fixture(scope="session")
def mixed_hierarchy(endpoints: Endpoints, subscriber_keys: dict[KeyAlgorithm, PrivateKey]) -> Hierarchy:
    """The real sizes above, RSA and P-384 below."""
    serials = count(0x2000_0000_0000_0001)
    made = {
        "root": subscriber_keys[KeyAlgorithm.RSA_4096],
        "issuing": subscriber_keys[KeyAlgorithm.RSA_3072],
        "ocsp": subscriber_keys[KeyAlgorithm.P384],
        "tsa": subscriber_keys[KeyAlgorithm.RSA_2048],
    }
    return hierarchy.build(made, endpoints, NOW, lambda _: next(serials))


@pytest.fixture(params=["ec_hierarchy", "mixed_hierarchy"])
def either_hierarchy(request: pytest.FixtureRequest) -> Hierarchy:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Hierarchy)
    return made


@pytest.fixture(scope="session")
def leaf_issuer(ec_hierarchy: Hierarchy, endpoints: Endpoints) -> LeafIssuer:
    return LeafIssuer(ec_hierarchy.issuing, endpoints)


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return OpenSsl(tmp_path)
