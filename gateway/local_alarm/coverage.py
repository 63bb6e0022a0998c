"""Which limits a gateway can judge by itself, and why not the others. Pure."""

from collections.abc import Set
from typing import NamedTuple

from seepline.convert import assignment_at, kind_of
from seepline.derive.evaluation import inputs_of
from seepline.site import Assignment, Site, in_commissioning
from seepline.thresholds import Key, in_force, set_in_force


class Coverage(NamedTuple):
    """The rules ('point/quantity/direction') that are judged here, and a sentence for each of the others."""

    here: frozenset[str]
    elsewhere: tuple[str, ...]


def rule_of(point: str, quantity: str, direction: str) -> str:
    """Return the name of a rule.

    >>> rule_of("PZ-3", "pore_pressure", "above")
    'PZ-3/pore_pressure/above'
    """
    return f"{point}/{quantity}/{direction}"


def coverage(site: Site, gateway: str, now_ms: int, derived_here: Set[Key] = frozenset()) -> Coverage:
    """Divide the limits in force at a time into those that one gateway can judge and the others.

    It can judge what it makes of its own loggers' signals alone: corrections over another gateway never come here.
    `derived_here` are the derived quantities that it makes.
    """
    ours = _sources_of(site, gateway)
    here, elsewhere = [], []
    for key, thresholds in in_force(site, now_ms).items():
        why = _why_not(site, ours, key, now_ms, derived_here)
        names = [rule_of(*key, one.direction) for one in thresholds]
        here += [] if why else names
        elsewhere += [f"{name}: {why}" for name in names] if why else []
    return Coverage(frozenset(here), tuple(elsewhere))


def _sources_of(site: Site, gateway: str) -> frozenset[str]:
    """Return the loggers and stations whose data come over a gateway."""
    buses = {bus.id for bus in site.buses if bus.gateway == gateway}
    loggers = {one.id for one in site.loggers if one.bus in buses}
    return frozenset(loggers | {one.id for one in site.stations if one.bus in buses or one.gateway == gateway})


def _why_not(site: Site, ours: frozenset[str], key: Key, now_ms: int, derived_here: Set[Key]) -> str:
    """Return why a quantity cannot be judged here, '' when it can."""
    point, quantity = key
    if in_commissioning(site, point, now_ms):
        return "its point is in commissioning and not judged yet"
    if key in site.derived_by_output:
        if key not in derived_here:
            return "a derived quantity, which only the collector computes"
        made_of = {source for one in site.derived_by_output[key] for source in inputs_of(one).values()}
        return next(
            (why for one in sorted(made_of) if (why := _why_not(site, ours, one, now_ms, derived_here))), ""
        )
    assignment = assignment_at(site, point, now_ms)
    if assignment is None or quantity not in kind_of(site, assignment).quantities:
        return "no instrument of this gateway measures it"
    foreign = sorted(_sources(site, assignment, now_ms) - ours)
    return f"it needs {', '.join(foreign)}, which another gateway reads" if foreign else ""


def _sources(site: Site, assignment: Assignment, now_ms: int) -> set[str]:
    """Return the loggers and stations that an instrument's readings are made of."""
    found = {channel.partition("/")[0] for channel in assignment.inputs.values()}
    for point in assignment.references.values():
        reference = assignment_at(site, point, now_ms)
        if reference is not None:
            found |= {channel.partition("/")[0] for channel in reference.inputs.values()}
    return found


class Covering:
    """The rules that count at one gateway, looked up anew: a set may begin later, a commissioning may end."""

    def __init__(self, site: Site, gateway: str, derived_here: Set[Key]) -> None:
        self._about = (site, gateway, derived_here)
        self._seen: tuple[str, int] | None = None
        self._found = Coverage(frozenset(), ())

    def at(self, now_ms: int) -> Coverage:
        """Return what is judged at a time; made anew with each minute, and when another set is in force."""
        site, gateway, derived_here = self._about
        chosen = set_in_force(site.threshold_sets, now_ms)
        seen = (chosen.id if chosen else "", now_ms // 60_000)
        if seen != self._seen:
            self._seen, self._found = seen, coverage(site, gateway, now_ms, derived_here)
        return self._found
