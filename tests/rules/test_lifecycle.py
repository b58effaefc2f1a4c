"""The allow-lists of transitions."""

from __future__ import annotations

import pytest

from mockca.errors import OutOfOrder
from mockca.rules.lifecycle import (
    ACTIVATION,
    CERTIFICATE,
    DEVICE,
    DOSSIER,
    LIFECYCLES,
    RESTORE,
    REVOCATION,
    STATE_NAMES,
    Lifecycle,
)
from mockca.rules.regulation import Regulation
from tests.rules.samples import AN_GIANG, LAI_CHAU


def walk(lifecycle: Lifecycle, regulation: Regulation, *steps: str) -> str:
    state = lifecycle.initial(regulation)
    for step in steps:
        state = lifecycle.step(regulation, state, step, name="x")
    return state


def test_a_dossier_in_an_giang_passes_through_a_roster() -> None:
    assert walk(DOSSIER, AN_GIANG, "return", "refile", "accept", "roster", "approve", "issue") == "issued"
    assert walk(DOSSIER, AN_GIANG, "accept", "roster", "refuse") == "refused"
    with pytest.raises(OutOfOrder) as caught:
        walk(DOSSIER, AN_GIANG, "accept", "approve")
    assert (caught.value.state, caught.value.allowed, caught.value.clause) == (
        "accepted",
        ("roster",),
        "AG-10.2.c",
    )


def test_a_dossier_in_lai_chau_goes_straight_to_the_authority() -> None:
    assert walk(DOSSIER, LAI_CHAU, "accept", "approve", "issue") == "issued"
    assert walk(DOSSIER, LAI_CHAU, "accept", "refuse") == "refused"
    assert DOSSIER.allowed(LAI_CHAU, "accepted") == ("approve", "refuse")
    with pytest.raises(OutOfOrder, match=r"ND68-11\.1"):
        walk(DOSSIER, LAI_CHAU, "accept", "roster")


def test_a_certificate_in_an_giang_waits_for_its_activation() -> None:
    assert CERTIFICATE.initial(AN_GIANG) == "issued"
    assert walk(CERTIFICATE, AN_GIANG, "activate", "suspend", "lift", "revoke") == "revoked"
    assert walk(CERTIFICATE, AN_GIANG, "activate", "expire") == "expired"
    with pytest.raises(OutOfOrder):
        walk(CERTIFICATE, AN_GIANG, "suspend")


def test_a_certificate_in_lai_chau_starts_effective_and_is_never_suspended() -> None:
    assert CERTIFICATE.initial(LAI_CHAU) == "effective"
    assert CERTIFICATE.allowed(LAI_CHAU, "effective") == ("revoke", "expire")
    assert CERTIFICATE.states(LAI_CHAU) == ("effective", "revoked", "expired")
    with pytest.raises(OutOfOrder, match="ND68-6"):
        walk(CERTIFICATE, LAI_CHAU, "activate")


@pytest.mark.parametrize(("regulation", "clause"), [(AN_GIANG, "AG-3.14"), (LAI_CHAU, "ND68-31.1.c")])
def test_there_is_no_way_back_from_revocation(regulation: Regulation, clause: str) -> None:
    assert CERTIFICATE.allowed(regulation, "revoked") == ()
    for step in ("activate", "suspend", "lift", "revoke", "expire"):
        with pytest.raises(OutOfOrder) as caught:
            CERTIFICATE.step(regulation, "revoked", step, name="a1b")
        assert (caught.value.kind, caught.value.name, caught.value.clause) == ("certificate", "a1b", clause)


def test_a_device_comes_back_the_way_it_went() -> None:
    assert walk(DEVICE, AN_GIANG, "dispatch", "deliver", "collect", "return") == "returned"
    with pytest.raises(OutOfOrder) as caught:
        walk(DEVICE, AN_GIANG, "deliver")
    assert (caught.value.allowed, caught.value.clause) == (("dispatch",), "AG-10.2.d")


