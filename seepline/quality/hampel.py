"""Hampel identifier: a value far from the median of those around it, measured by their median deviation.

Source: Hampel, The influence curve and its role in robust estimation, 1974; 1.4826 makes the median absolute
deviation (MAD) of normal noise its standard deviation. A window that stands still has a MAD of 0, and the smallest
step would be an outlier: `floor` is the least MAD that is believed, from the resolution of the instrument.
"""

from collections.abc import Sequence
from statistics import median

from seepline.quality.flags import Flag, graded, not_evaluated
from seepline.quality.looks import Sample, Seen

_NORMAL = 1.4826
METHODS = ("before", "centred")


def limit(values: Sequence[float], deviations: float, floor: float) -> tuple[float, float]:
    """Return the median of a window, and how far from it a value may lie.

    >>> middle, most = limit([10, 10.1, 10, 25, 10.1, 10.2, 10.1], 3, 0.01)
    >>> middle, round(most, 4)
    (10.1, 0.4448)
    """
    middle = median(values)
    spread = median(abs(value - middle) for value in values)
    return middle, deviations * _NORMAL * max(spread, floor)


def hampel(seen: Seen, *, deviations: float, floor: float, readings: int, period_s: int, method: str) -> Flag:
    """Return SUSPECT for a value too far from the median of a window of `readings`, itself among them.

    `before`: they end with it, and a true step is suspect until half of the window has followed. `centred`: as
    many stand on either side, and the newest ones are not evaluated yet. None is further away than `period_s`.
    """
    window = _window(seen, readings, method)
    if len(window) < readings:
        return not_evaluated(f"hampel: {len(window)} readings within {period_s} s, {readings} are needed")
    middle, most = limit([one.value for one in window], deviations, floor)
    off = abs(seen.this.value - middle)
    return graded(off, (most, None), f"hampel: {off:g} from the median {middle:g} of {readings} readings")


def _window(seen: Seen, readings: int, method: str) -> list[Sample]:
    after = readings // 2 if method == "centred" else 0
    before = readings - 1 - after
    return [*seen.before[len(seen.before) - before :], seen.this, *seen.after[:after]]
