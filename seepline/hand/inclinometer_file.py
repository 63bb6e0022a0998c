"""The file of a manual inclinometer survey: one row for each depth, both faces of both axes, in digits.

    Hole;INC-1                       whatever stands before the header is kept as it is and not read
    depth_m;A0;A180;B0;B180          names as here, or A+ A- B+ B-; separated by comma, semicolon or tab
    12.5;1210;-1190;300;-285

Numbers have a decimal point. Every fault is named with its line; nothing of a file with a fault is used.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from seepline.instruments.kind import Fault

MOST_BYTES = 200_000
MOST_LEVELS = 2000
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_COLUMNS = {
    "depth_m": "depth_m", "depth": "depth_m", "flevel": "depth_m",
    "a0": "a0", "a+": "a0", "a180": "a180", "a-": "a180",
    "b0": "b0", "b+": "b0", "b180": "b180", "b-": "b180",
}  # fmt: skip
_NEEDED = ("depth_m", "a0", "a180", "b0", "b180")
_SAME_M = 1e-6


class Level(NamedTuple):
    """The readings at one depth; faces in digits."""

    line: int
    depth_m: float
    a0: float
    a180: float
    b0: float
    b180: float


def parse(text: str) -> tuple[tuple[Level, ...], list[Fault]]:
    r"""Return the levels of a file from the top down, and everything that is wrong with it; never both.

    >>> levels, problems = parse("depth_m,A0,A180,B0,B180\n0.5,1210,-1190,300,-285\n1.0,1200,-1180,310,-295\n")
    >>> [(one.depth_m, one.a0) for one in levels], problems
    ([(0.5, 1210.0), (1.0, 1200.0)], [])
    >>> parse("depth_m,A0,A180,B0,B180\n0.5,12,NaN,300,-285\n")[1][0].key
    'line 2, A180'
    """
    lines = text.splitlines()
    head = next((place for place, line in enumerate(lines) if _names(line) and "depth_m" in _names(line)), None)
    if head is None:
        return (), [Fault("file", "no header", "a line of column names with depth_m, A0, A180, B0, B180")]
    names = _names(lines[head])
    problems = [*_column_problems(names, head + 1)]
    if problems:
        return (), problems
    levels: list[Level] = []
    for number, line in enumerate(lines[head + 1 :], head + 2):
        if line.strip():
            level, faults = _level(number, _cells(line, lines[head]), names, _cells(lines[head], lines[head]))
            problems += faults
            levels += [level] if level else []
    problems += _depth_problems(levels) if not problems else []
    return (() if problems else tuple(sorted(levels, key=lambda one: one.depth_m))), problems


def _separator(head: str) -> str:
    return max("\t;,", key=head.count)


def _cells(line: str, head: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(_separator(head))]


def _names(line: str) -> list[str]:
    """Return the columns that a header names, '' for those that are not read."""
    return [_COLUMNS.get(cell.lower(), "") for cell in _cells(line, line)]


def _column_problems(names: Sequence[str], line: int) -> Iterator[Fault]:
    for name in _NEEDED:
        if names.count(name) != 1:
            found = "nothing" if name not in names else "two columns"
            yield Fault(f"line {line}, {name.upper().replace('DEPTH_M', 'depth_m')}", found, "one such column")


def _level(
    number: int, cells: Sequence[str], names: Sequence[str], titles: Sequence[str]
) -> tuple[Level | None, list[Fault]]:
    if len(cells) != len(names):
        return None, [Fault(f"line {number}", f"{len(cells)} cells", f"{len(names)}, as the header has")]
    faults, values = [], {}
    for name, title, cell in zip(names, titles, cells, strict=True):
        if name and _NUMBER.fullmatch(cell):
            values[name] = float(cell)
        elif name:
            found = repr(cell[:40]) if cell else "nothing"
            faults.append(Fault(f"line {number}, {title}", found, "a number with a decimal point"))
    return (None if faults else Level(number, **values)), faults


def _depth_problems(levels: Sequence[Level]) -> Iterator[Fault]:
    """Check that depths stand once, in one direction and at one spacing: a level left out shifts all above it."""
    if len(levels) < 2 or len(levels) > MOST_LEVELS:
        yield Fault("file", f"{len(levels)} levels", f"2 to {MOST_LEVELS} levels")
        return
    step_m = levels[1].depth_m - levels[0].depth_m
    if abs(step_m) < _SAME_M:
        yield Fault(f"line {levels[1].line}, depth_m", f"{levels[1].depth_m:g} twice", "every depth once")
        return
    for before, level in pairwise(levels):
        if abs(level.depth_m - before.depth_m - step_m) > _SAME_M:
            expected = f"{before.depth_m + step_m:g}, one interval of {abs(step_m):g} m from the line before"
            yield Fault(f"line {level.line}, depth_m", f"{level.depth_m:g}", expected)
