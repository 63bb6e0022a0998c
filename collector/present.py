"""The site's present state from the store: worst level and coverage together."""

from dataclasses import dataclass

from collector.store import LoggerSeen, StoredReading, StoreReader
from seepline.convert import assignment_at
from seepline.coverage import SiteState, assigned_points, site_state
from seepline.site import Assignment, Site
from seepline.thresholds import Level, in_force

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Present:
    """What stands at `time_ms`: `levels` are the alarm levels by (point, quantity), `valid` is by point."""

    time_ms: int
    state: SiteState
    levels: dict[Key, Level]
    latest: dict[Key, StoredReading]
    loggers: list[LoggerSeen]
    valid: dict[str, bool]


def present(site: Site, reader: StoreReader, now_ms: int) -> Present:
    """Return the present state of a site."""
    latest, loggers = reader.latest(), reader.loggers()
    silent = {one.logger for one in loggers if one.silent_since_ms is not None}
    levels: dict[Key, Level] = {}
    for alarm in reader.alarms():
        key = (alarm.point, alarm.quantity)
        levels[key] = max(levels.get(key, Level.GREEN), Level(alarm.level))
    valid = {point: _is_valid(site, point, latest, silent, now_ms) for point in assigned_points(site, now_ms)}
    return Present(now_ms, site_state(site, now_ms, levels.values(), valid), levels, latest, loggers, valid)


def _is_valid(site: Site, point: str, latest: dict[Key, StoredReading], silent: set[str], now_ms: int) -> bool:
    """Tell whether a point has a judged, recent reading of each quantity with limits (of any, where none has)."""
    assignment = assignment_at(site, point, now_ms)
    if assignment is None or silent & _loggers(assignment):
        return False
    oldest_ms = now_ms - 1000 * max(site.source_by_id[logger].silence_s for logger in _loggers(assignment))
    valid = {key[1]: one.judged and one.time_ms >= oldest_ms for key, one in latest.items() if key[0] == point}
    limited = [quantity for owner, quantity in in_force(site, now_ms) if owner == point]
    return all(valid.get(quantity, False) for quantity in limited) if limited else any(valid.values())


def _loggers(assignment: Assignment) -> set[str]:
    return {channel.partition("/")[0] for channel in assignment.inputs.values()}
