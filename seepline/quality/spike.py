"""Spike: a value that stands out between the one before and the one after it.

Source: QARTOD spike test (IOOS, 2020), average and differential. The next value decides: the newest reading says
that it is not evaluated yet, and is evaluated again when the next one comes.
"""

from collections.abc import Callable, Mapping

from seepline.quality.flags import Flag, graded, not_evaluated
from seepline.quality.looks import Seen

Height = Callable[[float, float, float], float]


def average(before: float, this: float, after: float) -> float:
    """Return how far a value lies from the mean of its neighbours.

    >>> average(1.0, 6.0, 3.0)
    4.0
    """
    return abs(this - (before + after) / 2)


def differential(before: float, this: float, after: float) -> float:
    """Return the smaller of the steps to and from a value, 0 when both lead the same way.

    >>> differential(1.0, 6.0, 3.0), differential(1.0, 6.0, 9.0)
    (3.0, 0.0)
    """
    up, down = this - before, this - after
    return min(abs(up), abs(down)) if up * down > 0 else 0.0


METHODS: Mapping[str, Height] = {"average": average, "differential": differential}


def spike(seen: Seen, *, method: str, suspect: float, within_s: int, fail: float | None = None) -> Flag:
    """Return SUSPECT or FAIL for a value further out than allowed; `within_s`: a neighbour is no further away."""
    if not seen.before:
        return not_evaluated(f"spike: no reading within {within_s} s before")
    if not seen.after:
        return not_evaluated(f"spike: no reading within {within_s} s after, yet")
    height = METHODS[method](seen.before[-1].value, seen.this.value, seen.after[0].value)
    return graded(height, (suspect, fail), f"spike: {height:g} beside its neighbours")