@pytest.mark.parametrize("steps", [("dispatch",), ("dispatch", "deliver"), ("dispatch", "deliver", "collect")])
def test_a_device_can_be_lost_on_the_way_and_never_turns_up(steps: tuple[str, ...]) -> None:
    assert walk(DEVICE, LAI_CHAU, *steps, "report_loss") == "lost"
    with pytest.raises(OutOfOrder, match="ND68-20"):
        DEVICE.step(LAI_CHAU, "lost", "collect", name="0001")


def test_a_damaged_device_has_still_to_go_back() -> None:
    assert walk(DEVICE, LAI_CHAU, "dispatch", "deliver", "report_damage", "collect", "return") == "returned"
    assert walk(DEVICE, LAI_CHAU, "dispatch", "deliver", "lock", "report_damage") == "damaged"
    assert DEVICE.allowed(AN_GIANG, "damaged") == ("collect", "report_loss")


def test_a_device_locks_and_is_restored_only_where_the_regime_restores() -> None:
    assert walk(DEVICE, LAI_CHAU, "dispatch", "deliver", "lock", "restore", "lock") == "locked"
    assert DEVICE.allowed(LAI_CHAU, "locked") == ("restore", "collect", "report_loss", "report_damage")
    assert "locked" not in DEVICE.states(AN_GIANG)
    with pytest.raises(OutOfOrder, match="TT05-2"):
        walk(DEVICE, AN_GIANG, "dispatch", "deliver", "lock")


def test_a_request_to_restore_ends_restored_or_refused() -> None:
    assert walk(RESTORE, LAI_CHAU, "restore") == "restored"
    assert walk(RESTORE, LAI_CHAU, "refuse") == "refused"
    with pytest.raises(OutOfOrder, match=r"LC-7\.2\.a"):
        walk(RESTORE, LAI_CHAU, "refuse", "restore")
    assert RESTORE.states(AN_GIANG) == ("requested",)


def test_a_case_of_revocation_ends_closed_or_refused() -> None:
    assert walk(REVOCATION, AN_GIANG, "execute", "close") == "closed"
    assert walk(REVOCATION, AN_GIANG, "refuse") == "refused"
    with pytest.raises(OutOfOrder, match=r"AG-11\.3\.a\.1"):
        walk(REVOCATION, AN_GIANG, "close")


def test_an_activation_is_published_at_once_or_at_its_time() -> None:
    assert walk(ACTIVATION, AN_GIANG, "schedule", "publish") == "published"
    assert walk(ACTIVATION, AN_GIANG, "publish") == "published"
    assert ACTIVATION.states(LAI_CHAU) == ("proposed",)


def test_a_caller_may_give_the_clause_and_an_unknown_step_has_none() -> None:
    with pytest.raises(OutOfOrder, match=r"AG-10\.2\.dd"):
        CERTIFICATE.step(AN_GIANG, "effective", "activate", name="a1b", clause="AG-10.2.dd")
    with pytest.raises(OutOfOrder) as caught:
        CERTIFICATE.step(AN_GIANG, "effective", "frame", name="a1b")
    assert caught.value.clause == "unsourced"


@pytest.mark.parametrize("regulation", [AN_GIANG, LAI_CHAU], ids=["an-giang", "lai-chau"])
@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=LIFECYCLES)
def test_the_diagrams_show_every_transition_and_its_clause(lifecycle: Lifecycle, regulation: Regulation) -> None:
    mermaid, dot = lifecycle.diagram(regulation), lifecycle.diagram(regulation, "dot")
    assert mermaid.startswith("stateDiagram-v2\n")
    for item in lifecycle.table(regulation):
        clause = lifecycle.clause_of(regulation, item.step)
        assert f"    {item.source} --> {item.target}: {item.step} · {clause}\n" in mermaid
        assert f'    {item.source} -> {item.target} [label="{item.step}\\n{clause}"];\n' in dot
    for state in lifecycle.states(regulation):
        assert STATE_NAMES[lifecycle.kind][state] in mermaid
        assert (f"    {state} --> [*]\n" in mermaid) == (not lifecycle.allowed(regulation, state))


def test_leg_steps_fall_back_to_the_rule_on_handovers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Regulation, "leg_with_step", lambda *_: None)
    assert DEVICE.clause_of(AN_GIANG, "dispatch") == "AG-12.2"
