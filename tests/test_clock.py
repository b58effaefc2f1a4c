from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca import clock as clock_module
from mockca.clock import EARLIEST, LATEST, ClockReading, FixedClock, SharedClock, system_now
from mockca.errors import SetUpError

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SLOT = clock_module._SLOT_SIZE


class System:
    """Stands for the system's time where a test must say how much of it passes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = datetime(2030, 5, 5, tzinfo=UTC)
        monkeypatch.setattr(clock_module, "system_now", lambda: self.time)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def test_the_systems_time_is_aware_and_in_utc() -> None:
    assert system_now().utcoffset() == timedelta(0)


def test_a_new_clock_shows_its_start_and_runs_with_the_system(path: Path, system: System) -> None:
    clock = SharedClock.create(path, START)
    assert clock.now() == START
    system.time += HOUR
    assert clock.now() == START + HOUR
    assert clock.reading() == ClockReading(now=START + HOUR, frozen=False, scale=1.0, epoch=0)


def test_a_clock_runs_on_while_nobody_has_it_open(path: Path, system: System) -> None:
    SharedClock.create(path, START).close()
    system.time += 24 * HOUR
    assert SharedClock.open(path).now() == START + 24 * HOUR


def test_a_frozen_clock_is_still_frozen_after_a_restart_until_it_is_resumed(path: Path, system: System) -> None:
    SharedClock.create(path, START, frozen=True).close()
    system.time += HOUR
    clock = SharedClock.open(path)
    assert clock.now() == START
    assert clock.resume().now == START
    system.time += HOUR
    assert clock.now() == START + HOUR
    assert clock.freeze().frozen
    system.time += HOUR
    assert clock.now() == START + HOUR


def test_a_clock_is_set_back_and_forth_and_runs_on_from_there(path: Path, system: System) -> None:
    clock = SharedClock.create(path, START)
    clock.set(START - 1000 * HOUR)
    system.time += HOUR
    assert clock.now() == START - 999 * HOUR
    assert clock.advance(2000 * HOUR).now == START + 1001 * HOUR
    assert clock.advance(-HOUR).now == START + 1000 * HOUR


def test_setting_a_frozen_clock_leaves_it_frozen(path: Path, system: System) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    assert clock.set(START + HOUR) == ClockReading(now=START + HOUR, frozen=True, scale=1.0, epoch=1)
    system.time += HOUR
    assert clock.now() == START + HOUR


def test_a_scaled_clock_runs_so_much_faster_and_keeps_its_pace_through_a_freeze(path: Path, system: System) -> None:
    clock = SharedClock.create(path, START)
    system.time += HOUR
    assert clock.scale(60).now == START + HOUR
    system.time += HOUR
    assert clock.now() == START + 61 * HOUR
    clock.freeze()
    assert clock.reading().scale == 60
    clock.resume()
    system.time += HOUR
    assert clock.now() == START + 121 * HOUR
    assert clock.scale(0.5).scale == 0.5


def test_each_turn_moves_the_epoch_and_nothing_else_does(path: Path) -> None:
    clock = SharedClock.create(path, START)
    turns: list[Callable[[], ClockReading]] = [
        clock.freeze,
        clock.resume,
        lambda: clock.set(START),
        lambda: clock.advance(HOUR),
        lambda: clock.scale(2),
    ]
    assert [turn().epoch for turn in turns] == [1, 2, 3, 4, 5]
    clock.bump_generation()
    clock.now()
    assert clock.epoch == 5


def test_a_reset_moves_the_generation_that_others_see(path: Path) -> None:
    clock = SharedClock.create(path, START)
    other = SharedClock.open(path)
    assert other.generation == 0
    assert clock.bump_generation() == 1
    clock.freeze()
    assert other.generation == 1


def test_microseconds_are_kept(path: Path) -> None:
    instant = START + timedelta(microseconds=123_457)
    assert SharedClock.create(path, instant, frozen=True).now() == instant


def test_times_from_other_zones_are_shown_in_utc(path: Path) -> None:
    hanoi = timezone(timedelta(hours=7))
    clock = SharedClock.create(path, START.astimezone(hanoi), frozen=True)
    assert clock.now() == START
    assert clock.now().tzinfo is UTC
    assert FixedClock(START.astimezone(hanoi)).now().tzinfo is UTC


def test_a_running_clock_stops_at_the_last_instant_of_the_calendar(path: Path, system: System) -> None:
    clock = SharedClock.create(path, LATEST - HOUR)
    system.time += 2 * HOUR
    assert clock.now() == LATEST


def test_instants_that_no_certificate_can_name_are_refused_and_change_nothing(path: Path) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    with pytest.raises(ValueError, match="1950 to 9999"):
        clock.set(EARLIEST - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="1950 to 9999"):
        clock.advance(LATEST - START + timedelta(microseconds=1))
    with pytest.raises(ValueError, match="beyond the calendar"):
        clock.advance(timedelta.max)
    with pytest.raises(ValueError, match="no time zone"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001
    assert clock.reading() == ClockReading(now=START, frozen=True, scale=1.0, epoch=0)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf"), 1_000_001])
def test_a_scale_that_is_no_pace_is_refused(path: Path, rate: float) -> None:
    clock = SharedClock.create(path, START)
    with pytest.raises(ValueError, match="scale"):
        clock.scale(rate)
    assert clock.epoch == 0


def test_a_clock_is_not_made_over_another_one(path: Path) -> None:
    SharedClock.create(path, START, frozen=True)
    with pytest.raises(FileExistsError):
        SharedClock.create(path, START + HOUR)
    assert SharedClock.open(path).now() == START
    assert [file.name for file in path.parent.iterdir()] == ["clock"]


def test_a_clock_that_is_not_there_says_so(path: Path) -> None:
    with pytest.raises(SetUpError, match="cannot be opened"):
        SharedClock.open(path)


@pytest.mark.parametrize("content", [b"", b"short", b"\0" * 2 * SLOT, b"x" * 2 * SLOT])
def test_a_file_that_is_no_clock_says_so(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(SetUpError, match=r"cannot be opened|damaged"):
        SharedClock.open(path)


@pytest.mark.parametrize("slot", [0, 1])
@pytest.mark.parametrize("octet", [0, 9, SLOT - 6])
def test_a_turn_that_was_cut_short_leaves_the_clock_as_it_was_and_the_next_one_mends_it(
    path: Path, slot: int, octet: int
) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    while clock.epoch % 2 != slot:
        clock.advance(HOUR)
    before = clock.reading()
    content = bytearray(path.read_bytes())
    torn = (before.epoch % 2) * SLOT  # the slot that the next turn writes: sequence is epoch + 1, and then one more
    content[torn + octet] ^= 0xFF
    with path.open("r+b") as file:
        file.write(content)
    assert clock.reading() == before
    assert SharedClock.open(path).reading() == before
    assert clock.advance(HOUR).now == before.now + HOUR
    assert SharedClock.open(path).epoch == before.epoch + 1


def test_a_clock_with_both_copies_damaged_says_what_to_do(path: Path) -> None:
    clock = SharedClock.create(path, START)
    with path.open("r+b") as file:
        file.write(b"\xff" * 2 * SLOT)
    with pytest.raises(SetUpError, match="create it again"):
        clock.now()


def test_another_process_sees_each_turn_at_once(path: Path) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    program = (
        "import sys; from pathlib import Path; from mockca.clock import SharedClock\n"
        "clock = SharedClock.open(Path(sys.argv[1]))\n"
        "for _ in sys.stdin: print(clock.now().isoformat(), clock.epoch, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        for epoch in range(1, 4):
            clock.advance(HOUR)
            print("?", file=process.stdin, flush=True)
            assert process.stdout.readline().split() == [(START + epoch * HOUR).isoformat(), str(epoch)]


def _advance_often(path: Path, times: int) -> None:
    clock = SharedClock.open(path)
    for _ in range(times):
        clock.advance(HOUR)


def test_processes_and_threads_that_turn_at_once_lose_no_turn(path: Path) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_advance_often, args=(path, 50)) for _ in range(3)]
    threads = [threading.Thread(target=lambda: [clock.advance(HOUR) for _ in range(50)]) for _ in range(3)]
    workers: list[BaseProcess | threading.Thread] = [*processes, *threads]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert clock.reading() == ClockReading(now=START + 300 * HOUR, frozen=True, scale=1.0, epoch=300)


def test_parent_and_child_share_a_clock_after_a_fork(path: Path) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    context = multiprocessing.get_context("fork")
    child = context.Process(target=lambda: [clock.advance(HOUR) for _ in range(50)])
    child.start()
    for _ in range(50):
        clock.advance(HOUR)
    child.join()
    assert child.exitcode == 0
    assert clock.now() == START + 100 * HOUR


def test_readers_never_see_half_a_turn(path: Path) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    program = (
        "import sys; from datetime import timedelta; from pathlib import Path; from mockca.clock import SharedClock\n"
        "clock = SharedClock.open(Path(sys.argv[1]))\n"
        "for _ in range(2000): clock.advance(timedelta(hours=1))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)]) as process:
        while process.poll() is None:
            reading = clock.reading()
            assert reading.now == START + reading.epoch * HOUR
    assert clock.epoch == 2000


def test_a_process_killed_while_it_turns_leaves_a_clock_that_works(path: Path) -> None:
    clock = SharedClock.create(path, START, frozen=True)
    program = (
        "import sys; from datetime import timedelta; from pathlib import Path; from mockca.clock import SharedClock\n"
        "clock = SharedClock.open(Path(sys.argv[1]))\n"
        "while True: print(clock.advance(timedelta(hours=1)).epoch, flush=True)\n"
    )
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout
            told = [int(process.stdout.readline()) for _ in range(20)]
            os.kill(process.pid, signal.SIGKILL)
        reading = clock.reading()
        assert reading.epoch >= told[-1]
        assert reading.now == START + reading.epoch * HOUR
        assert clock.advance(HOUR).epoch == reading.epoch + 1


@settings(deadline=None)
@given(st.datetimes(datetime(1950, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_fixed_clock_shows_what_it_was_told(instant: datetime) -> None:
    clock = FixedClock(START)
    clock.set(instant)
    assert clock.now() == instant
    clock.advance(HOUR)
    assert clock.now() == instant + HOUR
    clock.advance(-HOUR)
    assert clock.now() == instant


def test_a_fixed_clock_refuses_what_a_shared_one_refuses() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001
