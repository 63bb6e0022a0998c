"""Regression of a reading on pond, rain, season and time, with a training window that stays frozen.

Source: HST (hydrostatic, season, time) of Willm and Beaujoint (1967), in its form for earth dams: a0 + a1 h
(lagged) + a2 rain + b1 cos s + b2 sin s + c1 ln(1 + tau), s = 2 pi day / 365.25, tau in years. The form's numbers
are fitted once, over the window that the engineer names, and never through an alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, exp, log, pi, sin, sqrt

DAY_MS = 86_400_000
YEAR_D = 365.25


class UnfitError(Exception):
    """The training window does not tell the terms apart: too few readings, or one term is a sum of others."""


@dataclass(frozen=True, slots=True)
class Day:
    """What the regression looks at: time since its reference, the pond's (lagged) level, rain or its index."""

    since_d: float
    pond_m: float
    rain_mm: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients in the order of `terms`, the residual's standard deviation, and the count they were made of."""

    coefficients: tuple[float, ...]
    sigma: float
    count: int


def terms(day: Day) -> tuple[float, ...]:
    """Return the terms of one day; before the reference there is no time term.

    >>> terms(Day(0.0, 2.0, 0.0))
    (1.0, 2.0, 0.0, 1.0, 0.0, 0.0)
    """
    season = 2 * pi * day.since_d / YEAR_D
    years = max(0.0, day.since_d / YEAR_D)
    return (1.0, day.pond_m, day.rain_mm, cos(season), sin(season), log(1 + years))


def lagged(times_d: Sequence[float], levels_m: Sequence[float], lag_d: float) -> list[float]:
    """Return an exponential low-pass of a level: how a pond is felt behind clay. `lag_d` is the time constant.

    >>> [round(one, 4) for one in lagged([0.0, 1.0, 2.0], [0.0, 1.0, 1.0], 1.0)]
    [0.0, 0.6321, 0.8647]
    """
    felt = [levels_m[0]]
    for place in range(1, len(levels_m)):
        share = 1 - exp(-(times_d[place] - times_d[place - 1]) / lag_d)
        felt.append(felt[-1] + share * (levels_m[place] - felt[-1]))
    return felt


def fit(days: Sequence[Day], values: Sequence[float]) -> Fit:
    """Return the least-squares fit over a training window; raises UnfitError."""
    rows = [terms(day) for day in days]
    width = len(terms(Day(0.0, 0.0, 0.0)))
    if len(rows) <= width:
        raise UnfitError(f"{len(rows)} readings for {width} terms")
    normal = [[sum(row[i] * row[j] for row in rows) for j in range(width)] for i in range(width)]
    right = [sum(row[i] * value for row, value in zip(rows, values, strict=True)) for i in range(width)]
    found = tuple(_solved(normal, right))
    left = sum((value - _sum(found, row)) ** 2 for row, value in zip(rows, values, strict=True))
    return Fit(found, sqrt(left / (len(rows) - width)), len(rows))


def residual(made: Fit, day: Day, value: float) -> float:
    """Return measured minus expected."""
    return value - _sum(made.coefficients, terms(day))


def _sum(coefficients: Sequence[float], row: Sequence[float]) -> float:
    return sum(factor * term for factor, term in zip(coefficients, row, strict=True))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return the solution of normal equations, scaled, by elimination with pivots."""
    width = len(right)
    scale = [sqrt(matrix[i][i]) or 1.0 for i in range(width)]
    rows = [
        [matrix[i][j] / scale[i] / scale[j] for j in range(width)] + [right[i] / scale[i]] for i in range(width)
    ]
    for column in range(width):
        pivot = max(range(column, width), key=lambda row: abs(rows[row][column]))
        if abs(rows[pivot][column]) < 1e-9:
            raise UnfitError("a term cannot be told from the others in this window")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(width):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [one - factor * other for one, other in zip(rows[row], rows[column], strict=True)]
    return [rows[i][width] / rows[i][i] / scale[i] for i in range(width)]
