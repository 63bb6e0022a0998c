"""The pond: freeboard, beach, rate of rise, time to a limit.

Source: the field's definitions: freeboard from the lowest surveyed crest, less an allowance
for waves and set-up; a beach's width from its surveyed curve at the pond's level. Elevations in m, one datum.
"""

from bisect import bisect_right
from collections.abc import Sequence


def freeboard_m(crest_min_elevation_m: float, pond_elevation_m: float, allowance_m: float) -> float:
    """Return what is left between the water and the lowest place of the crest.

    >>> freeboard_m(60.0, 57.5, 0.5)
    2.0
    """
    return crest_min_elevation_m - pond_elevation_m - allowance_m


def beach_width_m(
    pond_elevation_m: float, elevations_m: Sequence[float], widths_m: Sequence[float]
) -> float | None:
    """Return the width by the surveyed curve (elevations rise), linear within it; None outside.

    >>> curve = [50.0, 55.0, 57.0], [300.0, 180.0, 100.0]
    >>> beach_width_m(56.0, *curve), beach_width_m(58.0, *curve)
    (140.0, None)
    """
    if not elevations_m[0] <= pond_elevation_m <= elevations_m[-1]:
        return None
    right = min(bisect_right(elevations_m, pond_elevation_m), len(elevations_m) - 1)
    share = (pond_elevation_m - elevations_m[right - 1]) / (elevations_m[right] - elevations_m[right - 1])
    return widths_m[right - 1] + share * (widths_m[right] - widths_m[right - 1])


def hours_to(limit_m: float, level_m: float, rise_mm_h: float) -> float | None:
    """Return hours until a level reaches a limit at this rate; 0 beyond it, None while it does not rise.

    >>> hours_to(58.0, 57.5, 10.0), hours_to(58.0, 57.5, -1.0), hours_to(58.0, 58.2, 0.0)
    (50.0, None, 0.0)
    """
    if level_m >= limit_m:
        return 0.0
    return 1000 * (limit_m - level_m) / rise_mm_h if rise_mm_h > 0 else None
