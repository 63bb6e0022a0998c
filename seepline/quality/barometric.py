"""How a gauge answers the air: the slope of its pressure on the station pressure, its own signature.

An unvented gauge feels between none and all of a change of the air (a sealed-in tip may have no way to it), each
its own share. The share is fitted once, over a quiet period that an engineer names; a change of it later is a sign
that something at the gauge changed. A fixed 0 or 1 is neither.

    P = a + d t + s B      least squares; P before compensation (kPa), B station pressure (kPa), t time: a slow
                           drift of the water is not the air's doing

The interval is Student's, 95 %, on as many independent readings as the residuals' lag-1 correlation r leaves of n:
n (1 - r) / (1 + r) (Bayley and Hammersley, 1946). Quantile of Student's t: Abramowitz and Stegun, 26.7.5.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from seepline.quality.flags import Flag, graded, not_evaluated
from seepline.quality.looks import Sample, Seen, nearest

DAY_MS = 86_400_000
_Z = 1.959964  # of the normal distribution, 97.5 %
_LEAST = 6.0  # independent readings: three are used up by the fit, and from three more on the quantile below holds


class Pair(NamedTuple):
    """Pressure of a gauge and of the air at one time, in kPa."""

    time_ms: int
    gauge_kpa: float
    air_kpa: float


class Response(NamedTuple):
    """A fitted share of the air's pressure (kPa per kPa), half of its 95 % interval, and what it was made of."""

    slope: float
    half_width: float
    pairs: int
    independent: float


def paired(gauge: Sequence[Sample], air: Sequence[Sample], within_ms: int) -> list[Pair]:
    """Return each of the gauge's samples with the nearest of the air's, where one is within `within_ms`.

    Both are in order of time; the walk is one pass through each.
    """
    pairs, at = [], 0
    for one in gauge:
        while at + 1 < len(air) and abs(air[at + 1].time_ms - one.time_ms) < abs(air[at].time_ms - one.time_ms):
            at += 1
        beside = nearest(air[at : at + 1], one.time_ms, within_ms)
        if beside is not None:
            pairs.append(Pair(one.time_ms, one.value, beside.value))
    return pairs


def fit(pairs: Sequence[Pair]) -> Response | None:
    """Return the response, or None where these pairs do not tell it: too few, or air that stood still."""
    if len(pairs) < _LEAST:
        return None
    air = _without_drift([one.time_ms for one in pairs], [one.air_kpa for one in pairs])
    gauge = _without_drift([one.time_ms for one in pairs], [one.gauge_kpa for one in pairs])
    square = sum(b * b for b in air)
    if square <= 1e-12 * len(air):
        return None
    slope = sum(b * p for b, p in zip(air, gauge, strict=True)) / square
    rest = [p - slope * b for b, p in zip(air, gauge, strict=True)]
    independent = _independent(rest)
    if independent < _LEAST:
        return None
    freedom = independent - 3
    error = sqrt(sum(e * e for e in rest) / square / freedom)
    return Response(slope, student_t(freedom) * error, len(pairs), independent)


def _without_drift(times_ms: Sequence[int], values: Sequence[float]) -> list[float]:
    """Return the residuals of a straight line in time; of one moment alone, the values less their mean."""
    middle_ms, middle = fmean(times_ms), fmean(values)
    square = sum((at - middle_ms) ** 2 for at in times_ms)
    both = sum((at - middle_ms) * (value - middle) for at, value in zip(times_ms, values, strict=True))
    drift = both / square if square else 0.0
    return [value - middle - drift * (at - middle_ms) for at, value in zip(times_ms, values, strict=True)]


def _independent(rest: Sequence[float]) -> float:
    """Return how many independent readings a series of residuals is worth; never more than there are."""
    square = sum(e * e for e in rest)
    following = sum(a * b for a, b in pairwise(rest))
    r = min(max(following / square, 0.0), 1.0) if square else 0.0
    return len(rest) * (1 - r) / (1 + r)


def student_t(freedom: float) -> float:
    """Return the 97.5 % quantile of Student's t, to 1 % from 3 degrees of freedom on.

    >>> round(student_t(10), 2), round(student_t(1e9), 3)
    (2.23, 1.96)
    """
    z = _Z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def barometric_response(
    seen: Seen,
    *,
    response_kpa_per_kpa: float,
    tolerance_kpa_per_kpa: float,
    period_s: int,
    readings: int,
    within_s: int,
    taken_off: float | None,
) -> Flag:
    """Return SUSPECT when the gauge answers the air otherwise than it did when that was accepted.

    Fitted once a day (UTC) over the `period_s` before it, so that every reading of a day says the same.
    `taken_off` is what the sheet takes off per kPa of air, None where it changed in the period: the stored values
    are compensated by it, and their slope is what is left.
    """
    end_ms = seen.this.time_ms // DAY_MS * DAY_MS
    samples = [one for one in seen.before if end_ms - period_s * 1000 <= one.time_ms < end_ms]
    if taken_off is None:
        return not_evaluated("barometric_response: the sheet's barometric term changed in the period")
    pairs = paired(samples, seen.neighbour, within_s * 1000)
    found = fit(pairs) if len(pairs) >= readings else None
    if found is None:
        return not_evaluated(f"barometric_response: {len(pairs)} pairs with the barometer do not tell it")
    slope = found.slope + taken_off
    off = abs(slope - response_kpa_per_kpa)
    return graded(
        off,
        (tolerance_kpa_per_kpa, None),
        f"barometric_response: {slope:.3f} kPa per kPa, {off:.3f} from the accepted {response_kpa_per_kpa:g}",
    )
