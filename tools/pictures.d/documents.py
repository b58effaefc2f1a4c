"""How signed documents look by each regulation, for docs/documents."""

from __future__ import annotations

from studio import Studio

from tests.documents.making import released
from token_emulator.documents.rules import Role

ORGANISATION = (Role.ORGANISATION,)
PLACE = "docs/documents/pictures"
SIGNED = (13, 105, 206, 175)
"""Receivers, images and name; mm of A4."""


def take(studio: Studio) -> None:
    """A letter of each shape."""
    studio.print(released("an-giang", roles=ORGANISATION), f"{PLACE}/an-giang.png", (13, 12, 206, 190))
    studio.print(released("ninh-binh"), f"{PLACE}/ninh-binh.png", SIGNED)
    studio.print(released("lai-chau"), f"{PLACE}/lai-chau.png", SIGNED)
    studio.print(released("lai-chau", "copy", ORGANISATION), f"{PLACE}/lai-chau-copy.png", (13, 0, 206, 55))
