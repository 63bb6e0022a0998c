"""Which limits are in force, and which level a value reaches: pure comparisons, no memory.

Levels are those of a trigger action response plan (TARP); operators in the CIS know yellow as K1 (warning) and
red as K2 (limit). A limit counts from the value itself on: `x >= limit` (ISA-18.2, ANSI/ISA-18.2-2016, 5.2.5).
"""

from collections.abc import Mapping
from enum import IntEnum

from seepline.site import Site, Threshold, ThresholdSet, in_commissioning


class Level(IntEnum):
    """TARP levels, worst last. Green means that no trigger is exceeded, and nothing more."""

    GREEN = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3


Key = tuple[str, str]  # (point, quantity)

# +1: the limit is an upper one. -1: a lower one; value and limit then compare with their signs turned.
_SIGN = {"above": 1, "below": -1, "rate_up": 1, "rate_down": 1}


def set_in_force(sets: tuple[ThresholdSet, ...], time_ms: int) -> ThresholdSet | None:
    """Return the newest set whose date has come at `time_ms`, or None before the first."""
    if len(sets) == 1:
        return sets[0] if sets[0].valid_from_ms <= time_ms else None
    begun = [one for one in sets if one.valid_from_ms <= time_ms]
    return max(begun, key=lambda one: one.valid_from_ms, default=None)


def in_force(site: Site, time_ms: int) -> Mapping[Key, tuple[Threshold, ...]]:
    """Return the thresholds in force at `time_ms` by (point, quantity)."""
    chosen = set_in_force(site.threshold_sets, time_ms)
    return site.thresholds_by_set.get(chosen.id, {}) if chosen else {}


def limits_of(site: Site, point: str, quantity: str, time_ms: int) -> tuple[Threshold, ...]:
    """Return the thresholds that judge a quantity of a point at `time_ms`: none while it is in commissioning."""
    return () if in_commissioning(site, point, time_ms) else in_force(site, time_ms).get((point, quantity), ())


def limit_of(threshold: Threshold, level: Level) -> float | None:
    """Return the limit at which a level begins, in the quantity's unit (rates: per hour); None for green."""
    return (None, threshold.yellow, threshold.orange, threshold.red)[level]


def level_of(threshold: Threshold, value: float, slack: float = 0.0) -> Level:
    """Return the worst level whose limit `value` reaches; `slack` brings every limit nearer by that much.

    For rates `value` is the rate per hour in the threshold's own direction: a fall counts positive for rate_down.
    """
    sign = _SIGN[threshold.direction]
    reached = [
        level
        for level, limit in (
            (Level.YELLOW, threshold.yellow),
            (Level.ORANGE, threshold.orange),
            (Level.RED, threshold.red),
        )
        if sign * value + slack >= sign * limit
    ]
    return max(reached, default=Level.GREEN)


def is_rate(threshold: Threshold) -> bool:
    """Tell whether the threshold limits a change per hour and not the value."""
    return threshold.direction in ("rate_up", "rate_down")


def rate_per_hour(threshold: Threshold, samples: tuple[tuple[int, float], ...]) -> float | None:
    """Return the change per hour from the first to the last (time_ms, value), positive in the limit's direction.

    None while fewer than two samples are at hand or they span less than half of the rate window: a slope over too
    short a time measures the instrument's noise.
    """
    window_ms = (threshold.rate_window_s or 0) * 1000
    if len(samples) < 2 or 2 * (samples[-1][0] - samples[0][0]) < window_ms:
        return None
    (first_ms, first), (last_ms, last) = samples[0], samples[-1]
    rate = (last - first) * 3_600_000 / (last_ms - first_ms)
    return -rate if threshold.direction == "rate_down" else rate
