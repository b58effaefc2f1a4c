"""The lifecycle of a thing, drawn from its table of transitions, with the present state marked."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from mockca.rules.lifecycle import STATE_NAMES, Lifecycle, Transition
from mockca.rules.regulation import Regulation
from mockca.web.drawings import svg

COLUMN: Final = 172
ROW: Final = 84
BOX_WIDTH: Final = 150
BOX_HEIGHT: Final = 40
MARGIN: Final = 12
BAD: Final = frozenset({"refused", "revoked", "lost", "expired", "damaged"})
"""States that are drawn as ends nobody wished for, when they are the present one."""
WAITING: Final = frozenset({"returned", "suspended", "locked", "issued", "in_transit"})
TITLES: Final = {"vi": "Vòng đời", "en": "Lifecycle"}


def draw(cycle: Lifecycle, regulation: Regulation, present: str, *, language: str) -> Markup:
    """States from top to bottom by how many steps they are from the first; each step's clause is told on its arrow.

    The arrows that lead on from the present state are thick and named.
    """
    places = _places(cycle, regulation)
    width = MARGIN * 2 + max(column for _, column in places.values()) * COLUMN + BOX_WIDTH + 60
    height = MARGIN * 2 + max(row for row, _ in places.values()) * ROW + BOX_HEIGHT
    title = f"{TITLES.get(language, TITLES['vi'])}: {_name(cycle, present, language)}"
    parts = [_arrow(cycle, regulation, one, places, present) for one in _merged(cycle, regulation)]
    parts += [_box(cycle, state, *place, present, language) for state, place in places.items()]
    return svg.picture(f"life-{cycle.kind}", width, height, title, parts)


def _places(cycle: Lifecycle, regulation: Regulation) -> dict[str, tuple[int, int]]:
    """Row and column of each state: row by steps from the first state, columns in the order of the table."""
    table = cycle.table(regulation)
    rows = {cycle.initial(regulation): 0}
    waiting = [cycle.initial(regulation)]
    while waiting:
        state = waiting.pop(0)
        for one in table:
            if one.source == state and one.target not in rows:
                rows[one.target] = rows[state] + 1
                waiting.append(one.target)
    places: dict[str, tuple[int, int]] = {}
    filled: dict[int, int] = {}
    for state in cycle.states(regulation):
        row = rows.get(state, 0)
        places[state] = (row, filled.get(row, 0))
        filled[row] = filled.get(row, 0) + 1
    return places


def _merged(cycle: Lifecycle, regulation: Regulation) -> list[list[Transition]]:
    """The transitions, those between the same two states together."""
    found: dict[tuple[str, str], list[Transition]] = {}
    for one in cycle.table(regulation):
        if one.source != one.target:
            found.setdefault((one.source, one.target), []).append(one)
    return list(found.values())


def _box(cycle: Lifecycle, state: str, row: int, column: int, present: str, language: str) -> Markup:
    left, top = MARGIN + column * COLUMN, MARGIN + row * ROW
    kind = "box"
    if state == present:
        kind = "off" if state in BAD else "held" if state in WAITING else "on"
    return Markup(
        '<g><rect class="{kind}{mark}" x="{x}" y="{y}" width="{w}" height="{h}" rx="8"/>'
        '<text x="{tx}" y="{ty}" text-anchor="middle"{bold}>{name}</text></g>'
    ).format(
        kind=kind,
        mark=" present" if state == present else "",
        x=left,
        y=top,
        w=BOX_WIDTH,
        h=BOX_HEIGHT,
        tx=left + BOX_WIDTH / 2,
        ty=top + BOX_HEIGHT / 2 + 5,
        bold=Markup(' class="strong"') if state == present else "",
        name=_fitting(_name(cycle, state, language)),
    )


def _arrow(
    cycle: Lifecycle,
    regulation: Regulation,
    steps: list[Transition],
    places: dict[str, tuple[int, int]],
    present: str,
) -> Markup:
    source, target = steps[0].source, steps[0].target
    (row_a, column_a), (row_b, column_b) = places[source], places[target]
    told = ", ".join(f"{one.step} · {cycle.clause_of(regulation, one.step)}" for one in steps)
    x1, x2 = MARGIN + column_a * COLUMN + BOX_WIDTH / 2, MARGIN + column_b * COLUMN + BOX_WIDTH / 2
    top_a, top_b = MARGIN + row_a * ROW, MARGIN + row_b * ROW
    if row_b > row_a:
        y1, y2 = top_a + BOX_HEIGHT, top_b
        middle = (y1 + y2) / 2
        if row_b - row_a > 1 and column_a == column_b:
            side = MARGIN + column_a * COLUMN + BOX_WIDTH + 26
            path = f"M{x1 + 40:g} {y1:g} C{side:g} {y1 + 30:g} {side:g} {y2 - 30:g} {x2 + 40:g} {y2:g}"
        else:
            path = f"M{x1:g} {y1:g} C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {y2:g}"
        head = "m-5 -7 l5 7 l5 -7"
    elif row_b == row_a:
        right = column_b > column_a
        y = top_a + BOX_HEIGHT / 2
        start = x1 + (BOX_WIDTH / 2 if right else -BOX_WIDTH / 2)
        end = x2 + (-BOX_WIDTH / 2 if right else BOX_WIDTH / 2)
        path = f"M{start:g} {y:g} L{end:g} {y:g}"
        head = "m-7 -5 l7 5 l-7 5" if right else "m7 -5 l-7 5 l7 5"
    else:
        # Back up, beside the boxes.
        side = MARGIN + max(column_a, column_b) * COLUMN + BOX_WIDTH + 26
        start_x, end_x = MARGIN + column_a * COLUMN + BOX_WIDTH, MARGIN + column_b * COLUMN + BOX_WIDTH
        y1, y2 = top_a + BOX_HEIGHT // 2, top_b + BOX_HEIGHT // 2 + 8
        path = f"M{start_x:g} {y1:g} C{side:g} {y1:g} {side:g} {y2:g} {end_x:g} {y2:g}"
        head = "m7 -5 l-7 5 l7 5"
    kind = "line leading" if source == present else "line"
    return Markup('<path class="{}" d="{} {}"><title>{}</title></path>').format(kind, path, head, told)


def _name(cycle: Lifecycle, state: str, language: str) -> str:
    if language == "vi":
        return STATE_NAMES[cycle.kind].get(state, state).capitalize()
    return state.replace("_", " ").capitalize()


def _fitting(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"
