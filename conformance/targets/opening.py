"""The target of a run, reached as its settings say: by the contract, by a mapping file, or by an adapter."""

from __future__ import annotations

from conformance.errors import NothingToRun
from conformance.mapping.reading import read_mapping
from conformance.run import Settings, target_url
from conformance.targets.adapted import AdaptedTarget
from conformance.targets.credentials import Credentials, read_credentials
from conformance.targets.http import HttpTarget
from conformance.targets.mapped import MappedTarget
from conformance.targets.target import Target


def opened(settings: Settings) -> Target:
    """The target. Raises HarnessError where it cannot be reached like this."""
    url = target_url(settings.target)
    accounts = Credentials() if settings.credentials is None else read_credentials(settings.credentials)
    if settings.mapping is not None and settings.adapter is not None:
        raise NothingToRun("either --mapping or --adapter, not both")
    if settings.adapter is not None:
        if settings.cacert is not None:
            raise NothingToRun("--cacert is not for --adapter, which makes its own connections")
        return AdaptedTarget(settings.adapter, url, settings.regulation, accounts, timeout=settings.timeout)
    if settings.mapping is not None:
        mapping = read_mapping(settings.mapping)
        return MappedTarget(
            url, settings.regulation, mapping, accounts, timeout=settings.timeout, cacert=settings.cacert
        )
    return HttpTarget(url, settings.regulation, accounts, timeout=settings.timeout, cacert=settings.cacert)
