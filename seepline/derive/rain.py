"""Rain over a time, and the antecedent index.

Source: rolling sums; API_d = k API_(d-1) + P_d, Kohler and Linsley (1951), with k of the catchment, which has no
default. A rain reading carries the end of its interval. An unheated gauge in frost says nothing: snow in the
funnel is not "no rain".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum


@dataclass(frozen=True, slots=True)
class RainSum:
    """Millimetres that were measured, None where nothing could be; `complete`: no interval was without."""

    rain_mm: float | None
    complete: bool


def rain_sum(rain_mm: Sequence[float | None], frozen: Sequence[bool], expected: int) -> RainSum:
    """Return the sum of a window's intervals; `frozen` tells in which the gauge could not measure.

    What fell in intervals without a reading, or in frost, is unknown: the sum is then "at least".

    >>> rain_sum([0.2, 0.4, None], [False, False, False], 3)
    RainSum(rain_mm=0.6000000000000001, complete=False)
    >>> rain_sum([0.0, 0.0], [True, True], 2)
    RainSum(rain_mm=None, complete=False)
    """
    known = [mm for mm, cold in zip(rain_mm, frozen, strict=True) if mm is not None and (not cold or mm > 0)]
    warm = [mm for mm, cold in zip(rain_mm, frozen, strict=True) if mm is not None and not cold]
    return RainSum(fsum(known) if known else None, len(warm) >= expected)


def antecedent_mm(daily_mm: Sequence[float], keeps: float) -> float:
    """Return the antecedent precipitation index after the last of some days; `keeps` is k, the share left a day.

    >>> round(antecedent_mm([10.0, 0.0, 5.0], 0.9), 3)
    13.1
    """
    index_mm = 0.0
    for mm in daily_mm:
        index_mm = keeps * index_mm + mm
    return index_mm
