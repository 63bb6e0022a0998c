"""The site's present state from the store: worst level and coverage together."""

from dataclasses import dataclass

from collector.commissioning import with_words
from collector.store import LoggerSeen, StoredReading, StoreReader
from seepline.coverage import SiteState, assigned_points, point_is_valid, site_state
from seepline.sets.in_force import provisional, with_register
from seepline.sets.register import Register
from seepline.site import Site
from seepline.thresholds import Key, Level


@dataclass(frozen=True, slots=True)
class LimitsNow:
    """The set of limits in force, `provisional` while none was decided on, and the objections to it.

    `decided` are all sets that ever were; every other one is provisional.
    """

    set_id: str = ""
    provisional: bool = True
    objections: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """What stands at `time_ms`: `levels` are the alarm levels by (point, quantity), `valid` is by point.

    `site` is the site with the sets of limits of its register.
    """

    time_ms: int
    state: SiteState
    levels: dict[Key, Level]
    latest: dict[Key, StoredReading]
    loggers: list[LoggerSeen]
    valid: dict[str, bool]
    site: Site
    limits: LimitsNow


def present(site: Site, reader: StoreReader, now_ms: int) -> Present:
    """Return the present state of a site, with what was said of commissioning by acts."""
    site = with_words(site, reader.words())
    latest, loggers, register = reader.latest(), reader.loggers(), reader.register()
    judged = with_register(site, register)
    silent = {one.logger for one in loggers if one.silent_since_ms is not None}
    levels: dict[Key, Level] = {}
    for alarm in reader.alarms():
        key = (alarm.point, alarm.quantity)
        levels[key] = max(levels.get(key, Level.GREEN), Level(alarm.level))
    points = assigned_points(site, now_ms)
    valid = {point: point_is_valid(judged, point, latest, silent, now_ms) for point in points}
    state = site_state(judged, now_ms, levels.values(), valid)
    return Present(now_ms, state, levels, latest, loggers, valid, judged, limits_now(site, register, now_ms))


def limits_now(site: Site, register: Register, now_ms: int) -> LimitsNow:
    """Return which set of limits is in force."""
    now = register.in_force(now_ms)
    decided = tuple(one.id for one in register.decided)
    if now is None:
        return LimitsNow(provisional(site, register, now_ms), decided=decided)
    return LimitsNow(now.id, False, tuple(f"{one.name}: {one.said}" for one in now.objections), decided)
