"""The site's present state from the store: worst level and coverage together."""

from dataclasses import dataclass

from collector.commissioning import with_words
from collector.store import LoggerSeen, StoredReading, StoreReader
from seepline.coverage import SiteState, assigned_points, point_is_valid, site_state
from seepline.site import Site
from seepline.thresholds import Key, Level


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
    """Return the present state of a site, with what was said of commissioning by acts."""
    site = with_words(site, reader.words())
    latest, loggers = reader.latest(), reader.loggers()
    silent = {one.logger for one in loggers if one.silent_since_ms is not None}
    levels: dict[Key, Level] = {}
    for alarm in reader.alarms():
        key = (alarm.point, alarm.quantity)
        levels[key] = max(levels.get(key, Level.GREEN), Level(alarm.level))
    valid = {point: point_is_valid(site, point, latest, silent, now_ms) for point in assigned_points(site, now_ms)}
    return Present(now_ms, site_state(site, now_ms, levels.values(), valid), levels, latest, loggers, valid)
