"""How this sandbox's root is made known to other software; and why nobody should, on a machine that matters."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from flask import Response

from mockca.web.access import here
from mockca.web.portal.blueprint import portal
from mockca.web.site.rendering import page


@portal.get("/<sandbox>/install")
def installing(sandbox: str) -> Response:
    """What to type, with the digests to compare."""
    del sandbox
    root = here().hierarchy.root.certificate
    return page(
        "portal/installing.html",
        address=here().endpoints.root_crt,
        issuing=here().endpoints.issuing_crt,
        sha256=root.fingerprint(SHA256()).hex(":").upper(),
        ends=root.not_valid_after_utc,
    )
