"""What every test shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from token_emulator import workers


@pytest.fixture(scope="session", autouse=True)
def _workers_end_with_the_session() -> Iterator[None]:
    """The processes that drive tokens end, and write what they covered, before the measuring does."""
    yield
    workers.shared.close()
