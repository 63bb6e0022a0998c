"""What a test may look at: samples of the series before and after a value, and of a neighbour's.

Nothing but values and times: a test cannot see another test's flag, so the order in which readings arrived or
were flagged cannot show in a result.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Sample(NamedTuple):
    """One value of a series, in the quantity's unit, and when it was measured."""

    time_ms: int
    value: float


class Seen(NamedTuple):
    """A value in the middle of what is known: samples oldest first, within the reach of the test."""

    before: Sequence[Sample]
    this: Sample
    after: Sequence[Sample] = ()
    neighbour: Sequence[Sample] = ()


class Reach(NamedTuple):
    """How far a test looks from a value's time, in ms: into its own series and into the neighbour's."""

    before_ms: int = 0
    after_ms: int = 0
    neighbour_before_ms: int = 0
    neighbour_after_ms: int = 0


# (point, quantity, from_ms, to_ms) -> the samples of that series, both ends inclusive, oldest first
SamplesOf = Callable[[str, str, int, int], Sequence[Sample]]


def nearest(samples: Sequence[Sample], time_ms: int, within_ms: int) -> Sample | None:
    """Return the sample nearest to a time and no further from it than `within_ms`, ties to the earlier.

    >>> nearest([Sample(0, 1.0), Sample(10, 2.0)], 5, 5)
    Sample(time_ms=0, value=1.0)
    """
    best = min(samples, key=lambda one: abs(one.time_ms - time_ms), default=None)
    return best if best is not None and abs(best.time_ms - time_ms) <= within_ms else None
