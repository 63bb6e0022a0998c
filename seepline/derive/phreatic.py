"""The phreatic line of a section: only through points declared phreatic, and only as far as they reach.

Source: Dupuit (1863), h2 = h1^2 - (h1^2 - h2^2) x / L, heads above a level impervious base; monotone piecewise
cubic (PCHIP): Fritsch and Carlson (1980, SIAM J. Numer. Anal. 17, 238), slopes as Fritsch and Butland (1984). A
straight line lies too low: for 30 m to 5 m over 100 m by up to 4.46 m.

A pressure tip's head is a mark beside the line, never a point of it, for nobody knows the pressure above a tip. A
dry point is an upper bound: a line through it lies at or below what is drawn there.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import sqrt


@dataclass(frozen=True, slots=True)
class Water:
    """A point's piezometric elevation at its place in a section, None where it says nothing now.

    `phreatic` as declared; `dry`: the elevation is an upper bound.
    """

    x_m: float
    elevation_m: float | None
    phreatic: bool
    dry: bool = False


Place = tuple[float, float]  # x (m), elevation (m)
Runs = Callable[[Sequence[Place]], Sequence[Place]]  # from two or more wells to the line through them

_STEPS = 12  # of a line between two wells


def lines(waters: Sequence[Water], between: Runs) -> tuple[tuple[Sequence[Place], bool], ...]:
    """Return the section's lines, each with whether it is an upper bound because a well of it is dry.

    They go through points declared phreatic only, from neighbour to neighbour; where one says nothing they end.
    All other heads are marks.

    >>> wells = [Water(30.0, 8.0, True), Water(10.0, 9.0, True), Water(50.0, 7.0, True, dry=True)]
    >>> tip = Water(20.0, 14.0, False)
    >>> [(list(line), is_most) for line, is_most in lines([*wells, tip], straight)]
    [([(10.0, 9.0), (30.0, 8.0)], False), ([(30.0, 8.0), (50.0, 7.0)], True)]
    """
    found = []
    for run in _unbroken(sorted((one for one in waters if one.phreatic), key=lambda one: one.x_m)):
        for is_most, stretch in groupby(pairwise(run), key=lambda pair: pair[0].dry or pair[1].dry):
            pairs = list(stretch)
            wells = [pairs[0][0], *(right for _, right in pairs)]
            found.append(
                (between([(one.x_m, one.elevation_m) for one in wells if one.elevation_m is not None]), is_most)
            )
    return tuple(found)


def _unbroken(wells: Sequence[Water]) -> Iterator[Sequence[Water]]:
    for known, run in groupby(wells, key=lambda one: one.elevation_m is not None):
        if known:
            yield list(run)


def straight(wells: Sequence[Place]) -> Sequence[Place]:
    """Return the wells themselves: a line that lies too low between them."""
    return wells


def monotone(wells: Sequence[Place]) -> Sequence[Place]:
    """Return the monotone cubic through the wells.

    >>> line = monotone([(0.0, 30.0), (50.0, 20.0), (100.0, 5.0)])
    >>> len(line), line[0], line[-1]
    (25, (0.0, 30.0), (100.0, 5.0))
    """
    x, y = [place[0] for place in wells], [place[1] for place in wells]
    return [(at, pchip(x, y, at)) for at in _steps(wells)]


def dupuit(base_m: float) -> Runs:
    """Return the line by Dupuit over a level base; a well below the base has none, and the line is straight there.

    >>> [round(z, 2) for x, z in dupuit(0.0)([(0.0, 30.0), (100.0, 5.0)]) if x in (25.0, 50.0, 75.0)]
    [26.1, 21.51, 15.61]
    """

    def between(wells: Sequence[Place]) -> Sequence[Place]:
        line = [wells[0]]
        for (left_m, begin_m), (right_m, end_m) in pairwise(wells):
            steps = _steps(((left_m, begin_m), (right_m, end_m)))[1:] if min(begin_m, end_m) >= base_m else []
            line += [
                (at, base_m + dupuit_m(begin_m - base_m, end_m - base_m, at - left_m, right_m - left_m))
                for at in steps
            ] or [(right_m, end_m)]
        return line

    return between


def _steps(wells: Sequence[Place]) -> list[float]:
    inner = [
        left + step * (right - left) / _STEPS
        for (left, _), (right, _) in pairwise(wells)
        for step in range(_STEPS)
    ]
    return [*inner, wells[-1][0]]


def dupuit_m(head_1_m: float, head_2_m: float, x_m: float, length_m: float) -> float:
    """Return the head at `x_m` from head 1 towards head 2; heads above the level base that the section declares.

    Raises ValueError outside of 0 to `length_m`: the line is never drawn beyond its wells.

    >>> [round(dupuit_m(30.0, 5.0, x, 100.0), 3) for x in (25.0, 50.0, 75.0)]
    [26.101, 21.506, 15.612]
    """
    if not 0 <= x_m <= length_m:
        raise ValueError(f"x = {x_m:g} m lies outside the wells, 0 to {length_m:g} m")
    return sqrt(head_1_m**2 - (head_1_m**2 - head_2_m**2) * x_m / length_m)


def pchip(x: Sequence[float], y: Sequence[float], at: float) -> float:
    """Return the monotone cubic through points (x rises, two or more) at a place between the first and the last.

    It has no value above the highest or below the lowest neighbour. Raises ValueError outside.

    >>> [round(pchip([0.0, 10.0, 20.0], [0.0, 1.0, 8.0], at), 4) for at in (0.0, 5.0, 10.0, 15.0, 20.0)]
    [0.0, 0.2812, 1.0, 3.4688, 8.0]
    """
    if not x[0] <= at <= x[-1]:
        raise ValueError(f"{at:g} lies outside the points, {x[0]:g} to {x[-1]:g}")
    place = min(bisect_right(x, at), len(x) - 1) - 1
    slopes = _slopes(x, y)
    step = x[place + 1] - x[place]
    t = (at - x[place]) / step
    return (
        y[place] * (1 + 2 * t) * (1 - t) ** 2
        + step * slopes[place] * t * (1 - t) ** 2
        + y[place + 1] * t**2 * (3 - 2 * t)
        + step * slopes[place + 1] * t**2 * (t - 1)
    )


def _slopes(x: Sequence[float], y: Sequence[float]) -> list[float]:
    steps = [right - left for left, right in pairwise(x)]
    rises = [(right - left) / step for (left, right), step in zip(pairwise(y), steps, strict=True)]
    if len(rises) == 1:
        return [rises[0], rises[0]]
    inner = [
        _inner(steps[place], steps[place + 1], rises[place], rises[place + 1]) for place in range(len(rises) - 1)
    ]
    first = _end(steps[0], steps[1], rises[0], rises[1])
    return [first, *inner, _end(steps[-1], steps[-2], rises[-1], rises[-2])]


def _inner(left_step: float, right_step: float, left: float, right: float) -> float:
    """Return the weighted harmonic mean of two rises, 0 at an extreme."""
    if left * right <= 0:
        return 0.0
    near, far = 2 * right_step + left_step, right_step + 2 * left_step
    return (near + far) / (near / left + far / right)


def _end(step: float, next_step: float, rise: float, next_rise: float) -> float:
    """Return the one-sided slope at an end, held to the sign and to three times the rise there."""
    slope = ((2 * step + next_step) * rise - step * next_rise) / (step + next_step)
    if slope * rise <= 0:
        return 0.0
    return 3 * rise if rise * next_rise <= 0 and abs(slope) > 3 * abs(rise) else slope
