"""A run that is killed with SIGKILL, and run again: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from mockca.desk import statistics
from tests.desk.reorganised_world import AUTHORITY, Province, found_province

SLICES = 3
"""After how many slices a run is killed."""


def killed_run(home: Path, number: int) -> list[str]:
    """Work a plan off in a process of its own and kill it after a few slices; what it had told by then."""
    code = "from mockca.cli import main; main()"
    arguments = ["reorganise", "run", str(number), "--data", str(home), "--batch", "4"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().decode().strip() for _ in range(SLICES)]
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    return told


def test_a_run_that_is_killed_goes_on_where_it_was_when_it_is_run_again(tmp_path: Path) -> None:
    province = found_province(tmp_path, "thai-binh")
    people = province.stages(14) + province.stages(6, unit="other-agency")
    offices = province.stages(2, kind="organisation")
    plan = province.plans()
    told = killed_run(tmp_path, plan.number)
    # The first item of each slice was revoked before the kill; whether one more slice came to an end is chance.
    seen = province.works(plan, 1)
    assert seen.done + seen.reissuing >= int(told[-1].partition("/")[0])
    killed_run(tmp_path, plan.number)
    view = province.carries_out(plan, 7)
    assert (view.done, view.exceptions, view.pending, view.reissuing) == (22, 0, 0, 0)
    exactly_once(province, plan.number, people, offices)


def exactly_once(province: Province, number: int, people: tuple[str, ...], offices: tuple[str, ...]) -> None:
    items = province.items(province.works_of(number))
    assert set(items) == {*people, *offices}
    replaced = [item.replaced_by for item in items.values() if item.action == "reissue"]
    assert None not in replaced
    assert len(set(replaced)) == len(replaced) == 21
    worked = province.journal("reorganisation.worked")
    begun = Counter(
        serial
        for entry in worked
        for action in ("reissue", "revoke")
        for serial in entry.detail.get(action, ())
        if serial not in entry.detail["issued"]
    )
    issued = Counter(serial for entry in worked for serial in entry.detail["issued"])
    assert set(begun.values()) == set(issued.values()) == {1}
    assert len(begun) == 22
    assert len(issued) == 21
    assert {province.standing(serial)[0] for serial in items} == {"revoked"}
    assert set(province.crl()) == set(items)
    (figures,) = statistics.figures(province.sandbox, AUTHORITY)
    assert figures.certificates == {"revoked": 22, "effective": 21}
    assert sum(figures.revocations.values()) == 22
