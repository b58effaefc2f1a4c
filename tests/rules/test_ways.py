"""The way through a lifecycle to where a step may be taken."""

from __future__ import annotations

from mockca.rules import loading, ways
from mockca.rules.lifecycle import CERTIFICATE, DOSSIER


def test_the_shortest_way_and_none() -> None:
    an_giang = loading.load("an-giang")
    assert ways.way(DOSSIER, an_giang, "filed", "issue") == ("accept", "roster", "approve")
    assert ways.way(DOSSIER, an_giang, "returned", "accept") == ("refile",)
    assert ways.way(DOSSIER, an_giang, "filed", "accept") == ()
    assert ways.way(CERTIFICATE, an_giang, "revoked", "suspend") is None


def test_a_way_goes_by_the_regulations_own_table() -> None:
    # Lai Châu knows no roster.
    assert ways.way(DOSSIER, loading.load("lai-chau"), "filed", "approve") == ("accept",)
    assert ways.way(DOSSIER, loading.load("an-giang"), "filed", "approve") == ("accept", "roster")
    assert ways.sources(CERTIFICATE, loading.load("an-giang"), "revoke") == ("issued", "effective", "suspended")
