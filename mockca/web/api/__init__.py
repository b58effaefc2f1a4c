"""The JSON API: `/{sandbox}/api/v1/…`."""

from __future__ import annotations

from mockca.web.api import (
    archive,
    certificates,
    custody,
    documents,
    dossiers,
    forms,
    keeping,
    public,
    records,
    reorganisations,
    reports,
    restores,
    revocations,
)
from mockca.web.api.face import api

__all__ = ["api"]

# Importing them is what declares their operations.
NOUNS = (
    dossiers,
    custody,
    keeping,
    certificates,
    revocations,
    restores,
    documents,
    forms,
    records,
    public,
    archive,
    reorganisations,
    reports,
)
