"""Sandboxes: made whole, isolated, reset, opened again."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mockca.desk import queries
from mockca.desk.actors import Actor
from mockca.desk.commands import CreateSandbox, ResetSandbox, TurnClock
from mockca.desk.control import clock_view, create, reset, turn_clock
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.errors import Conflict, Forbidden, NotFound, Refused
from mockca.registry import accounts, journal
from tests.desk.conftest import SMALL, START, People

TRAINER = Actor("trainer", "trainer")


def test_the_same_seed_gives_the_same_serials_and_names(sandboxes: Sandboxes) -> None:
    made = [
        sandboxes.create(CreateSandbox(name=name, seed=seed, start=START, frozen=True, keys=SMALL))
        for name, seed in (("one", "s"), ("two", "s"), ("three", "t"))
    ]
    serials = [People(box, "lai-chau").issued().certificate.serial for box in made]
    assert serials[0] == serials[1] != serials[2]
    roots = [box.hierarchy.root.certificate.serial_number for box in made]
    assert roots[0] == roots[1] != roots[2]
    units = [queries.units(box, Actor("authority", "authority")).items for box in made]
    assert units[0] == units[1] != units[2]


def test_a_name_is_taken_once(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    with pytest.raises(Conflict):
        create(sandboxes, CreateSandbox(name=sandbox.name, keys=SMALL))
    assert sandboxes.names() == (sandbox.name,)


def test_a_failed_creation_leaves_nothing_behind(sandboxes: Sandboxes) -> None:
    with pytest.raises(NotFound):
        create(sandboxes, CreateSandbox(name="broken", regulations=("no-such-province",), keys=SMALL))
    assert sandboxes.names() == ()
    assert list(sandboxes.home.iterdir()) == []


def test_what_is_not_there_is_not_found(sandboxes: Sandboxes) -> None:
    with pytest.raises(NotFound):
        sandboxes.open("nowhere")


def test_keys_and_credentials_are_for_their_owner_alone(sandbox: Sandbox) -> None:
    private = [*(sandbox.home / "keys").iterdir(), sandbox.home / "credentials.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    database = (sandbox.home / "registry.db").read_bytes()
    for account in Sandboxes(sandbox.home.parent, "http://x").credentials(sandbox.name)["accounts"]:
        assert account["credential"].encode() not in database


def test_a_credential_opens_its_account(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    for account in sandboxes.credentials("demo")["accounts"]:
        with sandbox.store.read() as connection:
            found = accounts.by_credential(connection, account["credential"])
        assert found is not None
        assert (found.name, found.role) == (account["name"], account["role"])


def test_a_sandbox_opened_by_another_process_goes_on_where_it_stood(sandbox: Sandbox) -> None:
    issued = People(sandbox, "lai-chau").issued(algorithm="p256")
    other = Sandboxes(sandbox.home.parent, "http://127.0.0.1:8400")
    again = other.open("demo")
    view = queries.certificate(again, Actor("authority", "authority"), issued.certificate.serial)
    assert view == issued.certificate
    assert again.clock.now() == START
    assert again.shelf.serials() == (issued.certificate.device,)
    other.close()


def test_a_device_that_no_transaction_recorded_is_swept_away(sandbox: Sandbox) -> None:
    kept = People(sandbox, "lai-chau").issued(algorithm="p256")
    orphan = sandbox.shelf.personalise("generic-10", "p256", "12345678", "123456789012", "orphan")
    orphan.place()
    orphan.release()
    other = Sandboxes(sandbox.home.parent, "http://127.0.0.1:8400")
    assert other.open("demo").shelf.serials() == (kept.certificate.device,)
    other.close()


def test_a_reset_empties_the_world_and_other_processes_see_it(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    other = Sandboxes(sandboxes.home, "http://127.0.0.1:8400")
    theirs = other.open("demo")
    before = sandboxes.credentials("demo")
    serial = People(sandbox, "lai-chau").issued(algorithm="p256").certificate.serial
    turn_clock(sandbox, TRAINER, TurnClock(advance_seconds=3600))
    view = reset(sandboxes, "demo", TRAINER, ResetSandbox(seed="another"))
    assert view.seed == "another"
    fresh = other.open("demo")
    assert fresh is not theirs
    with pytest.raises(NotFound):
        queries.certificate(fresh, Actor("authority", "authority"), serial)
    assert (fresh.clock.now(), fresh.clock.reading().frozen) == (START, True)
    assert fresh.shelf.serials() == ()
    assert sandboxes.credentials("demo") == before
    assert People(fresh, "lai-chau").issued().certificate.serial != serial
    other.close()


def test_a_reset_without_a_seed_makes_the_same_world_again(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    serial = People(sandbox, "lai-chau").issued().certificate.serial
    reset(sandboxes, "demo", TRAINER, ResetSandbox())
    assert People(sandboxes.open("demo"), "lai-chau").issued().certificate.serial == serial


def test_only_the_trainer_turns_the_clock_and_resets(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    authority = Actor("authority", "authority")
    with pytest.raises(Forbidden):
        turn_clock(sandbox, authority, TurnClock(advance_seconds=1))
    with pytest.raises(Forbidden):
        reset(sandboxes, "demo", authority, ResetSandbox())


def test_the_clock_is_turned_one_way_at_a_time(sandbox: Sandbox) -> None:
    for command in (TurnClock(), TurnClock(freeze=True, scale=2.0)):
        with pytest.raises(Refused):
            turn_clock(sandbox, TRAINER, command)
    late = datetime(9990, 1, 1, tzinfo=UTC)
    turn_clock(sandbox, TRAINER, TurnClock(set=late))
    for command in (TurnClock(set=datetime(1949, 1, 1, tzinfo=UTC)), TurnClock(advance_seconds=1e9)):
        with pytest.raises(Refused):
            turn_clock(sandbox, TRAINER, command)
    assert clock_view(sandbox).now == late
    turn_clock(sandbox, TRAINER, TurnClock(set=START))
    assert turn_clock(sandbox, TRAINER, TurnClock(set=START + timedelta(days=1))).now == START + timedelta(days=1)
    assert turn_clock(sandbox, TRAINER, TurnClock(scale=60.0)).scale == 60.0
    assert not turn_clock(sandbox, TRAINER, TurnClock(freeze=False)).frozen
    assert turn_clock(sandbox, TRAINER, TurnClock(freeze=True)).frozen
    assert clock_view(sandbox).epoch >= 4


def test_what_falls_due_runs_in_order(sandbox: Sandbox) -> None:
    lai_chau, an_giang = People(sandbox, "lai-chau"), People(sandbox, "an-giang")
    first = lai_chau.effective().certificate.serial
    turn_clock(sandbox, TRAINER, TurnClock(advance_seconds=60))
    second = an_giang.issued().certificate.serial
    proposal = an_giang.publishes(an_giang.proposes(second, effective_at=START + timedelta(hours=2)))
    ran = turn_clock(sandbox, TRAINER, TurnClock(advance_seconds=6 * 365 * 86400)).ran
    # Among them come the reports that bodies owe year by year.
    assert [what for what in ran if what.startswith(("activation", "certificate"))] == [
        f"activation {proposal.number} published",
        f"certificate {first} expired",
        f"certificate {second} expired",
    ]


def test_each_change_is_in_the_journal_with_its_clause(sandbox: Sandbox) -> None:
    an_giang = People(sandbox, "an-giang")
    serial = an_giang.effective().certificate.serial
    an_giang.asks_to_revoke("registrar", serial, "manager-request")
    page = queries.journal_entries(sandbox, TRAINER, limit=100)
    actions = [entry.action for entry in page.items]
    assert actions == [
        "sandbox.filled",
        "dossier.filed",
        "dossier.accepted",
        "roster.submitted",
        "dossier.approved",
        "certificate.issued",
        "activation.proposed",
        "activation.published",
        "revocation.requested",
        "revocation.executed",
        "revocation.closed",
    ]
    with sandbox.store.read() as connection:
        assert journal.verify(connection).ok
    about = queries.journal_entries(sandbox, TRAINER, about=f"certificate {serial}", limit=1)
    assert [entry.action for entry in about.items] == ["certificate.issued"]
    assert queries.journal_entries(sandbox, TRAINER, limit=3).next == 3
    with pytest.raises(Forbidden):
        queries.journal_entries(sandbox, an_giang.actor("registrar"))


def test_a_refusal_is_in_the_journal_with_its_clauses_and_without_values(sandbox: Sandbox) -> None:
    with pytest.raises(Refused):
        People(sandbox, "lai-chau").files(fields={"validity_years": 77})
    entry = queries.journal_entries(sandbox, TRAINER, about="file_dossier").items[-1]
    assert (entry.action, entry.clauses) == ("refused", ("ND68-9.2",))
    assert "77" not in str(entry.detail)


def test_regulations_are_told_with_their_clauses(sandbox: Sandbox) -> None:
    told = {view.id: view for view in queries.regulations(sandbox)}
    assert told["an-giang"].effective_from == "announcement"
    assert told["lai-chau"].effective_from == "not_before"
    assert "renew" in told["lai-chau"].services
    assert queries.regulation(sandbox, "an-giang") == told["an-giang"]
    with pytest.raises(NotFound):
        queries.regulation(sandbox, "ca-mau")


def test_no_pin_is_in_the_database_or_the_answer_kept_for_a_retry(sandbox: Sandbox, tmp_path: Path) -> None:
    issued = People(sandbox, "lai-chau").issued(algorithm="p256")
    assert issued.pin_letter is not None
    assert issued.pin_letter.so_pin is not None
    sandbox.store.close()
    for path in sandbox.home.rglob("*"):
        if path.is_file() and "tokens" not in path.parts:
            content = path.read_bytes()
            assert issued.pin_letter.user_pin.encode() not in content
            assert issued.pin_letter.so_pin.encode() not in content
