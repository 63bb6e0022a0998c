"""The site's state: the worst level and the coverage together. Silence is not safety."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Protocol

from seepline.convert import assignment_at
from seepline.hand.methods import QUANTITIES_OF
from seepline.quantities import QUANTITIES
from seepline.site import Assignment, Site, in_commissioning, valid_at
from seepline.thresholds import Key, Level, in_force


class Judged(Protocol):
    """What is asked of a newest reading here."""

    @property
    def judged(self) -> bool:
        """Whether alarm evaluation may use it."""

    @property
    def time_ms(self) -> int:
        """When it was measured."""


@dataclass(frozen=True, slots=True)
class SiteState:
    """Worst level, instruments valid of instruments in service, and whether too few are valid to say more (grey).

    `commissioning` names the points whose instruments are mounted and not yet judged; they are in neither number.
    A level at yellow or above is shown beside grey and never hidden by it.
    """

    level: Level
    valid: int
    total: int
    grey: bool
    invalid_critical: tuple[str, ...]
    commissioning: tuple[str, ...] = ()


def assigned_points(site: Site, time_ms: int) -> tuple[str, ...]:
    """Return the points that have an instrument at `time_ms`, then those read by hand, in order."""
    mounted = (one.point for one in site.assignments if valid_at(one.valid_from_ms, one.valid_to_ms, time_ms))
    by_hand = (one.point for one in site.hands if one.valid_from_ms <= time_ms)
    return tuple(dict.fromkeys((*mounted, *by_hand)))


def point_is_valid(site: Site, point: str, latest: Mapping[Key, Judged], silent: Set[str], now_ms: int) -> bool:
    """Tell whether a point has a judged, recent reading of each quantity with limits (of any, where none has).

    A quantity of an event (strong motion) is not missed while there is none.
    `latest` holds the newest readings by (point, quantity), `silent` the loggers that are known to be.
    """
    assignment, by_hand = assignment_at(site, point, now_ms), overdue_ms(site, point, now_ms)
    if assignment is not None and silent & loggers_of(assignment):
        return False
    if assignment is None and not by_hand:
        return False
    age_ms = silence_ms(site, assignment) if assignment is not None else max(by_hand.values())
    valid = {
        key[1]: one.judged and one.time_ms >= now_ms - by_hand.get(key[1], age_ms)
        for key, one in latest.items()
        if key[0] == point
    }
    limited = [
        name for owner, name in in_force(site, now_ms) if owner == point and not QUANTITIES[name].occasional
    ]
    return all(valid.get(quantity, False) for quantity in limited) if limited else any(valid.values())


def overdue_ms(site: Site, point: str, time_ms: int) -> Mapping[str, int]:
    """Return how old the newest reading by hand of each quantity of a point may be, as declared at a time."""
    return {
        quantity: int(one.overdue_h * 3_600_000)
        for one in reversed(site.hands_by_point.get(point, ()))  # the newest last, which counts
        if one.valid_from_ms <= time_ms
        for quantity in QUANTITIES_OF[one.method]
    }


def silence_ms(site: Site, assignment: Assignment) -> int:
    """Return how old the newest reading of an instrument may be: the longest silence of its loggers."""
    return 1000 * max(site.source_by_id[logger].silence_s for logger in loggers_of(assignment))


def loggers_of(assignment: Assignment) -> set[str]:
    """Return the ids of the loggers that an instrument is wired to."""
    return {channel.partition("/")[0] for channel in assignment.inputs.values()}


def site_state(site: Site, time_ms: int, levels: Iterable[Level], valid: Mapping[str, bool]) -> SiteState:
    """Return the site's state at `time_ms` from all present levels and from which points have a valid reading.

    Grey when a point marked critical is not valid, when more than the declared share of points is not valid, or
    when none is in service. A point that `valid` does not name is not valid.
    """
    mounted = assigned_points(site, time_ms)
    new = tuple(point for point in mounted if in_commissioning(site, point, time_ms))
    points = [point for point in mounted if point not in new]
    invalid = [point for point in points if not valid.get(point, False)]
    critical = tuple(point for point in invalid if site.point_by_id[point].critical)
    too_many = len(invalid) > site.info.grey_above_share * len(points) or not points
    level = max(levels, default=Level.GREEN)
    return SiteState(level, len(points) - len(invalid), len(points), bool(critical) or too_many, critical, new)
