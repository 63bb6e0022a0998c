"""From a judged reading to the row that the store keeps: with the limits in force at its time."""

from collections.abc import Sequence

from collector.store import StoredReading
from seepline.reading import Reading
from seepline.site import Threshold
from seepline.thresholds import Level, is_rate, level_of


def stored_reading(
    reading: Reading, thresholds: Sequence[Threshold], arrived_ms: int, late: bool
) -> StoredReading:
    """Return a reading with the limits of its first level threshold and the level that its value reaches."""
    limits = [one for one in thresholds if not is_rate(one)]
    first = limits[0] if limits else None
    return StoredReading(
        point=reading.point,
        instrument=reading.instrument,
        quantity=reading.quantity,
        time_ms=reading.time_ms,
        version=0,
        value=reading.value,
        quality=reading.quality,
        judged=reading.judged,
        level=int(_level(reading, limits)),
        limit_yellow=first.yellow if first else None,
        limit_orange=first.orange if first else None,
        limit_red=first.red if first else None,
        threshold_set=thresholds[0].set if thresholds else "",
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
