"""What the present state means for one point or one reading of the page. Pure.

A level is kept by an instrument that fails or falls silent; validity says beside it that nobody sees further.
"""

from collections.abc import Iterable

from collector.present import Present
from collector.store import StoredReading
from seepline.behind import sources_behind
from seepline.coverage import overdue_ms
from seepline.derive.evaluation import derived_at, inputs_of
from seepline.quantities import QUANTITIES
from seepline.site import Site, valid_at
from seepline.thresholds import Level


def level_of(present: Present, point: str, quantity: str = "") -> Level | None:
    """Return the worst present level of a point, or of one of its quantities; None where none is judged."""
    found = [level for (owner, name), level in present.levels.items() if owner == point and quantity in ("", name)]
    return max(found, default=None)


def loggers_of(site: Site, point: str, time_ms: int) -> frozenset[str]:
    """Return the loggers that carry the channels of a point's instrument at a time."""
    return frozenset(
        channel.partition("/")[0]
        for one in site.assignments
        if one.point == point and valid_at(one.valid_from_ms, one.valid_to_ms, time_ms)
        for channel in one.inputs.values()
    )


def is_valid(site: Site, present: Present, reading: StoredReading | None) -> bool:
    """Tell whether a newest reading can stand for the present: judged, recent, and no logger behind it is silent.

    A statistical flag does not take it out: suspect is not absent.
    """
    if reading is None or not reading.judged or reading.value is None:
        return False
    loggers = sources_behind(site, reading.point, reading.quantity, present.time_ms)
    silent = {one.logger for one in present.loggers if one.silent_since_ms is not None}
    if QUANTITIES[reading.quantity].occasional:
        return not loggers & silent
    longest_ms = _longest_ms(site, reading.point, reading.quantity, present.time_ms)
    return not loggers & silent and reading.time_ms >= present.time_ms - longest_ms


def _longest_ms(site: Site, point: str, quantity: str, time_ms: int) -> int:
    """Return how old a newest reading may be: the longest silence, or what is declared of readings by hand."""
    declared = derived_at(site, point, quantity, time_ms)
    if declared is not None:
        return max(_longest_ms(site, *key, time_ms) for key in inputs_of(declared).values())
    by_hand = overdue_ms(site, point, time_ms)
    silences = (1000 * site.source_by_id[one].silence_s for one in loggers_of(site, point, time_ms))
    return by_hand[quantity] if quantity in by_hand else max(silences, default=0)


def brittle_points(site: Site) -> tuple[str, ...]:
    """Return the points with a failure mode declared brittle, at the point or in one of its limits."""
    declared: Iterable[tuple[str, str]] = (
        *((one.id, one.failure_mode) for one in site.points),
        *((one.point, one.failure_mode) for one in site.thresholds),
    )
    return tuple(dict.fromkeys(point for point, mode in declared if "brittle" in mode.casefold()))
