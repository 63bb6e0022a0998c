"""Slopes and steps in a series: Theil-Sen, CUSUM, least squares through a line.

Source: Theil (1950) and Sen (1968, J. Am. Stat. Assoc. 63, 1379): the median of all slopes between pairs; Page
(1954, Biometrika 41, 100): C = max(0, C + z - k). k and h are the engineer's: nothing here has a default.
"""

from collections.abc import Sequence
from itertools import combinations
from math import inf
from statistics import mean, median


def theil_sen(times: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the median slope, in units of value by units of time; None with fewer than two times.

    >>> round(theil_sen([0, 1, 2, 3, 4, 5, 6], [10, 10.2, 10.4, 15, 10.8, 11.0, 11.2]), 6)
    0.2
    """
    pairs = combinations(zip(times, values, strict=True), 2)
    slopes = [(right - left) / (later - earlier) for (earlier, left), (later, right) in pairs if later != earlier]
    return median(slopes) if slopes else None


def cusum(values: Sequence[float], centre: float, sigma: float, slack: float) -> list[float]:
    """Return the one-sided upper sum after each value; `slack` is k, in sigmas. An alarm is where it passes h.

    >>> cusum([101, 99, 102, 104, 105, 106, 106, 107], 100.0, 2.0, 0.5)
    [0.0, 0.0, 0.5, 2.0, 4.0, 6.5, 9.0, 12.0]
    """
    sums: list[float] = []
    for value in values:
        sums.append(max(0.0, (sums[-1] if sums else 0.0) + (value - centre) / sigma - slack))
    return sums


def line_fit(times: Sequence[float], values: Sequence[float]) -> tuple[float, float, float]:
    """Return (value at time 0, slope, R2) of the least-squares line through two or more different times.

    >>> [round(one, 6) for one in line_fit([0, 1, 2, 3, 4], [0.50, 0.45, 0.40, 0.35, 0.30])]
    [0.5, -0.05, 1.0]
    """
    middle, level = mean(times), mean(values)
    spread = sum((time - middle) ** 2 for time in times)
    both = sum((time - middle) * (value - level) for time, value in zip(times, values, strict=True))
    slope = both / spread
    total = sum((value - level) ** 2 for value in values)
    left = sum((value - level - slope * (time - middle)) ** 2 for time, value in zip(times, values, strict=True))
    return level - slope * middle, slope, 1 - left / total if total else -inf
