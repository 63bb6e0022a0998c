"""Displacement velocity, inverse velocity with its guard rails, and settlement.

Source: Fukuzono (1985): for alpha = 2, 1/v = A (t_f - t), a straight line that meets zero at failure; Rose and
Hungr (2007) predicted three pit failures by it, the linear form being the more stable one. It is poorly suited to
brittle failures, which move little before: a time of failure is never an alarm alone and never shown without its
interval. Interval: Fieller's, from the line's residuals (Draper and Smith, Applied Regression Analysis, 3.2).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean

from seepline.derive.trend import line_fit


@dataclass(frozen=True, slots=True)
class Rails:
    """What must hold before a time of failure is told; all from the engineer, none has a default."""

    noise_mm_d: float
    least_r2: float
    least_count: int
    student_t: float  # quantile of the interval, for least_count - 2 degrees of freedom


@dataclass(frozen=True, slots=True)
class Failure:
    """Days from the series' zero to failure: estimate, earliest, latest (None: open). Or why there is none."""

    at_d: float | None
    earliest_d: float | None = None
    latest_d: float | None = None
    reason: str = ""


_INTERVAL = re.compile(r"\binterval (open|-?[\d.]+) to (open|-?[\d.]+) d\b")


def interval_words(failure: Failure) -> str:
    """Return the interval of a time of failure as it stands among a reading's reasons.

    >>> interval_words(Failure(4.0, 3.21, None))
    'interval 3.2 to open d'
    """
    earliest, latest = ("open" if end is None else f"{end:.1f}" for end in (failure.earliest_d, failure.latest_d))
    return f"interval {earliest} to {latest} d"


def interval_of(words: str) -> tuple[float | None, float | None]:
    """Return (earliest, latest) in days of what interval_words wrote, None for an open end or no interval.

    >>> interval_of("interval 3.2 to open d; never an alarm alone"), interval_of("")
    ((3.2, None), (None, None))
    """
    found = _INTERVAL.search(words)
    ends = found.groups() if found else ("open", "open")
    earliest, latest = (None if end == "open" else float(end) for end in ends)
    return earliest, latest


def velocity_mm_d(before_mm: float, after_mm: float, elapsed_d: float) -> float:
    """Return displacement by time.

    >>> velocity_mm_d(10.0, 13.0, 1.5)
    2.0
    """
    return (after_mm - before_mm) / elapsed_d


def settlement_mm(base_elevation_m: float, elevation_m: float) -> float:
    """Return how far a plate or mark sank since its base reading; positive downwards.

    >>> round(settlement_mm(1250.000, 1249.985), 3)
    15.0
    """
    return 1000 * (base_elevation_m - elevation_m)


def failure_time(times_d: Sequence[float], velocities_mm_d: Sequence[float], rails: Rails) -> Failure:
    """Return where the line through 1/v meets zero, or which guard rail forbids to say so.

    >>> rails = Rails(noise_mm_d=0.5, least_r2=0.8, least_count=5, student_t=3.182)
    >>> one = failure_time([0, 1, 2, 3, 4], [2.0, 2.2222, 2.5, 2.8571, 3.3333], rails)
    >>> round(one.at_d, 2), round(one.earliest_d, 2), round(one.latest_d, 2)
    (10.0, 10.0, 10.0)
    >>> failure_time([0, 1, 2, 3, 4], [3.0, 2.8, 2.5, 2.2, 2.0], rails).reason
    'the movement is not accelerating'
    """
    if len(times_d) < rails.least_count:
        return Failure(None, reason=f"{len(times_d)} velocities, {rails.least_count} needed")
    if min(velocities_mm_d) <= rails.noise_mm_d:
        return Failure(None, reason=f"a velocity is within the noise, {rails.noise_mm_d:g} mm/d")
    inverse = [1 / velocity for velocity in velocities_mm_d]
    begin, slope, r2 = line_fit(times_d, inverse)
    if slope >= 0:
        return Failure(None, reason="the movement is not accelerating")
    if r2 < rails.least_r2:
        return Failure(None, reason=f"R2 of the line is {r2:.2f}, {rails.least_r2:g} needed")
    earliest, latest = _interval_d(times_d, inverse, (begin, slope), rails.student_t)
    return Failure(-begin / slope, earliest, latest)


def _interval_d(
    times_d: Sequence[float], inverse: Sequence[float], line: tuple[float, float], student_t: float
) -> tuple[float | None, float | None]:
    """Return Fieller's interval of the line's root; an end that the slope's own error leaves open is None."""
    begin, slope = line
    count, middle = len(times_d), mean(times_d)
    spread = sum((time - middle) ** 2 for time in times_d)
    left = sum((one - begin - slope * time) ** 2 for time, one in zip(times_d, inverse, strict=True))
    variance = left / (count - 2) * student_t**2
    level = begin + slope * middle
    g = variance / (slope**2 * spread)
    if g >= 1:
        return None, None
    root = -level / slope
    half = sqrt(variance) / abs(slope) * sqrt((1 - g) / count + root**2 / spread)
    return middle + (root - half) / (1 - g), middle + (root + half) / (1 - g)
