"""Neighbour check: this gauge moved, and the one beside it, which sees the same water, did not."""

from seepline.quality.flags import Flag, graded, not_evaluated
from seepline.quality.looks import Seen, nearest


def neighbour(seen: Seen, *, suspect: float, period_s: int, within_s: int) -> Flag:
    """Return SUSPECT when the change over `period_s` differs too much from the neighbour's.

    The change is from the reading nearest to the beginning of the period; the neighbour's readings at both ends
    lie within `within_s` of this gauge's.
    """
    within_ms = within_s * 1000
    first = nearest(seen.before, seen.this.time_ms - period_s * 1000, within_ms)
    if first is None:
        return not_evaluated(f"neighbour: no reading {period_s} s before, within {within_s} s")
    beside = [nearest(seen.neighbour, at_ms, within_ms) for at_ms in (first.time_ms, seen.this.time_ms)]
    if beside[0] is None or beside[1] is None:
        return not_evaluated(f"neighbour: it has no reading at the same time, within {within_s} s")
    moved, beside_moved = seen.this.value - first.value, beside[1].value - beside[0].value
    apart = abs(moved - beside_moved)
    return graded(
        apart,
        (suspect, None),
        f"neighbour: changed by {moved:g} and its neighbour by {beside_moved:g}, {apart:g} apart",
    )
