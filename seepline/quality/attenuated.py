"""Attenuated signal: a gauge that still moves, but less than nature does.

Source: QARTOD attenuated signal test (IOOS, 2020): standard deviation (of the population) or range over a period
that ends with the value, without its beginning.
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import pstdev

from seepline.quality.flags import GOOD, Flag, not_evaluated
from seepline.quality.flags import fail as failed
from seepline.quality.flags import suspect as suspected
from seepline.quality.looks import Seen


def span(values: Sequence[float]) -> float:
    """Return the difference of the largest and the smallest value."""
    return max(values) - min(values)


METHODS: Mapping[str, Callable[[Sequence[float]], float]] = {"std": pstdev, "range": span}


def attenuated(
    seen: Seen, *, method: str, suspect: float, period_s: int, readings: int, fail: float | None = None
) -> Flag:
    """Return SUSPECT or FAIL when the last `period_s` moved less than allowed; it takes `readings` to tell."""
    begin_ms = seen.this.time_ms - period_s * 1000
    values = [*(one.value for one in seen.before if one.time_ms > begin_ms), seen.this.value]
    if len(values) < readings:
        return not_evaluated(f"attenuated: {len(values)} readings in {period_s} s, {readings} are needed")
    moved = METHODS[method](values)
    said = f"attenuated: {method} of {moved:g} in {period_s} s, less than"
    if fail is not None and moved < fail:
        return failed(f"{said} {fail:g}")
    return suspected(f"{said} {suspect:g}") if moved < suspect else GOOD
