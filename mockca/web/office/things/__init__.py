"""One thing a page."""

from __future__ import annotations

from mockca.web.office.things import cases, certificates, devices, dossiers

# Importing them is what declares their pages.
PAGES = (dossiers, certificates, devices, cases)
