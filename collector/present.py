"""The site's present state from the store: worst level and coverage together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collector.commissioning import with_words
from collector.store import LoggerSeen, StoredReading, StoreReader
from seepline.alarm.actions import Plan
from seepline.alarm.standing import Standing
from seepline.alarm.voting import Voice, site_levels
from seepline.coverage import SiteState, assigned_points, point_is_valid, site_state
from seepline.site import Site
from seepline.thresholds import Key, Level, in_force


@dataclass(frozen=True, slots=True)
class Present:
    """What stands at `time_ms`: `levels` are the alarm levels by (point, quantity), `valid` is by point.

    `standings` and `plans` are all alarms and what is to be done about them, by 'point/quantity/direction'.
    """

    time_ms: int
    state: SiteState
    levels: dict[Key, Level]
    latest: dict[Key, StoredReading]
    loggers: list[LoggerSeen]
    valid: dict[str, bool]
    standings: Mapping[str, Standing]
    plans: Mapping[str, Plan]


def present(site: Site, reader: StoreReader, now_ms: int) -> Present:
    """Return the present state, with what acts said of commissioning; what is out of service is not valid.

    Votes decide the level of the site, and nothing else.
    """
    site = with_words(site, reader.words())
    latest, loggers, alarms = reader.latest(), reader.loggers(), reader.standings()
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
    return Present(now_ms, state, levels, latest, loggers, valid, alarms, reader.plans())


def _voices(site: Site, alarms: Mapping[str, Standing], valid: Mapping[str, bool], now_ms: int) -> Iterator[Voice]:
    """Yield what each alarm says of the site, and a silent voice of each voting rule that never judged."""
    for name, alarm in alarms.items():
        group = f"{alarm.terms.set}/{alarm.terms.vote}" if alarm.terms.vote else ""
        yield Voice(alarm.level, valid.get(name.partition("/")[0], False), group)
    for rules in in_force(site, now_ms).values():
        for rule in rules:
            if rule.vote and rule.name not in alarms:
                yield Voice(Level.GREEN, False, f"{rule.set}/{rule.vote}")
