"""The site's present state from the store: worst level and coverage together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collector.commissioning import with_words
from collector.store import LoggerSeen, StoredReading, StoreReader
from seepline.alarm.actions import Plan
from seepline.alarm.standing import Standing
from seepline.alarm.voting import Voice, site_levels
from seepline.coverage import SiteState, assigned_points, point_is_valid, site_state
from seepline.sets.in_force import provisional, with_register
from seepline.sets.register import Register
from seepline.site import Site
from seepline.thresholds import Key, Level, in_force


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

    `standings` and `plans` are all alarms and what is to be done about them, by 'point/quantity/direction'.
    `site` is the site with the sets of limits of its register.
    """

    time_ms: int
    state: SiteState
    levels: dict[Key, Level]
    latest: dict[Key, StoredReading]
    loggers: list[LoggerSeen]
    valid: dict[str, bool]
    standings: Mapping[str, Standing]
    plans: Mapping[str, Plan]
    site: Site
    limits: LimitsNow


def present(site: Site, reader: StoreReader, now_ms: int) -> Present:
    """Return the present state, with what acts said of commissioning; what is out of service is not valid.

    Votes decide the level of the site, and nothing else.
    """
    site = with_words(site, reader.words())
    latest, loggers, alarms = reader.latest(), reader.loggers(), reader.standings()
    plain, register = site, reader.register()
    site = with_register(plain, register)
    silent = {one.logger for one in loggers if one.silent_since_ms is not None}
    levels: dict[Key, Level] = {}
    for name, alarm in alarms.items():
        point, quantity, _direction = name.split("/")
        levels[point, quantity] = max(levels.get((point, quantity), Level.GREEN), alarm.level)
    out = {name.partition("/")[0] for name, alarm in alarms.items() if alarm.out_until_ms is not None}
    valid = {
        point: point not in out and point_is_valid(site, point, latest, silent, now_ms)
        for point in assigned_points(site, now_ms)
    }
    needed = {f"{one.set}/{one.id}": one.needed for one in site.votes}
    said = site_levels(_voices(site, alarms, valid, now_ms), needed)
    state = site_state(site, now_ms, said, valid)
    limits = limits_now(plain, register, now_ms)
    return Present(now_ms, state, levels, latest, loggers, valid, alarms, reader.plans(), site, limits)


def _voices(site: Site, alarms: Mapping[str, Standing], valid: Mapping[str, bool], now_ms: int) -> Iterator[Voice]:
    """Yield what each alarm says of the site, and a silent voice of each voting rule that never judged.

    The groups are those of the set in force: alarms judged before it came and since it did vote together.
    """
    rules = (rule for of_one in in_force(site, now_ms).values() for rule in of_one)
    groups = {rule.name: f"{rule.set}/{rule.vote}" for rule in rules if rule.vote}
    for name, alarm in alarms.items():
        yield Voice(alarm.level, valid.get(name.partition("/")[0], False), groups.get(name, ""))
    for name in groups.keys() - alarms.keys():
        yield Voice(Level.GREEN, False, groups[name])


def limits_now(site: Site, register: Register, now_ms: int) -> LimitsNow:
    """Return which set of limits is in force."""
    now = register.in_force(now_ms)
    decided = tuple(one.id for one in register.decided)
    if now is None:
        return LimitsNow(provisional(site, register, now_ms), decided=decided)
    return LimitsNow(now.id, False, tuple(f"{one.name}: {one.said}" for one in now.objections), decided)
