"""Which limits a gateway can judge by itself, and why not the others. Pure."""

from typing import NamedTuple

from seepline.convert import assignment_at, kind_of
from seepline.site import Assignment, Site, Threshold, in_commissioning
from seepline.thresholds import in_force


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


def coverage(site: Site, gateway: str, now_ms: int) -> Coverage:
    """Divide the limits in force at a time into those that one gateway can judge and the others.

    It can judge what it makes of its own loggers' signals alone: corrections over another gateway never come here.
    """
    ours = _sources_of(site, gateway)
    here, elsewhere = [], []
    for (point, quantity), thresholds in in_force(site, now_ms).items():
        why = _why_not(site, ours, thresholds[0], now_ms)
        names = [rule_of(point, quantity, one.direction) for one in thresholds]
        here += [] if why else names
        elsewhere += [f"{name}: {why}" for name in names] if why else []
    return Coverage(frozenset(here), tuple(elsewhere))


def _sources_of(site: Site, gateway: str) -> frozenset[str]:
    """Return the loggers and stations whose data come over a gateway."""
    buses = {bus.id for bus in site.buses if bus.gateway == gateway}
    loggers = {one.id for one in site.loggers if one.bus in buses}
    return frozenset(loggers | {one.id for one in site.stations if one.bus in buses or one.gateway == gateway})


def _why_not(site: Site, ours: frozenset[str], rule: Threshold, now_ms: int) -> str:
    """Return why a rule cannot be judged here, '' when it can."""
    if in_commissioning(site, rule.point, now_ms):
        return "its point is in commissioning and not judged yet"
    if (rule.point, rule.quantity) in site.derived_by_output:
        return "a derived quantity, which the collector computes"
    assignment = assignment_at(site, rule.point, now_ms)
    if assignment is None or rule.quantity not in kind_of(site, assignment).quantities:
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
