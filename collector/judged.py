"""A judged reading beside the limits in force at its time: what the store keeps of them."""

from collections.abc import Sequence
from typing import NamedTuple

from collector.store import StoredReading
from seepline.reading import Reading
from seepline.site import Threshold
from seepline.thresholds import Level, is_rate, level_of


class Marks(NamedTuple):
    """The level that a value alone reaches, the limits of its first level threshold, and the set of all."""

    level: int = 0
    yellow: float | None = None
    orange: float | None = None
    red: float | None = None
    threshold_set: str = ""


NO_LIMITS = Marks()


def marks_of(reading: Reading, thresholds: Sequence[Threshold]) -> Marks:
    """Return what limits say of a reading."""
    if not thresholds:
        return NO_LIMITS
    limits = [one for one in thresholds if not is_rate(one)]
    level, of_set = int(_level(reading, limits)), thresholds[0].set
    return (
        Marks(level, limits[0].yellow, limits[0].orange, limits[0].red, of_set)
        if limits
        else Marks(level, threshold_set=of_set)
    )


def stored_reading(
    reading: Reading, thresholds: Sequence[Threshold], arrived_ms: int, late: bool
) -> StoredReading:
    """Return a reading as the store keeps it, with the limits of its first level threshold."""
    marks = marks_of(reading, thresholds)
    return StoredReading(
        point=reading.point,
        instrument=reading.instrument,
        quantity=reading.quantity,
        time_ms=reading.time_ms,
        version=0,
        value=reading.value,
        quality=reading.quality,
        judged=reading.judged,
        level=marks.level,
        limit_yellow=marks.yellow,
        limit_orange=marks.orange,
        limit_red=marks.red,
        threshold_set=marks.threshold_set,
        calibration=reading.calibration,
        bound=reading.bound,
        late=late,
        inputs=reading.inputs,
        reasons=reading.reasons,
        arrived_ms=arrived_ms,
    )


def _level(reading: Reading, limits: Sequence[Threshold]) -> Level:
    if reading.value is None or not reading.judged:
        return Level.GREEN
    return max((level_of(one, reading.value) for one in limits), default=Level.GREEN)
