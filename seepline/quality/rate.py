"""Rate of change: how fast the value moved since the one before.

Source: QARTOD rate of change test (IOOS, 2020); here per hour, as limits are.
"""

from seepline.quality.flags import Flag, graded, not_evaluated
from seepline.quality.looks import Seen

_HOUR_MS = 3_600_000


def rate(seen: Seen, *, suspect: float, within_s: int, fail: float | None = None) -> Flag:
    """Return SUSPECT or FAIL for too fast a change, per hour, since the reading before (within `within_s`)."""
    if not seen.before:
        return not_evaluated(f"rate: no reading within {within_s} s before")
    last = seen.before[-1]
    per_hour = abs(seen.this.value - last.value) * _HOUR_MS / (seen.this.time_ms - last.time_ms)
    return graded(per_hour, (suspect, fail), f"rate: {per_hour:g} per hour")
