"""What stands behind a quantity of a point: its loggers and stations, and the one whose scans drive it."""

from seepline.convert import assignment_at, kind_of
from seepline.derive.evaluation import derived_at, inputs_of
from seepline.site import Assignment, Site


def sources_behind(site: Site, point: str, quantity: str, time_ms: int) -> frozenset[str]:
    """Return the loggers and stations that measure a quantity; of a derived one those of all its inputs."""
    declared = derived_at(site, point, quantity, time_ms)
    if declared is not None:
        behind = (sources_behind(site, *key, time_ms) for key in inputs_of(declared).values())
        return frozenset(source for sources in behind for source in sources)
    assignment = assignment_at(site, point, time_ms)
    shaken = frozenset(one.logger for one in site.strong_motion if one.point == point)
    return shaken if assignment is None else shaken | _own(assignment)


def driving_source(site: Site, point: str, quantity: str, time_ms: int) -> str:
    """Return the logger or station whose scans make the readings of a quantity, '' where there is none."""
    declared = derived_at(site, point, quantity, time_ms)
    if declared is not None:
        return driving_source(site, *next(iter(inputs_of(declared).values())), time_ms)
    assignment = assignment_at(site, point, time_ms)
    if assignment is None:
        return next((one.logger for one in site.strong_motion if one.point == point), "")
    return assignment.inputs[kind_of(site, assignment).primary].partition("/")[0]


def waits_s(site: Site, point: str, quantity: str, time_ms: int, scans: int) -> int:
    """Return how long a value may wait for other loggers' data, `scans` of the slowest logger each time."""
    declared = derived_at(site, point, quantity, time_ms)
    if declared is not None:
        _driver, *others = keys = list(inputs_of(declared).values())
        own_s = scans * _slowest_s(site, sources_behind(site, point, quantity, time_ms)) if others else 0
        return own_s + max(waits_s(site, *key, time_ms, scans) for key in keys)
    assignment = assignment_at(site, point, time_ms)
    if assignment is None or (not assignment.references and len(_own(assignment)) < 2):
        return 0
    return scans * _slowest_s(site, _own(assignment))


def _own(assignment: Assignment) -> frozenset[str]:
    return frozenset(channel.partition("/")[0] for channel in assignment.inputs.values())


def _slowest_s(site: Site, sources: frozenset[str]) -> int:
    return max((site.source_by_id[one].scan_s for one in sources), default=0)
